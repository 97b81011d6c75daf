"""How often one caller may ask."""

import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_api.calls import caller_limits
from agent_api.calls.caller_limits import MOST_CALLERS, Bucket, Limit
from sportello.aws.environment import Environment
from sportello.table.desk import Desk
from support.agent_calls import Answer, call
from support.builders import CONVERSATION

LIMITS = {
    "READ_RATE_LIMIT": "2",
    "READ_BURST_LIMIT": "4",
    "ACT_RATE_LIMIT": "0.5",
    "ACT_BURST_LIMIT": "2",
}
ACCEPT = f"/conversations/{CONVERSATION}/accept"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The wall clock of a desk whose callers are limited."""
    request.getfixturevalue("counter")
    for name, value in LIMITS.items():
        monkeypatch.setenv(name, value)
    ours = Clock()
    monkeypatch.setattr(caller_limits, "time", ours)
    monkeypatch.setattr(caller_limits, "_buckets", type(caller_limits._buckets)())
    return ours


def read(agent: str = "anna") -> Answer:
    return call("GET", "/settings/bot", agent=agent)


def read_often(times: int, agent: str = "anna") -> list[int]:
    return [read(agent).status for _ in range(times)]


def accept() -> Answer:
    return call("POST", ACCEPT)


@pytest.mark.usefixtures("clock")
def test_so_many_calls_at_once_and_not_one_more() -> None:
    assert read_often(6) == [200] * 4 + [429] * 2


def test_the_bucket_fills_with_time_and_no_further_than_it_holds(clock: Clock) -> None:
    read_often(5)
    clock.now += 0.5
    assert read_often(2) == [200, 429]
    clock.now += 3_600
    assert read_often(5) == [200] * 4 + [429]


def test_who_is_refused_is_told_when_to_ask_again(clock: Clock) -> None:
    read_often(4)
    refused = read()
    assert (refused.status, refused.problem) == (429, "rate-limited")
    assert refused.document["detail"] == "4 reads at once, then 2 a second."
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit"] == '"reads";r=0;t=2'
    clock.now += int(refused.headers["retry-after"])
    assert read().status == 200


@pytest.mark.usefixtures("clock")
def test_every_answer_tells_what_is_left() -> None:
    first = read()
    assert first.headers["ratelimit-policy"] == '"reads";q=4;w=2'
    assert first.headers["ratelimit"] == '"reads";r=3;t=1'
    assert accept().headers["ratelimit-policy"] == '"acts";q=2;w=4'
    assert accept().headers["ratelimit"] == '"acts";r=0;t=4'


@pytest.mark.usefixtures("clock")
def test_whoever_looked_too_often_may_still_act_and_the_other_way_round() -> None:
    assert read_often(5)[-1] == 429
    assert [accept().status for _ in range(3)] == [404, 404, 429]
    assert call("GET", "/settings/bot", agent="bruno").status == 200


@pytest.mark.usefixtures("clock")
def test_callers_are_counted_apart() -> None:
    assert read_often(5)[-1] == 429
    assert read_often(4, agent="bruno") == [200] * 4


@pytest.mark.usefixtures("clock")
def test_whoever_asks_too_often_leaves_no_entry_and_takes_nothing(counter: Desk) -> None:
    for _ in range(10):
        accept()
    entries = counter.table._client.scan(TableName=counter.table._name)["Items"]
    audited = [item for item in entries if item["entity"]["S"] == "audit"]
    assert len(audited) == 2


def test_it_is_logged_once_until_the_caller_has_rested(clock: Clock, logged: StringIO) -> None:
    read_often(8)
    clock.now += 0.5
    read_often(3)
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert [(line["message"], line["agent_id"]) for line in lines] == [
        ("a caller asks too often", "anna")
    ]
    clock.now += 60
    read_often(5)
    assert len(logged.getvalue().splitlines()) == 2


@pytest.mark.usefixtures("clock")
def test_a_call_that_proves_nobody_is_nobodys() -> None:
    assert [call("GET", "/me", agent="").status for _ in range(6)] == [401] * 6


def test_a_clock_that_was_set_back_takes_nothing_away(clock: Clock) -> None:
    read_often(2)
    clock.now -= 3_600
    assert read_often(3) == [200, 200, 429]
    clock.now += 0.5
    assert read().status == 200


@pytest.mark.usefixtures("clock")
def test_a_process_keeps_no_more_callers_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_limits, "MOST_CALLERS", 3)
    for number in range(5):
        read(agent=f"a-{number}")
    assert [owner for owner, _ in caller_limits._buckets] == ["a-2", "a-3", "a-4"]
    assert MOST_CALLERS >= 1_000


@pytest.mark.usefixtures("counter")
def test_without_a_rate_there_is_no_limit_and_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("READ_RATE_LIMIT", "0")
    answers = [read() for _ in range(20)]
    assert {answer.status for answer in answers} == {200}
    assert "ratelimit" not in answers[-1].headers


@given(st.floats(0.1, 50), st.integers(1, 100), st.lists(st.floats(0, 10), min_size=1, max_size=60))
def test_over_any_time_no_more_calls_than_the_burst_and_the_rate_give(
    rate: float, burst: int, pauses: list[float]
) -> None:
    limit, bucket, now, taken = Limit("reads", rate, burst), Bucket(burst, 0.0), 0.0, 0
    for pause in pauses:
        now += pause
        bucket = bucket.at_time(now, limit)
        if bucket.tokens >= 1:
            bucket, taken = bucket.spent(), taken + 1
    assert taken <= burst + rate * now + 1e-6
    assert issubclass(caller_limits.LimitsEnvironment, Environment)
