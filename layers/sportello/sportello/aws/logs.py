"""Logs and metrics, the same everywhere: one line for each fact somebody would search for.

No message text, address, phone number or provider message id goes into either. Metrics are
written as embedded metric format lines, which CloudWatch turns into metrics at no extra call.
"""

from collections.abc import Iterable
from enum import StrEnum

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from sportello.conversation.events import (
    ClockAdvanced,
    ClockEnded,
    ConversationEvent,
    DeliveryRecorded,
    HandoffRequested,
    MessageQueued,
)
from sportello.messaging.items import DeliveryStatus
from sportello.queues.waits import WaitRecord
from sportello.sla.clocks import ClockKind, ClockState

NAMESPACE = "Sportello"

logger = Logger(service="sportello", use_rfc3339=True)


class Metric(StrEnum):
    """What is counted, once for each fact."""

    RECEIVED = "Received"
    DUPLICATE = "Duplicate"
    REJECTED = "Rejected"
    QUARANTINED = "Quarantined"
    IGNORED = "Ignored"
    REPLIED = "Replied"
    ESCALATED = "Escalated"
    BREACHED = "Breached"
    DELIVERED = "Delivered"
    REFUSED = "Refused"
    UNKNOWN = "Unknown"
    WITHDRAWN = "Withdrawn"
    NOTIFIED = "Notified"
    SET_ASIDE = "SetAside"
    SWEPT = "Swept"
    PROMISES_KEPT = "PromisesKept"
    PROMISES_BROKEN = "PromisesBroken"
    WAITS_ANNOUNCED = "WaitsAnnounced"
    WAITS_AS_ANNOUNCED = "WaitsAsAnnounced"


def count(metric: Metric, channel: str, amount: int = 1) -> None:
    """Add to a metric by channel; written at once, so that a crash later loses no count."""
    if not amount:
        return
    with single_metric(
        name=metric,
        unit=MetricUnit.Count,
        value=amount,
        namespace=NAMESPACE,
        default_dimensions={"service": "sportello", "channel": channel or "none"},
    ):
        pass


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
            case ClockAdvanced(state=ClockState.BREACHING):
                count(Metric.BREACHED, channel)
            case ClockEnded(kind=ClockKind.PROMISE, state=ClockState.ACHIEVED):
                count(Metric.PROMISES_KEPT, channel)
            case ClockEnded(kind=ClockKind.PROMISE, state=ClockState.BREACHED):
                count(Metric.PROMISES_BROKEN, channel)
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
