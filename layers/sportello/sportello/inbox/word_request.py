"""Whose words are to be kept, as it lies in the queue. Pure."""

from sportello.stored import Stored

MOST_ITEMS = 100


class ItemToRead(Stored):
    conversation_id: str
    sort_key: str


class KeepWordsRequest(Stored):
    """Items that were written just now; asked twice, it keeps the same."""

    items: tuple[ItemToRead, ...]
