"""Watches code that must not know what day it is: no call may read the machine's clock."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType

_READERS = frozenset(
    {"now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter"}
    | {"localtime", "gmtime", "clock_gettime", "urandom"}
)
_MODULES = frozenset({"time", "posix", "datetime"})


def _reads_a_clock(called: object) -> bool:
    if getattr(called, "__name__", "") not in _READERS:
        return False
    owner = getattr(called, "__self__", None)
    return owner is not None and (
        getattr(owner, "__name__", "") in _MODULES or getattr(owner, "__module__", "") == "datetime"
    )


@contextmanager
def no_clock_is_read() -> Iterator[None]:
    """Fail where `datetime.now`, `time.time`, `os.urandom` or their like are called.

    Each place in the code is looked at the first time it calls something. What test tools do when
    garbage is collected is none of the code's doing, and is left out meanwhile.
    """
    monitoring = sys.monitoring
    tool = next(number for number in range(6) if monitoring.get_tool(number) is None)
    read: list[str] = []

    def look(code: CodeType, _offset: int, called: Callable[..., object], _first: object) -> object:
        if _reads_a_clock(called):
            read.append(f"{called.__qualname__} in {code.co_filename}:{code.co_firstlineno}")
        return monitoring.DISABLE

    monitoring.use_tool_id(tool, "no clock is read")
    monitoring.register_callback(tool, monitoring.events.CALL, look)
    monitoring.set_events(tool, monitoring.events.CALL)
    monitoring.restart_events()
    at_collections, gc.callbacks[:] = gc.callbacks[:], []
    try:
        yield
    finally:
        gc.callbacks[:] = at_collections
        monitoring.set_events(tool, monitoring.events.NO_EVENTS)
        monitoring.register_callback(tool, monitoring.events.CALL, None)
        monitoring.free_tool_id(tool)
    assert not read, f"the clock was read: {read}"
