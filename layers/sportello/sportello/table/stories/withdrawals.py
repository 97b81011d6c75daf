"""What its writer took back: neither shown nor handed out any more."""

from collections.abc import Iterator

from sportello.conversation.events import ItemNoted
from sportello.messaging.items import Echo, Edit, InboundItem, Message, Revoke
from sportello.table.desk_table import DeskTable
from sportello.table.stories.timeline import LOOKED_AROUND


def is_withdrawn(table: DeskTable, log_of: str, conversation_id: str, item_id: str) -> bool:
    """Tell whether the newest commits of a log take back what was said in a conversation."""
    revokes = [
        event.item_id
        for commit in table.log_page(log_of, LOOKED_AROUND)
        for event in commit.events
        if isinstance(event, ItemNoted) and event.kind == "revoke"
    ]
    originals = {
        record.item.original_message_id
        for record in table.content(log_of, item_ids=revokes).inbound
        if isinstance(record.item, Revoke)
    }
    if not originals:
        return False
    messages = table.content(conversation_id, item_ids=[item_id]).inbound
    return any(not originals.isdisjoint(provider_names(record.item)) for record in messages)


def provider_names(item: InboundItem) -> Iterator[str]:
    """Yield what a provider calls a message, also one that was put in its place."""
    match item:
        case Message() | Echo():
            yield item.provider_message_id
            if isinstance(item, Echo):
                yield item.edits
        case Edit():
            yield item.original_message_id
