"""What goes on beside a run, in a thread of its own, from the beginning of a block to its end."""

from abc import ABC, abstractmethod
from threading import Event, Thread
from typing import Self


class Beside(ABC):
    """`_stopping` is set when the block ends; whoever runs looks at it often."""

    def __init__(self, name: str) -> None:
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=name)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        self._thread.join()

    @abstractmethod
    def _run(self) -> None: ...
