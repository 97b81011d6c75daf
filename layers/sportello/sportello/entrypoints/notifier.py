"""How a notifier's queue calls it: the factory that `notify` handlers are made with."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.queue_reader import queue_reader
from sportello.people.notifier import AgentNotifier
from sportello.people.ringing import Ringing


def notify_queue(notifier: AgentNotifier[Any]) -> Handler:
    """Make the handler of a notifier's queue."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def notify_one(record: SQSRecord) -> None:
        body = json.loads(record.body)
        logger.append_keys(conversation_id=body["conversation_id"])
        ringing = Ringing(notifier, runtime.table(), runtime.settings())
        ringing.notify(body["conversation_id"], body["effect_key"])

    return queue_reader(processor, notify_one)
