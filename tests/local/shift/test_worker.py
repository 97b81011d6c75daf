"""An agent of the shift goes home when it is over, whatever became of the desk."""

import random
from typing import Any

import pytest
import urllib3

from local.cloud.staff import Account
from local.cloud.web import Answer
from local.shift import worker
from local.shift.cast import STAFF
from local.shift.worker import Worker


def agent() -> Worker:
    return Worker(STAFF[0], Account("ada", "token"), "", random.Random(1))  # noqa: S311 -- no secret


def test_a_desk_that_is_gone_keeps_no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    paths: list[str] = []
    ada = agent()

    def nobody_answers(_method: str, path: str, *_more: Any) -> Answer:
        paths.append(path)
        ada._stopping.set()
        raise urllib3.exceptions.HTTPError

    monkeypatch.setattr(worker, "call_json", nobody_answers)
    with ada:
        pass
    assert paths == ["/agents/me/presence", "/agents/me/presence"]  # hello and goodbye


def test_calls_that_are_repeated_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = iter((503, 200))
    monkeypatch.setattr(worker, "call_json", lambda *_call: Answer(next(statuses, 200), b"{}"))
    ada = agent()
    assert ada._done("PUT", "/agents/me/presence", {"presence": "available"})
    assert ada.counts == {"calls repeated": 1}
