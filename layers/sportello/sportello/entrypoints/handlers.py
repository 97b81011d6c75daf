"""How AWS calls Sportello: the thin factories that functions are made with.

Each returns a Lambda handler. Events of AWS end here; the domain sees its own models. Errors that
another attempt may cure leave as `Retryable`, the one name the state machines retry.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    SqsFifoPartialProcessor,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, Field

from sportello.aws.credentials import read_secret_text
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.aws.retries import delay_next_attempt
from sportello.delivery.delivering import Delivering
from sportello.entrypoints import runtime
from sportello.errors import ProviderUnavailable, Retryable, SportelloError
from sportello.intake.receiving import Receiving, WebhookAnswer, shake_hands
from sportello.messaging.channel import ChannelAdapter, WebhookRequest
from sportello.people.notifier import AgentNotifier
from sportello.people.ringing import Ringing

type Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class ReceiverEnvironment(Environment):
    """`conversation_key_secret` names the secret that conversation ids are hashed with."""

    conversation_key_secret: str = Field(min_length=1)


@cache
def _conversation_key() -> bytes:
    # The key never changes for the life of a deployment, so it is kept for the process's.
    return read_secret_text(ReceiverEnvironment.load().conversation_key_secret).encode()


def webhook_request(event: dict[str, Any], now: datetime) -> WebhookRequest:
    """Read a REST API (v1) proxy event; the body is the bytes that were sent."""
    return WebhookRequest(
        method=event["httpMethod"],
        headers={name.lower(): value for name, value in _texts(event.get("headers"))},
        query=dict(_texts(event.get("queryStringParameters"))),
        body=_sent_bytes(event),
        received_at=now,
    )


def _texts(pairs: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in (pairs or {}).items() if isinstance(value, str))


def _sent_bytes(event: dict[str, Any]) -> bytes:
    """Return the body; one that is no text or no base64 becomes bytes that nobody has signed."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body)
    except ValueError:
        return b""


def receiver(adapter: ChannelAdapter) -> Handler:
    """Make the webhook handler of a channel."""

    @logger.inject_lambda_context(clear_state=True)
    def receive(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        request = webhook_request(event, runtime.utc_now())
        if request.method == "GET":
            return _proxy_response(shake_hands(adapter, request))
        receiving = Receiving(adapter, runtime.table(), _conversation_key)
        return _proxy_response(receiving.receive(request))

    return receive


def _proxy_response(answer: WebhookAnswer) -> dict[str, Any]:
    return {
        "statusCode": answer.status,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": answer.body,
    }


def deliverer(adapter: ChannelAdapter) -> Handler:
    """Make the handler of a channel's FIFO delivery queue: a failure holds back its own group."""
    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    processor.raise_on_entire_batch_failure = False

    def deliver_one(record: SQSRecord) -> None:
        body = json.loads(record.body)
        conversation_id = body["conversation_id"]
        logger.append_keys(conversation_id=conversation_id, channel=adapter.name)
        delivering = Delivering(adapter, runtime.desk(), runtime.utc_now)
        if "acknowledge" in body:
            delivering.acknowledge(conversation_id, body["acknowledge"])
            return
        delivering.deliver(conversation_id, body["effect_key"])

    return _queue_handler(processor, deliver_one)


def notify_queue(notifier: AgentNotifier[Any]) -> Handler:
    """Make the handler of a notifier's queue."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def notify_one(record: SQSRecord) -> None:
        body = json.loads(record.body)
        logger.append_keys(conversation_id=body["conversation_id"])
        ringing = Ringing(notifier, runtime.table(), runtime.settings())
        ringing.notify(body["conversation_id"], body["effect_key"])

    return _queue_handler(processor, notify_one)


def _queue_handler(processor: BatchProcessor, handle_one: Callable[[SQSRecord], None]) -> Handler:
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
    def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        response: dict[str, Any] = process_partial_response(
            event=event, record_handler=handle_or_delay, processor=processor, context=context
        )  # type: ignore[assignment] # a typed dict of the same shape
        return response

    return handle


def task[I: BaseModel](
    shape: type[I],
) -> Callable[[Callable[[I], BaseModel | None]], Handler]:
    """Make a state machine's task from a function of one model to another.

    What a machine of another version passes besides is ignored. Raises Retryable for what
    another attempt may cure; other errors leave as they are.
    """

    def decorate(function: Callable[[I], BaseModel | None]) -> Handler:
        @logger.inject_lambda_context(clear_state=True)
        def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
            logger.append_keys(conversation_id=event.get("conversation_id"))
            try:
                result = function(shape.model_validate(event, extra="ignore"))
            except (Retryable, ClientError, BotoCoreError) as error:
                logger.warning("task will be tried again", error=type(error).__name__)
                raise Retryable(type(error).__name__) from error
            return result.model_dump(mode="json") if result else {}

        return handle

    return decorate
