"""A provider's call, from its bytes to what is kept and what is answered."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.channel_kinds import ChannelKind, Tone
from sportello.errors import NotConfigured, SecretsUnavailable
from sportello.intake.receiving import MAX_BODY_BYTES, Receiving, WebhookAnswer, shake_hands
from sportello.messaging.identifiers import conversation_id, tracker
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.items import DeliveryStatus, InboundItem
from sportello.table.compression import decompress
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.inbound_items import InboundRecord
from support.builders import (
    ACCOUNT,
    CHANNEL,
    CONVERSATION,
    KEY,
    NOW,
    a_message,
    a_receipt,
    an_inbound_record,
)
from support.clouds.table import all_items, table
from support.fakes import CAPABILITIES, SIGNATURE, FakeAdapter

OK, FORGED, BUSY = (WebhookAnswer(status=status) for status in (200, 403, 503))


class Intake:
    """A channel's intake over an empty table."""

    def __init__(self, desk_table: DeskTable) -> None:
        self.table = desk_table
        self.adapter = FakeAdapter()
        self._receiving = Receiving(self.adapter, desk_table, lambda: KEY)

    def call(self, *fragments: Any, body: bytes = b"", signature: str = SIGNATURE) -> WebhookAnswer:
        payload = body or json.dumps(fragments).encode()
        return self._receiving.receive(a_call(payload, signature))

    def records(self) -> list[InboundRecord]:
        items = (item for item in all_items(self.table) if item["entity"]["S"] == "inbound")
        return [InboundRecord.from_attributes(item) for item in items]

    def kept(self) -> list[InboundItem]:
        return [record.item for record in self.records()]

    def quarantined(self) -> list[bytes]:
        items = (item for item in all_items(self.table) if item["entity"]["S"] == "quarantine")
        return [decompress(item["raw"]["B"]) for item in items]


def a_call(body: bytes, signature: str = SIGNATURE) -> WebhookRequest:
    headers = {"x-fake-signature": signature}
    return WebhookRequest(method="POST", headers=headers, query={}, body=body, received_at=NOW)


def a_fragment(number: int = 1, text: str = "Buongiorno", **changes: Any) -> dict[str, Any]:
    return a_message(text, number, **changes).model_dump(mode="json")


@pytest.fixture
def intake() -> Iterator[Intake]:
    with table() as empty:
        yield Intake(empty)


def metrics(printed: str) -> list[tuple[str, str, float]]:
    """What the embedded metric lines say: name, channel, amount."""
    found = []
    for line in printed.splitlines():
        document = json.loads(line)
        for block in document.get("_aws", {}).get("CloudWatchMetrics", []):
            assert block["Namespace"] == "Sportello"
            for metric in block["Metrics"]:
                amount = document[metric["Name"]]
                total = sum(amount) if isinstance(amount, list) else amount
                found.append((metric["Name"], document["channel"], total))
    return found


# --- what is kept -----------------------------------------------------------------------------


def test_every_item_of_a_genuine_call_is_kept_with_what_it_was_read_from(intake: Intake) -> None:
    fragments = [a_fragment(1), a_fragment(2)]
    assert intake.call(*fragments) == OK
    items = all_items(intake.table)
    assert {item["pk"]["S"] for item in items} == {f"CONV#{CONVERSATION}"}
    assert sorted(decompress(item["raw"]["B"]) for item in items) == sorted(
        json.dumps(fragment).encode() for fragment in fragments
    )


def test_a_forged_call_leaves_nothing_behind(intake: Intake) -> None:
    assert intake.call(a_fragment(), signature="forged") == FORGED
    assert all_items(intake.table) == []


def test_a_redelivered_call_keeps_nothing_twice(intake: Intake) -> None:
    intake.call(a_fragment(1))
    assert intake.call(a_fragment(1), a_fragment(2)) == OK
    assert len(intake.kept()) == 2


