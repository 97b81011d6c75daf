"""Taking a conversation by hand, as far as there is room."""

from collections.abc import Sequence
from typing import Any

import pytest

from sportello.conversation.events import OwnerKind
from sportello.conversation.handing_over.agent_claims import OFFER_GRACE
from sportello.entrypoints import runtime
from sportello.people.notifying.answering import Answering
from sportello.routing.presence import Presence
from sportello.table.agents.agent_table import AgentTable
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, offer
from support.clouds.staffed_desk import A_SHIFT, StaffedDesk, staffed_desk
from support.clouds.table import unaudited_items
from support.experiments.interleaved_calls import Interleaving, Run, orders

FIRST, SECOND = "1" * 32, "2" * 32


@pytest.fixture
def two_wait(staffed: StaffedDesk) -> StaffedDesk:
    """Two customers wait, and anna may have one of them at a time."""
    staffed.describe("anna", capacity=3)
    staffed.waits(FIRST, SECOND)
    return staffed


def accept(conversation_id: str = CONVERSATION, body: Any = None, **who: Any) -> Answer:
    return call("POST", f"/conversations/{conversation_id}/accept", body, **who)


def accepting(conversation_id: str) -> Run:
    def run() -> None:
        answer = accept(conversation_id)
        assert answer.status == 200 or answer.problem == "no-room"

    return run


def owner_of(desk: StaffedDesk, conversation_id: str) -> tuple[OwnerKind, str]:
    owner = desk.table.load(conversation_id).state.owner
    return owner.kind, owner.name


def test_whoever_is_at_work_takes_no_more_than_they_have_room_for(two_wait: StaffedDesk) -> None:
    two_wait.comes("anna")
    assert accept(FIRST).status == 200
    answer = accept(SECOND)
    assert (answer.status, answer.problem) == (409, "no-room")
    told = answer.document
    assert (told["load"], told["capacity"], told["units"]) == (2, 3, 2)
    assert owner_of(two_wait, SECOND) == (OwnerKind.QUEUE, "default")


def test_they_take_it_all_the_same_if_they_say_so(two_wait: StaffedDesk) -> None:
    two_wait.comes("anna")
    accept(FIRST)
    assert accept(SECOND, {"over_capacity": True}).status == 200
    assert owner_of(two_wait, SECOND) == (OwnerKind.AGENT, "anna")


def test_what_is_settled_leaves_room_for_another(two_wait: StaffedDesk) -> None:
    two_wait.comes("anna")
    accept(FIRST)
    assert call("POST", f"/conversations/{FIRST}/resolve").status == 200
    assert accept(SECOND).status == 200


@pytest.mark.parametrize("presence", [Presence.BUSY, Presence.AWAY])
def test_whoever_is_there_and_not_available_is_counted_too(
    two_wait: StaffedDesk, presence: Presence
) -> None:
    two_wait.present("anna", presence)
    accept(FIRST)
    assert accept(SECOND).problem == "no-room"


@pytest.mark.usefixtures("two_wait")
def test_whoever_never_said_that_they_are_at_work_takes_what_they_like() -> None:
    assert [accept(each).status for each in (FIRST, SECOND)] == [200, 200]


def test_a_presence_that_has_ended_limits_nobody(
    two_wait: StaffedDesk,
) -> None:
    two_wait.comes("anna")
    accept(FIRST)
    two_wait.pass_time(A_SHIFT.total_seconds())
    assert accept(SECOND).status == 200


def test_what_one_has_already_is_accepted_again_without_room(two_wait: StaffedDesk) -> None:
    two_wait.comes("anna")
    accept(FIRST)
    assert accept(FIRST).status == 200


def test_room_is_kept_for_what_was_offered(two_wait: StaffedDesk) -> None:
    two_wait.at_work("anna")
    assert two_wait.asked_for(FIRST) == "anna"
    assert accept(SECOND).problem == "no-room"
    assert accept(FIRST).status == 200


