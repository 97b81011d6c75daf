"""Where goes what functions print: counted, or nowhere.

Loggers hold on to the stream that they were made with, so it is done beneath Python's streams.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Output:
    byte_count: int = 0


@contextmanager
def printing() -> Iterator[Output]:
    """Count what is printed until the block ends, logs included, and show none of it."""
    output = Output()
    with tempfile.TemporaryFile() as file:
        with _streams_to(file.fileno()):
            yield output
        output.byte_count = os.fstat(file.fileno()).st_size


@contextmanager
def silence() -> Iterator[None]:
    with Path(os.devnull).open("wb") as nowhere, _streams_to(nowhere.fileno()):
        yield


@contextmanager
def _streams_to(target: int) -> Iterator[None]:
    _flush()
    own = [(stream, os.dup(stream)) for stream in (1, 2)]
    try:
        for stream, _ in own:
            os.dup2(target, stream)
        yield
    finally:
        _flush()
        for stream, copy in own:
            os.dup2(copy, stream)
            os.close(copy)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
