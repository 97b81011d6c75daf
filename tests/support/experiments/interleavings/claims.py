"""The claim before the provider is called: the real `DeskTable.claim_message` over two items."""

from datetime import datetime
from functools import cache

from sportello.conversation.effects import SendMessage
from sportello.messaging.items import Visibility
from sportello.table.desk_table import DeskTable
from sportello.table.items import EffectRecord
from sportello.table.keys import Attributes, key
from support.builders import CONVERSATION
from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.table import TABLE_NAME, client_of
from support.experiments.interleavings.world import Sent


@cache
def _table() -> tuple[SmallDynamoDB, DeskTable]:
    small = SmallDynamoDB(name=TABLE_NAME)
    return small, DeskTable(TABLE_NAME, client_of(small))


def may_claim(sent: Sent, owner_version: int, now: datetime) -> bool:
    """Ask the real claim; its answer depends on a snapshot's owner and a message's status alone."""
    small, desk_table = _table()
    small.keep(_item("STATE", owner_version={"N": str(owner_version)}))
    message = EffectRecord.sort_key(sent.key)
    small.keep(_item(message, delivery={"S": str(sent.status)}, pending={"S": "made up"}))
    return desk_table.claim_message(CONVERSATION, _message(sent), now)


def _item(sort_key: str, **attributes: Attributes) -> Attributes:
    return key(CONVERSATION, sort_key) | attributes


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
