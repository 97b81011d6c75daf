"""How large a picture is when it is drawn, told by its header: nothing is decoded."""

import io
from typing import BinaryIO, NamedTuple

import imagesize

from sportello.media.limits import MOST_PIXELS, MOST_SIDE, FileRefused

_HEADER_BYTES = 2_000_000
"""A camera's previews and colour profiles stand before the size; what is longer is no header."""


class Dimensions(NamedTuple):
    width: int
    height: int


def dimensions_of(file: BinaryIO) -> Dimensions:
    """Raises FileRefused for a picture without a size, and for one that is too large to draw."""
    file.seek(0)
    header = file.read(_HEADER_BYTES)
    file.seek(0)
    try:
        width, height = imagesize.get(io.BytesIO(header))
    except Exception:  # noqa: BLE001 -- whatever a made-up header leads to
        raise FileRefused("unreadable") from None
    if width <= 0 or height <= 0:
        raise FileRefused("unreadable")
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise FileRefused("too_many_pixels")
    return Dimensions(int(width), int(height))
