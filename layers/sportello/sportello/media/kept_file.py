"""What became of a file: still to be fetched, here, not to be had, or not taken. Pure."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sportello.model import Instant, Model
from sportello.stored import OrUnknown, Stored


class MediaState(StrEnum):
    """`failed` may be asked for again, `refused` is over: its file is kept nowhere."""

    PENDING = "pending"
    STORED = "stored"
    FAILED = "failed"
    REFUSED = "refused"


UNSETTLED = frozenset({MediaState.PENDING, MediaState.FAILED})
"""What another attempt may still change; of a state of a later version nobody knows."""


class Findings(Model):
    """What was found in a file that is taken; a picture has its dimensions."""

    mime_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None


class KeptFile(Stored):
    """`reason` is a stable word, empty where none is needed; sizes and type are what was found.

    `kind` and `file_name` are as it was sent.
    """

    state: Annotated[MediaState, OrUnknown()]
    at: Instant
    reason: str = ""
    kind: str = ""
    file_name: str = Field(default="", max_length=512)
    mime_type: str = ""
    size_bytes: int | None = Field(default=None, ge=0)
    width: int | None = None
    height: int | None = None
