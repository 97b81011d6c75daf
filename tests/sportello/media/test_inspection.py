"""Which files are taken: by what their bytes say, whatever anybody claims of them."""

import io
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.media.inspection import inspect
from sportello.media.kept_file import Findings
from sportello.media.limits import DOCX, TYPES, XLSX, FileRefused, most_bytes
from support import files


def look(content: bytes, kind: str = "document") -> Findings:
    return inspect(io.BytesIO(content), kind)


def refusal(content: bytes, kind: str = "document") -> str:
    with pytest.raises(FileRefused) as refused:
        look(content, kind)
    return refused.value.reason


class FailingDisk(io.BytesIO):
    """A file that cannot be read from one place on, whatever is in it."""

    def __init__(self, content: bytes, broken_at: int) -> None:
        super().__init__(content)
        self._broken_at = broken_at

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() == self._broken_at:
            raise TimeoutError
        return super().read(size)


TAKEN = [
    ("image", files.png(), "image/png"),
    ("image", files.jpeg(), "image/jpeg"),
    ("image", files.webp(), "image/webp"),
    ("image", files.heic(), "image/heic"),
    ("video", files.gif(), "image/gif"),
    ("sticker", files.webp(), "image/webp"),
    ("sticker", files.webm(), "video/webm"),
    ("audio", files.MP3, "audio/mpeg"),
    ("audio", b"\xff\xfb\x90\x00rest", "audio/mpeg"),
    ("audio", files.AAC, "audio/aac"),
    ("audio", files.AMR, "audio/amr"),
    ("audio", files.ogg(), "audio/ogg"),
    ("audio", files.ogg(b"\x01vorbis"), "audio/ogg"),
    ("audio", files.boxes(b"M4A "), "audio/mp4"),
    ("audio", files.boxes(b"mp42"), "audio/mp4"),
    ("audio", files.webm(), "audio/webm"),
    ("video", files.boxes(b"isom"), "video/mp4"),
    ("video", files.boxes(b"3gp4"), "video/3gpp"),
    ("video", files.webm(), "video/webm"),
    ("document", files.PDF, "application/pdf"),
    ("document", files.docx(), DOCX),
    ("document", files.xlsx(), XLSX),
    ("document", "Grüße, è tutto.\r\n".encode(), "text/plain"),
    ("document", files.jpeg(), "image/jpeg"),
    ("document", files.boxes(b"isom"), "video/mp4"),
]


@pytest.mark.parametrize(("kind", "content", "mime_type"), TAKEN)
def test_a_file_is_taken_as_what_its_bytes_are(kind: str, content: bytes, mime_type: str) -> None:
    found = look(content, kind)
    assert (found.mime_type, found.size_bytes) == (mime_type, len(content))
    assert mime_type in TYPES


@pytest.mark.parametrize(
    "content",
    [make(640, 480) for make in (files.png, files.jpeg, files.webp, files.heic, files.gif)],
)
def test_a_picture_has_its_dimensions(content: bytes) -> None:
    found = look(content)
    assert (found.width, found.height) == (640, 480)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (files.HTML, "dangerous"),
        (b"\xef\xbb\xbf  " + files.HTML, "dangerous"),
        (files.HTML.decode().encode("utf-16"), "dangerous"),
        (files.SVG, "dangerous"),
        (b'<?xml version="1.0"?><svg/>', "dangerous"),
        (b"MZ\x90\x00", "dangerous"),
        (b"\x7fELF\x02", "dangerous"),
        (b"#!/bin/sh\nrm -rf /", "dangerous"),
        (files.jpeg(comment=b"<script>alert(1)</script>"), "dangerous"),
        (files.gif() + b"<html><body onload=alert(1)>", "dangerous"),
        (files.TGS, "type_not_allowed"),
        (files.archive({"a.txt": b"text"}), "type_not_allowed"),
        (files.archive({"AndroidManifest.xml": b"", "classes.dex": b""}), "type_not_allowed"),
        (files.boxes(b"qt  "), "type_not_allowed"),
        (files.boxes(b"avif"), "type_not_allowed"),
        (files.ogg(b"\x80theora"), "type_not_allowed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "type_not_allowed"),
        (b"text, and then \x00 binary", "type_not_allowed"),
        (b"text in latin-1: \xe8 \xe9", "type_not_allowed"),
        (b"cut in a character \xc3", "type_not_allowed"),
        (b"PK\x03\x04 and no list of contents", "unreadable"),
        (files.png()[:12], "unreadable"),
        (b"\xff\xd8\xff\xe0 no frame", "unreadable"),
    ],
)
def test_a_file_is_refused_for_a_reason(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", files.PDF),
        ("image", files.boxes(b"isom")),
        ("audio", files.jpeg()),
        ("video", files.PDF),
        ("sticker", files.docx()),
        ("image", b"only words"),
        ("hologram", files.jpeg()),
    ],
)
def test_a_file_that_is_something_else_than_it_was_sent_as_is_refused(
    kind: str, content: bytes
) -> None:
    assert refusal(content, kind) == "type_mismatch"


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (40_000, 1), (65_535, 65_535)])
@pytest.mark.parametrize("make", [files.png, files.jpeg])
def test_a_picture_too_large_to_draw_is_refused_by_its_header(
    make: Callable[[int, int], bytes], width: int, height: int
) -> None:
    assert refusal(make(width, height), "image") == "too_many_pixels"


