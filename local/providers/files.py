"""Files that customers send: what the providers have of them, and how they hand them out.

A test offers files of its own; of any other name there is a picture, a voice note or a document,
so that recorded payloads can be posted as they are.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import unquote

_TELEGRAM_FILE = re.compile(r"/telegram/file/bot[^/]+/(?P<id>.+)")
_WHATSAPP_FILE = re.compile(r"/whatsapp/files/(?P<id>.+)")
_WHATSAPP_MEDIA = re.compile(r"/whatsapp/v[\d.]+/(?P<id>[^/?]+)(?:\?.*)?")


@dataclass(frozen=True)
class ProvidedFile:
    content: bytes
    mime_type: str


@dataclass
class Files:
    """`offered` by name; what is `gone` is not there any more."""

    offered: dict[str, ProvidedFile] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def offer(self, name: str, content: bytes, mime_type: str) -> None:
        self.offered[name] = ProvidedFile(content, mime_type)

    def get(self, name: str) -> ProvidedFile | None:
        if name in self.gone:
            return None
        return self.offered.get(name) or _sample(name)

    def telegram_path(self, name: str) -> dict[str, object] | None:
        """Return what `getFile` answers."""
        file = self.get(name)
        if file is None:
            return None
        return {"file_id": name, "file_size": len(file.content), "file_path": f"files/{name}"}

    def whatsapp_media(self, path: str, base: str) -> dict[str, object] | None:
        """Return what the Graph API answers for a media id."""
        match = _WHATSAPP_MEDIA.fullmatch(path)
        file = self.get(unquote(match["id"])) if match else None
        if match is None or file is None:
            return None
        return {
            "messaging_product": "whatsapp",
            "id": unquote(match["id"]),
            "url": f"{base}/whatsapp/files/{match['id']}",
            "mime_type": file.mime_type,
            "file_size": len(file.content),
        }

    def at(self, path: str) -> ProvidedFile | None:
        """Return the file that lies at an address given out before."""
        for shape in (_TELEGRAM_FILE, _WHATSAPP_FILE):
            if match := shape.fullmatch(path):
                return self.get(unquote(match["id"]).removeprefix("files/"))
        return None


def is_file_path(path: str) -> bool:
    return bool(_TELEGRAM_FILE.fullmatch(path) or _WHATSAPP_FILE.fullmatch(path))


def error_of_meta() -> tuple[int, dict[str, object]]:
    """Say as the Graph API does that an id names nothing, or nothing any more."""
    error = {"message": "Unsupported get request", "code": 100, "error_subcode": 33}
    return HTTPStatus.BAD_REQUEST, {"error": error}


def _sample(name: str) -> ProvidedFile:
    if "voice" in name:
        return ProvidedFile(voice_note(seconds=3), "audio/ogg")
    if "document" in name:
        return ProvidedFile(PDF, "application/pdf")
    return ProvidedFile(picture(), "image/png")


def picture(width: int = 320, height: int = 240) -> bytes:
    """Draw a sky above a field, as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = b"".join(b"\0" + bytes(_colour(y, height)) * width for y in range(height))
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _colour(y: int, height: int) -> tuple[int, int, int]:
    share = y / height
    if share < 0.6:  # noqa: PLR2004 -- the horizon
        return 90 + int(130 * share), 150 + int(90 * share), 235
    return 70, 120 + int(60 * share), 60


def voice_note(seconds: int) -> bytes:
    """Return silence of a length as Ogg Opus (RFC 7845), 50 packets a second."""
    return b"".join(_pages(seconds))


_SILENCE = b"\xf8\xff\xfe"
_PACKETS_A_SECOND = 50
_SAMPLES_A_PACKET = 960


def _pages(seconds: int) -> Iterator[bytes]:
    yield _page([b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0"], 0, 0, 2)
    yield _page([b"OpusTags" + struct.pack("<I", 4) + b"made" + struct.pack("<I", 0)], 1, 0, 0)
    for second in range(seconds):
        position = (second + 1) * _PACKETS_A_SECOND * _SAMPLES_A_PACKET
        last = 4 if second == seconds - 1 else 0
        yield _page([_SILENCE] * _PACKETS_A_SECOND, second + 2, position, last)


def _page(packets: list[bytes], number: int, position: int, flags: int) -> bytes:
    sizes = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 1, number, 0)
    page = bytearray(head + bytes([len(packets)]) + sizes + b"".join(packets))
    page[22:26] = struct.pack("<I", _checksum(page))
    return bytes(page)


def _checksum(page: bytearray) -> int:
    """Return Ogg's own CRC-32, which is not that of zlib (RFC 3533)."""
    remainder = 0
    for byte in page:
        remainder ^= byte << 24
        for _ in range(8):
            high = remainder & 0x80000000
            remainder = ((remainder << 1) ^ (0x04C11DB7 if high else 0)) & 0xFFFFFFFF
    return remainder


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