def test_an_unreadable_item_is_set_apart_and_its_neighbours_are_kept(intake: Intake) -> None:
    poison = {"kind": "message", "text": 7}
    assert intake.call(a_fragment(1), poison, {"ignored": "typing"}, a_fragment(2)) == OK
    assert len(intake.kept()) == 2
    assert intake.quarantined() == [json.dumps(poison).encode()]


@pytest.mark.parametrize("body", [b"[{", b"\xff\xfe", b"null,"])
def test_a_truncated_call_is_kept_whole(intake: Intake, body: bytes) -> None:
    assert intake.call(body=body) == OK
    assert intake.quarantined() == [body]


def test_a_mistake_of_the_adapter_loses_nothing(intake: Intake) -> None:
    body = json.dumps([a_fragment(1), "bug", a_fragment(2)]).encode()
    assert intake.call(body=body) == OK
    assert len(intake.kept()) == 1
    assert intake.quarantined() == [body]


def test_a_call_larger_than_any_known_is_kept_unread(intake: Intake) -> None:
    body = b"[" + b" " * MAX_BODY_BYTES + b"]"
    assert intake.call(body=body) == OK
    assert intake.quarantined() == [body]


def test_an_item_too_large_for_the_table_is_set_apart_and_its_neighbours_are_kept(
    intake: Intake,
) -> None:
    large = a_fragment(2, text="".join(chr(0x20000 + n % 40_000) for n in range(65_536)))
    assert intake.call(a_fragment(1), large, a_fragment(3)) == OK
    assert len(intake.kept()) == 2
    assert [json.loads(raw) for raw in intake.quarantined()] == [large]


def test_an_empty_call_is_fine(intake: Intake) -> None:
    assert intake.call() == OK
    assert all_items(intake.table) == []


def test_while_storage_is_down_the_provider_is_asked_to_call_again() -> None:
    with table() as empty:
        gone = DeskTable("no-such-table", empty._client)
        assert Intake(gone).call(a_fragment()) == BUSY
        assert Intake(gone).call(body=b"[{") == BUSY


def test_a_channel_without_its_secret_asks_the_provider_to_call_again(intake: Intake) -> None:
    missing = NotConfigured("secret fake is missing")
    with patch.object(intake.adapter, "authenticate", side_effect=missing):
        assert intake.call(a_fragment()) == BUSY


def test_while_the_key_cannot_be_had_nothing_is_kept_and_the_provider_calls_again(
    intake: Intake,
) -> None:
    def no_key() -> bytes:
        raise SecretsUnavailable("throttled")

    receiving = Receiving(intake.adapter, intake.table, no_key)
    assert receiving.receive(a_call(json.dumps([a_fragment()]).encode())) == BUSY
    assert all_items(intake.table) == []


def test_whatever_a_genuine_call_holds_it_is_answered_and_kept(intake: Intake) -> None:
    @settings(max_examples=6)
    @given(st.binary(min_size=1, max_size=200))
    def check(body: bytes) -> None:
        assert intake.call(body=body) == OK
        assert body in intake.quarantined() or isinstance(json.loads(body), list)

    check()


# --- whose it is ------------------------------------------------------------------------------


def test_no_handle_appears_in_a_key(intake: Intake) -> None:
    intake.call(a_fragment(handle="fake:393331234567", reply_to="fake:393331234567"))
    (item,) = all_items(intake.table)
    assert "393331234567" not in item["pk"]["S"] + item["sk"]["S"]


def test_a_receipt_with_our_tracker_goes_to_its_conversation(intake: Intake) -> None:
    receipt = a_receipt(DeliveryStatus.READ, tracker(CONVERSATION, "reply:1"))
    intake.call(receipt.model_dump(mode="json"))
    (item,) = all_items(intake.table)
    assert item["pk"]["S"] == f"CONV#{CONVERSATION}"


@pytest.mark.parametrize(
    ("handle", "name"), [("fake:customer-1", "fake:customer-1"), (None, f"account:{ACCOUNT}")]
)
def test_a_receipt_for_a_message_that_is_not_ours_is_kept_beside(
    intake: Intake, handle: str | None, name: str
) -> None:
    receipt = a_receipt(DeliveryStatus.READ, "somebody else's", handle=handle)
    intake.call(receipt.model_dump(mode="json"))
    (item,) = all_items(intake.table)
    assert item["pk"]["S"] == f"CONV#{conversation_id(KEY, CHANNEL, ACCOUNT, name)}"


