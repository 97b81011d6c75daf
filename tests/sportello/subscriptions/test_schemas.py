"""What is published fits the schemas that are published, and nothing confidential is in either."""

import json
from typing import Any

import jsonschema_rs
import pytest

from sportello.conversation.effects import BusEntry, PublishEvent
from sportello.conversation.events import bus_detail
from sportello.conversation.published_events import published_events
from sportello.subscriptions.attempts import body_of
from sportello.subscriptions.jobs import TEST_EVENT
from sportello.subscriptions.schemas import DIALECT, published_types, schema_of
from support.builders import CONVERSATION
from support.logged_events import logged_events

TYPES = published_types()
EXAMPLES = [event for event in logged_events() if event.published]


def schema(event_type: str) -> dict[str, Any]:
    known_schema = schema_of(event_type)
    assert known_schema
    return known_schema


@pytest.mark.parametrize("event_type", [*TYPES, TEST_EVENT])
def test_a_schema_is_valid_and_so_is_its_example(event_type: str) -> None:
    document = schema(event_type)
    jsonschema_rs.meta.validate(document)
    assert document["$schema"] == DIALECT
    (example,) = document["examples"]
    validator = jsonschema_rs.Draft202012Validator(document, validate_formats=True)
    validator.validate(example)
    assert example["type"] == event_type


def test_every_published_type_has_examples_of_what_is_really_written() -> None:
    assert {event.type for event in EXAMPLES} == set(TYPES)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.type)
def test_what_a_subscriber_gets_fits_its_schema(event: Any) -> None:
    entry = BusEntry(detail_type=event.type, at=event.at, detail=bus_detail(event), sequence=3)
    effect = PublishEvent(key="publish:3", entries=(entry,))
    (published,) = published_events(CONVERSATION, "whatsapp", effect)
    body = json.loads(body_of(published))
    document = schema(event.type)
    jsonschema_rs.Draft202012Validator(document, validate_formats=True).validate(body)
    assert set(body["data"]) <= set(document["properties"]["data"]["properties"])


@pytest.mark.parametrize("event_type", TYPES)
def test_what_is_confidential_is_in_no_schema_and_in_no_example(event_type: str) -> None:
    confidential = TYPES[event_type].confidential
    data = schema(event_type)["properties"]["data"]
    (example,) = schema(event_type)["examples"]
    assert not confidential & set(data["properties"])
    assert not confidential & set(example["data"])
    assert not confidential & set(data["required"])


def test_a_word_of_a_later_version_is_no_error() -> None:
    document = schema("OwnerChanged")
    (example,) = document["examples"]
    later = {**example, "data": {**example["data"], "kind": "robot", "mood": "fine"}}
    jsonschema_rs.Draft202012Validator(document).validate(later)


def test_what_is_not_published_has_no_schema() -> None:
    assert schema_of("TurnLeased") is None
    assert schema_of("OfTomorrow") is None
    assert "OfferRenewed" not in TYPES
