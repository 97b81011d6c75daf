"""Turns: what the customer says until somebody answers, and the bot's right to answer it. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from sportello.conversation.commands import AnswerAsBot, ReceivedItem, ReceiveMessages, RetryTurn
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import (
    Author,
    EpisodeOpened,
    ItemNoted,
    MessageReceived,
    OutOfHoursTold,
    OwnerKind,
    ReplyBudgetExhausted,
    TurnAnswered,
    TurnEnded,
    TurnItem,
    TurnLeased,
)
from sportello.conversation.files import fetch_files
from sportello.conversation.handing_over.ladders import ring_again
from sportello.conversation.handing_over.queueing import AGENT_LEFT, put_back_in_queue
from sportello.conversation.lost_answers.before_answers import before_bot_answer
from sportello.conversation.state import (
    INACTIVE_AFTER,
    REPLY_BUDGET_WINDOW,
    ConversationState,
    Lifecycle,
)
from sportello.conversation.timing.keep_clocks import answer_any, answer_clocks
from sportello.conversation.timing.promises import keep_promises, make_promise
from sportello.model import Instant

MAX_PROVIDER_DELAY = timedelta(seconds=60)
"""How far before its receipt a message may start a clock, whatever time the provider claims."""


def counted_from(item: ReceivedItem) -> Instant:
    """Return the instant clocks may count from: the provider's time, bounded by receipt."""
    return min(max(item.sent_at, item.received_at - MAX_PROVIDER_DELAY), item.received_at)


def receive_messages(draft: Draft, command: ReceiveMessages) -> None:
    new = [item for item in command.items if not draft.state.has_recorded(item.item_id)]
    messages = [item for item in new if item.wants_answer]
    courtesies = messages if _is_mere_courtesy(draft, command, messages) else []
    messages = [item for item in messages if item not in courtesies]
    others = [item for item in new if item not in messages]
    _record_messages(draft, command, messages)
    for item in others:
        draft.record(
            ItemNoted(
                at=draft.now,
                item_id=item.item_id,
                kind=item.kind,
                sent_at=min(item.sent_at, item.received_at),
                received_at=item.received_at,
            )
        )
    fetch_files(draft, new)
    if draft.state.echoed_at is not None:
        _answered_elsewhere(draft, draft.state.echoed_at)
    if messages:
        _see_to_messages(draft, command, messages)
    elif any(item.agrees for item in courtesies):
        _tell_of_agreement(draft, courtesies)


def _is_mere_courtesy(
    draft: Draft, command: ReceiveMessages, messages: Sequence[ReceivedItem]
) -> bool:
    """Whether a customer only thanks: nobody owes that an answer, and it reopens nothing."""
    state = draft.state
    if state.lifecycle is Lifecycle.RESOLVED and command.thanks_reopen:
        return False
    has_an_answer = state.turn is None and (state.episode > 0 or state.echoed_at is not None)
    # While something of ours is outstanding, an "ok" may be about what was said elsewhere.
    return all(
        item.thanks or item.agrees if has_an_answer else item.thanks and not item.agrees
        for item in messages
    )


def _record_messages(
    draft: Draft, command: ReceiveMessages, messages: Sequence[ReceivedItem]
) -> None:
    if not messages:
        return
    _open_episode(draft, command.follow_up_seconds)
    for item in messages:
        draft.record(
            MessageReceived(
                at=draft.now,
                item_id=item.item_id,
                kind=item.kind,
                visibility=item.visibility,
                sent_at=item.sent_at,
                received_at=item.received_at,
                counted_from=counted_from(item),
            )
        )


def _see_to_messages(
    draft: Draft, command: ReceiveMessages, messages: Sequence[ReceivedItem]
) -> None:
    """Have whoever owns the conversation take notice of new messages."""
    match draft.state.owner.kind:
        case OwnerKind.NOBODY:
            draft.change_owner(OwnerKind.BOT)
            _lease(draft, command.turn_id, command.lease_seconds)
        case OwnerKind.BOT:
            _lease(draft, command.turn_id, command.lease_seconds)
        case OwnerKind.QUEUE if draft.state.turn is not None:
            _tell_away(draft, command)
            ring_again(draft, [item.item_id for item in messages])
        case OwnerKind.QUEUE:
            pass
        case OwnerKind.AGENT if command.owner_left and draft.state.turn is not None:
            put_back_in_queue(draft, AGENT_LEFT)
            _tell_away(draft, command)
        case _:
            _tell_agent(draft, messages)


def answer_as_bot(draft: Draft, command: AnswerAsBot) -> None:
    """Answer if the bot still owns this very turn and nobody answered these items yet.

    Without reply budget no message is queued and the alert is recorded once for the window.
    """
    state = draft.state
    if not bot_may_answer(state, command.turn_id, command.owner_version):
        return
    waiting = {item.item_id for item in state.turn.items} if state.turn else set()
    if not waiting.issuperset(command.item_ids):
        return
    if state.budget_left(draft.now) <= 0:
        alerted_at = state.budget_exhausted_at
        if alerted_at is None or draft.now - alerted_at >= REPLY_BUDGET_WINDOW:
            draft.record(ReplyBudgetExhausted(at=draft.now))
        return
    before = before_bot_answer(draft, command.item_ids)
    draft.send(command.key, command.text, Author.BOT, buttons=command.buttons, reopens=before)
    draft.record(TurnAnswered(at=draft.now, item_ids=command.item_ids))
    answer_any(draft, draft.now)
    if command.promise is not None:
        make_promise(draft, command.key, command.promise)
    if draft.state.turn is not None:
        _renew(draft, command.turn_id, command.lease_seconds)