def test_the_same_item_has_the_same_name_whenever_it_comes() -> None:
    early = an_inbound_record(a_message(), received_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert early.item_id == an_inbound_record(a_message("edited")).item_id


# --- what is counted and logged ---------------------------------------------------------------


def test_everything_that_came_is_counted_once_by_channel(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    intake.call(a_fragment(1), a_fragment(2), {"ignored": "typing"}, {"no": "item"})
    intake.call(a_fragment(1))
    intake.call(a_fragment(3), signature="forged")
    assert sorted(metrics(capsys.readouterr().out)) == [
        ("Duplicate", "fake", 1),
        ("Ignored", "fake", 1),
        ("Quarantined", "fake", 1),
        ("Received", "fake", 2),
        ("Rejected", "fake", 1),
    ]


def test_neither_text_nor_phone_is_printed_whatever_happens(
    intake: Intake, capsys: pytest.CaptureFixture[str], logged: StringIO
) -> None:
    secret, phone = "il mio codice segreto", "393331234567"
    fragment = a_fragment(1, text=secret, handle=f"fake:{phone}", reply_to=f"fake:{phone}")
    intake.call(fragment, {**fragment, "text": [secret]}, {**fragment, "handle": phone}, "bug")
    intake.call(fragment, signature=phone)
    intake.call(body=json.dumps(secret).encode())
    printed = "".join(capsys.readouterr()) + logged.getvalue()
    assert "payload quarantined" in printed
    assert "adapter failed" in printed
    assert secret not in printed
    assert phone not in printed


# --- handshakes -------------------------------------------------------------------------------


def a_check(token: str) -> WebhookRequest:
    query = {"token": token, "challenge": "42"}
    return WebhookRequest(method="GET", headers={}, query=query, body=b"", received_at=NOW)


def test_the_right_token_is_answered_with_the_challenge() -> None:
    assert shake_hands(FakeAdapter(), a_check(SIGNATURE)) == WebhookAnswer(status=200, body="42")


def test_a_wrong_token_is_turned_away() -> None:
    assert shake_hands(FakeAdapter(), a_check("wrong")).status == 403


def test_a_channel_that_shakes_no_hands_says_so() -> None:
    class Silent(FakeAdapter):
        handshake = None  # type: ignore[assignment] # this channel has none

    assert shake_hands(Silent(), a_check(SIGNATURE)).status == 405


def test_kind_and_tone_of_the_channel_are_kept_with_each_item(intake: Intake) -> None:
    public = {"kind": ChannelKind.PUBLIC, "tone": Tone.INFORMAL}
    intake.adapter.capabilities = CAPABILITIES.model_copy(update=public)
    assert intake.call(a_fragment()) == OK
    (record,) = intake.records()
    assert (record.channel_kind, record.tone) == (ChannelKind.PUBLIC, Tone.INFORMAL)


@pytest.mark.parametrize("vouched", [True, False])
def test_whether_the_channel_vouches_for_who_writes_is_kept_with_each_item(
    intake: Intake, *, vouched: bool
) -> None:
    intake.adapter.capabilities = CAPABILITIES.model_copy(update={"vouches_for_sender": vouched})
    assert intake.call(a_fragment()) == OK
    (record,) = intake.records()
    assert record.verified is vouched


def test_what_was_ignored_is_told_by_its_kind_in_one_line(intake: Intake) -> None:
    with patch("sportello.intake.receiving.logger") as log:
        intake.call({"ignored": "typing"}, a_fragment(1), {"ignored": "pin"}, {"ignored": "typing"})
        intake.call(a_fragment(2))
    log.info.assert_called_once_with("ignored", channel=CHANNEL, kinds={"typing": 2, "pin": 1})
