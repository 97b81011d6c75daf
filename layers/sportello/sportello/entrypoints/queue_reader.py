"""How SQS calls us: each record on its own, and those that failed are shown again later.

Powertools' batch processor does this too, and loads models of every event there is: a sixth of
what importing boto3 and making a client costs, in functions that people wait for.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sportello.aws.logs import Metric, count, logger
from sportello.aws.retries import delay_next_attempt
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.errors import ProviderUnavailable, SportelloError

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

type Job = Mapping[str, str]
"""What stands in a record's body."""


OVERDUE_SECONDS = 300
"""What is tried for so long is not getting out; a delivery's attempts go on for hours."""


def queue_reader(do: Callable[[Job], None], overdue: Metric, name: str) -> Handler:
    """Make a queue's handler; behind a failure in a FIFO queue its whole group waits.

    A failed attempt at what has been in the queue for too long is counted as `overdue` under a
    name: SQS leaves out of its own oldest age what has been received three times.
    docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    See docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html for the answer.
    """

    @logger.inject_lambda_context(clear_state=True)
    def handle(event: dict[str, Any], _context: "LambdaContext") -> dict[str, Any]:
        failed: list[str] = []
        held_back: set[str] = set()
        for record in event["Records"]:
            group = record["attributes"].get("MessageGroupId", "")
            if group not in held_back and _done(record, do):
                continue
            failed.append(record["messageId"])
            if _age_seconds(record) >= OVERDUE_SECONDS:
                count(overdue, name)
            if record["eventSourceARN"].endswith(".fifo"):
                held_back.add(group)
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    return handle


def _age_seconds(record: Mapping[str, Any]) -> float:
    sent_at = int(record["attributes"]["SentTimestamp"]) / 1_000
    return runtime.utc_now().timestamp() - sent_at


def _done(record: Mapping[str, Any], do: Callable[[Job], None]) -> bool:
    try:
        do(json.loads(record["body"]))
    except Exception as error:  # noqa: BLE001 -- whatever it is, the queue keeps the record
        logger.warning(
            "attempt failed",
            error=type(error).__name__,
            reason=str(error) if isinstance(error, SportelloError) else "",
            attempt=record["attributes"]["ApproximateReceiveCount"],
        )
        wish = error.retry_after_seconds if isinstance(error, ProviderUnavailable) else None
        delay_next_attempt(record, wish)
        return False
    return True
