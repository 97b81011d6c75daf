"""Whether a file is taken: what it is, and that nothing about it harms whoever opens it."""

import codecs
import re
from typing import BinaryIO

from sportello.media.kept_file import Findings
from sportello.media.limits import TYPES, FileRefused, fits
from sportello.media.office_files import office_type
from sportello.media.pictures import dimensions_of
from sportello.media.sniffing import HEAD_BYTES, ZIP, as_sent, is_markup, sniff

_CHUNK_BYTES = 65_536
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_TEXT = "text/plain"


def inspect(file: BinaryIO, kind: str) -> Findings:
    """Look at a file that was sent as `kind`; it is left at its beginning.

    Raises FileRefused. Its type is what its bytes say: what was claimed is not asked.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if not size:
        raise FileRefused("empty")
    mime_type = sniff(file.read(HEAD_BYTES))
    if mime_type == ZIP:
        mime_type = office_type(file)
    elif not mime_type and _is_text(file):
        mime_type = _TEXT
    file_type = TYPES.get(as_sent(mime_type, kind))
    if file_type is None:
        raise FileRefused("type_not_allowed")
    if not fits(kind, file_type):
        raise FileRefused("type_mismatch")
    if size > file_type.most_bytes:
        raise FileRefused("too_large")
    file.seek(0)
    if file_type.family != "image":
        return Findings(mime_type=file_type.mime_type, size_bytes=size)
    width, height = dimensions_of(file)
    return Findings(mime_type=file_type.mime_type, size_bytes=size, width=width, height=height)


def _is_text(file: BinaryIO) -> bool:
    """Tell whether all of a file is text in UTF-8, and none that begins like a web page."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    first = True
    while chunk := file.read(_CHUNK_BYTES):
        if first and is_markup(chunk[:HEAD_BYTES]):
            return False
        first = False
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
        if _NOT_IN_TEXT.search(text):
            return False
    try:
        return not _NOT_IN_TEXT.search(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return False
