"""A stack to operate, where waiting takes no time."""

from collections.abc import Iterator

import pytest

import recovery.__main__ as program
from recovery import letters, redriving
from support.clouds.operated_stack import StackInMoto
from support.clouds.quick_moto import aws
from support.clouds.table import table


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[StackInMoto]:
    monkeypatch.setattr(letters, "LONG_POLL_SECONDS", 0)
    monkeypatch.setattr(redriving, "LOOK_EVERY_SECONDS", 0.01)
    with aws(), table() as empty:
        operated = StackInMoto(empty)
        monkeypatch.setattr(program, "Stack", {"sportello": operated}.get)
        yield operated
