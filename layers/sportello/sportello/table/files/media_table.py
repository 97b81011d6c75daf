"""What became of the files of a conversation, as the desk table has it.

A file that nobody has an item of is still to be fetched: its message is recorded without one.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.media.kept_file import UNSETTLED, KeptFile
from sportello.media.names import MediaName
from sportello.table.batch_table import read_batches
from sportello.table.keys import Attributes, conversation_of, key
from sportello.table.refusals import is_refused
from sportello.table.upcasters import schema_attributes, upcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def media_key(name: MediaName) -> Attributes:
    return key(name.conversation_id, f"MEDIA#{name.item_id}#{name.number}")


def media_attributes(name: MediaName, file: KeptFile) -> Attributes:
    """Return the item of a file; its state stands apart so that a write can check it."""
    return {
        **media_key(name),
        "entity": {"S": "media"},
        **schema_attributes("media"),
        "outcome": {"S": file.state},
        "file": {"S": file.model_dump_json(exclude_defaults=True)},
    }


def read_media(attributes: Attributes) -> KeptFile:
    return KeptFile.model_validate_json(upcast("media", attributes)["file"]["S"])


def media_name(attributes: Attributes) -> MediaName:
    _, item_id, number = attributes["sk"]["S"].split("#")
    return MediaName(conversation_of(attributes), item_id, int(number))


class MediaTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def file(self, name: MediaName) -> KeptFile | None:
        return self.files([name]).get(name)

    def files(self, names: Iterable[MediaName]) -> dict[MediaName, KeptFile]:
        """Return what is known of files; asked for none, it calls nobody."""
        keys = map(media_key, dict.fromkeys(names))
        items = read_batches(self._client, self._name, keys)
        return {media_name(item): read_media(item) for item in items}

    def keep(self, name: MediaName, file: KeptFile) -> bool:
        """Write what became of a file; False if it is over with already: stored, or refused."""
        try:
            self._client.put_item(
                TableName=self._name,
                Item=media_attributes(name, file),
                ConditionExpression=(
                    "attribute_not_exists(pk) OR outcome = :pending OR outcome = :failed"
                ),
                ExpressionAttributeValues={f":{state}": {"S": state} for state in UNSETTLED},
            )
        except ClientError as error:
            if not is_refused(error):
                raise
            return False
        return True

    def forget(self, name: MediaName) -> None:
        """Know nothing of a file that nobody has sent after all."""
        self._client.delete_item(TableName=self._name, Key=media_key(name))
