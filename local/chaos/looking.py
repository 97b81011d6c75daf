"""The look of `make chaos` at what is there in the end: a look at one moment.

Clocks run on when the load is over, and reading a desk takes seconds. Meanwhile somebody's wait
changes, and the news of it is with the provider that was read last and not in the table that was
read first. Whoever excuses what came late cannot tell it from what was done twice. So nothing is
excused, and the desk stands still: the wire between functions and AWS is cut when all is quiet, and
all is read while it is.

No doubling and no loss escapes by that:

- Without the wire no function can write the table, so none decides or claims anything, and none
  reaches a queue, the bus or a workflow. A provider is called after a claim only, an endpoint with
  a message of its queue in hand only.
- What was under way at the cut shows: a message claimed and not settled, an item or an effect
  pending, a turn leased, a queue's message in flight, a workflow that runs. Then the wire is mended
  until that has ended, and cut again.
- What had crossed the wire before and took effect behind it shows in the table's stream or in the
  providers' log: when either has grown from before the first look to after the last, all is asked
  and read again, what is under way included.
- So both sides end at the same moment, whoever is read first. What was decided must have come
  about, and what came about must have been decided. There is no third case to hide in.

What would have happened after that moment is not looked at, as in any run that has an end.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, Protocol

from urllib3.exceptions import HTTPError

from local.chaos.colleagues import Tally
from local.chaos.collecting import Listener, executions
from local.chaos.customers import Outlook
from local.chaos.evidence import Collected, conversations_in
from local.chaos.webhooks import Acknowledgements
from local.cloud.laptop import Laptop
from local.cloud.observing import wait_until
from local.cloud.processes import Failed
from local.cloud.web import call_json
from sportello.conversation.terms import ServiceTerms
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation
from sportello.table.keys import Attributes
from sportello.table.settings.settings_store import SettingsStore

TIMELINES = 40
MOST_READINGS = 10
"""Without the wire one or two are enough; more means that something else moves the desk."""

OK = 200
PATIENCE_SECONDS = 60.0
"""How long to ask for a timeline, of a machine that is busy."""

LONGER_THAN_A_RUN = 3_600.0


class Severable(Protocol):
    """What carries the functions' calls."""

    def severed(self) -> AbstractContextManager[None]: ...


class Quietness(Protocol):
    """What knows whether anything is under way."""

    def wait(self, until: float) -> list[str]: ...

    def backlog(self) -> list[str]: ...


class StillLife[T](NamedTuple):
    """What was read at one moment, and what was under way then: nothing, unless time ran out."""

    content: T
    left_over: list[str]


def hold_still[T](
    wire: Severable,
    rest: Quietness,
    *,
    read: Callable[[datetime], T],
    position: Callable[[], object],
    until: float,
) -> StillLife[T]:
    """Read all as of a moment at which nothing is under way; when time is up, of any one."""
    while True:
        rest.wait(until)
        moment = datetime.now(UTC)
        with wire.severed():
            for _ in range(MOST_READINGS):
                before = position()
                under_way = rest.backlog()
                if under_way and time.monotonic() < until:
                    break
                content = read(moment)
                if position() == before:
                    return StillLife(content, under_way)
            else:
                raise Failed("the desk moves on although its functions are cut off")


class Changes:
    """The table's stream: each new image of its items, in the order of the changes."""

    def __init__(self, laptop: Laptop) -> None:
        self.images: list[Attributes] = []
        self._count = 0
        self._streams = laptop.client("dynamodbstreams")
        (stream,) = self._streams.list_streams(TableName=laptop.stack.table)["Streams"]
        arn = stream["StreamArn"]
        described = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]
        self._iterators = [
            self._streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            for shard in described["Shards"]
        ]

    def read(self) -> int:
        """Read on to the end, and return how many changes there have been in all."""
        self._iterators = [self._read_shard(iterator) for iterator in self._iterators]
        return self._count

    def _read_shard(self, iterator: str) -> str:
        while True:
            page = self._streams.get_records(ShardIterator=iterator)
            if not page["Records"]:
                return iterator
            self._count += len(page["Records"])
            changed = (record["dynamodb"].get("NewImage") for record in page["Records"])
            self.images += [image for image in changed if image]
            iterator = page["NextShardIterator"]


