"""The items of the table: written and read without loss, and due when they should be."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sportello.conversation.effects import EFFECT
from sportello.conversation.events import EVENT_LOG, OwnerKind
from sportello.conversation.evolution import RING_GRACE
from sportello.conversation.state import ConversationState
from sportello.messaging.items import DeliveryStatus
from sportello.sla.clocks import ClockKind
from sportello.sla.policies import ClockActions, Target
from sportello.table.compression import compress
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import UNTIL_SETTINGS_CHANGE, Address, state_attributes
from sportello.table.keys import PENDING_SHARDS, pending_shard, stamp
from support.builders import (
    CONVERSATION,
    HANDLE,
    NOW,
    a_message,
    a_receipt,
    accept,
    after,
    an_address,
    an_inbound_record,
    answer,
    queued,
    receive,
    request_human,
    seconds,
    terms_with,
    tick,
    with_agent,
)
from support.story import Story

RAW = compress({"made": "up"})

texts = st.text(max_size=50)


@given(
    text=texts,
    button_id=texts.map(lambda t: t[:200]),
    name=texts,
    at=st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001 -- made aware
)
def test_an_item_survives_being_written_and_read(
    text: str, button_id: str, name: str, at: datetime
) -> None:
    sent_at = at.replace(tzinfo=NOW.tzinfo)
    message = a_message(text, button_id=button_id, display_name=name, sent_at=sent_at)
    record = an_inbound_record(message, received_at=NOW)
    assert InboundRecord.from_attributes(record.to_attributes(RAW)) == record


def test_what_the_first_version_s_models_refuse_is_stored_apart_and_read_with_the_rest() -> None:
    receipt = a_receipt(DeliveryStatus.READ, "", handle=HANDLE, other_handles=("c_user:1",))
    record = an_inbound_record(receipt)
    attributes = record.to_attributes(RAW)
    assert "other_handles" not in json.loads(attributes["item"]["S"])
    assert json.loads(attributes["added"]["S"]) == {"other_handles": ["c_user:1"]}
    assert InboundRecord.from_attributes(attributes) == record
    as_before = an_inbound_record(receipt.model_copy(update={"other_handles": ()}))
    assert "added" not in as_before.to_attributes(RAW)


def test_where_a_customer_came_from_is_stored_beside_the_address_that_earlier_versions_read() -> (
    None
):
    address = an_address(origin={"kind": "link", "reference": "promo"})
    attributes = address.to_attributes(CONVERSATION)
    assert "origin" not in json.loads(attributes["address"]["S"])
    assert Address.from_attributes(attributes) == address


@given(st.datetimes(), st.datetimes())
def test_stamps_sort_as_time_does(first: datetime, second: datetime) -> None:
    a, b = first.replace(tzinfo=NOW.tzinfo), second.replace(tzinfo=NOW.tzinfo)
    assert (stamp(a) < stamp(b)) == (a < b)


@pytest.mark.parametrize("adapter", [EFFECT, EVENT_LOG])
def test_what_cannot_be_read_is_not_quoted(adapter: TypeAdapter[Any]) -> None:
    unread = json.dumps([{"type": "MessageQueued", "text": "+39 333 1234567"}])
    for stored in (unread, unread[1:-1]):
        with pytest.raises(ValidationError) as refused:
            adapter.validate_json(stored)
        assert "1234567" not in str(refused.value)


LATE = NOW + seconds(300)


@pytest.mark.parametrize(
    ("state", "since"),
    [
        (after(receive()), NOW + seconds(90)),
        (queued(), NOW + RING_GRACE),
        (with_agent(), NOW + seconds(240)),
        (after(receive(), answer()), None),
        (after(tick(LATE), now=LATE, state=with_agent()), UNTIL_SETTINGS_CHANGE),
    ],
)
def test_a_state_is_due_when_somebody_should_have_acted(
    state: ConversationState, since: datetime | None
) -> None:
    attributes = state_attributes(CONVERSATION, state)
    assert attributes.get("pending_since") == (since and {"S": stamp(since)})


def test_pending_work_is_spread_over_the_shards() -> None:
    shards = {pending_shard(f"{number:032x}") for number in range(100)}
    assert len(shards) == PENDING_SHARDS


def test_whose_agent_fell_silent_keeps_their_place_in_the_line() -> None:
    reassigned = ClockActions(reassign=True)
    silence = Target(seconds=900, around_the_clock=True, at_breach=reassigned)
    story = Story(terms_with({ClockKind.AGENT_SILENCE: silence}))
    story.write()
    story.do(request_human())
    since = state_attributes(CONVERSATION, story.state)["waiting_since"]
    story.wait(60).do(accept())
    while story.state.owner.kind is OwnerKind.AGENT:
        story.wake()
    assert state_attributes(CONVERSATION, story.state)["waiting_since"] == since
