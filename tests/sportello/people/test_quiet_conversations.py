"""An agent who resolves nothing has ever more conversations, and leaves at no more cost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sportello.conversation.commands import Accept, Reply
from sportello.conversation.effects import reply_key
from sportello.routing.presence import Presence
from support.clouds.metered import metered
from support.clouds.staffed_desk import StaffedDesk, staffed_desk

QUIET = ("c1", "c2", "c3")
SHORT = timedelta(minutes=5)


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    """Anna has answered three customers, and none of them says anything more."""
    with staffed_desk() as empty:
        empty.present("anna", Presence.AVAILABLE)
        for name in QUIET:
            empty.queue(name)
            empty.ask(name, Accept(agent_id="anna"))
            reply = Reply(agent_id="anna", key=reply_key("anna", name), text="Eccomi.")
            empty.ask(name, reply)
        empty.settle_all()
        yield empty


def goes_by(office: StaffedDesk, time: timedelta) -> None:
    office.now += time
    office.present("anna", Presence.AVAILABLE)
    office.settle("anna", unasked=True)


def conversations_read_after_leaving(office: StaffedDesk) -> int:
    office.present("anna", Presence.OFFLINE, SHORT)
    office.settle_all()
    with metered(office.table) as spent:
        office.settle("anna", unasked=True)
    return spent.calls["BatchGetItem"]


def test_none_of_the_quiet_conversations_of_who_has_left_is_looked_at(
    office: StaffedDesk,
) -> None:
    goes_by(office, timedelta(hours=1))
    assert conversations_read_after_leaving(office) == 0
