"""What a file is, told by its first bytes and by nothing that anybody says of it. Pure.

Few signatures, each exact: a library that guesses among hundreds takes more for something.
"""

import re
from collections.abc import Sequence

from sportello.media.limits import FileRefused

HEAD_BYTES = 4_096
"""How much of a file tells what it is."""

ZIP = "application/zip"
"""A container, whose list of contents tells the rest."""

_BEGINNINGS: Sequence[tuple[bytes, str]] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", ZIP),
    (b"#!AMR\n", "audio/amr"),
    (b"#!AMR-WB\n", "audio/amr"),
    (b"ID3", "audio/mpeg"),
)

_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe"),
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
)
_MARKUP = re.compile(rb"<[a-z!?/]", re.IGNORECASE)
_ACTIVE = re.compile(rb"<(script|html|svg|iframe|body|head|object|embed|!doctype)\b", re.IGNORECASE)
"""What some viewers would run, wherever in a picture's comments it stands."""

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_BRANDS: Sequence[tuple[re.Pattern[bytes], str]] = (
    (re.compile(rb"hei[cxms]|hev[cxms]|mif1|msf1"), "image/heic"),
    (re.compile(rb"3g[pg2]."), "video/3gpp"),
    (re.compile(rb"M4[AB] "), "audio/mp4"),
    (re.compile(rb"iso[m2-9]|mp4[12]|avc1|M4V.|dash|mmp4|MSNV|F4V "), "video/mp4"),
)
"""The major brand of a file of ISO boxes (ISO 14496-12)."""

_HEADERS: Sequence[tuple[re.Pattern[bytes], str]] = (
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), "audio/aac"),
    (re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"), "audio/mpeg"),
)
"""Of a frame of audio: the layer in it tells MP3 from AAC (ADTS)."""

_OGG_AUDIO = re.compile(rb"OpusHead|\x01vorbis|Speex   |\x7fFLAC")


def sniff(head: bytes) -> str:
    """Return the MIME type that a beginning proves, empty if it proves none.

    Raises FileRefused for what is run rather than read: markup, scripts, programs.
    """
    for beginning, mime_type in _BEGINNINGS:
        if head.startswith(beginning):
            return _unless_active(head, mime_type)
    for judge in (_boxes, _riff, _ogg, _matroska, _frames):
        if mime_type := judge(head):
            return _unless_active(head, mime_type)
    if head.startswith(_PROGRAMS) or is_markup(head):
        raise FileRefused("dangerous")
    return ""


def is_markup(head: bytes) -> bool:
    """Tell whether a text begins like HTML, SVG or XML, in whatever encoding."""
    for bom in _BOMS:
        head = head.removeprefix(bom)
    return bool(_MARKUP.match(head.replace(b"\x00", b"").lstrip()))


def as_sent(mime_type: str, kind: str) -> str:
    """Return a container's type by what it was sent as: a voice is a video without pictures."""
    container = mime_type.removeprefix("video/")
    return f"audio/{container}" if kind == "audio" and container != mime_type else mime_type


def _unless_active(head: bytes, mime_type: str) -> str:
    if mime_type.startswith("image/") and _ACTIVE.search(head):
        raise FileRefused("dangerous")
    return mime_type


def _boxes(head: bytes) -> str:
    if head[4:8] != b"ftyp" or b"avif" in head[8:32]:
        return ""
    matches = (mime_type for brand, mime_type in _BRANDS if brand.fullmatch(head[8:12]))
    return next(matches, "")


def _riff(head: bytes) -> str:
    return "image/webp" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else ""


def _ogg(head: bytes) -> str:
    return "audio/ogg" if head.startswith(b"OggS") and _OGG_AUDIO.search(head[:128]) else ""


def _matroska(head: bytes) -> str:
    is_webm = head.startswith(b"\x1a\x45\xdf\xa3") and b"\x42\x82\x84webm" in head[:64]
    return "video/webm" if is_webm else ""


def _frames(head: bytes) -> str:
    """Tell AAC (ADTS) from MP3 by the layer in the header of the first frame."""
    return next((mime_type for header, mime_type in _HEADERS if header.match(head)), "")
