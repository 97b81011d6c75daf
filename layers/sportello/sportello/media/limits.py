"""What is taken: which types of file, how large, and how large they may become. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from sportello.errors import Rejected

MOST_PIXELS = 100_000_000
"""Of a picture: what the best telephones take, and 400 MB when a browser draws it."""

MOST_SIDE = 32_767
MOST_UNPACKED_BYTES = 300_000_000
MOST_RATIO = 100
"""How many times its size an office file may become; text in XML packs about twenty to one."""

RATIO_COUNTS_ABOVE_BYTES = 20_000_000
MOST_PARTS = 10_000
MOST_DIRECTORY_BYTES = 4_000_000
"""Of an office file: how many files are in it, and how long the list of them is."""


class FileType(NamedTuple):
    """`family` is what a file is shown as, `extension` what its name ends in."""

    mime_type: str
    family: str
    extension: str
    most_bytes: int


_MB = 1_000_000

TYPES: Mapping[str, FileType] = {
    mime_type: FileType(mime_type, family, extension, most_bytes)
    for mime_type, family, extension, most_bytes in (
        ("image/png", "image", "png", 25 * _MB),
        ("image/jpeg", "image", "jpg", 25 * _MB),
        ("image/webp", "image", "webp", 25 * _MB),
        ("image/heic", "image", "heic", 25 * _MB),
        ("image/gif", "image", "gif", 25 * _MB),
        ("audio/mpeg", "audio", "mp3", 50 * _MB),
        ("audio/ogg", "audio", "ogg", 50 * _MB),
        ("audio/aac", "audio", "aac", 50 * _MB),
        ("audio/amr", "audio", "amr", 50 * _MB),
        ("audio/mp4", "audio", "m4a", 50 * _MB),
        ("audio/webm", "audio", "weba", 50 * _MB),
        ("audio/3gpp", "audio", "3gp", 50 * _MB),
        ("video/mp4", "video", "mp4", 100 * _MB),
        ("video/webm", "video", "webm", 100 * _MB),
        ("video/3gpp", "video", "3gp", 100 * _MB),
        ("application/pdf", "document", "pdf", 100 * _MB),
        ("text/plain", "document", "txt", 5 * _MB),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            *("document", "docx", 50 * _MB),
        ),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            *("document", "xlsx", 50 * _MB),
        ),
    )
}
"""By MIME type; what is not here is refused."""

DOCX, XLSX = (name for name in TYPES if name.startswith("application/vnd."))

_FAMILIES: Mapping[str, frozenset[str]] = {
    "image": frozenset({"image"}),
    "sticker": frozenset({"image", "video"}),
    "audio": frozenset({"audio"}),
    "video": frozenset({"video", "image"}),  # an animation may be a GIF
    "document": frozenset({"image", "audio", "video", "document"}),
}


class FileRefused(Rejected):
    """A file that is not taken, and of which nothing is kept; `reason` is for people and programs.

    Reasons: `empty`, `too_large`, `type_not_allowed`, `type_mismatch`, `dangerous`, `macros`,
    `too_many_pixels`, `expands_too_far`, `unreadable`, `infected`; of one that an agent uploads
    also `changed`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"file refused: {reason}")
        self.reason = reason


def most_bytes(kind: str) -> int:
    """Return how large a file of a kind may be at most, before anybody has seen it."""
    families = _FAMILIES.get(kind, frozenset())
    return max((t.most_bytes for t in TYPES.values() if t.family in families), default=0)


def fits(kind: str, file_type: FileType) -> bool:
    """Tell whether a file may be shown as what it was sent as."""
    return file_type.family in _FAMILIES.get(kind, frozenset())
