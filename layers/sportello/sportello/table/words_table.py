"""The words of conversations in the desk table: kept in batches, read from the newest on."""

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import NamedTuple

from sportello.errors import StorageBusy
from sportello.table.effect_table import EffectTable
from sportello.table.inbound_items import InboundRecord
from sportello.table.items import EffectRecord
from sportello.table.keys import Attributes, conversation_of, key
from sportello.table.word_items import WordEntry, names_key

_WRITES_AT_ONCE, _READS_AT_ONCE = 25, 100
_ATTEMPTS = 5

type Reference = tuple[str, str]
"""A conversation and the sort key of one of its items."""

type Record = InboundRecord | EffectRecord


class Entries(NamedTuple):
    """The newest first; where `there_are_more`, older ones are left out."""

    entries: Sequence[WordEntry]
    there_are_more: bool


class WordsTable(EffectTable):
    def records(self, references: Iterable[Reference]) -> Mapping[Reference, Record]:
        """Read items of any conversations; those that are gone are left out."""
        items = (
            item
            for some in batched(dict.fromkeys(references), _READS_AT_ONCE, strict=False)
            for item in self._get_batch([key(*reference) for reference in some])
        )
        return {
            (conversation_of(item), item["sk"]["S"]): InboundRecord.from_attributes(item)
            if item["entity"]["S"] == "inbound"
            else EffectRecord.from_attributes(item)
            for item in items
        }

    def names_marks(self, conversation_ids: Iterable[str]) -> Mapping[str, tuple[str, str]]:
        """Return the digests of names that are kept, and since which day; others are absent."""
        keys = [names_key(name) for name in dict.fromkeys(conversation_ids)]
        return {
            conversation_of(item): (item["digest"]["S"], item["kept_on"]["S"])
            for some in batched(keys, _READS_AT_ONCE, strict=False)
            for item in self._get_batch(list(some))
        }

    def sources(self, entries: Iterable[Reference]) -> Mapping[Reference, str]:
        """Return what entries lead to, by their partitions and sort keys; others are absent."""
        keys = [{"pk": {"S": part}, "sk": {"S": position}} for part, position in entries]
        return {
            (item["pk"]["S"], item["sk"]["S"]): item.get("source", {"S": ""})["S"]
            for some in batched(keys, _READS_AT_ONCE, strict=False)
            for item in self._get_batch(list(some))
        }

    def put_all(self, items: Iterable[Attributes]) -> None:
        """Write items, each over what was there; of a key the last one. Nothing reads between."""
        last = {(item["pk"]["S"], item["sk"]["S"]): item for item in items}
        for some in batched(last.values(), _WRITES_AT_ONCE, strict=False):
            self._write_batch([{"PutRequest": {"Item": item}} for item in some])

    def delete_all(self, items: Iterable[Attributes]) -> None:
        """Delete items, by their keys, that may be there."""
        keys = {(item["pk"]["S"], item["sk"]["S"]): item for item in items}.values()
        for some in batched(keys, _WRITES_AT_ONCE, strict=False):
            self._write_batch(
                [{"DeleteRequest": {"Key": {n: i[n] for n in ("pk", "sk")}}} for i in some]
            )

    def _write_batch(self, writes: list[Attributes]) -> None:
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 -- jitter, no secret
            answer = self._client.batch_write_item(RequestItems={self._name: writes})  # type: ignore[dict-item] # built as plain dicts
            writes = list(answer["UnprocessedItems"].get(self._name, ()))  # type: ignore[arg-type] # likewise
            if not writes:
                return
        raise StorageBusy("the table left words unwritten")

    def newest(self, partition: str, most: int) -> Entries:
        """Return where a word occurs, newest day first, as it was a moment ago."""
        page = self._client.query(
            TableName=self._name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ScanIndexForward=False,
            Limit=most,
        )
        entries = [WordEntry.from_attributes(partition, item) for item in page["Items"]]
        return Entries(entries, there_are_more="LastEvaluatedKey" in page)
