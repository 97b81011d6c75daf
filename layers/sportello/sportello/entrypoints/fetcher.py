"""How a channel's queue of files calls it: the factory that `fetch` handlers are made with."""

from datetime import datetime

from sportello.aws.logs import Metric, logger
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.initialization import prepare
from sportello.entrypoints.queue_reader import Job, queue_reader
from sportello.fetching.fetching import Fetching
from sportello.media.names import MediaName
from sportello.media.scanning import scanner
from sportello.messaging.fetching_channel import FetchingAdapter


def fetcher(adapter: FetchingAdapter) -> Handler:
    """Make the handler of a channel's queue of files, each of which is one job."""
    prepare("dynamodb", "secretsmanager", "s3")

    def fetch_one(job: Job) -> None:
        name = MediaName(job["conversation_id"], job["item_id"], int(job["number"]))
        logger.append_keys(
            conversation_id=name.conversation_id, channel=adapter.name, item_id=name.item_id
        )
        table, store = runtime.table(), runtime.media_store()
        fetching = Fetching(adapter, table, store, scanner(), runtime.utc_now)
        fetching.fetch(name, datetime.fromisoformat(job["asked_at"]))

    return queue_reader(fetch_one, Metric.FETCHES_OVERDUE, adapter.name)
