"""The desk table, many items at a time: what it leaves undone is asked for again."""

import random
import time
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import TYPE_CHECKING

from sportello.errors import StorageBusy
from sportello.table.keys import Attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH_GET_LIMIT = 100
_BATCH_WRITE_LIMIT = 25
_ATTEMPTS = 5


def read_batches(
    client: "DynamoDBClient", table: str, keys: Iterable[Attributes]
) -> Iterator[Attributes]:
    """Yield those items that are there, consistently read; each key is asked for once."""
    for some in batched(keys, BATCH_GET_LIMIT, strict=False):
        missing = list(some)
        for _ in _attempts("the table left keys unread"):
            answer = client.batch_get_item(
                RequestItems={table: {"Keys": missing, "ConsistentRead": True}}
            )
            yield from answer["Responses"][table]
            unprocessed = answer["UnprocessedKeys"].get(table)
            if not unprocessed:
                break
            missing = list(unprocessed["Keys"])


def write_batches(client: "DynamoDBClient", table: str, writes: Iterable[Attributes]) -> None:
    """Put and delete, one after the other is done; of a key there is one write."""
    for some in batched(writes, _BATCH_WRITE_LIMIT, strict=False):
        missing = list(some)
        for _ in _attempts("the table left items unwritten"):
            answer = client.batch_write_item(RequestItems={table: missing})  # type: ignore[dict-item] # built as plain dicts
            missing = list(answer["UnprocessedItems"].get(table, ()))  # type: ignore[arg-type] # likewise
            if not missing:
                break


def _attempts(complaint: str) -> Iterator[None]:
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 -- jitter, no secret
        yield
    raise StorageBusy(complaint)
