"""Who insists asks until an answer tells what came of it."""

import urllib3

from local.cloud.web import Answer, until_answered

type Came = int | None
"""The status of an answer; None: there was none."""


class Insisting:
    def __init__(self, *came: Came, patience: int = 99) -> None:
        self._came = [*came]
        self._patience = patience
        self.asked = 0
        self.pauses: list[float] = []

    def ask(self) -> Answer:
        self.asked += 1
        status = self._came.pop(0)
        if status is None:
            raise urllib3.exceptions.HTTPError
        return Answer(status, b"")

    def again(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return len(self.pauses) <= self._patience

    def status(self, attempts: int = 8, not_yet: tuple[int, ...] = ()) -> Came:
        answer = until_answered(self.ask, attempts=attempts, again=self.again, not_yet=not_yet)
        return answer.status if answer else None


def test_what_got_no_answer_or_an_error_of_the_server_is_asked_again() -> None:
    insisting = Insisting(None, 503, 200)
    assert insisting.status() == 200
    assert insisting.pauses == [0.2, 0.4]


def test_a_refusal_is_an_answer_unless_it_may_still_change() -> None:
    assert Insisting(404, 200).status() == 404
    assert Insisting(404, 200).status(not_yet=(404,)) == 200


def test_pauses_grow_up_to_a_bound_and_attempts_end() -> None:
    insisting = Insisting(*[None] * 8)
    assert insisting.status(attempts=8) is None
    assert insisting.asked == 8
    assert insisting.pauses == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0]


def test_who_does_not_want_to_go_on_does_not_ask_again() -> None:
    insisting = Insisting(*[None] * 8, patience=0)
    assert insisting.status() is None
    assert insisting.asked == 1
