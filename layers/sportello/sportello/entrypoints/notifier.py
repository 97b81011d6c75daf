"""How a notifier's queue calls it: the factory that `notify` handlers are made with."""

from typing import Any

from sportello.aws.logs import Metric, logger
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.initialization import prepare
from sportello.entrypoints.queue_reader import Job, queue_reader
from sportello.people.notifier import AgentNotifier
from sportello.people.ringing import Ringing


def notify_queue(notifier: AgentNotifier[Any]) -> Handler:
    """Make the handler of a notifier's queue."""
    prepare("dynamodb", "secretsmanager")

    def notify_one(job: Job) -> None:
        logger.append_keys(conversation_id=job["conversation_id"])
        ringing = Ringing(notifier, runtime.table(), runtime.settings(), runtime.utc_now)
        ringing.notify(job["conversation_id"], job["effect_key"])

    return queue_reader(notify_one, Metric.NOTICES_OVERDUE, notifier.name)
