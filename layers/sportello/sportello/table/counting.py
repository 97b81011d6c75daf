"""What a commit counts: each fact once, where it was written."""

from collections.abc import Iterable

from sportello.aws.logs import Metric, count
from sportello.conversation.events import (
    AnswerLost,
    ClockAdvanced,
    ClockEnded,
    ConversationEvent,
    DeliveryRecorded,
    HandoffRequested,
    LadderRestarted,
    MessageQueued,
    RestartReason,
)
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.refusals import WITHDRAWN
from sportello.queues.waits import WaitRecord
from sportello.sla.clocks import ClockKind, ClockState

_OUTCOMES = {
    DeliveryStatus.ACCEPTED: Metric.DELIVERED,
    DeliveryStatus.REFUSED: Metric.REFUSED,
    DeliveryStatus.UNKNOWN: Metric.UNKNOWN,
    DeliveryStatus.WITHDRAWN: Metric.WITHDRAWN,
}


def count_events(events: Iterable[ConversationEvent], channel: str) -> None:
    """Count what a commit recorded."""
    for event in events:
        match event:
            case MessageQueued():
                count(Metric.REPLIED, channel)
            case HandoffRequested():
                count(Metric.ESCALATED, channel)
            case LadderRestarted(reason=RestartReason.STRANDED):
                count(Metric.STRANDED, channel)
            case ClockAdvanced(state=ClockState.BREACHING):
                count(Metric.BREACHED, channel)
            case ClockEnded(kind=ClockKind.PROMISE, state=ClockState.ACHIEVED):
                count(Metric.PROMISES_KEPT, channel)
            case ClockEnded(kind=ClockKind.PROMISE, state=ClockState.BREACHED):
                count(Metric.PROMISES_BROKEN, channel)
            case AnswerLost(reason=reason) if reason != WITHDRAWN:
                count(Metric.ANSWERS_LOST, channel)
            case DeliveryRecorded(status=status) if status in _OUTCOMES:
                count(_OUTCOMES[status], channel)
            case _:
                pass


def count_waits(waits: Iterable[WaitRecord]) -> None:
    """Count the waits that ended after one was announced, and those that were as announced."""
    for wait in waits:
        if wait.as_announced is not None:
            count(Metric.WAITS_ANNOUNCED, wait.channel)
            count(Metric.WAITS_AS_ANNOUNCED, wait.channel, int(wait.as_announced))
