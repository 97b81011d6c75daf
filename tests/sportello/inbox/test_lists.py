"""Agents' lists hold what is in the table, in order, whatever has happened in whatever order."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.conversation.commands import Command, EndSnooze, Snooze
from sportello.conversation.events import OwnerKind
from sportello.conversation.people_commands import TakeOver, TransferToQueue
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.errors import NotAllowed
from sportello.inbox.lists import MOST_COUNTED, InboxLists
from sportello.inbox.views import CLOSED_FOR, Listed, View
from sportello.queues.settings import QueueSettings
from sportello.table.inbox.inbox_standing import Lane, own_standing, standing_of
from sportello.table.items import state_attributes
from support import builders
from support.builders import NOW, a_clock, a_queue, an_address, an_item, queued, seconds
from support.clouds.staffed_desk import StaffedDesk, staffed_desk

QUEUES = ("", "default", "sales")
NAMES = tuple(f"c{number}" for number in range(5))
ANNA = "anna"


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    with staffed_desk() as ours:
        yield ours


def a_list(office: StaffedDesk, view: View, *queues: str) -> Listed:
    return Listed(view=view, agent_id=ANNA, queues=queues or QUEUES, at=office.now)


def lists_of(office: StaffedDesk) -> InboxLists:
    return InboxLists(office.table, lambda _: True)


def names(office: StaffedDesk, view: View, *queues: str, limit: int = 50) -> list[str]:
    """Read a list to its end, page by page."""
    lists, listed = lists_of(office), a_list(office, view, *queues)
    rows, after = [], ""
    while True:
        page = lists.page(listed, after, limit)
        rows += [row.conversation_id for row in page.rows]
        after = page.goes_on_after
        if not after:
            return rows


# --- what a list should hold, told without positions --------------------------------------------


def due_at(state: ConversationState) -> datetime | None:
    return min((c.due_at for c in state.clocks if c.running and c.due_at), default=None)


def is_in(view: View, state: ConversationState, now: datetime) -> bool:  # noqa: PLR0911 -- one arm for each list, flat
    if state.episode == 0:
        return False
    owner, closed = state.owner, state.lifecycle is Lifecycle.RESOLVED
    aside = state.lifecycle is Lifecycle.SNOOZED
    due = due_at(state)
    match view:
        case View.WAITING | View.UNASSIGNED:
            return owner.kind is OwnerKind.QUEUE and not closed and not aside
        case View.MINE:
            return (owner.kind, owner.name) == (OwnerKind.AGENT, ANNA) and not closed
        case View.BREACHING:
            late = due is not None and due <= now
            return owner.is_people and late and not closed and not aside
        case View.SNOOZED:
            return aside
        case View.ALL:
            return not closed
        case View.CLOSED:
            resolved_at = state.resolved_at
            return closed and resolved_at is not None and now - resolved_at <= CLOSED_FOR


def order(state: ConversationState) -> tuple[int, datetime]:
    """Due ones first, then those who wait, whose turn it is, the bot's, and what is put aside."""
    since = state.owner.since or NOW
    if state.lifecycle is Lifecycle.SNOOZED:
        return 5, state.snoozed_until or NOW
    if not state.owner.is_people:
        return 4, since
    if due := due_at(state):
        return 1, due
    if state.lifecycle is Lifecycle.AWAITING_CUSTOMER:
        return 3, state.last_customer_message_at or since
    return 2, state.turn.counted_from if state.turn else since


def expected(office: StaffedDesk, view: View) -> list[str]:
    states = {name: office.state(name) for name in NAMES}
    there = [name for name, state in states.items() if is_in(view, state, office.now)]
    if view is View.CLOSED:
        return sorted(there, key=lambda name: (states[name].resolved_at, name), reverse=True)
    return sorted(there, key=lambda name: (*order(states[name]), name))


# --- whatever happens ---------------------------------------------------------------------------

HAPPENINGS = (
    *("write", "hand_over", "accept", "bruno_accepts", "reply", "resolve", "snooze", "wake"),
    *("return", "to_sales", "take_over", "tick"),
)
happenings = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(HAPPENINGS),
        st.sampled_from([0, 1, 90, 400, 90_000]),
    ),
    max_size=25,
)


def command(office: StaffedDesk, name: str, what: str, number: int) -> Command:  # noqa: C901, PLR0911 -- one arm for each happening, flat
    version = office.state(name).owner.version
    turn = f"turn-{number}"
    match what:
        case "write":
            return builders.receive(an_item(f"item-{number}", office.now), turn_id=turn)
        case "hand_over":
            held = office.state(name).turn
            turn_id = held.leased_to if held else turn
            return builders.request_human(turn_id=turn_id, owner_version=version)
        case "accept":
            return builders.accept(ANNA)
        case "bruno_accepts":
            return builders.accept("bruno")
        case "reply":
            return builders.reply(ANNA, str(number), supervisor=True)
        case "resolve":
            return builders.resolve(ANNA)
        case "snooze":
            return Snooze(agent_id=ANNA, until=office.now + timedelta(hours=2))
        case "wake":
            return EndSnooze(agent_id=ANNA)
        case "return":
            return builders.return_to_bot(ANNA)
        case "to_sales":
            return TransferToQueue(agent_id=ANNA, queue="sales", note="")
        case "take_over":
            return TakeOver(agent_id=ANNA, supervisor=True)
        case _:
            return builders.tick()


def play(office: StaffedDesk, number: int, name: str, what: str, pause: float) -> None:
    office.pass_time(pause)
    with suppress(NotAllowed):
        office.ask(name, command(office, name, what, number), an_address(reply_to=f"fake:{name}"))


