"""The words of conversations in the desk table: kept in batches, read from the newest on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sportello.table.batch_table import write_batches
from sportello.table.effect_table import EffectTable
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.inbox.word_items import WordEntry, names_key
from sportello.table.items import EffectRecord
from sportello.table.keys import Attributes, conversation_of, key

type Reference = tuple[str, str]
"""A conversation and the sort key of one of its items."""

type Position = tuple[str, str]
"""The partition of a word and the sort key of an entry in it."""

type Record = InboundRecord | EffectRecord


class Entries(NamedTuple):
    """The newest first; where `there_are_more`, older ones are left out."""

    entries: Sequence[WordEntry]
    there_are_more: bool


class WordsTable(EffectTable):
    def records(self, references: Iterable[Reference]) -> Mapping[Reference, Record]:
        """Read items of any conversations; those that are gone are left out."""
        items = self._get_batch(key(*reference) for reference in dict.fromkeys(references))
        return {
            (conversation_of(item), item["sk"]["S"]): InboundRecord.from_attributes(item)
            if item["entity"]["S"] == "inbound"
            else EffectRecord.from_attributes(item)
            for item in items
        }

    def names_marks(self, conversation_ids: Iterable[str]) -> Mapping[str, tuple[str, str]]:
        """Return the digests of names that are kept, and since which day; others are absent."""
        return {
            conversation_of(item): (item["digest"]["S"], item["kept_on"]["S"])
            for item in self._get_batch(map(names_key, dict.fromkeys(conversation_ids)))
        }

    def sources(self, entries: Iterable[Position]) -> Mapping[Position, str]:
        """Return what entries lead to, by their partitions and sort keys; others are absent."""
        keys = [{"pk": {"S": part}, "sk": {"S": position}} for part, position in entries]
        return {
            position_of(item): item.get("source", {"S": ""})["S"] for item in self._get_batch(keys)
        }

    def put_all(self, items: Iterable[Attributes]) -> None:
        """Write items, each over what was there; of a key the last one. Nothing reads between."""
        last = {position_of(item): item for item in items}
        puts = [{"PutRequest": {"Item": item}} for item in last.values()]
        write_batches(self._client, self._name, puts)

    def delete_all(self, items: Iterable[Attributes]) -> None:
        """Delete items, by their keys, that may be there."""
        keys = {position_of(item): {name: item[name] for name in ("pk", "sk")} for item in items}
        deletes = [{"DeleteRequest": {"Key": each}} for each in keys.values()]
        write_batches(self._client, self._name, deletes)

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


def position_of(entry: Attributes) -> Position:
    return entry["pk"]["S"], entry["sk"]["S"]
