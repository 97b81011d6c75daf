"""The conversation as a decider: it alone knows who may speak. Pure.

`decide(state, command, now, terms)` returns the events and effects that follow, nothing for a
command that came twice or too late, and raises NotAllowed where a person must be told no. `evolve`
(in `evolution.py`) folds events into state.
"""

from sportello.conversation import handoffs, promises, setting_aside, turns
from sportello.conversation import tick as ticking
from sportello.conversation.commands import (
    Accept,
    AnswerAsBot,
    Classify,
    Command,
    Decline,
    EndSnooze,
    ExhaustLadder,
    FitClocks,
    KeepPromise,
    OfferConversation,
    ReceiveMessages,
    RecordDelivery,
    Reply,
    RequestHuman,
    Resolve,
    RetryTurn,
    ReturnToBot,
    Snooze,
    Tick,
)
from sportello.conversation.decision import Decision, Draft
from sportello.conversation.events import DeliveryRecorded
from sportello.conversation.evolution import evolve, fold
from sportello.conversation.keep_clocks import keep_time
from sportello.conversation.next_timer import plan_next_wake, plan_wake
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.messaging.statuses import is_progress
from sportello.model import Instant

__all__ = ["ConversationState", "Decision", "decide", "evolve", "fold"]


def decide(
    state: ConversationState, command: Command, now: Instant, terms: ServiceTerms
) -> Decision:
    """Decide under the terms of service in force; a delivery's outcome is decided without any."""
    # Who had to wait for other writers looked at the clock before them: time never runs back.
    draft = Draft(state, now if state.decided_at is None else max(now, state.decided_at), terms)
    _dispatch(draft, command)
    if not isinstance(command, RecordDelivery):
        keep_time(draft)
        if isinstance(command, Tick):
            plan_next_wake(draft, command.woken_for)
        else:
            plan_wake(draft)
    return draft.finish()


def _dispatch(draft: Draft, command: Command) -> None:  # noqa: C901, PLR0912 -- one arm for each command, flat
    match command:
        case ReceiveMessages():
            turns.receive_messages(draft, command)
        case AnswerAsBot():
            turns.answer_as_bot(draft, command)
        case RetryTurn():
            turns.retry_turn(draft, command)
        case RequestHuman():
            handoffs.request_human(draft, command)
        case OfferConversation():
            handoffs.offer_conversation(draft, command)
        case ExhaustLadder():
            handoffs.exhaust_ladder(draft, command)
        case Accept():
            handoffs.accept(draft, command)
        case Decline():
            handoffs.decline(draft, command)
        case Reply():
            handoffs.reply(draft, command)
        case Resolve():
            handoffs.resolve(draft, command)
        case ReturnToBot():
            handoffs.return_to_bot(draft, command)
        case Snooze():
            setting_aside.snooze(draft, command)
        case EndSnooze():
            setting_aside.end_snooze(draft, command)
        case Classify():
            setting_aside.classify(draft, command)
        case KeepPromise():
            promises.keep_promise(draft, command)
        case Tick():
            ticking.tick(draft, command)
        case FitClocks():
            pass
        case RecordDelivery():
            _record_delivery(draft, command)


def _record_delivery(draft: Draft, command: RecordDelivery) -> None:
    known = draft.state.status_of(command.effect_key) or command.known
    if is_progress(known, command.reported) and is_progress(command.known, command.reported):
        draft.record(
            DeliveryRecorded(
                at=draft.now,
                effect_key=command.effect_key,
                status=command.reported,
                error_code=command.error_code,
            )
        )
