"""The task of the bot, as machines of this version and of the one before call it."""

from collections.abc import Iterator
from typing import Any

import pytest

from sportello.entrypoints import runtime
from support.agent_calls import LambdaContext
from support.builders import CONVERSATION
from support.clouds.working_desk import WorkingDesk, working_desk
from workflow import run_bot


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        monkeypatch.setattr(runtime, "utc_now", lambda: empty.now)
        monkeypatch.setattr(runtime, "desk", lambda: empty.desk)
        monkeypatch.setattr(runtime, "settings", lambda: empty.settings)
        yield empty


@pytest.mark.parametrize("names_items", [True, False])
def test_a_turn_is_answered_whether_or_not_the_machine_names_its_items(
    office: WorkingDesk,
    names_items: bool,  # noqa: FBT001 -- pytest names it
) -> None:
    item_id = office.write("Quanto tempo ci vuole per la consegna?")
    office.receive(item_id)
    request: dict[str, Any] = {"conversation_id": CONVERSATION, "turn_id": "turn-1"}
    if names_items:
        request["item_ids"] = [item_id]
    outcome = run_bot.handler(request, LambdaContext())
    assert outcome == {"outcome": "answered", "more": False, "reason": ""}
