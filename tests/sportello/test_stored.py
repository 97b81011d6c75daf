"""Whatever is stored is read by versions before and after the one that wrote it."""

import json
import types
from collections.abc import Iterator
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from sportello.conversation.state import ConversationState
from sportello.dispatch.fit_clocks import FitClocksRequest
from sportello.messaging.attachments import KnownAttachment
from sportello.people.notifying.answer_links import AnswerLink
from sportello.people.placement.placing import line_ahead
from sportello.priorities import Priority
from sportello.queues.waits import AnnouncedWait, WaitRecord
from sportello.settings.kinds import KINDS
from sportello.stored import OrUnknown, Stored, is_unknown
from sportello.table.agents.endpoint_table import EndpointMark
from sportello.table.agents.line_item import CountedLine
from sportello.table.agents.link_table import UsedLink
from sportello.table.agents.queue_table import line_order
from sportello.table.files.file_link_table import FileLink
from sportello.table.files.upload_table import Upload
from sportello.table.inbound.channel_table import ChannelAccount
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.inbound.quarantined_payload import QuarantinedPayload
from sportello.table.items import Address, EffectRecord, LogEntry, StoredSettings, Waiting
from support.builders import NOW

ROOTS: tuple[type[BaseModel], ...] = (
    ConversationState,
    Address,
    LogEntry,
    EffectRecord,
    InboundRecord,
    WaitRecord,
    CountedLine,
    StoredSettings,
    QuarantinedPayload,
    ChannelAccount,
    EndpointMark,
    UsedLink,
    Upload,
    FileLink,
    AnswerLink,
    FitClocksRequest,
)
"""What is read from the table, or passed from a function to the next one; the settings are read as
`as_stored` does."""


def parts(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[tuple[Any, bool]]:
    """Every class and literal of an annotation, and whether it takes unknown values."""
    if isinstance(annotation, TypeAliasType):
        yield from parts(annotation.__value__, metadata)
    elif get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from parts(inner, (*metadata, *more))
    elif get_origin(annotation) is Literal:
        yield annotation, any(isinstance(each, OrUnknown) for each in metadata)
    elif get_args(annotation):
        union = get_origin(annotation) in {Union, types.UnionType}
        for argument in get_args(annotation):
            yield from parts(argument, metadata if union else ())
    else:
        yield annotation, any(isinstance(each, OrUnknown) for each in metadata)


def reachable(root: type[BaseModel]) -> dict[type[BaseModel], None]:
    models: dict[type[BaseModel], None] = {}
    waiting = [root]
    while waiting:
        model = waiting.pop()
        if model in models:
            continue
        models[model] = None
        for field in model.model_fields.values():
            for part, _ in parts(field.annotation, tuple(field.metadata)):
                if isinstance(part, type) and issubclass(part, BaseModel):
                    waiting.append(part)
    return models


MODELS = sorted({model for root in ROOTS for model in reachable(root)}, key=lambda m: m.__name__)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def test_events_effects_and_items_are_among_what_is_stored() -> None:
    names = {model.__name__ for model in MODELS}
    assert names >= {
        *("Owner", "Turn", "TurnItem", "Offer", "Clock", "AnnouncedWait", "OutboundStatus"),
        *("OwnerChanged", "ClockChanged", "UnknownEvent"),
        *("SendMessage", "Button", "BusEntry", "UnknownEffect"),
        *("Message", "Media", "Location", "Receipt", "UnknownItem"),
        *("LineSummary", "Address"),
    }


@each_model
def test_every_stored_model_keeps_what_it_does_not_know(model: type[BaseModel]) -> None:
    assert issubclass(model, Stored)
    assert model.model_config.get("extra") == "allow"


TELLS_APART = {
    (attachment, "kind") for attachment in get_args(get_args(KnownAttachment.__value__)[0])
}
"""An attachment of another kind is an `UnknownAttachment` as a whole."""


def is_one_of_several(part: Any) -> bool:
    several_words = get_origin(part) is Literal and len(get_args(part)) > 1
    return several_words or (isinstance(part, type) and issubclass(part, Enum))


@each_model
def test_every_stored_choice_may_be_one_of_a_later_version(model: type[BaseModel]) -> None:
    closed = {
        name: part
        for name, field in model.model_fields.items()
        for part, tolerant in parts(field.annotation, tuple(field.metadata))
        if is_one_of_several(part) and not tolerant and (model, name) not in TELLS_APART
    }
    assert closed == {}


class Colour(StrEnum):
    RED = "red"


class Thing(Stored):
    colour: Annotated[Colour, OrUnknown()] = Colour.RED
    size: Annotated[Literal["small", "large"], OrUnknown()] = "small"


def test_an_unknown_value_equals_nothing_we_know_and_is_written_as_it_was() -> None:
    document = '{"colour":"ultraviolet","size":"huge","weight":{"grams":5}}'
    thing = Thing.model_validate_json(document)
    assert is_unknown(thing.colour)
    assert thing.colour != Colour.RED
    assert str(thing.colour) == "ultraviolet"
    assert thing.unknown_fields == {"weight"}
    assert thing.model_dump_json(exclude_defaults=True) == document
    assert not is_unknown(Thing().colour)


def test_what_is_no_text_is_no_unknown_value() -> None:
    with pytest.raises(ValidationError):
        Thing.model_validate({"colour": 3})


def test_an_unknown_field_survives_a_change() -> None:
    announced = AnnouncedWait.model_validate(
        {"position": 1, "low_seconds": 1, "high_seconds": 2, "at": NOW, "review_at": NOW, "by": "x"}
    )
    changed = announced.model_copy(update={"review_at": None})
    assert json.loads(changed.model_dump_json())["by"] == "x"


def test_who_waits_with_an_unknown_priority_is_in_line_like_others() -> None:
    waiting = Waiting.from_attributes(
        {
            "pk": {"S": "CONV#1"},
            "priority": {"S": "critical"},
            "waiting_since": {"S": "2026-03-04T10:00:00.000000Z"},
        }
    )
    assert waiting.priority is Priority.NORMAL
    assert line_ahead(waiting, [waiting], []).length == 0
    assert line_order(waiting)[0] == waiting.since


@pytest.mark.parametrize("kind", KINDS)
def test_settings_are_read_with_fields_of_a_later_version_and_written_without(kind: str) -> None:
    shape = KINDS[kind]
    document = shape().model_dump(mode="json") | {"later": {"deep": [1]}}
    assert shape.as_stored(document).model_dump() == shape().model_dump()
    with pytest.raises(ValidationError):
        shape.model_validate(document)
