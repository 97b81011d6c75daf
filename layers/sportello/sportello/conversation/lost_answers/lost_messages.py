"""What follows when a message did not arrive: who waits, on which clocks, and who hears. Pure.

A reply counts when the channel took it. Until it is known to be lost it is taken to stand, for
most do, and clocks must not run on over every answer's flight. What it answered is kept with it.
If it is lost, that passes to the person's next answer that stands, which ended the same wait only
later; if there is none, the turn is open again and its clocks go on as if nothing had been written.
"""

from collections.abc import Iterable, Sequence

from sportello.conversation.commands import RecordDelivery, SentMessage
from sportello.conversation.decision import Draft
from sportello.conversation.events import (
    AnswerLost,
    Author,
    ClockReopened,
    ConversationMoved,
    EpisodeOpened,
    OwnerKind,
    TurnAnswered,
    TurnItem,
    WaitAnnounced,
)
from sportello.conversation.handing_over.handoffs import give_to_people
from sportello.conversation.lost_answers.reopening import Reopening, StoppedClock, both, without
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.conversation.timing.keep_clocks import (
    ENDED_BY_ANSWER,
    WAITS,
    cancel_clock,
    end_clock,
)
from sportello.conversation.timing.promises import APOLOGY, KEPT_BY_ANSWER, PROMISE
from sportello.conversation.turns import is_before
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.refusals import explain_refusal
from sportello.messaging.statuses import LOST
from sportello.model import Instant
from sportello.sla.clocks import Clock, ClockEnding, ClockKind, ClockState, earliest

NOT_DELIVERED = "not_delivered"
"""The reason for which people get what had been thought to be answered."""


def lose_message(draft: Draft, command: RecordDelivery, sent: SentMessage) -> None:
    """Take back what the message was thought to have done."""
    _take_back_promise(draft, sent)
    if sent.author is Author.SYSTEM:
        _take_back_announcement(draft, sent)
        reopened = False
    else:
        reopened = _lose_answer(draft, command, sent)
    if command.reported is DeliveryStatus.REFUSED and _concerns_people(sent):
        _tell_people(draft, command, sent, reopened=reopened)


def lose_part(draft: Draft, command: RecordDelivery, sent: SentMessage) -> None:
    """Of a message that left in parts one is lost: the others stand, and people hear of it.

    Of one that is lost as a whole they have heard already.
    """
    on_record = draft.state.status_of(sent.effect_key) or sent.status
    if sent.author is Author.SYSTEM or on_record in LOST:
        return
    draft.record(_answer_lost(draft, command, sent))
    _tell_people(draft, command, sent, reopened=False)


def message_arrived(draft: Draft, command: RecordDelivery, sent: SentMessage) -> None:
    """A reply that had been called lost arrived after all: what still waits for it is answered.

    What people were given because the bot's answer was lost stays theirs.
    """
    if sent.author is not Author.AGENT or sent.reopens is None:
        return
    _take_back(draft, command, sent.reopens)
    for stopped in sent.reopens.clocks:
        _end_where_it_was(draft, stopped, sent.at)
    turn = draft.state.turn
    answered = {item.item_id for item in sent.reopens.items}
    items = tuple(i.item_id for i in turn.items if i.item_id in answered) if turn else ()
    if not items:
        return
    draft.record(TurnAnswered(at=draft.now, item_ids=items))
    went_on = {each.clock.generation for each in sent.reopens.clocks}
    for clock in draft.state.clocks:
        ends = clock.kind in ENDED_BY_ANSWER or clock.kind is ClockKind.PROMISE
        if clock.running and ends and clock.generation in went_on:
            # Breaching as it may be by now, it was in time if the reply was.
            late = clock.due_at is not None and sent.at > clock.due_at
            state = ClockState.BREACHED if late else ClockState.ACHIEVED
            end_clock(draft, clock, state, _ending(clock), sent.at)
        elif clock.running and clock.kind in ENDED_BY_ANSWER and clock.started_at <= sent.at:
            # It was started for a wait that there was not.
            cancel_clock(draft, clock, ClockEnding.NOT_DELIVERED)
    _cancel_later_waits(draft)
    draft.notify(
        f"arrived:{sent.effect_key}",
        (*draft.bells, *command.writers_bells),
        "message.arrived",
        {"agent_id": _agent(draft.state), "effect_key": sent.effect_key},
    )


# --- answers --------------------------------------------------------------------------------------


