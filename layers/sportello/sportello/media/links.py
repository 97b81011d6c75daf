"""What a browser is told with a file: to save it, under which name, as what. Pure."""

import re
import unicodedata
from urllib.parse import quote

from sportello.media.limits import TYPES

LINK_SECONDS = 300
MOST_NAME = 120

_NO_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|%;]')
_WORDS = {"image": "picture", "audio": "recording", "video": "video", "document": "file"}


def shown_name(file_name: str, mime_type: str) -> str:
    """Return a name that is safe to save under, ending in what the file is.

    Of what somebody called it no sign stays that nobody sees or that turns the text around.
    """
    file_type = TYPES.get(mime_type)
    extension = file_type.extension if file_type else "bin"
    visible = "".join(
        letter
        for letter in unicodedata.normalize("NFC", file_name)
        if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    )
    name = _NO_NAME.sub("_", visible).strip(" .")
    if not name:
        name = _WORDS.get(file_type.family if file_type else "", "file")
    ending = f".{extension}"
    stem = name[: -len(ending)] if name.lower().endswith(ending) else name
    return f"{stem[:MOST_NAME].rstrip(' .')}{ending}"


def content_disposition(name: str) -> str:
    """Return a header that has a browser save a file, never show it (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = _NO_NAME.sub("_", plain).strip(" .") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def served_type(mime_type: str) -> str:
    """Return the content type that is answered: one of ours, whatever was stored."""
    if mime_type == "text/plain":
        return "text/plain; charset=utf-8"
    return mime_type if mime_type in TYPES else "application/octet-stream"
