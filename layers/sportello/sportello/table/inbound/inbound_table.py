"""The desk table as a channel's `receive` needs it: what came in is put, and nothing is read."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.aws.clients import aws_client
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.inbound.quarantined_payload import quarantine_parts
from sportello.table.keys import Attributes
from sportello.table.refusals import is_refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class InboundTable:
    def __init__(self, name: str, client: "DynamoDBClient | None" = None) -> None:
        self._name = name
        self._given_client = client

    @property
    def _client(self) -> "DynamoDBClient":
        client: DynamoDBClient = self._given_client or aws_client("dynamodb")
        return client

    def put_inbound(self, record: InboundRecord, raw: bytes) -> bool:
        """Keep an item; False if the provider delivered it before."""
        return self._put_if_absent(record.to_attributes(raw))

    def _put_if_absent(self, item: Attributes) -> bool:
        try:
            self._client.put_item(
                TableName=self._name, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if is_refused(error):
                return False
            raise
        return True

    def quarantine(self, channel: str, reason: str, raw: bytes, now: datetime) -> str:
        """Keep what is genuine but unreadable, whatever its size; returns its id."""
        quarantine_id = uuid.uuid4().hex
        for part in quarantine_parts(quarantine_id, channel, reason, raw, now):
            self._client.put_item(TableName=self._name, Item=part)
        return quarantine_id
