"""What goes on beside a run, in a thread of its own, from the beginning of a block to its end."""

from abc import ABC, abstractmethod
from threading import Event, Thread
from typing import Self


class Beside(ABC):
    """`_stopping` is set when the block ends; whoever runs looks at it often.

    What goes wrong in the thread is raised where the block ends, unless that ends with an exception
    of its own.
    """

    def __init__(self, name: str) -> None:
        self._stopping = Event()
        self._thread = Thread(target=self._run_and_keep_failure, name=name)
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _kind: object, exception: BaseException | None, _trace: object) -> None:
        self._stopping.set()
        self._thread.join()
        if self._failure is not None and exception is None:
            raise self._failure

    def _run_and_keep_failure(self) -> None:
        try:
            self._run()
        except Exception as failure:  # noqa: BLE001 -- raised where the block ends
            self._failure = failure

    @abstractmethod
    def _run(self) -> None: ...