@settings(max_examples=60, deadline=None)
@given(happenings)
def test_each_list_holds_what_the_table_does_in_order(
    happenings: list[tuple[str, str, float]],
) -> None:
    with staffed_desk() as office:
        office.configure(QueueSettings, queues={"default": a_queue(), "sales": a_queue()})
        for number, (name, what, pause) in enumerate(happenings):
            play(office, number, name, what, pause)
        for view in View:
            assert names(office, view, limit=2) == expected(office, view), view
            amounts = lists_of(office).counts([a_list(office, view)])
            assert amounts[view].count == len(expected(office, view)), view


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_who_stays_where_they_are_is_shown_once_whatever_others_do(data: st.DataObject) -> None:
    with staffed_desk() as office:
        everybody = [f"c{number:02}" for number in range(12)]
        for name in everybody:
            office.queue(name)
            office.pass_time(1)
        lists, listed = lists_of(office), a_list(office, View.UNASSIGNED)
        moved: set[str] = set()
        rows: list[str] = []
        after = ""
        while True:
            page = lists.page(listed, after, 3)
            rows += [row.conversation_id for row in page.rows]
            after = page.goes_on_after
            if not after:
                break
            for name in data.draw(st.sets(st.sampled_from(everybody), max_size=3)) - moved:
                office.ask(name, builders.accept("bruno"))
                moved.add(name)
            if data.draw(st.booleans()):
                office.queue(f"new{len(rows)}")
        stayed = [name for name in everybody if name not in moved]
        assert [name for name in rows if name in stayed] == stayed
        assert len(set(rows)) == len(rows)


# --- what is particular -------------------------------------------------------------------------


def test_a_list_of_one_queue_is_of_no_other(office: StaffedDesk) -> None:
    office.configure(QueueSettings, queues={"default": a_queue(), "sales": a_queue()})
    office.queue("c1")
    office.queue("c2", "sales")
    assert names(office, View.WAITING, "sales") == ["c2"]
    assert names(office, View.ALL, "default") == ["c1"]


def test_who_may_not_be_seen_is_left_out(office: StaffedDesk) -> None:
    office.queue("c1")
    lists = InboxLists(office.table, lambda _: False)
    assert lists.page(a_list(office, View.ALL), "", 10).rows == ()


def test_a_long_list_is_counted_as_far_as_it_matters(office: StaffedDesk) -> None:
    for number in range(MOST_COUNTED + 2):
        listed(office, f"c{number}", queued())
    amount = lists_of(office).counts([a_list(office, View.WAITING)])[View.WAITING]
    assert (amount.count, amount.is_least) == (MOST_COUNTED, True)


def listed(office: StaffedDesk, name: str, state: ConversationState) -> None:
    office.put(state_attributes(name, state))


def as_an_earlier_version_left_it(
    office: StaffedDesk, before: ConversationState, after: ConversationState
) -> None:
    """Its commit keeps what it does not know of the item."""
    old, new = state_attributes("c1", before), state_attributes("c1", after)
    stale = {name: old[name] for name in ("inbox", "inbox_at")}
    office.put({**new, **stale})


def test_what_an_earlier_version_resolved_is_put_right_where_it_is_met(office: StaffedDesk) -> None:
    as_an_earlier_version_left_it(office, queued(), builders.resolved())
    office.pass_time(60)
    assert names(office, View.WAITING) == []
    assert names(office, View.CLOSED) == ["c1"]
    assert lists_of(office).counts([a_list(office, View.WAITING)])[View.WAITING].count == 0


def test_what_moved_a_moment_ago_is_left_to_the_index(office: StaffedDesk) -> None:
    as_an_earlier_version_left_it(office, queued(), builders.resolved())
    office.now = NOW
    assert names(office, View.WAITING) == []
    assert names(office, View.CLOSED) == []


def test_what_an_earlier_version_took_from_an_agent_is_struck_off_their_list(
    office: StaffedDesk,
) -> None:
    own = own_standing("c1", builders.with_agent(ANNA))
    assert own
    office.put(own.to_attributes())
    listed(office, "c1", builders.resolved())
    office.pass_time(60)
    assert names(office, View.MINE) == []
    assert office.items("own") == []


def test_nothing_is_put_right_that_changed_meanwhile(office: StaffedDesk) -> None:
    listed(office, "c1", queued())
    state = office.state("c1")
    standing = standing_of("c1", builders.resolved())
    stale = "1#2026-03-04T10:05:00.000000Z#c1"
    assert not office.table.inbox.put_right("c1", state.sequence, standing, f"{stale}x")
    assert not office.table.inbox.put_right("c1", state.sequence - 1, standing, stale)
    own = own_standing("c1", builders.with_agent(ANNA))
    assert own
    assert not office.table.inbox.strike("c1", state.sequence - 1, own)


def test_what_the_bot_has_keeps_its_place_through_the_matter() -> None:
    begun = builders.with_bot()
    answered = builders.after(builders.answer(), state=begun, now=NOW + seconds(5))
    standings = [standing_of("c1", state) for state in (begun, answered)]
    assert standings[0] == standings[1]
    assert standings[0]
    assert standings[0].lane is Lane.BOT


def test_what_goes_on_elsewhere_and_what_nobody_opened_stands_nowhere() -> None:
    moved = builders.with_bot().model_copy(
        update={"moved_to": "other", "turn": None, "owner": ConversationState().owner}
    )
    assert standing_of("c1", moved) is None
    assert standing_of("c1", ConversationState()) is None


def test_the_clock_that_is_due_first_decides() -> None:
    later, ended = a_clock(target_seconds=900, generation=8), a_clock(state="achieved")
    state = queued().model_copy(update={"clocks": (later, ended)})
    standing = standing_of("c1", state)
    assert standing
    assert standing.at == later.due_at
