"""What holds for a conversation whatever is asked of it, in whatever order."""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import sportello.conversation.commands
from sportello.conversation import decide as decider
from sportello.conversation import people_commands
from sportello.conversation.commands import Command, ReceivedItem
from sportello.conversation.decision import Decision
from sportello.conversation.events import EVENT_LOG, DeliveryRecorded
from sportello.conversation.evolution import evolve, fold
from sportello.conversation.state import ConversationState
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import RANK
from support.builders import (
    NOW,
    accept,
    after,
    an_away_text,
    an_item,
    answer,
    decide,
    decline,
    exhaust,
    offer,
    receive,
    record_delivery,
    reply,
    request_human,
    resolve,
    retry_turn,
    return_to_bot,
    seconds,
    types,
    with_bot,
)
from support.experiments.simulated import SimulatedConversation

AGENTS = st.sampled_from(["anna", "bruno"])
REPORTED = st.sampled_from(sorted(set(DeliveryStatus) - {DeliveryStatus.QUEUED}))


class AnythingAnyTime(RuleBasedStateMachine):
    """Commands of every kind, fresh, stale and repeated, while time passes and timers wake."""

    def __init__(self) -> None:
        super().__init__()
        self.world = SimulatedConversation()
        self.names = 0

    def new_name(self) -> int:
        self.names += 1
        return self.names

    @rule(
        delays=st.lists(st.integers(0, 100), min_size=1, max_size=3),
        kind=st.sampled_from(["message", "message", "message", "unsupported", "edit", "echo"]),
    )
    def customer_writes(self, delays: list[int], kind: str) -> None:
        now = self.world.now
        items = [
            an_item(f"item-{self.new_name()}", now - seconds(delay), received_at=now, kind=kind)
            for delay in delays
        ]
        self.world.write(items)

    @rule()
    def an_item_is_applied_again(self) -> None:
        recent = self.world.state.recent_items[-3:]
        if recent:
            again = [an_item(name, self.world.now) for name in recent]
            assert decide(self.world.state, receive(*again), self.world.now) == Decision()

    @rule()
    def bot_reads_its_turn(self) -> None:
        self.world.start_run()

    @precondition(lambda self: self.world.runs)
    @rule(data=st.data())
    def a_run_answers(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(self.world.runs))
        before = self.world.state.owner
        decision = self.world.ask(run)
        if before.version != run.owner_version:
            assert decision == Decision()

    @precondition(lambda self: self.world.requests)
    @rule(data=st.data())
    def a_run_hands_over(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(self.world.requests))
        before = self.world.state.owner
        decision = self.world.ask(request)
        if before.version != request.owner_version:
            assert decision == Decision()

    @rule(token=st.integers(0, 3), agents=st.sampled_from([(), ("anna",), ("anna", "bruno")]))
    def a_ladder_offers(self, token: int, agents: tuple[str, ...]) -> None:
        handoff_id = self.world.state.handoff_id or "handoff-2"
        self.world.ask(offer(handoff_id=handoff_id, task_token=f"token-{token}", agents=agents))

    @rule()
    def an_older_ladder_offers(self) -> None:
        self.world.ask(offer(handoff_id="handoff-1", task_token="token-old"))

    @rule()
    def a_ladder_ends(self) -> None:
        self.world.ask(exhaust(self.world.state.handoff_id))

    @rule(agent=AGENTS)
    def an_agent_accepts(self, agent: str) -> None:
        self.world.ask(accept(agent))

    @rule(agent=AGENTS)
    def an_agent_declines(self, agent: str) -> None:
        self.world.ask(decline(agent))

    @rule(agent=AGENTS, key=st.integers(0, 9), supervisor=st.booleans())
    def an_agent_replies(self, agent: str, key: int, *, supervisor: bool) -> None:
        self.world.ask(reply(agent, str(key), supervisor=supervisor))

    @rule(agent=AGENTS)
    def an_agent_resolves(self, agent: str) -> None:
        self.world.ask(resolve(agent))

    @rule(agent=AGENTS)
    def an_agent_gives_back(self, agent: str) -> None:
        self.world.ask(return_to_bot(agent))

    @rule()
    def the_sweep_retries_the_turn(self) -> None:
        self.world.ask(retry_turn(f"turn-{self.new_name()}"))

    @precondition(lambda self: self.world.messages)
    @rule(data=st.data(), status=REPORTED)
    def a_receipt_comes(self, data: st.DataObject, status: DeliveryStatus) -> None:
        self.world.report(data.draw(st.sampled_from(sorted(self.world.messages))), status)

    @rule(amount=st.sampled_from([0.5, 5, 30, 100, 250, 3_600, 21_600, 300_000]))
    def time_passes(self, amount: float) -> None:
        self.world.pass_time(timedelta(seconds=amount))

    @invariant()
    def somebody_sleeps_for_the_next_threshold(self) -> None:
        self.world.check_timers()

    def teardown(self) -> None:
        self.world.check_history()


