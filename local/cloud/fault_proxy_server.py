"""Runs microburst with its dice seeded; under its own interpreter, so it imports nothing of ours.

Which call meets which fault still depends on the order in which concurrent calls arrive.
"""

import logging
import os
import random
import sys
import threading
from importlib import import_module
from typing import Any

# Imported by name: the package lives in a virtual environment of its own.
cli: Any = import_module("microburst.cli")
forward: Any = import_module("microburst.forward")
host: Any = import_module("microburst.detection.host")


def end_with_our_parent() -> None:
    """End when whoever held the other end of standard input is gone."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(0)


def keep_the_host_that_was_signed() -> None:
    """The upstream checks signatures, which cover the host: it must hear the one called."""
    outbound_headers = forward.Upstream._outbound_headers  # noqa: SLF001 - as below

    def with_host(upstream: Any, request: Any) -> dict[str, str]:
        headers: dict[str, str] = outbound_headers(upstream, request)
        return {**headers, "host": request.headers["Host"]}

    forward.Upstream._outbound_headers = with_host  # noqa: SLF001 - as below


def main() -> int:
    random.seed(int(sys.argv[1]))
    threading.Thread(target=end_with_our_parent, daemon=True).start()
    keep_the_host_that_was_signed()
    # Host names of AWS are told apart by the models of all its services, which take five seconds
    # to read; on the loopback interface there are none. A private name: the version is pinned.
    host._endpoint_prefix_map = dict  # noqa: SLF001 - there is no public one
    logging.getLogger("aiohttp.access").disabled = True
    status: int = cli.main(sys.argv[2:])
    return status


if __name__ == "__main__":
    sys.exit(main())
