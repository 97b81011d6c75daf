"""When a queued attempt is made again: soon at first, then less and less often."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from sportello.aws.clients import aws_client
from sportello.aws.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY_SECONDS = 300


def retry_delay_seconds(attempt: int, wish: int | None = None) -> int:
    """Return the delay after the given attempt (1 is the first): 1, 2, 4 ... 300 seconds.

    A provider's own wish counts where it is longer, up to SQS's twelve hours.
    """
    backoff = min(LONGEST_DELAY_SECONDS, 1 << min(attempt - 1, 16))
    return min(max(backoff, wish or 0), 43_200)


def delay_next_attempt(record: Mapping[str, Any], wish: int | None = None) -> None:
    """Have the queue show a failed record of an SQS event again after its delay.

    If the queue cannot be told, the queue's own visibility timeout holds, which is only later.
    """
    attempt = int(record["attributes"]["ApproximateReceiveCount"])
    queue_name = record["eventSourceARN"].rsplit(":", 1)[-1]
    sqs: SQSClient = aws_client("sqs")
    try:
        queue_url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]
        sqs.change_message_visibility(
            QueueUrl=queue_url,
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=retry_delay_seconds(attempt, wish),
        )
    except (ClientError, BotoCoreError) as error:
        logger.warning("retry keeps the queue's own delay", error=type(error).__name__)