def test_an_offer_that_ended_long_ago_and_was_not_noted_keeps_no_room(
    two_wait: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_wait.at_work("anna")
    offer = two_wait.state(FIRST).personal_offer
    assert offer is not None
    monkeypatch.setattr(runtime, "utc_now", lambda: two_wait.now)
    two_wait.pass_time((offer.expires_at - two_wait.now + OFFER_GRACE).total_seconds() - 1)
    assert accept(SECOND).problem == "no-room"
    two_wait.pass_time(1)
    assert accept(SECOND).status == 200
    assert accept(FIRST).problem == "no-room"
    assert two_wait.agent("anna").load(two_wait.now) == 2


def test_of_two_calls_for_the_last_room_one_has_it(
    two_wait: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_wait.comes("anna")
    read = AgentTable.agent
    overtaken: list[int] = []

    def read_and_be_overtaken(table: AgentTable, agent_id: str) -> Any:
        seen = read(table, agent_id)
        if not overtaken:
            overtaken.append(0)
            overtaken[0] = accept(SECOND).status
        return seen

    monkeypatch.setattr(AgentTable, "agent", read_and_be_overtaken)
    assert accept(FIRST).problem == "no-room"
    assert overtaken == [200]
    assert owner_of(two_wait, FIRST) == (OwnerKind.QUEUE, "default")
    assert two_wait.table.agents.agent("anna").load(two_wait.now) == 2


@pytest.mark.parametrize(
    ("rivals", "changes"), [("another_acceptance", 2), ("an_assignment", 1), ("a_button", 2)]
)
def test_in_no_order_of_calls_is_there_more_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch, rivals: str, changes: int
) -> None:
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "365")

    def play(plan: Sequence[int]) -> Interleaving:
        with staffed_desk() as ours:
            monkeypatch.setattr(runtime, "desk", lambda: ours.desk)
            monkeypatch.setattr(runtime, "table", lambda: ours.table)
            monkeypatch.setattr(runtime, "settings", lambda: ours.settings)
            monkeypatch.setattr(runtime, "utc_now", lambda: ours.now)
            ours.queue(FIRST)
            ours.queue(SECOND)
            ours.at_work("bruno", capacity=0)
            ours.comes("anna", capacity=3)
            ours.ask(FIRST, offer())
            tier = ours.state(FIRST).offer
            assert tier is not None
            button, tier_offer = Answering(ours.desk, ours.settings), tier.offer_id

            def press() -> None:
                button.accept(FIRST, tier_offer, "anna", ours.now)

            # Whoever is settled is offered the first in line.
            runs: dict[str, Run] = {
                "another_acceptance": accepting(FIRST),
                "an_assignment": lambda: ours.settle("anna"),
                "a_button": press,
            }
            played = Interleaving(ours.table, [accepting(SECOND), runs[rivals]])
            played.play(plan)
            assert ours.agent("anna").load(ours.now) == 2
            assert len(ours.held()["anna"]) == 1
        return played

    assert sum(1 for _ in orders(play, changes)) > 10


def test_an_offer_is_taken_by_its_name(staffed: StaffedDesk) -> None:
    staffed.at_work("anna")
    staffed.waits(CONVERSATION)
    offer = staffed.table.load(CONVERSATION).state.personal_offer
    assert offer is not None
    assert accept(body={"offer_id": offer.offer_id}).status == 200
    assert owner_of(staffed, CONVERSATION) == (OwnerKind.AGENT, "anna")


@pytest.mark.parametrize("offer_id", ["handoff-2-0", "handoff-1-1", "x" * 128])
def test_an_offer_that_is_over_takes_nothing(staffed: StaffedDesk, offer_id: str) -> None:
    staffed.at_work("anna")
    staffed.waits(CONVERSATION)
    before = unaudited_items(staffed.table)
    answer = accept(body={"offer_id": offer_id})
    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert unaudited_items(staffed.table) == before


def test_an_offer_to_a_colleague_is_not_taken_by_its_name(staffed: StaffedDesk) -> None:
    staffed.at_work("bruno")
    staffed.pass_time(1)
    staffed.at_work("anna")
    staffed.waits(CONVERSATION)
    offer = staffed.table.load(CONVERSATION).state.personal_offer
    assert offer is not None
    assert accept(body={"offer_id": offer.offer_id}).problem == "not-allowed"
    assert accept(body={"offer_id": offer.offer_id}, agent="bruno").status == 200


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    "body",
    [
        {"offer_id": "x" * 129},
        {"offer_id": 7},
        {"over_capacity": "perhaps"},
        {"agent_id": "bruno"},
        {"owner_version": -1},
    ],
)
def test_an_acceptance_is_read_strictly(body: Any) -> None:
    assert accept(body=body).problem == "validation"
