from collections import Counter
from typing import Any

import pytest

from local.cloud.observing import add_up, wait_until


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
