"""The design's rules, as what must hold of a decision, of a world, and at the end of a script."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sportello.clocks import ClockState, next_wake
from sportello.commands import (
    AnswerAsBot,
    Command,
    ReceiveMessages,
    Reply,
    Resolve,
    ReturnToBot,
)
from sportello.conversation import ConversationState, Decision, fold
from sportello.conversation_state import REPLY_BUDGET, REPLY_BUDGET_WINDOW, Lifecycle
from sportello.delivery import RANK
from sportello.effects import NotifyAgents
from sportello.events import (
    EVENT_LOG,
    Author,
    ClockEnded,
    DeliveryRecorded,
    ItemNoted,
    MessageReceived,
    OutOfHoursTold,
    OwnerKind,
    TurnLeased,
)
from support.builders import messages
from support.explorer import RuleBroken
from support.interleavings.world import World

LOST = "rule 1: nothing is lost, nothing acted on twice"
ONCE = "rule 2: each effect is decided once"
VOICE = "rule 3: the bot never speaks over a person"
ORDER = "rule 4: arrival order does not matter, no status falls back"
CLOCKS = "rule 5: every clock is watched while it runs and ends as it should"
POLITE = "rule 6: one out-of-hours reply a closed period, within the reply budget"
HISTORY = "rule 7: the state is what the log makes of it"
TURNS = "turns: one run at a time holds a turn"

PEOPLE = frozenset({OwnerKind.QUEUE, OwnerKind.AGENT})


@contextmanager
def during(move: str) -> Iterator[None]:
    """Say which move broke a rule."""
    try:
        yield
    except RuleBroken as broken:
        raise RuleBroken(broken.rule, broken.how, broken.move or move) from None


def hold(rule: str, holds: object, how: str) -> None:
    if not holds:
        raise RuleBroken(rule, how)


# --- of a decision ----------------------------------------------------------------------------


def check_decision(
    before: ConversationState, command: Command, decision: Decision, after: ConversationState
) -> None:
    """What must hold whatever surrounds the conversation."""
    if not decision.events:
        hold(ONCE, not decision.effects, "effects without an event, which no commit writes")
        return
    _check_history(before, decision, after)
    _check_owner_and_voice(before, command, decision, after)
    _check_statuses(before, decision, after)
    _check_ended_clocks(before, command, decision, after)
    _check_lease(before, decision)
    _check_people_are_told(command, decision, after)


def _check_history(before: ConversationState, decision: Decision, after: ConversationState) -> None:
    """The stored state and the stored events make the same state again, in another process."""
    log = EVENT_LOG.validate_json(EVENT_LOG.dump_json(decision.events))
    hold(HISTORY, log == decision.events, "events change when they are written and read")
    stored = ConversationState.model_validate_json(before.model_dump_json(exclude_defaults=True))
    hold(HISTORY, fold(log, stored) == after, "the log folds to another state")
    hold(HISTORY, after.sequence == before.sequence + len(log), "an event was not counted")


def _check_owner_and_voice(
    before: ConversationState, command: Command, decision: Decision, after: ConversationState
) -> None:
    grew = after.owner.version > before.owner.version
    hold(VOICE, grew or after.owner == before.owner, "the owner changed, its version did not grow")
    for message in messages(decision):
        if not message.automatic:
            continue
        under = f"{message.key} was decided under owner version {message.owner_version}"
        now_in_force = f"now it is {after.owner.version}, {after.owner.kind}"
        hold(VOICE, message.owner_version == after.owner.version, f"{under}, {now_in_force}")
        if message.author is Author.BOT:
            computed_for = command.owner_version if isinstance(command, AnswerAsBot) else None
            hold(
                VOICE,
                computed_for == before.owner.version,
                f"{message.key} was computed for owner version {computed_for}, {now_in_force}",
            )
            hold(VOICE, before.owner.kind is OwnerKind.BOT, f"{message.key} while people own it")
        else:
            hold(VOICE, after.owner.kind is OwnerKind.QUEUE, f"{message.key} is for who waits")


def _check_statuses(
    before: ConversationState, decision: Decision, after: ConversationState
) -> None:
    for known in before.recent_deliveries:
        now_known = after.status_of(known.effect_key)
        fell = now_known is not None and RANK[now_known] < RANK[known.status]
        hold(ORDER, not fell, f"{known.effect_key} fell from {known.status} to {now_known}")
    for event in decision.events:
        if isinstance(event, DeliveryRecorded):
            status = before.status_of(event.effect_key)
            rose = status is None or RANK[event.status] > RANK[status]
            hold(ORDER, rose, f"{event.effect_key} was {status}, {event.status} is recorded")


def _check_ended_clocks(
    before: ConversationState, command: Command, decision: Decision, after: ConversationState
) -> None:
    states = {clock.kind: clock.state for clock in before.clocks}
    gives_up = isinstance(command, Resolve | ReturnToBot)
    for event in decision.events:
        if not isinstance(event, ClockEnded):
            continue
        late = event.at > event.due_at or states.get(event.kind) is ClockState.BREACHING
        answered = ClockState.BREACHED if late else ClockState.ACHIEVED
        right = ClockState.CANCELLED if gives_up else answered
        hold(CLOCKS, event.state is right, f"{event.kind} ended {event.state}, not {right}")
    ends_clocks = gives_up or isinstance(command, Reply)
    running = [clock.kind for clock in after.clocks if clock.running]
    still = decision.events and ends_clocks and running
    hold(CLOCKS, not still, f"{running} still run after {type(command).__name__}")


def _check_lease(before: ConversationState, decision: Decision) -> None:
    turn = before.turn
    for event in decision.events:
        if isinstance(event, TurnLeased) and turn and turn.leased_to and turn.lease_expires_at:
            free = event.turn_id == turn.leased_to or turn.lease_expires_at <= event.at
            hold(TURNS, free, f"{event.turn_id} took the turn that {turn.leased_to} holds")


def _check_people_are_told(command: Command, decision: Decision, after: ConversationState) -> None:
    """An agent hears of each message; who waits in a queue has a clock running for them."""
    received = {event.item_id for event in decision.events if event.type == "MessageReceived"}
    if isinstance(command, ReceiveMessages) and received and after.owner.kind is OwnerKind.AGENT:
        told: set[str] = set()
        for effect in decision.effects:
            if isinstance(effect, NotifyAgents):
                told.update(effect.data["item_ids"])
        hold(LOST, told == received, f"the agent was told of {sorted(told)}")


# --- of a step in the world -------------------------------------------------------------------


def check_step(world: World, decision: Decision) -> None:
    """What depends on all that happened before."""
    for event in decision.events:
        if isinstance(event, MessageReceived | ItemNoted):
            new = event.item_id not in world.applied
            hold(LOST, new, f"{event.item_id} was applied twice")
        if isinstance(event, OutOfHoursTold):
            first = event.closed_since not in world.told
            hold(POLITE, first, f"told twice of the period closed since {event.closed_since:%H:%M}")
    check_budget(world, decision)
    check_keys(world, decision)


def check_budget(world: World, decision: Decision) -> None:
    recent = [at for at in world.automatic_at if world.now - at < REPLY_BUDGET_WINDOW]
    more = [message for message in messages(decision) if message.automatic]
    within = not more or len(recent) + len(more) <= REPLY_BUDGET
    hold(POLITE, within, f"{len(recent) + len(more)} automatic messages in the window")


def check_keys(world: World, decision: Decision) -> None:
    """A key numbered with the sequence is new as long as the number is that of this decision."""
    keys = [effect.key for effect in decision.effects]
    hold(ONCE, len(set(keys)) == len(keys), "one transaction writes a key twice")
    again = world.keys.intersection(keys)
    hold(ONCE, not again, f"{sorted(again)} decided again")


def lasting_keys(world: World, decision: Decision) -> Iterable[str]:
    """The keys to remember: a numbered one cannot come again, every decision has its number."""
    sequence = world.state.sequence
    for effect in decision.effects:
        number = effect.key.rpartition(":")[2].partition(".")[0]
        if number != str(sequence):
            yield effect.key


# --- of a world -------------------------------------------------------------------------------


def check_world(world: World) -> None:
    _check_nothing_forgotten(world)
    _check_clocks(world)
    _check_ladder(world)


def _check_nothing_forgotten(world: World) -> None:
    state, turn = world.state, world.state.turn
    kept = {item.item_id for item in turn.items} if turn else set()
    hold(LOST, kept == world.waiting, f"{sorted(world.waiting)} wait, the turn has {sorted(kept)}")
    if turn is None:
        return
    match state.owner.kind:
        case OwnerKind.BOT:
            swept = turn.leased_to and turn.lease_expires_at is not None
            hold(LOST, swept, "a turn of the bot that neither a run nor the sweep will see to")
        case OwnerKind.QUEUE:
            watched = any(clock.running for clock in state.clocks)
            hold(LOST, watched, "a customer waits in a queue and no clock runs")
            since = min(clock.started_at for clock in state.clocks if clock.running)
            late = f"the clock counts from {since:%T}, the customer since {turn.counted_from:%T}"
            hold(ORDER, since <= turn.counted_from, late)
        case OwnerKind.NOBODY:
            hold(LOST, turn is None, "messages wait in a conversation of nobody")
        case OwnerKind.AGENT:
            pass


def _check_clocks(world: World) -> None:
    state = world.state
    running = [clock for clock in state.clocks if clock.running]
    resolved = state.lifecycle is Lifecycle.RESOLVED
    hold(CLOCKS, not (resolved and running), "a clock runs in a resolved conversation")
    at_people = state.owner.kind in PEOPLE
    hold(CLOCKS, at_people or not running, f"a clock runs for {state.owner.kind}")
    hold(CLOCKS, state.turn or not running, "a clock runs and nobody waits")
    ends = all((clock.ended_at is None) == clock.running for clock in state.clocks)
    hold(CLOCKS, ends, "an ended clock does not say when")
    upcoming, wake = next_wake(state.clocks), state.wake_at
    if upcoming is None:
        return
    planned = wake is not None and wake <= max(upcoming, world.now)
    hold(CLOCKS, planned, f"wake planned for {wake}, the next threshold is {upcoming}")
    asleep = {state.wake_at, state.planned_at_wake}.intersection(world.timers)
    hold(CLOCKS, asleep or world.timer_died, f"no timer sleeps until {wake}")


def _check_ladder(world: World) -> None:
    """A ladder waits for a token that somebody will send, or for its time limit."""
    offer = world.state.offer
    tokens = {token for token, _ in world.resumes} | ({offer.task_token} if offer else set())
    for climb in world.climbs:
        known = not climb.token or climb.token in tokens
        hold(LOST, known, f"the ladder of {climb.handoff_id} waits for a token nobody has")


# --- at the end -------------------------------------------------------------------------------


def check_end(world: World, items: frozenset[str]) -> None:
    missing = sorted(items - world.applied)
    hold(LOST, not missing, f"{missing} never applied")
    hold(LOST, not world.runs, "a run never ended")
    hold(ONCE, not world.resumes, "a token was never sent back")


def facts(world: World) -> tuple[object, ...]:
    """What may not depend on the order in which the same things arrived."""
    state = world.state
    turn = state.turn
    return (
        turn and (turn.items, turn.counted_from),
        state.owner,
        state.lifecycle,
        state.last_customer_message_at,
        tuple((clock.kind, clock.started_at, clock.due_at, clock.state) for clock in state.clocks),
        frozenset(state.recent_items),
        frozenset(state.recent_deliveries),
        frozenset((sent.key, sent.status) for sent in world.outbox),
    )
