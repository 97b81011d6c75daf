"""What a browser is told with a file: nothing that a name or a type could make it do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.media.limits import TYPES
from sportello.media.links import content_disposition, served_type, shown_name


@pytest.mark.parametrize(
    ("file_name", "mime_type", "expected"),
    [
        ("Fattura 12.pdf", "application/pdf", "Fattura 12.pdf"),
        ("è un menù.PDF", "application/pdf", "è un menù.pdf"),
        ("photo.html", "image/jpeg", "photo.html.jpg"),
        ("../../etc/passwd", "text/plain", "_.._etc_passwd.txt"),
        ("a\r\nSet-Cookie: x", "image/png", "aSet-Cookie_ x.png"),
        ("exe\u202egpj.", "image/jpeg", "exegpj.jpg"),
        ("", "image/jpeg", "picture.jpg"),
        ("", "audio/ogg", "recording.ogg"),
        ("...", "application/pdf", "file.pdf"),
        ("x", "application/x-strange", "x.bin"),
    ],
)
def test_a_name_is_safe_to_save_under(file_name: str, mime_type: str, expected: str) -> None:
    assert shown_name(file_name, mime_type) == expected


@given(st.text(max_size=600), st.sampled_from(sorted(TYPES)))
def test_no_name_breaks_out_of_the_header(file_name: str, mime_type: str) -> None:
    header = content_disposition(shown_name(file_name, mime_type))
    assert header.startswith('attachment; filename="')
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert len(header) < 2_000


def test_a_file_is_served_as_a_type_of_ours_or_as_bytes() -> None:
    assert served_type("image/png") == "image/png"
    assert served_type("text/plain") == "text/plain; charset=utf-8"
    assert served_type("text/html") == "application/octet-stream"
