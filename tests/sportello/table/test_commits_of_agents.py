"""What a commit writes of agents and of the line: what it changes there, and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import patch

import pytest

from sportello.conversation.commands import Accept, Command, Reply, Resolve, ReturnToBot
from sportello.conversation.effects import reply_key
from sportello.routing.work import Claim
from sportello.table.agents.agent_items import CLAIM_KEPT
from sportello.table.agents.agent_writes import claim_changes
from sportello.table.desk import Step
from support.builders import NOW, an_address, an_item, receive, request_human, seconds
from support.clouds.staffed_desk import StaffedDesk, staffed_desk

type Written = list[tuple[str, str]]
"""Kind and sort key, or for what is not the conversation's partition and kind; agents' own lists
are left out."""


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    with staffed_desk() as empty:
        yield empty


def written(office: StaffedDesk, name: str, command: Command, address: Any = None) -> Written:
    """What a command writes besides the conversation itself."""
    client = office.table._client
    writes: list[Mapping[str, Any]] = []
    make_call = client._make_api_call  # type: ignore[attr-defined] # every method ends there

    def listen(operation: str, request: Any) -> Any:
        writes.extend(request.get("TransactItems", ()))
        return make_call(operation, request)

    with patch.object(client, "_make_api_call", listen):
        office.ask(name, command, address)
    found = []
    for write in writes:
        ((kind, request),) = write.items()
        key = request.get("Item") or request["Key"]
        if not key["pk"]["S"].startswith(("CONV#", "WAITS#", "OWN#")):
            found.append((kind, f"{key['pk']['S'].partition('#')[0]} {key['sk']['S'][:5]}"))
    return found


def accept(agent_id: str = "anna") -> Accept:
    return Accept(agent_id=agent_id)


def reply(number: int = 1) -> Reply:
    return Reply(agent_id="anna", key=reply_key("anna", f"{number}"), text="Ecco.")


def test_what_is_the_bots_writes_nothing_of_agents(office: StaffedDesk) -> None:
    assert written(office, "c1", receive(), an_address()) == []


def test_who_begins_to_wait_takes_a_place(office: StaffedDesk) -> None:
    office.ask("c1", receive(), an_address())
    assert written(office, "c1", request_human()) == [("Put", "PLACES 2026-")]


def test_another_message_of_who_waits_moves_nobody(office: StaffedDesk) -> None:
    office.queue("c1")
    more = receive(an_item("item-2"), turn_id="turn-2")
    assert written(office, "c1", more) == []


def test_a_customer_who_changes_the_language_changes_the_line(office: StaffedDesk) -> None:
    office.queue("c1", language="it")
    more = receive(an_item("item-2"), turn_id="turn-2")
    address = an_address(reply_to="fake:c1", language="en")
    assert written(office, "c1", more, address) == [
        ("Delete", "PLACES 2026-"),
        ("Put", "PLACES 2026-"),
    ]
    assert [waiting.language for waiting in office.line()] == ["en"]


def test_a_language_that_is_none_of_ours_is_nobody_knows_which(office: StaffedDesk) -> None:
    office.queue("c1", language="tlh")
    assert [waiting.language for waiting in office.line()] == [""]


def test_who_is_taken_out_of_the_queue_leaves_the_line_and_fills_their_agent(
    office: StaffedDesk,
) -> None:
    office.queue("c1")
    assert written(office, "c1", accept()) == [
        ("Delete", "PLACES 2026-"),
        ("Put", "AGENT HELD#"),
        ("Update", "AGENT WORK"),
    ]
    assert office.agent("anna").load(office.now) == 2


def test_an_answer_keeps_its_agent_as_full_as_they_were(office: StaffedDesk) -> None:
    office.queue("c1")
    office.ask("c1", accept())
    version = office.agent("anna").work.version
    assert written(office, "c1", reply()) == [("Put", "AGENT HELD#")]
    assert office.agent("anna").work.version == version
    (claim,) = office.agent("anna").claims
    assert claim.counts_until == office.now + seconds(600)


def test_a_claim_that_counts_no_more_expires_and_is_put_again_by_the_next_message(
    office: StaffedDesk,
) -> None:
    office.queue("c1")
    office.ask("c1", accept())
    (claim,) = office.items("claim")
    assert "expires_at" not in claim
    office.ask("c1", reply())
    (claim,) = office.items("claim")
    counts_until = office.now + seconds(600)
    assert int(claim["expires_at"]["N"]) == int((counts_until + CLAIM_KEPT).timestamp())
    office.pass_time(3 * 86_400)
    office.remove("claim")
    office.ask("c1", receive(an_item("again", office.now), turn_id="turn-2"))
    assert office.agent("anna").load(office.now) == 2


def test_a_second_answer_lets_it_count_longer(office: StaffedDesk) -> None:
    office.queue("c1")
    office.ask("c1", accept())
    office.ask("c1", reply())
    office.pass_time(599)
    assert written(office, "c1", reply(2)) == [("Put", "AGENT HELD#")]
    assert office.agent("anna").load(office.now + seconds(599)) == 2


def test_a_customer_who_comes_back_after_a_while_fills_their_agent_again(
    office: StaffedDesk,
) -> None:
    office.queue("c1")
    office.ask("c1", accept())
    office.ask("c1", reply())
    office.pass_time(700)
    assert office.agent("anna").load(office.now) == 0
    again = receive(an_item("again", office.now), turn_id="turn-2")
    assert written(office, "c1", again) == [("Put", "AGENT HELD#"), ("Update", "AGENT WORK")]
    assert office.agent("anna").load(office.now) == 2


@pytest.mark.parametrize("over", [Resolve(agent_id="anna"), ReturnToBot(agent_id="anna")])
def test_what_is_over_takes_nothing_of_its_agent(office: StaffedDesk, over: Command) -> None:
    office.queue("c1")
    office.ask("c1", accept())
    assert written(office, "c1", over) == [("Delete", "AGENT HELD#"), ("Update", "AGENT WORK")]
    assert office.held() == {}


def test_two_conversations_of_one_agent_are_committed_together(office: StaffedDesk) -> None:
    for name in ("c1", "c2"):
        office.queue(name)
        office.ask(name, accept())
    version = office.agent("anna").work.version
    seen = office.table.load_several(["c1", "c2"])
    steps = [
        (each, Step(command=Resolve(agent_id="anna"), terms=office.settings.terms(each)))
        for each in seen.values()
    ]
    assert office.desk.act_together(steps, office.now)
    assert office.held() == {}
    assert office.agent("anna").work.version == version + 1


def test_what_is_given_to_an_agent_who_has_changed_meanwhile_is_decided_again(
    office: StaffedDesk,
) -> None:
    office.at_work("anna")
    office.queue("c1")
    versions = iter([0, 99, office.agent("anna").work.version])

    def plan(seen: Any) -> Step:
        return Step(
            command=accept(),
            terms=office.settings.terms(seen),
            agent_versions={"anna": next(versions)},
        )

    office.desk.act("c1", plan, office.now)
    assert list(versions) == []
    assert office.held() == {"anna": {"c1"}}


CLAIM = Claim(conversation_id="c1", units=2, since=NOW)
QUIET = CLAIM.model_copy(update={"counts_until": NOW + seconds(600)})
ASKED = CLAIM.model_copy(update={"offered": True, "counts_until": NOW + seconds(60)})
LAPSED = CLAIM.model_copy(update={"counts_until": NOW})


@pytest.mark.parametrize(
    ("before", "after", "weighs", "given"),
    [
        (None, CLAIM, 1, 1),
        (None, ASKED, 1, 1),
        (ASKED, CLAIM, 1, 1),
        (ASKED, None, 1, 0),
        (CLAIM, QUIET, 0, 0),
        (QUIET, CLAIM, 0, 0),
        (LAPSED, CLAIM, 1, 0),
        (LAPSED, QUIET, 1, 0),
        (QUIET, LAPSED, 1, 0),
        (LAPSED, None, 0, 0),
        (QUIET, None, 1, 0),
    ],
)
def test_a_change_weighs_if_the_agent_has_more_or_less_room_by_it(
    before: Claim | None, after: Claim | None, weighs: int, given: int
) -> None:
    claims = [{"anna": claim} if claim else {} for claim in (before, after)]
    (change,) = claim_changes("c1", claims[0], claims[1], NOW)
    assert (change.weighs, change.given, change.claim) == (bool(weighs), bool(given), after)


def test_what_is_as_it_was_is_no_change() -> None:
    assert claim_changes("c1", {"anna": CLAIM}, {"anna": CLAIM}, NOW) == ()
