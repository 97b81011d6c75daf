"""The floor of a warm webhook: a function that does the least that could be called receiving.

It proves the signature over the raw body, parses it, keeps one item once, and answers 200.
"""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.session import get_session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = b"made up"
_TABLE = "DeskTable"
_HEADER = "X-Hub-Signature-256"


class BareFunction:
    """`config` is of its client; without one it is as anybody would make it."""

    def __init__(self, region: str, config: Config | None = None) -> None:
        client = get_session().create_client("dynamodb", region_name=region, config=config)
        self._client = cast("DynamoDBClient", client)

    def receive(self, event: dict[str, Any], _context: object) -> dict[str, Any]:
        body = event["body"].encode()
        signature = hmac.new(KEY, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"sha256={signature}", event["headers"][_HEADER]):
            return {"statusCode": 403, "body": ""}
        document = json.loads(body)
        item_id = hashlib.sha256(body).hexdigest()[:32]
        self._client.put_item(
            TableName=_TABLE,
            Item={
                "pk": {"S": f"CONV#{item_id}"},
                "sk": {"S": f"IN#{item_id}"},
                "entity": {"S": "inbound"},
                "payload": {"S": json.dumps(document)},
            },
            ConditionExpression="attribute_not_exists(pk)",
        )
        return {"statusCode": 200, "body": ""}


def signed_event(event: dict[str, Any]) -> dict[str, Any]:
    """Return a webhook's event as its provider would send it to the bare function."""
    signature = hmac.new(KEY, event["body"].encode(), hashlib.sha256).hexdigest()
    return event | {"headers": {**event["headers"], _HEADER: f"sha256={signature}"}}
