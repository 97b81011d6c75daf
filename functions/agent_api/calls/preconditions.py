"""What a request says of the version it is about: If-Match and If-None-Match (RFC 9110, 13.1).

Of settings and profiles there is always a version: 0 is the packaged one. What has none is None
where there is nothing. A number without its quotes is taken for a tag.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from chalice.app import Request

_ELEMENT = re.compile(r'[ \t]*(?:(?:(W/)?"([^"]*)"|(\d+))[ \t]*)?(?:,|\Z)')
_ANY = "*"


class _Tag(NamedTuple):
    opaque: str
    is_weak: bool


def etag(version: int | str) -> str:
    return f'"{version}"'


def tag_of(text: str) -> str:
    """Return the version of what has no number: another text has another one."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def names_a_version(request: Request) -> bool:
    """Tell whether a request goes by one version, and not by whichever there is."""
    condition = _field(request, "if-match")
    return condition is not None and condition.strip() != _ANY


def matches(request: Request, version: int | str | None) -> bool:
    """Hold a version against If-Match by the strong comparison, which no weak tag passes."""
    condition = _field(request, "if-match")
    if condition is None or version is None or condition.strip() == _ANY:
        return condition is None or version is not None
    tags = _tags(condition) or ()
    return any(tag.opaque == str(version) and not tag.is_weak for tag in tags)


def is_excluded(request: Request, version: int | str | None) -> bool:
    """Hold a version against If-None-Match by the weak comparison.

    What cannot be read excludes everything that is written, and nothing that is read.
    """
    condition = _field(request, "if-none-match")
    if condition is None or version is None:
        return False
    if condition.strip() == _ANY:
        return True
    tags = _tags(condition)
    return request.method != "GET" if tags is None else str(version) in {tag.opaque for tag in tags}


def _field(request: Request, name: str) -> str | None:
    """Return a header with all its lines, which API Gateway hands over apart."""
    lines = request.to_original_event().get("multiValueHeaders") or {}
    several = [line for key, values in lines.items() if key.lower() == name for line in values]
    line: str | None = ", ".join(several) if several else request.headers.get(name)
    return line


def _tags(condition: str) -> tuple[_Tag, ...] | None:
    """Read a list of entity tags, None if it is none."""
    try:
        return tuple(_elements(condition))
    except ValueError:
        return None


def _elements(condition: str) -> Iterator[_Tag]:
    position = 0
    while position < len(condition):
        element = _ELEMENT.match(condition, position)
        if element is None:
            raise ValueError("no entity tag")
        weak, quoted, bare = element.groups()
        opaque = bare if quoted is None else quoted
        if opaque is not None:
            yield _Tag(opaque, is_weak=weak is not None)
        position = element.end()
