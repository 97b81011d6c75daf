"""What goes on beside a run begins and ends with its block."""

from contextlib import suppress
from threading import Event
from typing import override

import pytest

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


class Failing(Beside):
    def __init__(self) -> None:
        self.noticed = Event()
        super().__init__("failing", failed=self.noticed.set)

    @override
    def _run(self) -> None:
        raise ValueError("went wrong beside")


def test_what_goes_wrong_beside_is_raised_in_the_end() -> None:
    with pytest.raises(ValueError, match="went wrong beside"), Failing():
        pass


def test_what_ends_the_block_is_not_hidden_by_what_went_wrong_beside() -> None:
    with pytest.raises(KeyboardInterrupt), Failing():
        raise KeyboardInterrupt


def test_what_goes_wrong_beside_can_be_raised_before_the_end() -> None:
    with suppress(ValueError), Failing() as failing:
        assert failing.noticed.wait(timeout=10)
        with pytest.raises(ValueError, match="went wrong beside"):
            failing.raise_failure()
