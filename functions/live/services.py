"""What the functions beside it are made of, once for each process."""

from functools import cache

from sportello.entrypoints import runtime
from sportello.live.connections import gateway
from sportello.live.listening import Listening
from sportello.live.posting import Posting


@cache
def posting() -> Posting:
    return Posting(runtime.table(), runtime.settings(), gateway())


@cache
def listening() -> Listening:
    return Listening(runtime.table(), runtime.settings(), posting())
