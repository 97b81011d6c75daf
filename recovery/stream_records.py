"""Set-aside stream records: which of the table's items they name are still to be done."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sportello.table.desk_table import DeskTable
from sportello.table.items import PendingEntry
from sportello.table.keys import conversation_of

EVER = datetime.max.replace(tzinfo=UTC)

AT_ONCE = timedelta(seconds=1)
"""Lambda tells when a batch arrived in whole seconds."""


def pending(table: DeskTable) -> list[PendingEntry]:
    """Return all inbound items and effects that are still to be done, as old as they are."""
    return list(table.first_due(_listed(table)))


def bring_forward(table: DeskTable) -> None:
    """Have the next sweep try what earlier ones could not do and put off."""
    listed = {(entry.conversation_id, entry.sort_key): entry for entry in _listed(table)}
    for entry in table.first_due(listed.values()):
        put_off = listed[entry.conversation_id, entry.sort_key]
        if entry.pending_since < put_off.pending_since:
            table.postpone(put_off, entry.pending_since)


def _listed(table: DeskTable) -> list[PendingEntry]:
    return [entry for entry in table.overdue(EVER) if entry.entity in {"inbound", "effect"}]


def undone(everything_pending: Iterable[PendingEntry], letter: Mapping[str, Any]) -> list[str]:
    """Name the items of one letter that are still pending; none, once all of them are done.

    The dispatcher's own letters name one item. Lambda's name a batch by its place in the stream:
    all of it is done once nothing is pending that is as old as the last of its records.
    """
    if "keys" in letter:
        keys = letter["keys"]
        this = (conversation_of(keys), keys["sk"]["S"])
        entries = [
            entry for entry in everything_pending if (entry.conversation_id, entry.sort_key) == this
        ]
    elif "approximateArrivalOfLastRecord" in (batch := letter.get("DDBStreamBatchInfo", {})):
        last = datetime.fromisoformat(batch["approximateArrivalOfLastRecord"]) + AT_ONCE
        entries = [entry for entry in everything_pending if entry.pending_since < last]
    else:
        return ["a letter of an unknown kind"]
    return [f"{entry.conversation_id} {entry.sort_key}" for entry in entries]
