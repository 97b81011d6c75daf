"""The shape of everything that is published, as JSON Schema with an example, made of the models.

What a later version adds is no error: objects are open, and so are lists of words.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from sportello.conversation.events import Event, KnownEvent
from sportello.subscriptions.jobs import TEST_EVENT

DIALECT = "https://json-schema.org/draft/2020-12/schema"

type Schema = dict[str, Any]

_INSTANT: Schema = {"type": "string", "format": "date-time"}

_ENVELOPE: Mapping[str, Schema] = {
    "id": {"type": "string", "description": "The same however often the event is told."},
    "conversation_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "channel": {"type": "string"},
    "sequence": {
        "type": "integer",
        "minimum": 0,
        "description": "Puts the events of one conversation in order.",
    },
}
"""What the data of every event have, whatever happened."""

_EXAMPLES: Mapping[str, Any] = {
    "id": "9f86d081884c7d659a2feaa0c55ad015/publish:7/0",
    "conversation_id": "9f86d081884c7d659a2feaa0c55ad015",
    "moved_to": "9f86d081884c7d659a2feaa0c55ad015",
    "channel": "a_channel",
    "queue": "default",
    "agent_id": "c3f4c1a2-6f0e-4a55-9a2b-2f6f1d1b7c11",
    "item_id": "1f2e3d4c5b6a79888796a5b4c3d2e1f0",
    "effect_key": "reply:5d41402abc4b2a76b9719d911017c592",
    "handoff_id": "handoff-2",
    "offer_id": "handoff-2-7",
}
"""Words for the fields that say little as `text`."""


def published_types() -> Mapping[str, type[Event]]:
    """Return what is published, by its type."""
    union, _discriminator = get_args(KnownEvent.__value__)
    return {
        event.model_fields["type"].default: event for event in get_args(union) if event.published
    }


@cache
def schema_of(event_type: str) -> Schema | None:
    """Return the schema of what a subscriber gets for an event; None if no such is published."""
    if event_type == TEST_EVENT:
        return _whole(TEST_EVENT, "Somebody tries the subscription out.", _test_data(), {})
    model = published_types().get(event_type)
    if model is None:
        return None
    schema = TypeAdapter(model).json_schema(mode="serialization")
    definitions = {name: _tidy(one) for name, one in schema.pop("$defs", {}).items()}
    properties = {
        name: _tidy(one)
        for name, one in schema["properties"].items()
        if name not in {*model.confidential, "type"}
    }
    required = [name for name in schema.get("required", ()) if name in properties]
    data: Schema = {
        "type": "object",
        "properties": {**_ENVELOPE, **properties},
        "required": list(dict.fromkeys([*_ENVELOPE, *required])),
    }
    return _whole(event_type, schema.get("description", ""), data, definitions)


def _test_data() -> Schema:
    properties = {"id": _ENVELOPE["id"], "subscription": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _whole(event_type: str, description: str, data: Schema, definitions: Schema) -> Schema:
    schema: Schema = {
        "$schema": DIALECT,
        "$id": f"/events/schemas/{event_type}",
        "title": event_type,
        **({"description": description} if description else {}),
        "type": "object",
        "properties": {"type": {"const": event_type}, "timestamp": _INSTANT, "data": data},
        "required": ["type", "timestamp", "data"],
        **({"$defs": definitions} if definitions else {}),
    }
    return {**schema, "examples": [_example("", schema, definitions)]}


def _tidy(schema: Any) -> Any:
    """Leave out titles, which repeat names, and let lists of words grow."""
    match schema:
        case {"enum": [str(), *_] as words, **rest}:
            text = {"description": rest["description"]} if "description" in rest else {}
            return {"anyOf": [{"enum": words}, {"type": "string"}], **text}
        case dict():
            return {
                name: {key: _tidy(each) for key, each in value.items()}
                if name == "properties"
                else _tidy(value)
                for name, value in schema.items()
                if name != "title"
            }
        case list():
            return [_tidy(each) for each in schema]
        case _:
            return schema


def _example(name: str, schema: Schema, definitions: Schema) -> Any:  # noqa: C901, PLR0911 -- one arm for each shape, flat
    match schema:
        case {"$ref": str(reference)}:
            return _example(name, definitions[reference.rpartition("/")[2]], definitions)
        case {"const": value} | {"enum": [value, *_]}:
            return value
        case {"anyOf": [first, *_]} | {"allOf": [first, *_]}:
            return _example(name, first, definitions)
        case {"properties": dict(properties)}:
            return {key: _example(key, one, definitions) for key, one in properties.items()}
        case {"type": "array", "items": dict(item)}:
            return [_example(name.removesuffix("s"), item, definitions)]
        case {"type": "string", "format": "date-time"}:
            return "2026-03-04T10:00:00Z"
        case {"type": "string"}:
            return _EXAMPLES.get(name, "text")
        case {"type": "boolean"}:
            return False
        case {"type": "integer" | "number"}:
            return 1
        case {"type": "object"}:
            return {}
        case _:
            return None
