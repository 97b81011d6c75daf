"""What is kept raw comes back byte for byte, whatever its size, and packs the same each time."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.table.compression import compress, decompress


@given(st.binary(max_size=300))
def test_bytes_come_back(data: bytes) -> None:
    assert decompress(compress(data)) == data


@pytest.mark.parametrize("size", [0, 1, 4_095, 4_096, 4_097, 500_000])
def test_bytes_of_any_size_come_back_and_any_gzip_reads_them(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    packed = compress(data)
    assert gzip.decompress(packed) == data
    assert compress(data) == packed


def test_a_document_comes_back_as_json() -> None:
    document = {"text": "perché? 📦", "numbers": [1, 2]}
    assert json.loads(decompress(compress(document))) == document


def test_what_repeats_itself_becomes_small() -> None:
    assert len(compress(b"abc" * 1_000)) < 100
