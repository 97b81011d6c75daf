"""How the documents of earlier versions become those of today. Pure.

A kind of item has a schema number, 1 unless its attribute `schema_number` says otherwise. Fields
that come and go need no new number: they have defaults, and unknown ones are kept. A number grows
only when what is already stored means something else, and it takes two deployments: the first one
reads both and goes on writing the old, so that the version before can still read it, the second one
writes the new.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sportello.table.keys import Attributes

type Upcaster = Callable[[Any], Any]
"""Takes the JSON document of an item as one schema has it and returns it as the next one does."""

DOCUMENTS: Mapping[str, str] = {
    "state": "state",
    "address": "address",
    "events": "events",
    "effect": "effect",
    "inbound": "item",
    "wait": "wait",
    "line": "summary",
    "settings": "document",
    "audit": "entry",
    "profile": "profile",
    "claim": "claim",
    "seat": "seat",
    "place": "place",
    "draft": "draft",
    "media": "file",
    "upload": "upload",
    "file_link": "link",
    "published": "events",
    "attempt": "attempt",
}
"""Which attribute of a kind of item holds its document."""

UPCASTERS: Mapping[str, tuple[Upcaster, ...]] = {}
"""By kind of item, from schema 1 on: each leads to the next."""


def schema_of(entity: str) -> int:
    """Return the schema that this version writes."""
    return len(UPCASTERS.get(entity, ())) + 1


def schema_attributes(entity: str) -> Attributes:
    """Return the attribute that says so; the first schema is not written down, it would cost."""
    number = schema_of(entity)
    return {"schema_number": {"N": str(number)}} if number > 1 else {}


def upcast(entity: str, item: Attributes) -> Attributes:
    """Return an item as this version would have written it; a later one's as it is."""
    missing = UPCASTERS.get(entity, ())[schema_in(item) - 1 :]
    name = DOCUMENTS.get(entity, "")
    if not missing or name not in item:
        return item
    document = json.loads(item[name]["S"])
    for upcaster in missing:
        document = upcaster(document)
    return item | {name: {"S": json.dumps(document)}}


def schema_in(item: Attributes) -> int:
    return int(item.get("schema_number", {"N": "1"})["N"])


def unknown_attributes(entity: str, item: Attributes, ours: frozenset[str]) -> Attributes:
    """Return what a later version has put into an item, to be put back with it."""
    rest = {name: value for name, value in item.items() if name not in ours}
    if schema_in(item) <= schema_of(entity):
        rest.pop("schema_number", None)
    return rest