def bot_may_answer(state: ConversationState, turn_id: str, owner_version: int) -> bool:
    return (
        state.owner.kind is OwnerKind.BOT
        and state.owner.version == owner_version
        and state.turn is not None
        and state.turn.leased_to == turn_id
    )


def retry_turn(draft: Draft, command: RetryTurn) -> None:
    """Lease an abandoned turn to another attempt; a turn under way is left alone."""
    if draft.state.owner.kind is OwnerKind.BOT:
        _lease(draft, command.turn_id, command.lease_seconds)


def _answered_elsewhere(draft: Draft, at: Instant) -> None:
    """A person of the business wrote outside Sportello: what came before is answered.

    What came within the same second was answered by no person: providers tell whole seconds, and
    phone apps send greetings by themselves.
    """
    if not _is_greeting(draft, at):
        keep_promises(draft, at)
    items = draft.state.turn.items if draft.state.turn else ()
    answered = tuple(item.item_id for item in items if is_before(item, at))
    if not answered:
        return
    draft.record(TurnAnswered(at=draft.now, item_ids=answered))
    answer_clocks(draft, at)


def is_before(item: TurnItem, at: Instant) -> bool:
    """Tell by the provider's clock; one that runs ahead lets nothing be sent after its receipt."""
    return min(item.sent_at, item.counted_from) < at


def _is_greeting(draft: Draft, at: Instant) -> bool:
    turn = draft.state.turn
    return turn is not None and any(item.sent_at == at for item in turn.items)


def _person_is_around(draft: Draft) -> bool:
    """Whether somebody of the business has just written outside Sportello."""
    at = draft.state.echoed_at
    return at is not None and draft.now - at < INACTIVE_AFTER and not _is_greeting(draft, at)


def end_turn(draft: Draft) -> None:
    if draft.state.turn is not None and draft.state.turn.leased_to:
        draft.record(TurnEnded(at=draft.now))


def _open_episode(draft: Draft, follow_up_seconds: int) -> None:
    state = draft.state
    if state.episode == 0:
        draft.record(EpisodeOpened(at=draft.now, number=1, reopened=False))
    elif state.lifecycle is Lifecycle.RESOLVED and state.resolved_at is not None:
        reopened = draft.now - state.resolved_at <= timedelta(seconds=follow_up_seconds)
        number = state.episode if reopened else state.episode + 1
        draft.record(EpisodeOpened(at=draft.now, number=number, reopened=reopened))


def _lease(draft: Draft, turn_id: str, lease_seconds: int) -> None:
    turn = draft.state.turn
    if turn is None:
        return
    held = turn.lease_expires_at is not None and turn.lease_expires_at > draft.now
    if held and turn.leased_to:
        return
    _record_lease(draft, turn_id, lease_seconds, turn.attempt + 1)


def _renew(draft: Draft, turn_id: str, lease_seconds: int) -> None:
    _record_lease(draft, turn_id, lease_seconds, attempt=1)


def _record_lease(draft: Draft, turn_id: str, lease_seconds: int, attempt: int) -> None:
    draft.record(
        TurnLeased(
            at=draft.now,
            turn_id=turn_id,
            expires_at=draft.now + timedelta(seconds=lease_seconds),
            attempt=attempt,
        )
    )


def _tell_away(draft: Draft, command: ReceiveMessages) -> None:
    away = command.away
    if away is not None and away.closed_since is not None:
        tell_out_of_hours(draft, away.text, away.closed_since)


def tell_out_of_hours(draft: Draft, text: str, closed_since: Instant) -> None:
    """Say once for each closed period, and within the budget, that nobody is there.

    Settings may move the start of a period back and forth: only a later one is a new one, so
    that no period is told twice. Nothing is said in the middle of a conversation with a person,
    also where that person writes from the business's own phone.
    """
    last_period = draft.state.closed_period_told
    if draft.state.budget_left(draft.now) <= 0:
        return
    if (last_period is not None and closed_since <= last_period) or _person_is_around(draft):
        return
    draft.send(f"out_of_hours:{closed_since:%Y%m%dT%H%M%SZ}", text, Author.SYSTEM)
    draft.record(OutOfHoursTold(at=draft.now, closed_since=closed_since))


def _tell_of_agreement(draft: Draft, courtesies: Sequence[ReceivedItem]) -> None:
    """Let an agent hear of a yes, which their question may have asked for; no clock runs."""
    owned = draft.state.owner.kind is OwnerKind.AGENT
    if owned and draft.state.turn is None and draft.state.lifecycle is not Lifecycle.RESOLVED:
        _tell_agent(draft, courtesies)


def _tell_agent(draft: Draft, messages: Sequence[ReceivedItem]) -> None:
    draft.notify(
        draft.unique("message"),
        draft.bells,
        "message.received",
        {
            "agent_id": draft.state.owner.name,
            "item_ids": [item.item_id for item in messages],
        },
    )


HANDLERS = (
    handles(ReceiveMessages, receive_messages),
    handles(AnswerAsBot, answer_as_bot),
    handles(RetryTurn, retry_turn),
)
