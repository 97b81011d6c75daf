"""Links by which a customer fetches a file that their channel does not carry.

A token is known by its hash alone: whoever reads the table can follow no link.
"""

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.keys import Attributes
from sportello.table.upcasters import schema_attributes, upcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TOKEN_BYTES = 32


class FileLink(Stored):
    """`FILE#<hash of the token>` / `LINK`: the file, and until when it is handed out."""

    key: str
    file_name: str
    mime_type: str
    until: Instant

    def to_attributes(self, token: str) -> Attributes:
        return {
            **_key(token),
            "entity": {"S": "file_link"},
            **schema_attributes("file_link"),
            "link": {"S": self.model_dump_json()},
            "expires_at": {"N": str(int(self.until.timestamp()))},
        }


def read_file_link(attributes: Attributes) -> FileLink:
    return FileLink.model_validate_json(upcast("file_link", attributes)["link"]["S"])


def _key(token: str) -> Attributes:
    name = hashlib.sha256(token.encode()).hexdigest()
    return {"pk": {"S": f"FILE#{name}"}, "sk": {"S": "LINK"}}


class FileLinkTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def make(self, link: FileLink) -> str:
        """Write a new link; returns the token that follows it."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._client.put_item(TableName=self._name, Item=link.to_attributes(token))
        return token

    def follow(self, token: str, now: datetime) -> FileLink | None:
        """Return where a token leads, None where it leads nowhere any more."""
        answer = self._client.get_item(TableName=self._name, Key=_key(token), ConsistentRead=True)
        if "Item" not in answer:
            return None
        link = read_file_link(answer["Item"])
        return link if now < link.until else None
