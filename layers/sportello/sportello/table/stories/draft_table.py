"""What agents have begun to write, as the desk table has it: each their own, nobody else's."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.agents.agent_items import agent_key
from sportello.table.keys import Attributes, stamp
from sportello.table.refusals import is_refused
from sportello.table.upcasters import schema_attributes, upcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DRAFT_KEPT = timedelta(days=15)


class DraftName(NamedTuple):
    """Whose it is, in which conversation, and what it is to become: a reply or a note."""

    agent_id: str
    conversation_id: str
    kind: str

    @property
    def key(self) -> Attributes:
        return agent_key(self.agent_id, f"DRAFT#{self.conversation_id}#{self.kind}")


class Draft(Stored):
    """`seen_up_to` is how far its writer had read when they began, None where they did not say."""

    text: str = ""
    seen_up_to: int | None = None


class StoredDraft(Stored):
    """A draft; `version` 0 is none, and no version comes twice, also after one was discarded."""

    draft: Draft = Draft()
    version: int = 0
    written_at: Instant | None = None
    expires_at: Instant | None = None


class DraftChanged(Exception):
    """It is no longer of the version that was seen: somebody wrote it on another screen."""


class DraftTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def draft(self, name: DraftName, now: datetime) -> StoredDraft:
        """Read a draft; one that has expired is none, though the table may still have it."""
        item = self._client.get_item(TableName=self._name, Key=name.key, ConsistentRead=True).get(
            "Item"
        )
        if item is None:
            return StoredDraft()
        stored = read_draft(item)
        over = stored.expires_at is not None and stored.expires_at <= now
        return StoredDraft() if over else stored

    def keep(self, name: DraftName, draft: Draft, before: int, now: datetime) -> StoredDraft:
        """Write a draft in place of the version `before`; raises DraftChanged if it is another.

        Versions are the milliseconds of their time, so that they also grow over a discarded one.
        """
        version = max(before + 1, int(now.timestamp() * 1_000))
        stored = StoredDraft(
            draft=draft, version=version, written_at=now, expires_at=now + DRAFT_KEPT
        )
        condition: Attributes = {
            "ConditionExpression": "version = :before",
            "ExpressionAttributeValues": {":before": {"N": str(before)}},
        }
        if before == 0:
            condition = {
                "ConditionExpression": "attribute_not_exists(pk) OR expires_at <= :now",
                "ExpressionAttributeValues": {":now": {"N": str(int(now.timestamp()))}},
            }
        item = draft_attributes(name, stored, now)
        try:
            self._client.put_item(TableName=self._name, Item=item, **condition)
        except ClientError as error:
            if is_refused(error):
                raise DraftChanged from None
            raise
        return stored

    def discard(self, name: DraftName, version: int | None = None) -> bool:
        """Delete a draft, if it is still of this version; tell whether it is gone."""
        request: Attributes = {"TableName": self._name, "Key": name.key}
        if version is not None:
            request |= {
                "ConditionExpression": "attribute_not_exists(pk) OR version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        try:
            self._client.delete_item(**request)
        except ClientError as error:
            if not is_refused(error):
                raise
            return False
        return True


def draft_attributes(name: DraftName, stored: StoredDraft, now: datetime) -> Attributes:
    return {
        **name.key,
        "entity": {"S": "draft"},
        **schema_attributes("draft"),
        "version": {"N": str(stored.version)},
        "draft": {"S": stored.draft.model_dump_json(exclude_defaults=True)},
        "written_at": {"S": stamp(now)},
        "expires_at": {"N": str(int((now + DRAFT_KEPT).timestamp()))},
    }


def read_draft(attributes: Attributes) -> StoredDraft:
    return StoredDraft(
        draft=Draft.model_validate_json(upcast("draft", attributes)["draft"]["S"]),
        version=int(attributes["version"]["N"]),
        written_at=attributes["written_at"]["S"],
        expires_at=datetime.fromtimestamp(int(attributes["expires_at"]["N"]), UTC),
    )