def test_an_office_file_that_would_become_too_large_is_refused() -> None:
    assert refusal(files.zip_bomb()) == "expands_too_far"


def test_an_office_file_whose_parts_share_their_bytes_is_refused() -> None:
    """One part listed again and again is small in the file, and large once unpacked."""
    packed = files.docx(**{"word/big.bin": b"\0" * 10_000_000})
    end = packed.rfind(b"PK\x05\x06")
    first = packed.find(b"PK\x01\x02")
    directory = packed[first:end]
    times = 60
    count, length = 3 * times, len(directory) * times
    tail = bytearray(packed[end:])
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = length.to_bytes(4, "little")
    assert refusal(packed[:first] + directory * times + bytes(tail)) == "expands_too_far"


def test_an_office_file_of_very_many_parts_is_refused_unread() -> None:
    packed = bytearray(files.docx())
    end = packed.rfind(b"PK\x05\x06")
    packed[end + 8 : end + 12] = b"\xff\xff\xff\xff"
    assert refusal(bytes(packed)) == "expands_too_far"


class Metered(io.BytesIO):
    """A file that knows how much was read of it at once."""

    most = 0

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        self.most = max(self.most, len(content))
        return content


def test_a_second_list_of_contents_that_is_too_long_is_not_read() -> None:
    """The usual end of an archive may say that all is well, and that of large ones otherwise."""
    packed = files.docx()
    end, first = packed.rfind(b"PK\x05\x06"), packed.find(b"PK\x01\x02")
    directory = packed[first:end] * 40_000
    parts = directory.count(b"PK\x01\x02")
    large_end = struct.pack(
        *("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, parts, parts, len(directory), first)
    )
    where = struct.pack("<4sLQL", b"PK\x06\x07", 0, first + len(directory), 1)
    file = Metered(packed[:first] + directory + large_end + where + packed[end:])
    with pytest.raises(FileRefused, match="expands_too_far"):
        inspect(file, "document")
    assert file.most < 100_000


def test_an_office_file_with_macros_is_refused() -> None:
    assert refusal(files.docx(**{"word/vbaProject.bin": b"\0"})) == "macros"


def test_a_text_that_is_too_long_is_refused() -> None:
    assert refusal(b"a" * 5_000_001) == "too_large"


def test_what_a_kind_may_hold_is_what_its_largest_type_may() -> None:
    assert most_bytes("image") == 25_000_000
    assert most_bytes("document") == 100_000_000
    assert most_bytes("hologram") == 0


def test_a_file_is_left_at_its_beginning() -> None:
    for kind, content, _ in TAKEN:
        file = io.BytesIO(content)
        inspect(file, kind)
        assert file.tell() == 0


@given(
    st.sampled_from([content[:40] for _, content, _ in TAKEN]),
    st.binary(max_size=400),
    st.sampled_from(["image", "audio", "video", "document", "sticker"]),
)
def test_whatever_follows_a_beginning_a_file_is_taken_or_refused(
    beginning: bytes, rest: bytes, kind: str
) -> None:
    try:
        mime_type = look(beginning + rest, kind).mime_type
    except FileRefused:
        mime_type = ""
    assert mime_type in {"", *TYPES}


def test_a_fault_of_the_disk_is_no_fault_of_the_file() -> None:
    content = files.docx()
    with pytest.raises(TimeoutError):
        inspect(FailingDisk(content, content.index(b"PK\x01\x02")), "document")
