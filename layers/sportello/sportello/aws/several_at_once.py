"""Calls of AWS that wait for one another for no reason, made several at a time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

AT_ONCE = 8
"""As botocore keeps connections open for a client, with some to spare."""

_FEW = 4
"""Calls that are over before threads have been made for them."""


def several_at_once[T, R](do: Callable[[T], R], things: Sequence[T], *, few: int = _FEW) -> list[R]:
    """Do it for each, several at a time where there are more than a few."""
    if len(things) <= few:
        return [do(thing) for thing in things]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(do, things))
