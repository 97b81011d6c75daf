"""The design's rules, as what must hold of a decision, of a world, and at the end of a script."""

from collections.abc import Collection, Iterable

from sportello.conversation.commands import AnswerAsBot, Command, ReceiveMessages, RecordDelivery
from sportello.conversation.decision import Decision
from sportello.conversation.effects import NotifyAgents
from sportello.conversation.events import (
    EVENT_LOG,
    Author,
    DeliveryRecorded,
    ItemNoted,
    MessageReceived,
    OutOfHoursTold,
    OwnerKind,
    TurnLeased,
)
from sportello.conversation.evolution import fold
from sportello.conversation.state import REPLY_BUDGET, REPLY_BUDGET_WINDOW, ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.messaging.statuses import RANK
from sportello.sla.clocks import ClockKind, ClockState
from support.builders import messages
from support.experiments.interleavings.answers import check_loss, check_turn, check_undelivered
from support.experiments.interleavings.clock_rules import (
    check_clocks,
    check_ended_clocks,
    check_fitted,
    check_reassignment,
    check_watched,
)
from support.experiments.interleavings.named_rules import (
    HISTORY,
    LOST,
    ONCE,
    ORDER,
    POLITE,
    TURNS,
    VOICE,
    hold,
)
from support.experiments.interleavings.world import World

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
    check_ended_clocks(before, command, decision, after)
    check_reassignment(before, command, decision, after)
    _check_lease(before, decision)
    _check_people_are_told(command, decision, after)
    if isinstance(command, RecordDelivery):
        check_loss(before, command, decision)


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
            # The promise that an apology is for may have been the bot's.
            apologises = message.key.startswith("promise_broken:")
            kinds = {OwnerKind.QUEUE, OwnerKind.BOT} if apologises else {OwnerKind.QUEUE}
            hold(VOICE, after.owner.kind in kinds, f"{message.key} is for who waits")


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
            if isinstance(effect, NotifyAgents) and effect.notice == "message.received":
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


def check_world(world: World, promised: Collection[ClockKind]) -> None:
    """`promised` are the kinds of clock that every version of the settings has."""
    check_turn(world)
    check_undelivered(world)
    _check_nothing_forgotten(world)
    check_clocks(world, promised)
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
        case OwnerKind.NOBODY:
            hold(LOST, turn is None, "messages wait in a conversation of nobody")
        case OwnerKind.QUEUE | OwnerKind.AGENT:
            check_watched(state, turn)


def _check_ladder(world: World) -> None:
    """A ladder waits for a token that somebody will send, or for its time limit."""
    offer = world.state.offer
    tokens = {token for token, _ in world.resumes} | ({offer.task_token} if offer else set())
    for climb in world.climbs:
        known = not climb.token or climb.token in tokens
        hold(LOST, known, f"the ladder of {climb.handoff_id} waits for a token nobody has")


# --- at the end -------------------------------------------------------------------------------


def check_end(world: World, items: frozenset[str], terms: ServiceTerms) -> None:
    missing = sorted(items - world.applied)
    hold(LOST, not missing, f"{missing} never applied")
    hold(LOST, not world.runs, "a run never ended")
    hold(ONCE, not world.resumes, "a token was never sent back")
    check_fitted(world, terms)


def facts(world: World) -> tuple[object, ...]:
    """What may not depend on the order in which the same things arrived."""
    state = world.state
    turn = state.turn
    return (
        turn and (turn.items, turn.counted_from),
        state.owner,
        state.lifecycle,
        state.last_customer_message_at,
        tuple(
            (clock.kind, clock.started_at, clock.due_at, clock.state)
            for clock in state.clocks
            # One that nobody waited for after all says nothing.
            if clock.state is not ClockState.CANCELLED
        ),
        frozenset(state.recent_items),
        frozenset(state.recent_deliveries),
        frozenset((each.effect_key, each.of_part) for each in state.undelivered),
        frozenset((sent.key, sent.status) for sent in world.outbox),
    )
