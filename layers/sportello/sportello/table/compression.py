"""How raw material is packed: reproducible byte for byte. Pure."""

import gzip
import json
from collections.abc import Mapping
from typing import Any

MAX_RAW_BYTES = 300_000
"""Compressed; a table item holds 400 KB in all."""


def compress(document: Mapping[str, Any] | bytes) -> bytes:
    """Return raw material as kept: gzip, reproducible byte for byte."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return gzip.compress(data, compresslevel=6, mtime=0)


def decompress(data: bytes) -> bytes:
    return gzip.decompress(data)
