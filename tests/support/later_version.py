"""Stored records as a later version may write them: everything we know, and something more."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from sportello.settings.kinds import KINDS
from sportello.table.agents.agent_items import read_claim, read_place, read_profile, read_seat
from sportello.table.agents.line_item import CountedLine
from sportello.table.files.file_link_table import read_file_link
from sportello.table.files.media_table import read_media
from sportello.table.files.upload_table import read_upload
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import (
    Address,
    EffectRecord,
    LogEntry,
    StoredSettings,
    read_state,
    read_wait,
    settings_kind,
)
from sportello.table.keys import Attributes
from sportello.table.outward.attempt_table import Attempt
from sportello.table.outward.event_feed import RecordedEvents
from sportello.table.settings.audit_table import AuditEntry
from sportello.table.stories.draft_table import read_draft
from sportello.table.upcasters import DOCUMENTS

UNKNOWN = {"deep": [1, {"deeper": None}], "text": "città"}
SCHEMA = {"N": "7"}
BESIDE = {"S": "of a later version"}


def of_a_later_version(item: Attributes) -> Attributes:
    """Return an item with an unknown field in each of its models, and an unknown attribute."""
    entity = item["entity"]["S"]
    more = {"schema_number": SCHEMA, "of_a_later_version": BESIDE}
    if entity not in DOCUMENTS:
        return item | more
    document = json.loads(item[DOCUMENTS[entity]]["S"])
    return item | more | {DOCUMENTS[entity]: {"S": json.dumps(_planted(_model(item), document))}}


_READERS: Mapping[str, Callable[[Attributes], Any]] = {
    "state": read_state,
    "address": Address.from_attributes,
    "events": lambda item: LogEntry.from_attributes(item).events,
    "effect": lambda item: EffectRecord.from_attributes(item).effect,
    "inbound": lambda item: InboundRecord.from_attributes(item).item,
    "wait": read_wait,
    "media": read_media,
    "upload": read_upload,
    "file_link": read_file_link,
    "line": lambda item: CountedLine.from_attributes(item).summary,
    "profile": lambda item: read_profile(item).profile,
    "claim": read_claim,
    "seat": read_seat,
    "place": read_place,
    "draft": lambda item: read_draft(item).draft,
    "audit": AuditEntry.from_attributes,
    "published": lambda item: RecordedEvents.from_attributes(item).events,
    "attempt": Attempt.from_attributes,
    "settings": lambda item: KINDS[settings_kind(item)].as_stored(
        StoredSettings.from_attributes(item).document
    ),
}
"""What the document of an item is read as."""


def _model(item: Attributes) -> Any:
    return _READERS[item["entity"]["S"]](item)


def _planted(value: Any, document: Any) -> Any:
    """Put an unknown field into the document of each model, as deep as there are any."""
    match value, document:
        case BaseModel(), dict():
            planted = {
                name: _planted(getattr(value, name, None), part) for name, part in document.items()
            }
            return planted | {"of_a_later_version": UNKNOWN}
        case ((list() | tuple()), list()):
            return [_planted(*each) for each in zip(value, document, strict=False)] or document
        case Mapping(), dict():
            return {name: _planted(value.get(name), part) for name, part in document.items()}
        case _:
            return document


def with_unknown_events(item: Attributes) -> Attributes:
    """Return a commit in which something happened besides that only a later version can read."""
    log = json.loads(item["events"]["S"])
    unknown = {"type": "SurveyAnswered", "at": log[0]["at"], "score": UNKNOWN}
    outgrown = {"type": "OwnerChanged", "at": log[0]["at"], "owner": UNKNOWN}
    return item | {"events": {"S": json.dumps([*log, unknown, outgrown])}}


def written_back(item: Attributes) -> Any:
    """Return the document of an item as this version writes what it has read of it."""
    model = _model(item)
    match item["entity"]["S"]:
        case "events":
            entry = LogEntry.from_attributes(item)
            return json.loads(entry.to_attributes("any")["events"]["S"])
        case "state" | "address" | "wait" | "media":
            return json.loads(model.model_dump_json(exclude_defaults=True))
        case "published":
            recorded = RecordedEvents.from_attributes(item)
            return json.loads(recorded.to_attributes(recorded.events[0].at)["events"]["S"])
        case "inbound":
            record = InboundRecord.from_attributes(item)
            return json.loads(record.to_attributes(b"")["item"]["S"])
        case "settings":
            return StoredSettings.from_attributes(item).document
        case _:
            return json.loads(model.model_dump_json())
