"""How raw material is packed: reproducible byte for byte. Pure."""

import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any

MAX_RAW_BYTES = 300_000
"""Compressed; a table item holds 400 KB in all."""

_LEVEL = 6
_GZIP = 16
_WINDOW_BITS = 12
_WINDOW_BYTES = 1 << _WINDOW_BITS
_SMALL_TABLES = 6
"""What most messages fit into. Filling the usual tables, a quarter of a megabyte, takes six times
as long as packing a message."""


def compress(document: Mapping[str, Any] | bytes) -> bytes:
    """Return raw material as kept: gzip, reproducible byte for byte."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    if len(data) > _WINDOW_BYTES:
        return gzip.compress(data, compresslevel=_LEVEL, mtime=0)
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP + _WINDOW_BITS, _SMALL_TABLES)
    return packing.compress(data) + packing.flush()


def decompress(data: bytes) -> bytes:
    return gzip.decompress(data)
