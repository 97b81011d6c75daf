"""How a channel's delivery queue calls it: the factory that `deliver` handlers are made with."""

from sportello.aws.logs import Metric, logger
from sportello.delivery.delivering import Delivering
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.initialization import prepare
from sportello.entrypoints.queue_reader import Job, queue_reader
from sportello.messaging.outbound_channel import OutboundAdapter
from sportello.messaging.outbound_media import OutboundMedia


def deliverer(adapter: OutboundAdapter) -> Handler:
    """Make the handler of a channel's FIFO delivery queue: a failure holds back its own group."""
    prepare("dynamodb", "secretsmanager")

    def content_of(media: OutboundMedia) -> bytes:
        from sportello.delivery import kept_files  # noqa: PLC0415 -- few messages have files

        return kept_files.content_of(runtime.media_store(), media)

    def deliver_one(job: Job) -> None:
        conversation_id = job["conversation_id"]
        logger.append_keys(conversation_id=conversation_id, channel=adapter.name)
        delivering = Delivering(
            adapter, runtime.desk(), runtime.utc_now, runtime.settings, content_of
        )
        if "acknowledge" in job:
            delivering.acknowledge(conversation_id, job["acknowledge"])
            return
        delivering.deliver(conversation_id, job["effect_key"])

    return queue_reader(deliver_one, Metric.DELIVERIES_OVERDUE, adapter.name)
