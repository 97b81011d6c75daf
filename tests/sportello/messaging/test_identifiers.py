"""Names that tell nothing, and are the same whenever they are made."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.effects import reply_key
from sportello.messaging.identifiers import (
    CONVERSATION_ID,
    conversation_id,
    item_id,
    read_tracker,
    tracker,
)

KEY = b"made-up"
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(words, words, words)
def test_names_are_hex_and_stable(channel: str, account: str, name: str) -> None:
    made = conversation_id(KEY, channel, account, name)
    assert CONVERSATION_ID.fullmatch(made)
    assert made == conversation_id(KEY, channel, account, name)
    assert made != item_id(KEY, channel, account, name)


def test_another_key_account_channel_or_handle_is_another_name() -> None:
    parts = [
        (b"k1", "c", "a", "h:1"),
        (b"k2", "c", "a", "h:1"),
        (b"k1", "d", "a", "h:1"),
        (b"k1", "c", "b", "h:1"),
        (b"k1", "c", "a", "h:2"),
    ]
    names = [conversation_id(*each) for each in parts]
    assert all(one != other for one, other in combinations(names, 2))


@pytest.mark.parametrize(
    "key",
    ["bot:0123abcd:ff", "accompanying:handoff-2", "out_of_hours:20260304T090000Z", "reply:0a"],
)
def test_a_tracker_brings_back_what_it_was_made_of(key: str) -> None:
    conversation = conversation_id(KEY, "fake", "a", "fake:1")
    assert read_tracker(tracker(conversation, key)) == (conversation, key)


@given(st.text(max_size=80))
def test_whatever_else_comes_back_is_not_ours(text: str) -> None:
    assert read_tracker(text) is None
    assert read_tracker(f"{'0' * 31}/{text}") is None


@given(words, words)
def test_a_clients_key_stays_its_own_secret(agent: str, chosen: str) -> None:
    key = reply_key(agent, chosen)
    assert read_tracker(tracker("0" * 32, key)) is not None
    assert key == reply_key(agent, chosen)
    assert key != reply_key(agent, chosen + "x")
