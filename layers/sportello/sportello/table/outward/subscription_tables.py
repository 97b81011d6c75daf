"""The items of subscriptions: the feed of events, how subscribers take them, what was tried."""

from typing import TYPE_CHECKING

from sportello.table.outward.attempt_table import AttemptTable
from sportello.table.outward.event_feed import EventFeed
from sportello.table.outward.subscriber_table import SubscriberTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class SubscriptionTables:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self.feed = EventFeed(name, client)
        self.subscribers = SubscriberTable(name, client)
        self.attempts = AttemptTable(name, client)
