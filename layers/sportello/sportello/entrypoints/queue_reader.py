"""How SQS calls us: each record on its own, and those that failed are shown again later."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from sportello.aws.logs import logger
from sportello.aws.retries import delay_next_attempt
from sportello.entrypoints.handler import Handler
from sportello.errors import ProviderUnavailable, SportelloError

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def queue_reader(processor: BatchProcessor, handle_one: Callable[[SQSRecord], None]) -> Handler:
    """Make a queue's handler; a record that failed waits as long as its error wishes."""

    def handle_or_delay(record: SQSRecord) -> None:
        try:
            handle_one(record)
        except Exception as error:
            wish = error.retry_after_seconds if isinstance(error, ProviderUnavailable) else None
            logger.warning(
                "attempt failed",
                error=type(error).__name__,
                reason=str(error) if isinstance(error, SportelloError) else "",
                attempt=record.attributes.approximate_receive_count,
            )
            delay_next_attempt(record, wish)
            raise

    @logger.inject_lambda_context(clear_state=True)
    def handle(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        response: dict[str, Any] = process_partial_response(
            event=event, record_handler=handle_or_delay, processor=processor, context=context
        )  # type: ignore[assignment] # a typed dict of the same shape
        return response

    return handle
