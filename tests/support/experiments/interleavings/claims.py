"""The claim before the provider is called: the real `DeskTable.claim_message` over two items."""

import re
from datetime import datetime
from functools import cache
from typing import Any, cast

from botocore.exceptions import ClientError

from sportello.conversation.effects import SendMessage
from sportello.messaging.items import DeliveryStatus, Visibility
from sportello.table.desk_table import DeskTable
from support.builders import CONVERSATION
from support.experiments.interleavings.world import Sent

_CONDITION = re.compile(r"(?P<name>\w+) = (?P<value>:\w+)|attribute_exists\((?P<present>\w+)\)")


class _TwoItems:
    """DynamoDB with one snapshot and one message in it, as far as a claim needs it."""

    def __init__(self, owner_version: int, status: DeliveryStatus) -> None:
        self._snapshot = {"pk": {"S": "it"}, "owner_version": {"N": str(owner_version)}}
        self._message = {"pk": {"S": "it"}, "delivery": {"S": str(status)}}

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803 -- boto3's name
        requests = [request for entry in TransactItems for request in entry.values()]
        codes = ["None" if self._holds(r) else "ConditionalCheckFailed" for r in requests]
        if set(codes) != {"None"}:
            raise _refused("TransactionCanceledException", [{"Code": code} for code in codes])

    def update_item(self, **request: Any) -> None:
        if not self._holds(request):
            raise _refused("ConditionalCheckFailedException", [])

    def _holds(self, request: dict[str, Any]) -> bool:
        item = self._snapshot if request["Key"]["sk"]["S"] == "STATE" else self._message
        values = request.get("ExpressionAttributeValues", {})
        return any(
            _matches(term, item, values) for term in request["ConditionExpression"].split(" OR ")
        )


def _matches(term: str, item: dict[str, Any], values: dict[str, Any]) -> bool:
    parsed = _CONDITION.fullmatch(term)
    assert parsed is not None, f"the claim has a condition this test does not know: {term}"
    if parsed["present"]:
        return parsed["present"] in item
    return bool(item.get(parsed["name"]) == values[parsed["value"]])


def _refused(code: str, reasons: list[dict[str, str]]) -> ClientError:
    response = {"Error": {"Code": code, "Message": ""}, "CancellationReasons": reasons}
    return ClientError(cast("Any", response), "Claim")


def may_claim(sent: Sent, owner_version: int, now: datetime) -> bool:
    """Ask the real claim; its answer depends on nothing else."""
    table = DeskTable("desk", cast("Any", _TwoItems(owner_version, sent.status)))
    return table.claim_message(CONVERSATION, _message(sent), now)


@cache
def _message(sent: Sent) -> SendMessage:
    return SendMessage(
        key=sent.key,
        author=sent.author,
        text="",
        visibility=Visibility.PRIVATE,
        automatic=sent.automatic,
        owner_version=sent.owner_version,
    )
