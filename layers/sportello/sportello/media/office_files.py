"""Office files, which are archives: read by their list of contents, never unpacked. Pure."""

import struct
import zipfile
from typing import BinaryIO

from sportello.media.limits import (
    DOCX,
    MOST_DIRECTORY_BYTES,
    MOST_PARTS,
    MOST_RATIO,
    MOST_UNPACKED_BYTES,
    RATIO_COUNTS_ABOVE_BYTES,
    XLSX,
    FileRefused,
)

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535
_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


def office_type(file: BinaryIO) -> str:
    """Return which office file an archive is.

    Raises FileRefused for any other archive, for one with macros, and for one that would become
    too large: by its parts' sizes together, which also finds parts that share their bytes.
    """
    size = _judge_directory(file)
    try:
        with zipfile.ZipFile(_ReadInPieces(file)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise FileRefused("unreadable") from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES:
        raise FileRefused("expands_too_far")
    if unpacked > RATIO_COUNTS_ABOVE_BYTES and unpacked > MOST_RATIO * size:
        raise FileRefused("expands_too_far")
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("macros")
    kinds = [kind for name, kind in _MAIN_PARTS.items() if name in names]
    if len(kinds) != 1 or "[Content_Types].xml" not in names:
        raise FileRefused("type_not_allowed")
    return kinds[0]


class _ReadInPieces:
    """A file of which nobody reads more at once than a list of contents may have.

    Beside the usual end an archive may have that of large ones, which says otherwise how long the
    list is, and which is believed: whatever it says, this holds.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        if size > MOST_DIRECTORY_BYTES:
            raise FileRefused("expands_too_far")
        return self._file.read(size)


def _judge_directory(file: BinaryIO) -> int:
    """Bound the list of contents before anybody reads it; returns the size of the file."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - _LONGEST_COMMENT))
    tail = file.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END.size:
        raise FileRefused("unreadable")
    _, _, _, _, parts, directory_bytes, _, _ = _END.unpack_from(tail, at)
    file.seek(0)
    # The largest numbers say that the true ones stand elsewhere, as an archive of gigabytes needs.
    if parts > MOST_PARTS or directory_bytes > MOST_DIRECTORY_BYTES:
        raise FileRefused("expands_too_far")
    return size
