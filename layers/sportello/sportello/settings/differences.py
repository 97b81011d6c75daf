"""What changed between two JSON documents, as a patch of RFC 6902 that also says what was. Pure.

Applied one after the other the changes make the second document of the first; `was` is beside what
the standard has, which tells readers to ignore it. Nothing is told as moved: people look for what
stands where.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from sportello.model import Model


class Added(Model):
    op: Literal["add"] = "add"
    path: str
    value: Any


class Removed(Model):
    op: Literal["remove"] = "remove"
    path: str
    was: Any


class Replaced(Model):
    op: Literal["replace"] = "replace"
    path: str
    value: Any
    was: Any


type Change = Annotated[Added | Removed | Replaced, Field(discriminator="op")]
"""`path` is a JSON pointer (RFC 6901); empty for the whole document."""


def difference(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Yield what has to be done to `before`, in the order in which it has to be."""
    match before, after:
        case dict(), dict():
            yield from _of_objects(before, after, path)
        case list(), list():
            yield from _of_lists(before, after, path)
        case _ if not _same(before, after):
            yield Replaced(path=path, value=after, was=before)


def _of_objects(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[Change]:
    for name, value in before.items():
        if name in after:
            yield from difference(value, after[name], f"{path}/{_token(name)}")
        else:
            yield Removed(path=f"{path}/{_token(name)}", was=value)
    for name, value in after.items():
        if name not in before:
            yield Added(path=f"{path}/{_token(name)}", value=value)


def _of_lists(before: list[Any], after: list[Any], path: str) -> Iterator[Change]:
    """Leave out what is the same at both ends, and hold what is between against each other."""
    shorter = min(len(before), len(after))
    start = 0
    while start < shorter and _same(before[start], after[start]):
        start += 1
    end = 0
    while end < shorter - start and _same(before[-1 - end], after[-1 - end]):
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    in_both = min(len(old), len(new))
    for number in range(in_both):
        yield from difference(old[number], new[number], f"{path}/{start + number}")
    # From the back, because each removal moves up what stands behind it.
    for number in range(len(old) - 1, in_both - 1, -1):
        yield Removed(path=f"{path}/{start + number}", was=old[number])
    for number in range(in_both, len(new)):
        yield Added(path=f"{path}/{start + number}", value=new[number])


def _same(one: Any, other: Any) -> bool:
    """Compare as JSON does: for Python `true` is 1 as well."""
    match one, other:
        case (bool(), _) | (_, bool()):
            return one is other
        case dict(), dict():
            return one.keys() == other.keys() and all(_same(one[n], other[n]) for n in one)
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
        case _:
            return bool(one == other)


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
