"""The settings in the desk table: how versions are asked for, and which were in force. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Self

from sportello.model import Instant, Model
from sportello.table.items import StoredSettings, settings_partition, settings_sort_key
from sportello.table.keys import Attributes

VERSIONS_AT_ONCE = 25
"""The first few are enough as a rule, and all are read whole: a document may have 350 KB."""


class SettingsVersion(Model):
    """Who wrote a version of a document, and when; what it says is not in it."""

    version: int
    author: str
    written_at: Instant

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> Self:
        return cls(
            version=int(attributes["version"]["N"]),
            author=attributes["author"]["S"],
            written_at=datetime.fromisoformat(attributes["written_at"]["S"]),
        )


def version_key(kind: str, version: int | None) -> Attributes:
    """Return the key of a version of a document, or of the current one."""
    return {"pk": {"S": settings_partition(kind)}, "sk": {"S": settings_sort_key(version)}}


def versions_request(table: str, kind: str) -> Attributes:
    """Return how to page through the versions of a document, newest first."""
    return {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :kept)",
        "ProjectionExpression": "version, document, written_at, schema_number",
        "ExpressionAttributeValues": {
            ":pk": {"S": settings_partition(kind)},
            ":kept": {"S": "V#"},
        },
        "ScanIndexForward": False,
        "ConsistentRead": True,
        "PaginationConfig": {"PageSize": VERSIONS_AT_ONCE},
    }


def authors_request(table: str, kind: str, before: int | None, limit: int) -> Attributes:
    """Return how to page through who wrote the versions before one, newest first."""
    last = settings_sort_key(before - 1) if before else "V#~"
    return {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
        "ProjectionExpression": "version, author, written_at",
        "ExpressionAttributeValues": {
            ":pk": {"S": settings_partition(kind)},
            ":first": {"S": "V#"},
            ":last": {"S": last},
        },
        "ScanIndexForward": False,
        "ConsistentRead": True,
        "PaginationConfig": {"PageSize": limit, "MaxItems": limit},
    }


def in_force_since(
    since: datetime, newest_first: Iterable[Attributes]
) -> Iterator[StoredSettings | None]:
    """Yield what was in force at an instant or later; None at the end is the packaged default.

    Nothing is taken beyond the version that was in force at the instant.
    """
    for item in newest_first:
        yield StoredSettings.from_attributes(item)
        if datetime.fromisoformat(item["written_at"]["S"]) <= since:
            return
    yield None
