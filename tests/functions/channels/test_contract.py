"""What every channel owes the rest of Sportello, checked on each folder that has a `receive`."""

import contextlib
import importlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.entrypoints.receiver import webhook_request
from sportello.errors import MalformedPayload, Unauthenticated
from sportello.messaging.inbound_channel import InboundAdapter, WebhookRequest
from sportello.messaging.items import (
    DeliveryStatus,
    Echo,
    FromCustomer,
    Ignored,
    Message,
    Parsed,
    ParseResult,
    Receipt,
    Revoke,
    Unreadable,
)
from support.template import channels_on_disk
from support.webhooks import PROVIDERS, RECEIVED_AT, cases, fresh, recorded, rest_event, signed

CHANNELS = channels_on_disk()
RECORDED = [(channel, case) for channel in CHANNELS for case in cases(channel)]

every_channel = pytest.mark.parametrize("channel", CHANNELS)
every_recorded = pytest.mark.parametrize(("channel", "case"), RECORDED)


def an_adapter(channel: str) -> InboundAdapter:
    return PROVIDERS[channel].inbound()


def a_call(channel: str) -> WebhookRequest:
    return signed(channel, recorded(channel, "text"))


def parse(channel: str, payload: dict[str, Any] | bytes) -> list[ParseResult]:
    return list(an_adapter(channel).parse(signed(channel, payload)))


def items(channel: str, case: str) -> list[Any]:
    return [
        result.item
        for result in parse(channel, recorded(channel, case))
        if isinstance(result, Parsed)
    ]


@every_channel
@pytest.mark.parametrize("way", ["receive", "deliver"])
def test_a_channel_is_named_like_its_folder_and_has_both_handlers(channel: str, way: str) -> None:
    module = importlib.import_module(f"channels.{channel}.{way}")
    assert module.adapter.name == channel
    assert callable(module.handler)


@every_channel
def test_a_channel_has_recorded_events_and_a_provider_to_play(channel: str) -> None:
    assert cases(channel)
    assert channel in PROVIDERS


@every_channel
def test_a_genuine_call_is_let_in(channel: str) -> None:
    an_adapter(channel).authenticate(a_call(channel))


@every_channel
def test_during_a_rotation_the_previous_secret_still_proves_a_call(channel: str) -> None:
    previous = PROVIDERS[channel].previous_key
    an_adapter(channel).authenticate(signed(channel, recorded(channel, "text"), previous))


def _unsigned(request: WebhookRequest) -> WebhookRequest:
    return request.model_copy(update={"headers": {"content-type": "application/json"}})


def _with_proof(change: Callable[[str], str]) -> Callable[[WebhookRequest], WebhookRequest]:
    def forge(request: WebhookRequest) -> WebhookRequest:
        headers = {
            name: value if name == "content-type" else change(value)
            for name, value in request.headers.items()
        }
        return request.model_copy(update={"headers": headers})

    return forge


