"""What was quarantined is read again, once its channel's adapter has been mended.

The items it holds are kept as they would have been when the payload came: under the same ids, with
the same time of receipt, by the same conditional put. So a re-run may be repeated and may be
interrupted anywhere: what was kept before is known, and a payload leaves the list only after all
that it holds is kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from sportello.aws.logs import Metric
from sportello.intake.receiving import Receiving, instants_of_receipt
from sportello.messaging.inbound_channel import InboundAdapter, WebhookRequest
from sportello.messaging.items import Parsed, ParseResult, Unreadable
from sportello.model import Model
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.quarantined_payload import QuarantinedPayload


class Rerun(Model):
    """What reading a payload again came to; `unreadable` says why some of it, or all, was not.

    `kinds` counts the items found; `new_items` are those that were new to the table.
    """

    payload: QuarantinedPayload
    kinds: dict[str, int]
    new_items: int
    unreadable: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.unreadable


class Rerunning:
    """One channel's second reading. `key` gives the secret that conversations are named with."""

    def __init__(self, adapter: InboundAdapter, table: DeskTable, key: Callable[[], bytes]) -> None:
        self._receiving = Receiving(adapter, table, key)
        self._table = table

    def rerun(self, payload: QuarantinedPayload, now: datetime) -> Rerun:
        """Keep what can be read now, and take the payload off the list if that is all of it."""
        results = self._read(payload)
        parsed, unreadable = _sorted_out(results)
        new_items = 0
        instants = instants_of_receipt(results, payload.received_at)
        for result, received_at in zip(results, instants, strict=True):
            if not isinstance(result, Parsed):
                continue
            outcome = self._receiving.keep(result, received_at)
            if isinstance(outcome, Unreadable):
                unreadable.append(outcome.reason)
            elif outcome is Metric.RECEIVED:
                new_items += 1
        if not unreadable:
            self._table.mark_rerun(payload.quarantine_id, now)
        return _summary(payload, parsed, new_items, unreadable)

    def rehearse(self, payload: QuarantinedPayload) -> Rerun:
        """Say what a re-run would read, and write nothing."""
        parsed, unreadable = _sorted_out(self._read(payload))
        return _summary(payload, parsed, 0, unreadable)

    def _read(self, payload: QuarantinedPayload) -> list[ParseResult]:
        # It was proven genuine when it came: nothing else is ever quarantined.
        request = WebhookRequest(
            method="POST",
            headers={},
            query={},
            body=self._table.quarantined_bytes(payload.quarantine_id),
            received_at=payload.received_at,
        )
        return list(self._receiving.read(request))


def _sorted_out(results: Iterable[ParseResult]) -> tuple[list[Parsed], list[str]]:
    """Return the items read, and why the rest could not be."""
    parsed = [result for result in results if isinstance(result, Parsed)]
    return parsed, [result.reason for result in results if isinstance(result, Unreadable)]


def _summary(
    payload: QuarantinedPayload, results: list[Parsed], new_items: int, unreadable: list[str]
) -> Rerun:
    return Rerun(
        payload=payload,
        kinds=Counter(result.item.kind for result in results),
        new_items=new_items,
        unreadable=tuple(unreadable),
    )
