"""What happens to a provider's call: proven genuine, read item by item, kept, answered.

The answer says only what the provider must do next. Genuine calls get 200 whatever they hold,
because a provider can do nothing about our reading; forged ones get 403 and leave no trace but a
count; 503 asks for the call again because nothing of it is sure to be kept.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from sportello.aws.logs import Metric, count, logger
from sportello.errors import MalformedPayload, NotConfigured, Retryable, Unauthenticated
from sportello.messaging.identifiers import (
    Alias,
    aliases,
    conversation_id,
    item_id,
    read_tracker,
)
from sportello.messaging.inbound_channel import Handshaking, InboundAdapter, WebhookRequest
from sportello.messaging.items import (
    MAX_REASON,
    Ignored,
    InboundItem,
    Parsed,
    ParseResult,
    Receipt,
    UnknownItem,
    Unreadable,
)
from sportello.model import Model
from sportello.table.compression import compress
from sportello.table.inbound.inbound_items import InboundRecord, ItemTooLarge
from sportello.table.inbound.inbound_table import InboundTable

MAX_BODY_BYTES = 3_145_728
"""The largest payload a provider is known to send; a larger one is kept unread."""


MAX_ELEMENTS = 1_000
"""What one call is known to batch. Each is a write, and the provider waits."""

LARGE_BATCH = 20
WRITES_AT_ONCE = 8
"""The client of DynamoDB keeps ten connections; a thousand writes one by one take many seconds."""


class WebhookAnswer(Model):
    status: Literal[200, 403, 405, 503]
    body: str = ""


class Receiving:
    """One channel's intake. `key` gives the deployment's secret that names conversations."""

    def __init__(
        self, adapter: InboundAdapter, table: InboundTable, key: Callable[[], bytes]
    ) -> None:
        self._adapter = adapter
        self._table = table
        self._key = key

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        channel, now = self._adapter.name, request.received_at
        try:
            self._adapter.authenticate(request)
            counts = self._keep_all(self._results(request), now)
        except Unauthenticated as error:
            count(Metric.REJECTED, channel)
            logger.warning("webhook rejected", channel=channel, reason=str(error))
            return WebhookAnswer(status=403)
        except NotConfigured as error:
            logger.error("channel is not configured", channel=channel, reason=str(error))
            return WebhookAnswer(status=503)
        except (ClientError, BotoCoreError, Retryable) as error:
            logger.error(
                "not kept, the provider will call again",
                channel=channel,
                error=type(error).__name__,
            )
            return WebhookAnswer(status=503)
        # A genuine call never passes without a trace, even one that holds nothing.
        for metric, amount in (counts or {Metric.IGNORED: 1}).items():
            count(metric, channel, amount)
        return WebhookAnswer(status=200)

    def _results(self, request: WebhookRequest) -> Sequence[ParseResult]:
        """Read what a webhook call has time for; the rest is kept whole, to be read at leisure."""
        if len(request.body) > MAX_BODY_BYTES:
            return [Unreadable(reason="larger than any known payload", raw=request.body)]
        results = list(islice(self.read(request), MAX_ELEMENTS + 1))
        if len(results) > MAX_ELEMENTS:
            return [Unreadable(reason="more elements than any known payload", raw=request.body)]
        return results

    def read(self, request: WebhookRequest) -> Iterator[ParseResult]:
        """Read a genuine call; whatever is wrong with it or with the adapter becomes Unreadable."""
        try:
            yield from self._adapter.parse(request)
        except MalformedPayload as error:
            yield Unreadable(reason=str(error), raw=request.body)
        except (ClientError, BotoCoreError, Retryable, NotConfigured):
            raise
        except Exception as error:  # noqa: BLE001 -- a fault of ours in reading a genuine call
            # Keep the whole call and lose nothing; its text may be in the error, so only the type.
            logger.error("adapter failed", channel=self._adapter.name, error=type(error).__name__)
            reason = f"the adapter failed: {type(error).__name__}"
            yield Unreadable(reason=reason, raw=request.body)

    def _keep_all(self, results: Sequence[ParseResult], now: datetime) -> Counter[Metric]:
        """Keep each, those of a large batch several at a time: nearly all of it is waiting."""
        self._tell_of_ignored(results)
        keep, instants = self._keep, instants_of_receipt(results, now)
        if len(results) < LARGE_BATCH:
            return Counter(map(keep, results, instants))
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- hardly ever needed

        with ThreadPoolExecutor(WRITES_AT_ONCE) as pool:
            return Counter(pool.map(keep, results, instants))

    def _tell_of_ignored(self, results: Sequence[ParseResult]) -> None:
        kinds = Counter(each.provider_kind for each in results if isinstance(each, Ignored))
        if kinds:
            logger.info("ignored", channel=self._adapter.name, kinds=dict(kinds))

    def _keep(self, result: ParseResult, now: datetime) -> Metric:
        match result:
            case Ignored():
                return Metric.IGNORED
            case Unreadable():
                return self._quarantine(result, now)
            case Parsed():
                outcome = self.keep(result, now)
                return outcome if isinstance(outcome, Metric) else self._quarantine(outcome, now)

    def keep(
        self, parsed: Parsed, now: datetime
    ) -> Literal[Metric.RECEIVED, Metric.DUPLICATE] | Unreadable:
        """Keep an item once; one too large for the table comes back as Unreadable."""
        record = self._record(parsed.item, now)
        try:
            is_new = self._table.put_inbound(record, compress(parsed.raw))
        except ItemTooLarge:
            return Unreadable(reason="too large for an item", raw=parsed.raw)
        return Metric.RECEIVED if is_new else Metric.DUPLICATE

    def _record(self, item: InboundItem, now: datetime) -> InboundRecord:
        channel = self._adapter.name
        return InboundRecord(
            conversation_id=self._conversation_of(item),
            item_id=item_id(self._key(), channel, item.account_id, item.provider_item_id),
            channel=channel,
            received_at=now,
            item=item,
            channel_kind=self._adapter.capabilities.kind,
            tone=self._adapter.capabilities.tone,
            verified=self._adapter.capabilities.vouches_for_sender,
            aliases=self._aliases_in(item),
        )

    def _aliases_in(self, item: InboundItem) -> tuple[Alias, ...]:
        """Return what several handles of one payload derive; one alone proves nothing."""
        if isinstance(item, UnknownItem) or not item.handle:
            return ()
        handles = dict.fromkeys((item.handle, *item.other_handles))
        if len(handles) < 2:  # noqa: PLR2004 -- two names make a proof
            return ()
        return tuple(aliases(self._key(), self._adapter.name, item.account_id, handles))

    def _conversation_of(self, item: InboundItem) -> str:
        if isinstance(item, Receipt):
            ours = read_tracker(item.tracker)
            if ours is not None:
                return ours[0]
            # Not a message of ours: kept under whom it went to, or under the account.
            name = item.handle or f"account:{item.account_id}"
        else:
            name = item.handle
        return conversation_id(self._key(), self._adapter.name, item.account_id, name)

    def _quarantine(self, unreadable: Unreadable, now: datetime) -> Metric:
        raw = unreadable.raw
        body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
        quarantine_id = self._table.quarantine(self._adapter.name, unreadable.reason, body, now)
        logger.error(
            "payload quarantined",
            channel=self._adapter.name,
            reason=unreadable.reason[:MAX_REASON],
            quarantine_id=quarantine_id,
        )
        return Metric.QUARANTINED


def instants_of_receipt(
    results: Iterable[ParseResult], received_at: datetime
) -> Iterator[datetime]:
    """Yield when each element of a call counts as received: a microsecond apart, in its order.

    Providers tell whole seconds, and what was typed within one arrives in one call: its order is
    all that is left of the order of typing. A call kept whole is as old as its first element.
    """
    for place, result in enumerate(results):
        whole = isinstance(result, Unreadable) and isinstance(result.raw, bytes)
        yield received_at if whole else received_at + timedelta(microseconds=place)


def shake_hands(adapter: InboundAdapter, request: WebhookRequest) -> WebhookAnswer:
    """Answer a provider's check of the webhook address, where the channel has one."""
    if not isinstance(adapter, Handshaking):
        return WebhookAnswer(status=405)
    try:
        return WebhookAnswer(status=200, body=adapter.handshake(request))
    except Unauthenticated as error:
        count(Metric.REJECTED, adapter.name)
        logger.warning("handshake rejected", channel=adapter.name, reason=str(error))
        return WebhookAnswer(status=403)
    except NotConfigured as error:
        logger.error("channel is not configured", channel=adapter.name, reason=str(error))
        return WebhookAnswer(status=503)
