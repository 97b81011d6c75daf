"""Whether text can be read on a colour: contrast as WCAG 2.2 computes it. Pure.

Fixed by `tests/vectors/contrast.json`, so that a page computes the same while somebody chooses.
"""

from typing import Annotated

from pydantic import StringConstraints

type HexColour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
type _Channels = tuple[int, int, int]

WHITE, INK = "#ffffff", "#1d1b17"
"""What text may be written in."""

LEAST_CONTRAST = 4.5
"""Of text as small as ours, for level AA."""

_FULL = 255
_DARKEST_LINEAR = 0.04045


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour of sRGB, 0 to 1."""
    red, green, blue = (_linear(channel / _FULL) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def text_on(colour: str) -> str | None:
    """Return what text is written in on a colour; None if neither white nor ink can be read."""
    best = max((WHITE, INK), key=lambda text: contrast(colour, text))
    return best if contrast(colour, best) >= LEAST_CONTRAST else None


def nearest_readable(colour: str) -> str:
    """Return the colour that is least far away on which text can be read: darker, or lighter.

    On the way to black and to white, in steps of a 255th; the darker one where both are as far.
    """
    darker, lighter = (_first_readable(colour, end) for end in ("#000000", WHITE))
    return min((darker, lighter), key=lambda each: _distance(colour, each))


def _first_readable(colour: str, end: str) -> str:
    mixed = (_mixed(colour, end, step) for step in range(_FULL + 1))
    return next(each for each in mixed if text_on(each))


def _mixed(colour: str, end: str, step: int) -> str:
    """Return a colour that is so many 255ths of the way to another, rounded half up."""
    pairs = zip(_channels(colour), _channels(end), strict=True)
    channels = ((2 * ((_FULL - step) * a + step * b) + _FULL) // (2 * _FULL) for a, b in pairs)
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _distance(one: str, other: str) -> int:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return sum((a - b) ** 2 for a, b in pairs)


def _channels(colour: str) -> _Channels:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _linear(channel: float) -> float:
    if channel <= _DARKEST_LINEAR:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
