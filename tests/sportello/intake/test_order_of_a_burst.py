"""What is typed within one second is shown and read as it was typed."""

import json
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.events import MessageReceived
from sportello.intake.receiving import Receiving
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.items import Echo, InboundItem
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.stories.timeline import read_timeline
from support.builders import CONVERSATION, KEY, NOW, a_message, seconds
from support.clouds.table import all_items
from support.clouds.working_desk import WorkingDesk, working_desk
from support.fakes import SIGNATURE

TYPED = ("Vorrei parlare", "con un vostro collega", "per la fattura")


def call(office: WorkingDesk, *items: InboundItem) -> list[InboundRecord]:
    """Have one webhook call received; returns what is new of it, in the call's order."""
    before = {record.item_id for record in stored(office)}
    body = json.dumps([item.model_dump(mode="json") for item in items]).encode()
    headers = {"x-fake-signature": SIGNATURE}
    request = WebhookRequest(
        method="POST", headers=headers, query={}, body=body, received_at=office.now
    )
    assert Receiving(office.adapter, office.table, lambda: KEY).receive(request).status == 200
    new = [record for record in stored(office) if record.item_id not in before]
    places = [item.provider_item_id for item in items]
    return sorted(new, key=lambda record: places.index(record.item.provider_item_id))


def stored(office: WorkingDesk) -> list[InboundRecord]:
    items = (item for item in all_items(office.table) if item["entity"]["S"] == "inbound")
    return [InboundRecord.from_attributes(item) for item in items]


def shown(office: WorkingDesk) -> list[str]:
    entries = read_timeline(office.table, CONVERSATION, 100).entries
    return [entry.text for entry in entries if entry.author in {"customer", "business"}]


def read_in_turn(office: WorkingDesk) -> list[str]:
    turn = office.state.turn
    assert turn is not None
    texts = {record.item_id: getattr(record.item, "text", "") for record in stored(office)}
    return [texts[item.item_id] for item in turn.items]


def typed_in_one_second(lines: Sequence[str], burst: int) -> list[InboundItem]:
    return [a_message(text, burst * 100 + n) for n, text in enumerate(lines)]


@pytest.mark.parametrize("burst", range(24))
def test_lines_of_one_call_are_shown_and_read_in_their_order(burst: int) -> None:
    with working_desk() as office:
        records = call(office, *typed_in_one_second(TYPED, burst))
        shuffled = random.Random(burst).sample(records, k=len(records))  # noqa: S311 -- no secret
        office.receive(*(record.item_id for record in shuffled))
        assert read_in_turn(office) == list(TYPED)
        assert shown(office) == list(TYPED)


@given(
    lines=st.lists(st.text("abc", min_size=1, max_size=3), min_size=2, max_size=6, unique=True),
    seed=st.randoms(use_true_random=False),
)
def test_the_order_of_a_call_outlives_any_order_of_its_commits(
    lines: list[str], seed: random.Random
) -> None:
    with working_desk() as office:
        records = call(office, *typed_in_one_second(lines, 0))
        seed.shuffle(records)
        for n, record in enumerate(records):
            office.pass_time(seconds(0.5))
            office.receive(record.item_id, turn_id=f"turn-{n}")
        assert read_in_turn(office) == lines
        assert shown(office) == lines


def test_calls_of_one_second_are_read_in_the_order_in_which_they_came() -> None:
    with working_desk() as office:
        for n, text in enumerate(TYPED):
            call(office, a_message(text, n, sent_at=NOW))
            office.pass_time(timedelta(milliseconds=150))
        records = [record.item_id for record in stored(office)]
        office.receive(*records)
        assert read_in_turn(office) == list(TYPED)
        assert shown(office) == list(TYPED)


def test_a_call_delivered_again_keeps_the_order_of_the_first_time() -> None:
    with working_desk() as office:
        first, second, third = typed_in_one_second(TYPED, 0)
        call(office, first, second, third)
        office.pass_time(seconds(1))
        call(office, third, first, second)
        office.receive(*(record.item_id for record in stored(office)))
        assert shown(office) == list(TYPED)


def test_lines_from_the_phone_of_the_business_are_shown_in_their_order() -> None:
    with working_desk() as office:
        office.say("Buongiorno")
        said = ("Eccomi", "le rispondo", "tra poco")
        echoes = [
            Echo(
                account_id="account-1",
                provider_item_id=f"echo-{text}",
                provider_message_id=f"echo-{text}",
                sent_at=NOW + timedelta(seconds=1),
                handle="fake:customer-1",
                reply_to="fake:customer-1",
                text=text,
            )
            for text in said
        ]
        office.pass_time(seconds(2))
        records = call(office, *echoes)
        office.applying.note(CONVERSATION, records[::-1], office.now)
        assert tuple(shown(office)[1:]) == said


def test_what_one_instant_commits_is_shown_in_the_order_of_its_commits() -> None:
    with working_desk() as office:
        office.say("Vorrei parlare con una persona")
        commits = reversed(office.table.log_page(CONVERSATION, 100))
        events = [event for commit in commits for event in commit.events]
        entries = read_timeline(office.table, CONVERSATION, 100).entries
        said_by_us = [entry.type for entry in entries if entry.author != "customer"]
        assert said_by_us == [
            event.type
            for event in events
            if not event.hidden and not isinstance(event, MessageReceived)
        ]
