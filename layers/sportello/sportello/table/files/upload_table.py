"""Files that agents were let put into the bucket, until a reply holds them: whose, and as what."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import Field

from sportello.media.names import MediaName
from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.keys import Attributes, key
from sportello.table.refusals import is_refused
from sportello.table.upcasters import schema_attributes, upcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_AFTER = timedelta(days=1)
"""So that for some time it can be said that it is too late, or that it was used."""


class Upload(Stored):
    """What an agent said they would put there; `used_by` is the effect that has the file."""

    agent_id: str
    file_name: str = Field(default="", max_length=512)
    mime_type: str
    size_bytes: int = Field(gt=0)
    sha256: str = ""
    usable_until: Instant
    used_by: str = ""


def upload_key(name: MediaName) -> Attributes:
    return key(name.conversation_id, f"UPLOAD#{name.item_id}")


def upload_attributes(name: MediaName, upload: Upload) -> Attributes:
    """Return the item; who may use it and who has stand apart, so that a write can check them."""
    document = upload.model_dump_json(exclude_defaults=True, exclude={"agent_id", "used_by"})
    return {
        **upload_key(name),
        "entity": {"S": "upload"},
        **schema_attributes("upload"),
        "agent_id": {"S": upload.agent_id},
        "upload": {"S": document},
        "used_by": {"S": upload.used_by},
        "expires_at": {"N": str(int((upload.usable_until + KEPT_AFTER).timestamp()))},
    }


def read_upload(attributes: Attributes) -> Upload:
    document = json.loads(upcast("upload", attributes)["upload"]["S"])
    apart = {name: attributes[name]["S"] for name in ("agent_id", "used_by")}
    return Upload.model_validate(document | apart)


class UploadTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def put(self, name: MediaName, upload: Upload) -> None:
        self._client.put_item(TableName=self._name, Item=upload_attributes(name, upload))

    def upload(self, name: MediaName) -> Upload | None:
        answer = self._client.get_item(
            TableName=self._name, Key=upload_key(name), ConsistentRead=True
        )
        return read_upload(answer["Item"]) if "Item" in answer else None

    def use(self, name: MediaName, effect_key: str) -> bool:
        """Take it for one reply; False if another has it, or it is not there any more."""
        try:
            self._client.update_item(
                TableName=self._name,
                Key=upload_key(name),
                UpdateExpression="SET used_by = :effect",
                # Nobody has it while it is empty; of one that has expired nothing is there.
                ConditionExpression="used_by = :nobody OR used_by = :effect",
                ExpressionAttributeValues={":nobody": {"S": ""}, ":effect": {"S": effect_key}},
            )
        except ClientError as error:
            if not is_refused(error):
                raise
            return False
        return True
