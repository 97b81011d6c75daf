"""The answers that `docs/agent-api.md` shows of agents are those that there are."""

import json
import re
from typing import Any

import pytest

from support import builders
from support.agent_calls import call
from support.builders import CONVERSATION
from support.clouds.staffed_desk import StaffedDesk
from support.template import ROOT

PAGE = (ROOT / "docs/agent-api.md").read_text(encoding="utf-8")


def example(heading: str, number: int = 0) -> Any:
    """Return a JSON document that stands under a heading."""
    section = re.split(r"^##+ ", PAGE.split(f"# {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    documents: list[str] = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    return json.loads(documents[number])


def shape(document: Any) -> Any:
    """Return the names in a document, as deep as they go; of a list those of its first element."""
    match document:
        case dict():
            return {name: shape(value) for name, value in document.items()}
        case [first, *_]:
            return [shape(first)]
        case _:
            return None


def test_what_an_agent_reads_of_themselves_is_as_it_is_shown(staffed: StaffedDesk) -> None:
    staffed.at_work("anna")
    staffed.waits(CONVERSATION)
    assert shape(call("GET", "/agents/me").document) == shape(example("Agents", 1))


def test_what_is_answered_to_a_presence_is_as_it_is_shown(staffed: StaffedDesk) -> None:
    answer = call("PUT", "/agents/me/presence", {"presence": "available"})
    assert shape(answer.document) == shape(example("Agents", 0))
    assert staffed.agent("anna").work.presence == example("Agents", 0)["presence"]


def test_an_explanation_is_as_it_is_shown(staffed: StaffedDesk) -> None:
    for agent_id in ("anna", "bruno"):
        staffed.at_work(agent_id)
        staffed.pass_time(1)
    staffed.waits(CONVERSATION)
    staffed.ask(CONVERSATION, builders.decline("anna"))
    explained = call("GET", f"/conversations/{CONVERSATION}/routing").document
    assert shape(explained) == shape(example("`GET /conversations/{conversation_id}/routing`"))


@pytest.mark.usefixtures("staffed")
def test_the_profile_that_is_shown_may_be_written() -> None:
    section = PAGE.split("### `PUT /agents/{agent_id}`\n")[1]
    profile = json.loads(re.search(r"^\{.*?^\}", section, re.DOTALL | re.MULTILINE)[0])  # type: ignore[index] # fails where there is none
    profile["queues"] = ["default"]
    answer = call("PUT", "/agents/anna", profile, groups="supervisor")
    assert answer.document["profile"] == {**profile, "endpoints": {}}
