"""What the functions beside it are made of."""

from sportello.entrypoints import runtime
from sportello.live.connections import gateway
from sportello.live.listening import Listening
from sportello.live.posting import Posting


def posting() -> Posting:
    return Posting(runtime.table(), runtime.settings(), gateway())


def listening() -> Listening:
    return Listening(runtime.table(), runtime.settings(), posting())
