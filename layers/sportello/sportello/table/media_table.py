"""What became of the files of a conversation, as the desk table has it.

A file that nobody has an item of is still to be fetched: its message is recorded without one.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.errors import StorageBusy
from sportello.media.kept_file import UNSETTLED, KeptFile
from sportello.media.names import MediaName
from sportello.table.keys import Attributes, conversation_of, key
from sportello.table.upcasters import schema_attributes, upcast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BATCH_GET_LIMIT = 100
_ATTEMPTS = 5


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
        keys = [media_key(name) for name in dict.fromkeys(names)]
        files: dict[MediaName, KeptFile] = {}
        for start in range(0, len(keys), _BATCH_GET_LIMIT):
            for item in self._batch(keys[start : start + _BATCH_GET_LIMIT]):
                files[media_name(item)] = read_media(item)
        return files

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
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def forget(self, name: MediaName) -> None:
        """Know nothing of a file that nobody has sent after all."""
        self._client.delete_item(TableName=self._name, Key=media_key(name))

    def _batch(self, keys: list[Attributes]) -> list[Attributes]:
        items: list[Attributes] = []
        for _ in range(_ATTEMPTS):
            answer = self._client.batch_get_item(
                RequestItems={self._name: {"Keys": keys, "ConsistentRead": True}}
            )
            items += answer["Responses"][self._name]
            unprocessed = answer["UnprocessedKeys"].get(self._name)
            if not unprocessed:
                return items
            keys = list(unprocessed["Keys"])
        raise StorageBusy("the table left keys unread")