FORGERIES = {
    "unsigned": _unsigned,
    "empty": _with_proof(lambda _: ""),
    "cut": _with_proof(lambda proof: proof[:-1]),
    "longer": _with_proof(lambda proof: proof + "0"),
    "other": _with_proof(lambda proof: proof[:-1] + ("0" if proof[-1] != "0" else "1")),
    "not ASCII": _with_proof(lambda proof: proof[:-1] + "é"),
    "half an emoji": _with_proof(lambda proof: proof[:-1] + "\ud83d"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
@every_channel
def test_a_forged_call_is_refused(channel: str, forgery: str) -> None:
    with pytest.raises(Unauthenticated):
        an_adapter(channel).authenticate(FORGERIES[forgery](a_call(channel)))


@every_channel
def test_a_call_signed_with_another_secret_is_refused(channel: str) -> None:
    with pytest.raises(Unauthenticated):
        an_adapter(channel).authenticate(signed(channel, b"{}", "somebody else's secret"))


@pytest.mark.parametrize(
    "channel", [name for name in CHANNELS if PROVIDERS[name].proof_covers_body]
)
def test_a_call_with_one_flipped_bit_is_refused(channel: str) -> None:
    adapter, genuine = an_adapter(channel), a_call(channel)
    for place in range(0, len(genuine.body), 7):
        body = bytearray(genuine.body)
        body[place] ^= 1
        with pytest.raises(Unauthenticated):
            adapter.authenticate(genuine.model_copy(update={"body": bytes(body)}))


@every_recorded
def test_every_item_has_an_id_an_account_a_utc_time_and_a_handle_of_its_channel(
    channel: str, case: str
) -> None:
    for item in items(channel, case):
        assert item.provider_item_id
        assert item.account_id
        assert item.sent_at.tzinfo is UTC
        handle = item.handle
        if isinstance(item, FromCustomer):
            assert item.reply_to in {item.handle, *item.other_handles}
        if handle is not None:
            assert handle.split(":")[0].startswith(channel)


@every_recorded
def test_only_what_is_recorded_as_broken_is_unreadable(channel: str, case: str) -> None:
    broken = {"batch_with_poisoned_item": 2}
    results = parse(channel, recorded(channel, case))
    unreadable = [result for result in results if isinstance(result, Unreadable)]
    assert len(unreadable) == broken.get(case, 0)


@every_recorded
def test_parsing_twice_gives_the_same(channel: str, case: str) -> None:
    payload = recorded(channel, case)
    assert parse(channel, payload) == parse(channel, payload)


@every_recorded
def test_items_of_one_call_have_ids_of_their_own(channel: str, case: str) -> None:
    ids = [(item.account_id, item.provider_item_id) for item in items(channel, case)]
    assert len(ids) == len(set(ids))


@every_recorded
def test_what_an_item_was_read_from_reads_the_same_by_itself(channel: str, case: str) -> None:
    """What is kept is enough for a later adapter to read the item again, or for the first time."""
    for result in parse(channel, recorded(channel, case)):
        if not isinstance(result, Ignored):
            assert parse(channel, result.raw) == [result]


@every_recorded
def test_a_fresh_call_holds_the_same_kinds_of_items_with_other_ids(channel: str, case: str) -> None:
    at = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    before = items(channel, case)
    after = [
        result.item
        for result in parse(channel, fresh(recorded(channel, case), 7, at=at))
        if isinstance(result, Parsed)
    ]
    assert [each.kind for each in after] == [each.kind for each in before]
    assert {each.provider_item_id for each in after}.isdisjoint(
        each.provider_item_id for each in before
    )
    # What the provider does not date is dated by its receipt.
    assert not after or max(each.sent_at for each in after) in {at, RECEIVED_AT}


@pytest.mark.parametrize("in_base64", [False, True])
@every_channel
def test_a_call_through_api_gateway_carries_the_bytes_that_were_signed(
    channel: str, *, in_base64: bool
) -> None:
    request = a_call(channel)
    event = rest_event(request, f"/{channel}", in_base64=in_base64)
    assert event["isBase64Encoded"] is in_base64
    assert webhook_request(event, request.received_at) == request


@pytest.mark.parametrize(
    ("channel", "case"), [pair for pair in RECORDED if pair[1].startswith(("echo", "bot_"))]
)
def test_what_the_business_or_a_bot_wrote_never_becomes_a_message(channel: str, case: str) -> None:
    results = parse(channel, recorded(channel, case))
    assert results
    assert all(
        isinstance(result, Ignored)
        or (isinstance(result, Parsed) and isinstance(result.item, Echo | Revoke))
        for result in results
    )


@pytest.mark.parametrize(
    ("channel", "case"), [pair for pair in RECORDED if pair[1].startswith("status_")]
)
def test_receipts_say_how_far_a_message_got(channel: str, case: str) -> None:
    found = items(channel, case)
    assert found
    for item in found:
        assert isinstance(item, Receipt)
        assert item.status in {
            DeliveryStatus.SENT,
            DeliveryStatus.DELIVERED,
            DeliveryStatus.READ,
            DeliveryStatus.REFUSED,
        }
        assert bool(item.error_code) == (item.status is DeliveryStatus.REFUSED)


@pytest.mark.parametrize(
    "channel", [name for name in CHANNELS if "batch_with_poisoned_item" in cases(name)]
)
def test_a_poisoned_item_is_set_aside_and_its_neighbours_are_read(channel: str) -> None:
    results = parse(channel, recorded(channel, "batch_with_poisoned_item"))
    texts = [
        result.item.text
        for result in results
        if isinstance(result, Parsed) and isinstance(result.item, Message)
    ]
    assert texts == ["Prima del guasto", "Dopo il guasto"]
    poisoned = [result for result in results if isinstance(result, Unreadable)]
    assert "Prima del guasto" not in json.dumps([result.raw for result in poisoned])


def _broken_bodies(channel: str) -> Iterator[bytes]:
    whole = a_call(channel).body
    yield from (whole[:length] for length in range(0, len(whole), 11))
    yield from (
        b"",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"{}",
        b'{"a": NaN}',
        b"\xff\xfe",
        b"9" * 5_000,
    )
    yield b'{"a":' * 100_000


@every_channel
def test_a_truncated_or_foreign_body_is_malformed(channel: str) -> None:
    adapter = an_adapter(channel)
    for body in _broken_bodies(channel):
        with pytest.raises(MalformedPayload):
            list(adapter.parse(signed(channel, body)))


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every node below this one."""
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in inner:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*path, key))


WRONG: tuple[Any, ...] = (None, [None], {"a": None}, -1, 10**30, "\ud83d", "x " * 300)
"""The last one is longer than any id, handle or name may be."""


@every_recorded
def test_no_misshapen_node_breaks_the_parser(channel: str, case: str) -> None:
    adapter, payload = an_adapter(channel), recorded(channel, case)
    for wrong in WRONG:
        _parses_or_is_malformed(adapter, wrong)
    for *way, last in list(_places(payload)):
        parent: Any = payload
        for step in way:
            parent = parent[step]
        right = parent[last]
        for wrong in WRONG:
            parent[last] = wrong
            _parses_or_is_malformed(adapter, payload)
        parent[last] = right


def _parses_or_is_malformed(adapter: InboundAdapter, document: Any) -> None:
    body = json.dumps(document).encode()
    request = WebhookRequest(
        method="POST", headers={}, query={}, body=body, received_at=RECEIVED_AT
    )
    try:
        results = list(adapter.parse(request))
    except MalformedPayload:
        return
    if rb"\ud83d" in body:
        # Whatever is kept can be stored: as JSON, in UTF-8.
        for result in results:
            if isinstance(result, Parsed):
                result.item.model_dump_json().encode()
            if isinstance(result, Parsed | Unreadable):
                json.dumps(result.raw, ensure_ascii=False).encode()


@every_channel
@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=64))
def test_no_bytes_break_the_parser(channel: str, body: bytes) -> None:
    with contextlib.suppress(MalformedPayload):
        list(an_adapter(channel).parse(signed(channel, body)))


@every_channel
def test_what_could_not_be_read_is_named_without_its_values(channel: str) -> None:
    payload = json.loads(
        json.dumps(recorded(channel, "text"), ensure_ascii=False).replace(
            "Buongiorno", "parola segreta " * 6_000
        )
    )
    [result] = parse(channel, payload)
    assert isinstance(result, Unreadable)
    assert "segreta" not in result.reason
    assert "segreta" in json.dumps(result.raw)
