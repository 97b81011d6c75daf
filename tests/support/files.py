"""Files as customers send them, each as small as it can be, and some that nobody should send."""

import io
import struct
import zipfile
import zlib

OFFICE_TYPES = "application/vnd.openxmlformats-officedocument"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def png(width: int = 4, height: int = 3) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x80\x40\x20" * width for _ in range(min(height, 64)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def jpeg(width: int = 4, height: int = 3, *, comment: bytes = b"") -> bytes:
    beside = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + beside + b"\xff\xc0" + frame + b"\xff\xd9"


def gif(width: int = 4, height: int = 3) -> bytes:
    return b"GIF89a" + struct.pack("<2H3B", width, height, 0, 0, 0) + b"\x3b"


def webp(width: int = 4, height: int = 3) -> bytes:
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heic(width: int = 4, height: int = 3) -> bytes:
    def box(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data) + 8) + kind + data

    ispe = box(b"ispe", b"\0\0\0\0" + struct.pack(">2I", width, height))
    primary = box(b"pitm", b"\0\0\0\0" + struct.pack(">H", 1))
    belongs = box(b"ipma", b"\0\0\0\0" + struct.pack(">IHBB", 1, 1, 1, 1))
    properties = box(b"iprp", box(b"ipco", ispe) + belongs)
    handler = box(b"hdlr", b"\0\0\0\0" + b"\0\0\0\0" + b"pict" + b"\0" * 13)
    meta = box(b"meta", b"\0\0\0\0" + handler + primary + properties)
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta


def boxes(brand: bytes) -> bytes:
    return struct.pack(">I", 16) + b"ftyp" + brand + b"\0\0\2\0" + b"\0\0\0\x08free"


def ogg(codec: bytes = b"OpusHead") -> bytes:
    return b"OggS\0\2" + b"\0" * 20 + b"\x01\x13" + codec + b"\x01\x01\0\0\x80\xbb\0\0\0\0\0"


def webm() -> bytes:
    return b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82\x84webm\x42\x87\x81\x04"


def office(main_part: str, **parts: bytes) -> bytes:
    content = {"[Content_Types].xml": b"<Types/>", main_part: b"<document/>", **parts}
    return archive(content)


def docx(**parts: bytes) -> bytes:
    return office("word/document.xml", **parts)


def xlsx(**parts: bytes) -> bytes:
    return office("xl/workbook.xml", **parts)


def archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def zip_bomb(unpacked_bytes: int = 60_000_000) -> bytes:
    return docx(**{"word/media/image1.bin": b"\0" * unpacked_bytes})


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\0"
AAC = b"\xff\xf1\x50\x80\x02\x1f\xfc"
AMR = b"#!AMR\n\x3c\x08"
TGS = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
