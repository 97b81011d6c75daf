"""The health of the channels' accounts as the desk table has it: written when it is news."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.model import Instant
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp
from sportello.table.refusals import is_refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CHANNELS = "CHANNELS"
REMEMBERED_SECONDS = 300
"""How long a process takes what it wrote for what is written: another may know better by then."""


class ChannelAccount(Stored):
    """`CHANNELS` / `<channel>#<account>`: one number or bot of the business, as it last answered.

    `fault` and `error_code` are empty unless the provider refuses everything `refused_since`.
    """

    channel: str
    account_id: str
    last_success_at: Instant | None = None
    refused_since: Instant | None = None
    fault: str = ""
    error_code: str = ""

    @classmethod
    def from_attributes(cls, attributes: Attributes) -> "ChannelAccount":
        channel, _, account_id = attributes["sk"]["S"].partition("#")
        words = {name: value["S"] for name, value in attributes.items() if "S" in value}
        return cls(
            channel=channel,
            account_id=account_id,
            last_success_at=words.get("last_success_at"),
            refused_since=words.get("refused_since"),
            fault=words.get("fault", ""),
            error_code=words.get("error_code", ""),
        )


class ChannelTable:
    """Remembers what it wrote of each account, so that a message that is no news costs nothing."""

    def __init__(
        self,
        name: str,
        client: "DynamoDBClient",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._client = client
        self._monotonic = monotonic
        self._written: dict[tuple[str, str], tuple[str, float]] = {}

    def note_success(self, channel: str, account_id: str, now: datetime) -> None:
        """Note that the provider took a message, and so refuses none any more."""
        if self._is_old_news(channel, account_id, ""):
            return
        self._client.update_item(
            **self._update(channel, account_id, now),
            UpdateExpression=(
                "SET entity = :entity, last_success_at = :now "
                "REMOVE refused_since, fault, error_code"
            ),
        )
        self._written[channel, account_id] = ("", self._monotonic())

    def note_refusal(
        self, channel: str, account_id: str, fault: str, error_code: str, now: datetime
    ) -> bool:
        """Note that the provider takes no message; True for the first one to find it so."""
        if self._is_old_news(channel, account_id, fault):
            return False
        request = self._update(channel, account_id, now)
        request["ExpressionAttributeValues"] |= {":fault": {"S": fault}, ":code": {"S": error_code}}
        try:
            self._client.update_item(
                **request,
                UpdateExpression=(
                    "SET entity = :entity, refused_since = :now, fault = :fault, error_code = :code"
                ),
                ConditionExpression="attribute_not_exists(fault) OR fault <> :fault",
            )
            is_first = True
        except ClientError as error:
            if not is_refused(error):
                raise
            is_first = False
        self._written[channel, account_id] = (fault, self._monotonic())
        return is_first

    def accounts(self) -> Iterator[ChannelAccount]:
        """Yield every account that was ever sent from, in the order of their names."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": CHANNELS}},
        )
        for page in pages:
            yield from map(ChannelAccount.from_attributes, page["Items"])

    def _is_old_news(self, channel: str, account_id: str, fault: str) -> bool:
        last, at = self._written.get((channel, account_id), (None, 0.0))
        return last == fault and self._monotonic() - at < REMEMBERED_SECONDS

    def _update(self, channel: str, account_id: str, now: datetime) -> Attributes:
        return {
            "TableName": self._name,
            "Key": {"pk": {"S": CHANNELS}, "sk": {"S": f"{channel}#{account_id}"}},
            "ExpressionAttributeValues": {":entity": {"S": "channel"}, ":now": {"S": stamp(now)}},
        }
