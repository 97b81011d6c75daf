"""Logs and metrics, the same everywhere: one line for each fact somebody would search for.

No message text, address, phone number or provider message id goes into either. Metrics are
written as embedded metric format lines, which CloudWatch turns into metrics at no extra call.
"""

from enum import StrEnum

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

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
