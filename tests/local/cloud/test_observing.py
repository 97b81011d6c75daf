from collections import Counter
from typing import Any, cast

import pytest

from local.cloud.observing import add_up, messages_of, wait_until


def metric_line(name: str, value: Any, channel: str) -> dict[str, Any]:
    directive = {"Namespace": "Sportello", "Metrics": [{"Name": name, "Unit": "Count"}]}
    return {"_aws": {"CloudWatchMetrics": [directive]}, name: value, "channel": channel}


def test_embedded_metrics_are_added_up_by_name() -> None:
    lines = [
        metric_line("Received", [1.0], "whatsapp"),
        {"level": "INFO", "message": "no metric"},
        metric_line("Received", [1.0, 2.0], "telegram"),
        metric_line("Replied", 1, "telegram"),
    ]
    assert add_up(lines) == Counter(Received=4, Replied=1)


def test_metrics_can_be_added_up_for_one_channel() -> None:
    lines = [metric_line("Received", [1.0], channel) for channel in ("whatsapp", "telegram")]
    assert add_up(lines, channel="telegram") == Counter(Received=1)


def test_waiting_looks_until_there_is_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.cloud.observing.LOOK_EVERY_SECONDS", 0)
    answers = iter([None, [], ["found"]])
    assert wait_until(lambda: next(answers), seconds=5, what="message") == ["found"]


def test_waiting_in_vain_says_for_what() -> None:
    with pytest.raises(TimeoutError, match="no handoff within 0 s"):
        wait_until(lambda: None, seconds=0, what="handoff")


class CutLogs:
    """CloudWatch Logs as the emulator has them: the oldest events, and no token for the rest."""

    def __init__(self, *timestamps: int, most: int) -> None:
        self._events = [
            {"timestamp": at, "message": f"line {number}"} for number, at in enumerate(timestamps)
        ]
        self._most = most

    def filter_log_events(self, logGroupName: str, startTime: int) -> dict[str, object]:  # noqa: N803 -- AWS's names
        assert logGroupName == "group"
        found = [event for event in self._events if cast("int", event["timestamp"]) >= startTime]
        return {"events": found[: self._most]}


@pytest.mark.parametrize(
    "timestamps", [(), (1,), (1, 2, 3), (1, 2, 2, 3), (1, 2, 2, 3, 4, 4, 5), (7, 7, 7)]
)
def test_all_lines_are_read_once_however_few_an_answer_holds(timestamps: tuple[int, ...]) -> None:
    logs = CutLogs(*timestamps, most=3)
    expected = [f"line {number}" for number in range(len(timestamps))]
    assert list(messages_of(logs, "group", most=3)) == expected