def _lose_answer(draft: Draft, command: RecordDelivery, sent: SentMessage) -> bool:
    """Open again what it answered, unless another answer stands; tell whether it is open."""
    withdrawn = command.reported is DeliveryStatus.WITHDRAWN
    if withdrawn and not draft.state.owner.is_people:
        return False  # A person has settled the matter, or given it back, without it.
    before = sent.reopens or Reopening()
    if draft.state.moved_to:
        return _lose_where_it_was(draft, command, sent, before)
    standing = [message for message in command.later if message.status not in LOST]
    by_person, by_anybody = _answered_at(draft.state, before, standing)
    items = () if _replied(standing) else before.items
    items = tuple(item for item in items if not _answered_elsewhere(draft.state, item))
    if items and draft.state.lifecycle is Lifecycle.RESOLVED:
        draft.record(EpisodeOpened(at=draft.now, number=draft.state.episode, reopened=True))
    if items or not withdrawn:
        changes = {"items": items, **_flags_before(draft.state, sent, by_person, by_anybody)}
        draft.record(_answer_lost(draft, command, sent).model_copy(update=changes))
    if items and not draft.state.owner.is_people:
        give_to_people(draft, NOT_DELIVERED)
    _cancel_later_waits(draft)
    for stopped in before.clocks:
        ended_by_any = stopped.clock.kind is ClockKind.FIRST_RESPONSE_ANY
        _go_on(draft, stopped, by_anybody if ended_by_any else by_person)
    _pass_on(draft, command, before)
    return bool(items)


def _lose_where_it_was(
    draft: Draft, command: RecordDelivery, sent: SentMessage, before: Reopening
) -> bool:
    """Hand on what it answered to the conversation that goes on in place of this one."""
    draft.record(_answer_lost(draft, command, sent))
    replied = _replied(message for message in command.later if message.status not in LOST)
    items = () if replied else before.items
    waiting = tuple(i.item_id for i in items if not _answered_elsewhere(draft.state, i))
    if waiting:
        moved_to = draft.state.moved_to
        draft.record(ConversationMoved(at=draft.now, moved_to=moved_to, handed_on=waiting))
    return bool(waiting)


def _answered_at(
    state: ConversationState, before: Reopening, standing: Sequence[SentMessage]
) -> tuple[Instant | None, Instant | None]:
    """Return when a person answered instead, here or outside Sportello, and when anybody did."""
    elsewhere = any(_answered_elsewhere(state, item) for item in before.items)
    echoed_at = state.echoed_at if elsewhere else None
    by_person = earliest([echoed_at, *(m.at for m in standing if m.author is Author.AGENT)])
    by_bot = [m.at for m in standing if m.author is Author.BOT]
    return by_person, earliest([by_person, *by_bot])


def _answered_elsewhere(state: ConversationState, item: TurnItem) -> bool:
    return state.echoed_at is not None and is_before(item, state.echoed_at)


def _replied(standing: Iterable[SentMessage]) -> bool:
    """A person's next answer is to all that came before; what a bot says is to its own turn."""
    return any(message.author is Author.AGENT for message in standing)


def _pass_on(draft: Draft, command: RecordDelivery, before: Reopening) -> None:
    """Let the next reply that stands reopen this, too, and those before it that were lost."""
    for message in command.later:
        if message.author is Author.AGENT:
            draft.pass_on(message.effect_key, both(before, message.reopens))
            if message.status not in LOST:
                return


def _take_back(draft: Draft, command: RecordDelivery, arrived: Reopening) -> None:
    """Let no later reply, if it is lost, open again what is answered after all."""
    for message in command.later:
        if message.author is Author.AGENT and message.reopens is not None:
            draft.pass_on(message.effect_key, without(message.reopens, arrived))


def _answer_lost(draft: Draft, command: RecordDelivery, sent: SentMessage) -> AnswerLost:
    return AnswerLost(
        at=draft.now,
        effect_key=sent.effect_key,
        author=sent.author,
        agent_id=sent.agent_id,
        reason=explain_refusal(command.error_code).reason,
        of_part=command.of_part,
        items=(),
        answered_by_person=draft.state.answered_by_person,
        answered_in_episode=draft.state.answered_in_episode,
        people_since=draft.state.people_since,
    )


def _flags_before(
    state: ConversationState,
    sent: SentMessage,
    by_person: Instant | None,
    by_anybody: Instant | None,
) -> dict[str, object]:
    before = sent.reopens or Reopening()
    in_episode = before.answered_in_episode or by_anybody is not None
    flags: dict[str, object] = {"answered_in_episode": state.answered_in_episode and in_episode}
    if sent.author is Author.AGENT:
        was_answered = before.answered_by_person or by_person is not None
        flags["answered_by_person"] = state.answered_by_person and was_answered
    if before.items and by_person is None:
        flags["people_since"] = earliest([state.people_since, before.people_since])
    return flags


# --- clocks ---------------------------------------------------------------------------------------


