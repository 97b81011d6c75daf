"""Reading quarantined payloads again: as if they had never been unreadable."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from sportello.errors import MalformedPayload
from sportello.intake.receiving import Receiving
from sportello.intake.rerunning import Rerun, Rerunning
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.items import Parsed, ParseResult, Unreadable
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.quarantined_payload import QuarantinedPayload
from support.builders import KEY, NOW, a_message
from support.clouds.table import all_items, table
from support.fakes import SIGNATURE, FakeAdapter

LATER = NOW + timedelta(days=3)


class MendableAdapter(FakeAdapter):
    """Fails in one `way` until it is mended; a call may hold one of its items alone."""

    def __init__(self, way: str = "") -> None:
        super().__init__()
        self.way = way

    def parse(self, request: WebhookRequest) -> Iterator[ParseResult]:
        if self.way == "malformed":
            raise MalformedPayload("no envelope that we know")
        if self.way == "bug":
            raise KeyError("somewhere in our code")
        return self._each(json.loads(request.body))

    def _each(self, document: Any) -> Iterator[ParseResult]:
        for result in self._read_all(document if isinstance(document, list) else [document]):
            if self.way == "bug after the first" and result.raw == a_fragment(2):  # type: ignore[union-attr] # none is ignored here
                raise KeyError("somewhere in our code")
            if self.way == "element" and isinstance(result, Parsed):
                yield Unreadable(reason="text: missing", raw=result.raw)
            else:
                yield result


class Quarantine:
    """An intake whose adapter is broken in one way, and what reads it again afterwards."""

    def __init__(self, empty: DeskTable, way: str) -> None:
        self.table, self.adapter = empty, MendableAdapter(way)
        self.receiving = Receiving(self.adapter, empty, lambda: KEY)
        self.rerunning = Rerunning(self.adapter, empty, lambda: KEY)

    def call(self, *fragments: Any) -> None:
        body = json.dumps(fragments).encode()
        answer = self.receiving.receive(
            WebhookRequest(
                method="POST",
                headers={"x-fake-signature": SIGNATURE},
                query={},
                body=body,
                received_at=NOW,
            )
        )
        assert answer.status == 200

    def listed(self) -> list[QuarantinedPayload]:
        return list(self.table.quarantined())

    def rerun_all(self) -> list[Rerun]:
        return [self.rerunning.rerun(payload, LATER) for payload in self.listed()]

    def inbound(self) -> list[dict[str, Any]]:
        return [item for item in all_items(self.table) if item["entity"]["S"] == "inbound"]


def a_fragment(number: int = 1, text: str = "Buongiorno", **changes: Any) -> dict[str, Any]:
    return a_message(text, number, **changes).model_dump(mode="json")


FRAGMENTS = (a_fragment(1), a_fragment(2), a_fragment(3))
WAYS = ("malformed", "bug after the first", "element")


@pytest.fixture(name="never_broken")
def kept_by_an_adapter_that_was_never_broken() -> list[dict[str, Any]]:
    with table() as empty:
        whole = Quarantine(empty, "")
        whole.call(*FRAGMENTS)
        assert not whole.listed()
        return in_order(whole.inbound())


@pytest.mark.parametrize("way", WAYS)
def test_after_a_rerun_or_two_every_item_is_as_if_it_had_been_read_at_once(
    way: str, never_broken: list[dict[str, Any]]
) -> None:
    with table() as empty:
        quarantine = Quarantine(empty, way)
        quarantine.call(*FRAGMENTS)
        assert len(quarantine.inbound()) == (1 if way == "bug after the first" else 0)
        quarantine.adapter.way = ""
        payloads = quarantine.listed()
        assert all(rerun.complete for rerun in quarantine.rerun_all())
        assert in_order(quarantine.inbound()) == never_broken
        assert quarantine.listed() == []

        before = all_items(empty)
        for payload in payloads:
            again = quarantine.rerunning.rerun(payload, LATER + timedelta(days=1))
            assert (again.new_items, again.complete) == (0, True)
        assert all_items(empty) == before


def test_an_interrupted_rerun_is_finished_by_the_next(
    never_broken: list[dict[str, Any]],
) -> None:
    with table() as empty:
        quarantine = Quarantine(empty, "bug")
        quarantine.call(*FRAGMENTS)
        quarantine.adapter.way = ""
        for calls_before_death in range(4):
            with dies_after(empty, calls_before_death), pytest.raises(KeyboardInterrupt):
                quarantine.rerun_all()
            assert len(quarantine.listed()) == 1
        [rerun] = quarantine.rerun_all()
        assert rerun.kinds == {"message": 3}
        assert in_order(quarantine.inbound()) == never_broken
        assert quarantine.listed() == []


def dies_after(desk_table: DeskTable, writes: int) -> Any:
    """Kill the program at its next write once it has made some."""
    client = desk_table._client
    make_call = client._make_api_call  # type: ignore[attr-defined] # every method ends there
    made: list[str] = []

    def make_call_or_die(operation: str, arguments: dict[str, Any]) -> Any:
        if operation in {"PutItem", "UpdateItem"}:
            if len(made) == writes:
                raise KeyboardInterrupt
            made.append(operation)
        return make_call(operation, arguments)

    return patch.object(client, "_make_api_call", make_call_or_die)


def test_what_is_still_unreadable_stays_with_its_reason_and_its_neighbours_are_kept() -> None:
    poison = {"kind": "message", "text": 7}
    with table() as empty:
        quarantine = Quarantine(empty, "bug")
        quarantine.call(a_fragment(1), poison, a_fragment(2))
        quarantine.adapter.way = ""
        [rerun] = quarantine.rerun_all()
        assert rerun.unreadable == ("no item of ours",)
        assert rerun.new_items == len(quarantine.inbound()) == 2
        assert len(quarantine.listed()) == 1
        [again] = quarantine.rerun_all()
        assert again.new_items == 0


def test_an_adapter_that_is_not_mended_changes_nothing() -> None:
    with table() as empty:
        quarantine = Quarantine(empty, "bug")
        quarantine.call(*FRAGMENTS)
        before = all_items(empty)
        [rerun] = quarantine.rerun_all()
        assert rerun.unreadable == ("the adapter failed: KeyError",)
        assert all_items(empty) == before


def test_an_item_too_large_for_the_table_stays_and_is_not_quarantined_again() -> None:
    large = a_fragment(2, text="".join(chr(0x20000 + n % 40_000) for n in range(65_536)))
    with table() as empty:
        quarantine = Quarantine(empty, "")
        quarantine.call(large)
        before = all_items(empty)
        [rerun] = quarantine.rerun_all()
        assert rerun.unreadable == ("too large for an item",)
        assert all_items(empty) == before


def test_a_rehearsal_says_what_would_be_read_and_writes_nothing() -> None:
    with table() as empty:
        quarantine = Quarantine(empty, "bug")
        quarantine.call(*FRAGMENTS)
        quarantine.adapter.way = ""
        before = all_items(empty)
        [payload] = quarantine.listed()
        assert quarantine.rerunning.rehearse(payload).kinds == {"message": 3}
        assert all_items(empty) == before


def test_a_payload_of_many_parts_is_listed_once_and_read_as_a_whole() -> None:
    body = random.Random(7).randbytes(650_000)  # noqa: S311 -- noise that cannot be compressed
    with table() as empty:
        name = empty.quarantine("fake", "larger than any known payload", body, NOW)
        [payload] = empty.quarantined()
        assert (payload.quarantine_id, payload.size_bytes) == (name, len(body))
        assert payload.received_at == NOW
        assert empty.quarantined_bytes(name) == body


def test_the_sweep_never_sees_what_is_in_quarantine() -> None:
    with table() as empty:
        empty.quarantine("fake", "no envelope", b"?", NOW)
        assert list(empty.overdue(LATER)) == []


def in_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
