"""How a channel's delivery queue calls it: the factory that `deliver` handlers are made with."""

import json

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from sportello.aws.logs import logger
from sportello.delivery.delivering import Delivering
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.queue_reader import queue_reader
from sportello.messaging.outbound_channel import OutboundAdapter


def deliverer(adapter: OutboundAdapter) -> Handler:
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

    return queue_reader(processor, deliver_one)
