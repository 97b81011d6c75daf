"""The wire to AWS, cut: nothing passes, or it was not cut."""

from typing import Any

import pytest

from local.cloud.fault_proxy import EVERY_CALL_REFUSED, FaultProxy
from local.cloud.processes import Failed
from local.cloud.web import Answer


class Wire(FaultProxy):
    """A wire whose proxy only notes the rules that it is given."""

    def __init__(self) -> None:
        super().__init__(seed=1)
        self.rules: list[Any] = []

    def inject(self, chosen: Any) -> None:
        self.rules.append(list(chosen))


def answer_everything(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr("local.cloud.fault_proxy.call", lambda *_: Answer(status, b""))


def test_a_wire_is_cut_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_everything(monkeypatch, 503)
    wire = Wire()
    with wire.severed():
        assert wire.rules == [[EVERY_CALL_REFUSED]]
    assert wire.rules[-1] == []


def test_a_wire_that_still_lets_calls_pass_is_mended_and_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer_everything(monkeypatch, 200)
    wire = Wire()
    with pytest.raises(Failed, match="still pass"), wire.severed():
        pass
    assert wire.rules == [[EVERY_CALL_REFUSED], []]
