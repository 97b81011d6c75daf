"""Logs and metrics, the same everywhere: one line for each fact somebody would search for.

No message text, address, phone number or provider message id goes into either. Metrics are
written as embedded metric format lines, which CloudWatch turns into metrics at no extra call.
"""

import json
import time
from enum import StrEnum

from aws_lambda_powertools import Logger

NAMESPACE = "Sportello"

logger = Logger(use_rfc3339=True)
"""Its service is the stack, which `POWERTOOLS_SERVICE_NAME` names: two may share an account."""


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
    CONFIGURATION_REFUSED = "ConfigurationRefused"
    NOTIFIED = "Notified"
    ENDPOINT_GONE = "EndpointGone"
    ENDPOINT_RESTS = "EndpointRests"
    LINKS_REFUSED = "LinksRefused"
    SET_ASIDE = "SetAside"
    SWEPT = "Swept"
    MESSAGES_SWEPT = "MessagesSwept"
    NOT_SWEPT = "NotSwept"
    DELIVERIES_OVERDUE = "DeliveriesOverdue"
    NOTICES_OVERDUE = "NoticesOverdue"
    FETCHES_OVERDUE = "FetchesOverdue"
    FILES_REFUSED = "FilesRefused"
    FILES_FAILED = "FilesFailed"
    EVENTS_OVERDUE = "EventsOverdue"
    SUBSCRIPTION_GONE = "SubscriptionGone"
    NOBODY_TO_RING = "NobodyToRing"
    NOT_AUDITED = "NotAudited"
    STRANDED = "Stranded"
    OF_A_LATER_VERSION = "OfALaterVersion"
    PROMISES_KEPT = "PromisesKept"
    PROMISES_BROKEN = "PromisesBroken"
    ANSWERS_LOST = "AnswersLost"
    WAITS_ANNOUNCED = "WaitsAnnounced"
    WAITS_AS_ANNOUNCED = "WaitsAsAnnounced"


BY_CHANNEL = frozenset(
    {
        Metric.RECEIVED,
        Metric.REJECTED,
        Metric.QUARANTINED,
        Metric.DELIVERED,
        Metric.REFUSED,
        Metric.UNKNOWN,
        Metric.CONFIGURATION_REFUSED,
        Metric.DELIVERIES_OVERDUE,
        Metric.NOTICES_OVERDUE,
        Metric.FETCHES_OVERDUE,
    }
)
"""What is looked at channel by channel: each name with each channel is a metric that is paid for.

The line of every other one names its channel too, for whoever searches the log.
"""


def count(metric: Metric, channel: str, amount: int = 1) -> None:
    """Add to a metric; written at once, so that a crash later loses no count.

    The line is the one that Powertools would write, at a quarter of its cost: a message has one.
    docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    if not amount:
        return
    line = {
        "_aws": {
            "Timestamp": int(time.time() * 1_000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [_dimensions(metric)],
                    "Metrics": [{"Name": metric, "Unit": "Count"}],
                }
            ],
        },
        "service": logger.service,
        "channel": channel or "none",
        metric: [float(amount)],
    }
    print(json.dumps(line, separators=(",", ":")))  # noqa: T201 -- stdout is the metrics' way out


def _dimensions(metric: Metric) -> list[str]:
    return ["service", "channel"] if metric in BY_CHANNEL else ["service"]