TestAnythingAnyTime = AnythingAnyTime.TestCase
TestAnythingAnyTime.settings = settings(stateful_step_count=40)


# --- arrival order ----------------------------------------------------------------------------


@st.composite
def arrivals(draw: st.DrawFn) -> list[ReceivedItem]:
    """Messages with the providers' times and ours, several of them in the same second."""
    times = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 90)), min_size=1, max_size=7))
    return [
        an_item(
            f"item-{number}",
            NOW + seconds(sent),
            received_at=NOW + seconds(sent + delay),
        )
        for number, (sent, delay) in enumerate(times)
    ]


def waiting_after(order: Sequence[ReceivedItem], handed_over_after: int) -> ConversationState:
    """A customer's messages applied one by one in an order, handed to people at some point."""
    now = NOW + seconds(100)
    state = ConversationState()
    for position, item in enumerate(order):
        state = after(receive(item), now=now, state=state)
        if position == handed_over_after and state.turn is not None:
            state = after(request_human(turn_id=state.turn.leased_to), now=now, state=state)
    return state


@given(
    arrivals().flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))), st.data()
)
def test_the_order_of_arrival_does_not_matter(
    orders: tuple[list[ReceivedItem], list[ReceivedItem]], data: st.DataObject
) -> None:
    sent, arrived = orders
    last = len(sent) - 1
    expected = waiting_after(sent, last)
    state = waiting_after(arrived, data.draw(st.integers(0, last)))
    assert state.turn is not None
    assert expected.turn is not None
    assert state.turn.items == expected.turn.items
    assert state.turn.counted_from == expected.turn.counted_from
    assert [c.due_at for c in state.clocks] == [c.due_at for c in expected.clocks]
    assert state.owner == expected.owner
    assert state.last_customer_message_at == expected.last_customer_message_at


@given(st.lists(REPORTED, min_size=1, max_size=6).flatmap(st.permutations))
def test_receipts_in_any_order_tell_the_same(reported: list[DeliveryStatus]) -> None:
    state = after(answer(key="bot:1"), state=with_bot())
    known = DeliveryStatus.QUEUED
    for status in reported:
        decision = decide(state, record_delivery("bot:1", status, known), NOW)
        state = fold(decision.events, state)
        known = state.status_of("bot:1") or known
    assert known is max(reported, key=RANK.__getitem__)


# --- delivery ---------------------------------------------------------------------------------


def test_a_late_receipt_never_takes_a_status_back() -> None:
    state = after(
        answer(key="bot:1"), record_delivery("bot:1", DeliveryStatus.READ), state=with_bot()
    )
    late = record_delivery("bot:1", DeliveryStatus.DELIVERED, known=DeliveryStatus.SENDING)
    assert decide(state, late, NOW) == Decision()


def test_a_receipt_for_a_message_beyond_the_states_memory_counts_against_the_table() -> None:
    old = record_delivery("reply:old", DeliveryStatus.READ, known=DeliveryStatus.DELIVERED)
    assert types(decide(with_bot(), old, NOW)) == ["DeliveryRecorded"]
    repeated = record_delivery("reply:old", DeliveryStatus.READ, known=DeliveryStatus.READ)
    assert decide(with_bot(), repeated, NOW) == Decision()


