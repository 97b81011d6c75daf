"""The items of the table: written and read without loss, and due when they should be."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation import ConversationState
from sportello.table_items import (
    PENDING_SHARDS,
    InboundRecord,
    compress,
    pending_shard,
    stamp,
    state_attributes,
)
from support.builders import (
    CONVERSATION,
    NOW,
    a_message,
    after,
    an_inbound_record,
    answer,
    queued,
    receive,
    seconds,
)

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


@given(st.datetimes(), st.datetimes())
def test_stamps_sort_as_time_does(first: datetime, second: datetime) -> None:
    a, b = first.replace(tzinfo=NOW.tzinfo), second.replace(tzinfo=NOW.tzinfo)
    if first.year >= 1000 <= second.year:
        assert (stamp(a) < stamp(b)) == (a < b)


@pytest.mark.parametrize(
    ("state", "since"),
    [
        (after(receive()), NOW + seconds(90)),
        (queued(), NOW + seconds(240)),
        (after(receive(), answer()), None),
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
