"""What goes on beside a run, in a thread of its own, from the beginning of a block to its end."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Event, Thread
from typing import Self


class Beside(ABC):
    """`_stopping` is set when the block ends; whoever runs looks at it often.

    What goes wrong in the thread is raised where the block ends, unless that ends with an exception
    of its own. Whoever would go on in vain meanwhile hears of it by `failed`, and can raise it.
    """

    def __init__(self, name: str, failed: Callable[[], None] | None = None) -> None:
        self._stopping = Event()
        self._thread = Thread(target=self._run_and_keep_failure, name=name)
        self._failure: Exception | None = None
        self._failed = failed

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _kind: object, exception: BaseException | None, _trace: object) -> None:
        self._stopping.set()
        self._thread.join()
        if exception is None:
            self.raise_failure()

    def raise_failure(self) -> None:
        """Raise now what has gone wrong in the thread, for whoever would go on in vain."""
        if self._failure is not None:
            raise self._failure

    def _run_and_keep_failure(self) -> None:
        try:
            self._run()
        except Exception as failure:  # noqa: BLE001 -- raised where the block ends
            self._failure = failure
            if self._failed is not None:
                self._failed()

    @abstractmethod
    def _run(self) -> None: ...