def _cancel_later_waits(draft: Draft) -> None:
    """End the clocks of waits that there are not, as messages were not what they were held for."""
    for clock in draft.state.clocks:
        if clock.running and clock.kind in ENDED_BY_ANSWER and not WAITS[clock.kind](draft.state):
            cancel_clock(draft, clock, ClockEnding.NOT_DELIVERED)


def _go_on(draft: Draft, stopped: StoppedClock, answered_at: Instant | None) -> None:
    """Let a clock run on from where it was, as far as the answer that stands, if there is one."""
    clock = stopped.clock
    if clock.of_a_later_version:
        return
    present = _of_name(draft.state, clock)
    superseded = present is not None and present.generation != clock.generation
    if answered_at is not None:
        if clock.kind is not ClockKind.RESOLUTION and not superseded:
            _reopen(draft, stopped)
            reopened = _of_name(draft.state, clock) or clock
            end_clock(draft, reopened, reopened.answered(answered_at), _ending(clock), answered_at)
        return
    if clock.kind is not ClockKind.PROMISE and WAITS[clock.kind](draft.state) is None:
        return
    if present is not None and present.running:
        if superseded:
            cancel_clock(draft, present, ClockEnding.NOT_DELIVERED)
        elif present.state is ClockState.BREACHING:
            return
    _reopen(draft, stopped)


def _end_where_it_was(draft: Draft, stopped: StoppedClock, answered_at: Instant) -> None:
    """Give a clock that a later answer ended the end that it had had by this one."""
    present = _of_name(draft.state, stopped.clock)
    if present is not None and present.ended_at is not None and present.ended_at > answered_at:
        _go_on(draft, stopped, answered_at)


def _reopen(draft: Draft, stopped: StoppedClock) -> None:
    clock = stopped.clock
    present = _of_name(draft.state, clock)
    if present is not None and present.state is ClockState.IMMINENT:
        clock = clock.model_copy(update={"state": ClockState.IMMINENT})
    if clock.state is ClockState.PAUSED:
        # It was put aside until the answer, and nobody put it aside after.
        warned = clock.spent_seconds >= clock.warn_seconds
        state = ClockState.IMMINENT if warned else ClockState.PENDING
        clock = draft.terms.counting_from(clock, stopped.at).model_copy(update={"state": state})
    draft.record(
        ClockReopened(at=draft.now, clock=clock, stopped_at=stopped.at, queue=stopped.queue)
    )


def _of_name(state: ConversationState, clock: Clock) -> Clock | None:
    return next((each for each in state.clocks if each.name == clock.name), None)


def _ending(clock: Clock) -> ClockEnding:
    return ClockEnding.KEPT if clock.kind is ClockKind.PROMISE else ClockEnding.ANSWERED


# --- what a message said ----------------------------------------------------------------------


def _take_back_promise(draft: Draft, sent: SentMessage) -> None:
    """The customer was promised nothing: nobody told them."""
    made_by = sent.effect_key.removeprefix(PROMISE)
    for clock in draft.state.clocks:
        made_here = clock.promise_id.removeprefix(KEPT_BY_ANSWER) == made_by
        if clock.kind is ClockKind.PROMISE and clock.running and made_here:
            cancel_clock(draft, clock, ClockEnding.NOT_DELIVERED)


def _take_back_announcement(draft: Draft, sent: SentMessage) -> None:
    announced = draft.state.announced
    if announced is not None and announced.at == sent.at and _announces(sent):
        draft.record(WaitAnnounced(at=draft.now, wait=None))


def _announces(sent: SentMessage) -> bool:
    return sent.effect_key.startswith(("accompanying:", "wait:"))


# --- who hears ------------------------------------------------------------------------------------


def _concerns_people(sent: SentMessage) -> bool:
    """Whether somebody counts on the customer having read it."""
    return sent.author is not Author.SYSTEM or sent.effect_key.startswith((PROMISE, APOLOGY))


def _tell_people(
    draft: Draft, command: RecordDelivery, sent: SentMessage, *, reopened: bool
) -> None:
    explanation = explain_refusal(command.error_code)
    draft.notify(
        draft.unique("part_lost") if command.of_part else f"not_delivered:{sent.effect_key}",
        (*draft.bells, *command.writers_bells),
        "message.not_delivered",
        {
            "agent_id": _agent(draft.state),
            "effect_key": sent.effect_key,
            "author": sent.author,
            "written_by": sent.agent_id,
            "waits_again": reopened,
            "in_part": command.of_part,
            **explanation.model_dump(mode="json"),
        },
    )


def _agent(state: ConversationState) -> str:
    return state.owner.name if state.owner.kind is OwnerKind.AGENT else ""
