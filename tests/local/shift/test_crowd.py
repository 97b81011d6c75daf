"""Customers wait while they have patience and there is time, and go home on an interruption."""

import json
import random
import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from local.cloud.reception import MARK
from local.providers.provider_calls import Call
from local.shift import crowd
from local.shift.cast import ORDERS
from local.shift.crowd import Crowd, Visitor
from local.shift.watching import Progress

LONG = 600.0


class Customer:
    def __init__(self, hears: Callable[[str], object]) -> None:
        self.written: list[str] = []
        self._hears = hears

    def write(self, text: str) -> None:
        self.written.append(text)
        self._hears(text)


def visitor(number: int, hears: Callable[[str], object] = lambda _text: None) -> Visitor:
    dice = random.Random(number)  # noqa: S311 -- no secret
    return Visitor(number, ORDERS, "it", f"address-{number}", "c" * 32, Customer(hears), dice)


def written(somebody: Visitor) -> list[str]:
    assert isinstance(somebody.customer, Customer)
    return somebody.customer.written


def word_to(number: int) -> Call:
    body = json.dumps({"to": f"address-{number}", "text": f"{MARK} 1"})
    return Call("", "whatsapp", "POST", "/", {}, body, None)


def within(seconds: float) -> Crowd:
    return Crowd(0, until=time.monotonic() + seconds)


def test_who_is_answered_at_once_and_again_is_helped() -> None:
    everybody = within(LONG)
    everybody.come([visitor(2, lambda _text: everybody.see(word_to(2)))])
    assert everybody.counts == {"came": 1, "answered by a person": 1, "answered again": 1}


def test_what_was_said_before_is_no_answer_to_what_is_asked_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: Iterator[int] = iter((2, 0))
    everybody = within(LONG)

    def hear(_text: str) -> None:
        for _ in range(next(answers)):
            everybody.see(word_to(2))
        monkeypatch.setattr(everybody, "_until", time.monotonic() + 0.1)

    everybody.come([visitor(2, hear)])
    assert everybody.counts == {"came": 1, "answered by a person": 1, "gave up later": 1}


def test_one_in_five_who_hears_nothing_hurries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "HURRIES_AFTER_SECONDS", 0.0)
    patient, hasty = visitor(1), visitor(5)
    within(0.2).come([patient, hasty])
    assert [len(written(each)) for each in (patient, hasty)] == [1, 2]


def test_when_time_is_up_nobody_waits_and_nobody_comes() -> None:
    everybody = within(0.2)
    somebody, late = visitor(1), visitor(3)
    everybody.come([somebody])
    everybody.come([late])
    assert everybody.counts == {"came": 1, "gave up": 1, "came too late": 1}
    assert written(late) == []


def test_on_an_interruption_all_go_home_and_nobody_else_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They had patience for minutes."""
    monkeypatch.setattr(crowd, "THREADS", 1)
    came = Event()
    first, second = visitor(1, lambda _text: came.set()), visitor(3)
    third = visitor(7)

    def interrupted_at_the_third(_seconds: float) -> None:
        if not everybody_else:
            assert came.wait(timeout=10)
            raise KeyboardInterrupt
        everybody_else.pop()

    everybody_else = [second, first]
    monkeypatch.setattr("local.shift.crowd.time.sleep", interrupted_at_the_third)
    visits = within(LONG)
    with pytest.raises(KeyboardInterrupt):
        visits.come([first, second, third])
    assert visits.counts == {"came": 1, "gave up": 1}
    assert written(second) == written(third) == []


def test_it_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.shift.watching.TELL_EVERY_SECONDS", 0.01)
    visits, told, said = within(0.1), Event(), []

    def say(line: str) -> None:
        said.append(line)
        told.set()

    visits.come([visitor(1)])
    with Progress(visits, say):
        assert told.wait(timeout=10)
    assert said[0].endswith("1 came, 1 gave up")
