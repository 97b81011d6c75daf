"""Files that go out: what a channel takes of them, and as what it shows them. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sportello.model import Model
from sportello.stored import OrUnknown, Stored

MAX_MEDIA_OF_REPLY = 10

MAX_FILE_BYTES = 20_000_000
"""What a channel's way out holds in memory, twice over while it leaves; providers may take more."""


type Dimensions = tuple[int, int]
"""Width and height of a picture, in pixels."""


class MediaKind(StrEnum):
    """As what a customer is shown a file."""

    IMAGE = "image"
    VIDEO = "video"
    VOICE = "voice_note"
    AUDIO = "audio"
    DOCUMENT = "document"


class OutboundMedia(Stored):
    """A file that goes out with a message: `key` is where it lies in the private bucket."""

    media_id: str
    key: str
    kind: Annotated[MediaKind, OrUnknown()]
    mime_type: str
    size_bytes: int = Field(ge=0)
    file_name: str = ""


class OutboundFile(Model):
    """A file as the channel's adapter gets it; its content is never shown."""

    media: OutboundMedia
    content: bytes = Field(repr=False)


class MediaLimits(Model):
    """What a channel takes of one kind; without `mime_types` it takes any.

    A file of the kind takes no text along where `caption_limit` is 0. Of a picture both sides
    together have at most `sides` pixels, and one at most `ratio` times as many as the other.
    """

    mime_types: frozenset[str] = frozenset()
    max_bytes: int = Field(gt=0, le=MAX_FILE_BYTES)
    caption_limit: int = Field(default=0, ge=0)
    sides: int | None = None
    ratio: int | None = None

    def takes(self, mime_type: str, dimensions: Dimensions | None) -> bool:
        if self.mime_types and mime_type not in self.mime_types:
            return False
        if dimensions is None:
            return True
        fits = self.sides is None or sum(dimensions) <= self.sides
        return fits and (self.ratio is None or max(dimensions) <= self.ratio * min(dimensions))


def kind_of_file(
    mime_type: str,
    limits: Mapping[MediaKind, MediaLimits],
    dimensions: Dimensions | None = None,
) -> MediaKind | None:
    """Return as what a channel takes a file, None where it takes none of its type.

    A document is what is left: the others can be looked at or listened to where they stand.
    """
    kinds = (kind for kind in MediaKind if kind in limits)
    return next((kind for kind in kinds if limits[kind].takes(mime_type, dimensions)), None)