def test_the_table_may_know_more_than_the_state_does() -> None:
    state = after(answer(key="bot:1"), state=with_bot())
    late = record_delivery("bot:1", DeliveryStatus.DELIVERED, known=DeliveryStatus.READ)
    assert decide(state, late, NOW) == Decision()


def test_why_a_message_was_refused_is_recorded() -> None:
    command = record_delivery("bot:1", DeliveryStatus.REFUSED, error_code="131047")
    decision = decide(after(answer(key="bot:1"), state=with_bot()), command, NOW)
    assert decision.events == (
        DeliveryRecorded(
            at=NOW, effect_key="bot:1", status=DeliveryStatus.REFUSED, error_code="131047"
        ),
    )


# --- size and shape ---------------------------------------------------------------------------


def one_matter(state: ConversationState, number: int, now: datetime) -> ConversationState:
    """A burst, a bot's answer, a handoff, a reply, a resolution."""
    burst = [an_item(f"{number:06}-{n:02}".ljust(32, "x"), now + seconds(n)) for n in range(30)]
    turn_id, version = f"turn-{number}", 4 * number + 1
    said = [item.item_id for item in burst[:20]]
    return after(
        receive(*burst, turn_id=turn_id),
        answer(*said, turn_id=turn_id, owner_version=version),
        request_human(turn_id=turn_id, owner_version=version, accompanying_text=an_away_text(now)),
        offer(handoff_id=f"handoff-{version + 1}", agents=("anna", "bruno"), task_token="t" * 900),
        decline("bruno"),
        accept(),
        reply("anna", str(number)),
        resolve(),
        now=now,
        state=state,
    )


def test_the_state_stays_small_over_thousands_of_messages() -> None:
    sizes = []
    state = ConversationState()
    for number in range(70):
        state = one_matter(state, number, NOW + timedelta(days=7 * number + 1))
        sizes.append(len(state.model_dump_json(exclude_defaults=True)))
    assert state.episode == 70
    assert max(sizes[10:]) <= sizes[9] + 100
    assert max(sizes) < 20_000


def test_the_biggest_state_fits_an_item_many_times() -> None:
    state = ConversationState()
    for number in range(3_000):
        now = NOW + seconds(number)
        state = fold(decide(state, receive(an_item(f"{number:032}", now)), now).events, state)
    assert len(state.model_dump_json(exclude_defaults=True)) < 20_000


def test_events_survive_being_written_and_read() -> None:
    world = SimulatedConversation()
    world.write([an_item()])
    for command in (request_human(), offer(), decline(), exhaust(), accept(), reply(), resolve()):
        world.ask(command)
    events = tuple(world.events)
    assert EVENT_LOG.validate_json(EVENT_LOG.dump_json(events)) == events


@pytest.mark.parametrize("kind", ["receipt", "edit", "revoke", "reaction"])
def test_what_nobody_answers_leaves_clocks_and_owner_alone(kind: str) -> None:
    before = with_bot()
    state = after(receive(an_item("other", kind=kind)), state=before)
    assert (state.owner, state.turn, state.clocks) == (before.owner, before.turn, before.clocks)
    assert (
        state.sequence
        == evolve(
            before, DeliveryRecorded(at=NOW, effect_key="x", status=DeliveryStatus.SENT)
        ).sequence
    )


def test_every_command_is_handled_in_one_place() -> None:
    commands = {
        shape
        for module in (sportello.conversation.commands, people_commands)
        for shape in vars(module).values()
        if isinstance(shape, type) and issubclass(shape, Command)
    }
    assert {shape for shape in commands if not shape.__subclasses__()} == set(decider.HANDLERS)
    modules = {handle.__module__ for handle in decider.HANDLERS.values()}
    listed = [pair for name in modules for pair in sys.modules[name].HANDLERS]
    assert len(listed) == len(decider.HANDLERS)