class Look:
    """Everything of a stack that its audit asks for."""

    def __init__(
        self,
        laptop: Laptop,
        listener: Listener,
        outlook: Outlook,
        noted: Acknowledgements,
        tally: Tally,
    ) -> None:
        self._laptop = laptop
        self._listener = listener
        self._outlook = outlook
        self._noted = noted
        self._tally = tally
        self._changes = Changes(laptop)
        # Functions show them, so they are read while the wire holds; customers are silent by now.
        self._timelines: dict[str, list[dict[str, Any]]] = {}

    def through_functions(self) -> None:
        """Read what functions have to show, and of the stream what is there already."""
        self._changes.read()
        states = [item["pk"]["S"] for item in self._items() if item["entity"]["S"] == "state"]
        names = sorted(name.removeprefix("CONV#") for name in states)[:TIMELINES]
        self._timelines = {name: _timeline(self._laptop, name) for name in names}

    def position(self) -> tuple[int, int, int]:
        """Return what grows whenever the desk moves."""
        self._listener.catch_up()
        return self._changes.read(), len(self._laptop.calls.calls()), len(self._listener.heard)

    def read(self, at: datetime) -> Collected:
        items = list(self._items())
        return Collected(
            at=at,
            sent=frozenset(self._noted.sent),
            acknowledged=frozenset(self._noted.acknowledged),
            promised=frozenset(self._tally.promised),
            written=frozenset(self._tally.written),
            failed=frozenset(self._outlook.failed),
            items=items,
            stream=self._changes.images,
            calls=self._laptop.calls.calls(),
            heard=tuple(self._listener.heard),
            executions=[name for _, name in executions(self._laptop)],
            running=[name for _, name in executions(self._laptop, "RUNNING")],
            timelines=self._timelines,
            terms=self._terms(items),
        )

    def _items(self) -> Iterator[Attributes]:
        pages = self._laptop.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=self._laptop.stack.table, ConsistentRead=True):
            yield from page["Items"]

    def _terms(self, items: list[Attributes]) -> Mapping[str, ServiceTerms]:
        """Return the terms that each conversation is served under by the settings in force."""
        table = DeskTable(self._laptop.stack.table, self._laptop.client("dynamodb"))
        store = SettingsStore(table, LONGER_THAN_A_RUN)
        return {
            name: store.terms(
                Conversation(
                    conversation_id=name, state=conversation.state, address=conversation.address
                )
            )
            for name, conversation in conversations_in(items).items()
            if conversation.state is not None
        }


def _timeline(laptop: Laptop, conversation_id: str) -> list[dict[str, Any]]:
    """Return a conversation's entries as people see them, oldest first."""
    entries: list[dict[str, Any]] = []
    cursor = ""
    while True:
        path = f"/conversations/{conversation_id}?limit=100{cursor}"
        (page,) = wait_until(
            partial(_answered_page, laptop, path), seconds=PATIENCE_SECONDS, what="timeline"
        )
        entries = page["entries"] + entries
        if page["older"] is None:
            return entries
        cursor = f"&before={page['older']}"


def _answered_page(laptop: Laptop, path: str) -> list[dict[str, Any]]:
    """Return the page that the agent API shows; none where it is asked again, as people would."""
    headers = {"Authorization": laptop.stack.tokens["agent"]}
    try:
        answer = call_json("GET", f"{laptop.stack.agent_api_base}{path}", None, headers)
    except HTTPError:
        return []
    return [answer.document()["timeline"]] if answer.status == OK else []
