"""A call that batches hundreds of items is kept as a whole, and its writes wait together."""

import json
import threading
from collections.abc import Iterator

import pytest
from botocore.exceptions import ReadTimeoutError

from sportello.intake.receiving import LARGE_BATCH, MAX_ELEMENTS, WRITES_AT_ONCE, Receiving
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.inbound_items import InboundRecord
from support.builders import KEY, NOW, a_message
from support.clouds.table import all_items, one_call_at_a_time, table
from support.fakes import SIGNATURE, FakeAdapter

PATIENCE = 10.0
"""Seconds until a test gives up on writes that never come together."""


class MeetingTable(DeskTable):
    """Each write waits until as many others are under way as may be."""

    def __init__(self, beneath: DeskTable) -> None:
        super().__init__(beneath._name, beneath._client)
        self._meeting = threading.Barrier(WRITES_AT_ONCE, timeout=PATIENCE)

    def put_inbound(self, record: InboundRecord, raw: bytes) -> bool:
        self._meeting.wait()
        return super().put_inbound(record, raw)


class FailingTable(DeskTable):
    """The write of one item gets no answer."""

    def __init__(self, beneath: DeskTable, item_text: str) -> None:
        super().__init__(beneath._name, beneath._client)
        self._item_text = item_text

    def put_inbound(self, record: InboundRecord, raw: bytes) -> bool:
        if getattr(record.item, "text", "") == self._item_text:
            raise ReadTimeoutError(endpoint_url="https://storage.example")
        return super().put_inbound(record, raw)


def a_call(amount: int) -> WebhookRequest:
    items = [a_message(f"n. {n}", n).model_dump(mode="json") for n in range(amount)]
    headers = {"x-fake-signature": SIGNATURE}
    body = json.dumps(items).encode()
    return WebhookRequest(method="POST", headers=headers, query={}, body=body, received_at=NOW)


@pytest.fixture
def beneath() -> Iterator[DeskTable]:
    with table() as empty, one_call_at_a_time(empty):
        yield empty


def receive(desk_table: DeskTable, amount: int) -> int:
    return Receiving(FakeAdapter(), desk_table, lambda: KEY).receive(a_call(amount)).status


def test_the_largest_batch_is_written_several_items_at_a_time(beneath: DeskTable) -> None:
    assert MAX_ELEMENTS % WRITES_AT_ONCE == 0  # or the last ones would wait for nobody
    assert receive(MeetingTable(beneath), MAX_ELEMENTS) == 200
    assert len(all_items(beneath)) == MAX_ELEMENTS


@pytest.mark.parametrize("amount", [1, LARGE_BATCH - 1, LARGE_BATCH, LARGE_BATCH + 1])
def test_a_batch_of_any_size_is_kept_whole(beneath: DeskTable, amount: int) -> None:
    assert receive(beneath, amount) == 200
    assert len(all_items(beneath)) == amount


def test_one_write_without_an_answer_has_the_whole_call_repeated(beneath: DeskTable) -> None:
    assert receive(FailingTable(beneath, "n. 500"), MAX_ELEMENTS) == 503
    assert receive(beneath, MAX_ELEMENTS) == 200
    assert len(all_items(beneath)) == MAX_ELEMENTS
