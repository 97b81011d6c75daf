"""What a file is called: the item it came with, and which of its files it is. Pure.

Ids of conversations and items are hashed with the deployment's key: nobody guesses a name, and
nothing personal is in one.
"""

import re
from typing import NamedTuple

_MEDIA_ID = re.compile(r"([0-9a-f]{32})-([0-9a-f]{32})-(0|[1-9]\d?)", re.ASCII)

FILES = "files/"
QUARANTINE = "quarantine/"
UPLOADS = "uploads/"
"""Where objects lie: handed out, not looked through yet, of no message yet. The last two expire."""


class MediaName(NamedTuple):
    """`item_id` is 32 hex digits, of an inbound item or of an upload."""

    conversation_id: str
    item_id: str
    number: int

    @property
    def media_id(self) -> str:
        """Return what programs know it by."""
        return f"{self.conversation_id}-{self.item_id}-{self.number}"

    @property
    def key(self) -> str:
        """Return the key of the object that is handed out."""
        return f"{FILES}{self._path}"

    @property
    def quarantine_key(self) -> str:
        """Return where the object waits for whoever looks it through."""
        return f"{QUARANTINE}{self._path}"

    @property
    def upload_key(self) -> str:
        """Return where an object lies that no message holds yet."""
        return f"{UPLOADS}{self._path}"

    @property
    def _path(self) -> str:
        return f"{self.conversation_id}/{self.item_id}/{self.number}"


def read_media_id(text: str) -> MediaName | None:
    """Return whose id it is; None if it is none of ours."""
    match = _MEDIA_ID.fullmatch(text)
    return MediaName(match[1], match[2], int(match[3])) if match else None
