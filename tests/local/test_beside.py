"""What goes on beside a run begins and ends with its block."""

from threading import Event
from typing import override

from local.beside import Beside


class Waiting(Beside):
    def __init__(self) -> None:
        super().__init__("waiting")
        self.begun, self.ended = Event(), Event()

    @override
    def _run(self) -> None:
        self.begun.set()
        self._stopping.wait()
        self.ended.set()


def test_it_runs_until_the_block_ends() -> None:
    with Waiting() as waiting:
        assert waiting.begun.wait(timeout=10)
        assert not waiting.ended.is_set()
    assert waiting.ended.is_set()
