"""Waiting for effects, and reading what the functions logged and counted."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from local.cloud.laptop import Laptop

LOOK_EVERY_SECONDS = 0.1
MOST_IN_AN_ANSWER = 10_000


def wait_until[T](look: Callable[[], T], *, seconds: float, what: str) -> T:
    """Look again and again until the result is truthy, and return it; raises TimeoutError.

    For state behind an API. What reaches a provider is awaited with `laptop.calls.wait_for`.
    """
    deadline = time.monotonic() + seconds
    while True:
        result = look()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise TimeoutError(f"no {what} within {seconds} s")
        time.sleep(LOOK_EVERY_SECONDS)


def log_lines(laptop: Laptop) -> Iterator[str]:
    """Yield every line of every log group: functions, state machines, API access."""
    logs = laptop.client("logs")
    for groups in logs.get_paginator("describe_log_groups").paginate():
        for group in groups["logGroups"]:
            yield from messages_of(logs, group["logGroupName"])


def messages_of(logs: Any, group: str, most: int = MOST_IN_AN_ANSWER) -> Iterator[str]:
    """Yield what a log group holds, oldest first.

    The emulator answers with so many events at most, and with no token for those that follow: they
    are asked for by the time of the last one, of which an answer may hold a part.
    """
    since = 0
    while True:
        events = logs.filter_log_events(logGroupName=group, startTime=since)["events"]
        is_cut = len(events) >= most and events[0]["timestamp"] < events[-1]["timestamp"]
        last = events[-1]["timestamp"] if is_cut else None
        for event in events:
            if event["timestamp"] != last:
                yield event["message"]
        if last is None:
            return
        since = last


def log_documents(laptop: Laptop) -> Iterator[dict[str, Any]]:
    """Yield the structured log lines, metrics among them."""
    for line in log_lines(laptop):
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict):
            yield document


def metric_totals(laptop: Laptop, **dimensions: str) -> Counter[str]:
    """Add up the embedded metrics by name; CloudWatch would do it from the same lines."""
    return add_up(log_documents(laptop), **dimensions)


def add_up(documents: Iterable[dict[str, Any]], **dimensions: str) -> Counter[str]:
    totals: Counter[str] = Counter()
    for document in documents:
        if any(document.get(name) != value for name, value in dimensions.items()):
            continue
        for directive in document.get("_aws", {}).get("CloudWatchMetrics", ()):
            for metric in directive["Metrics"]:
                values = document[metric["Name"]]
                totals[metric["Name"]] += sum(values) if isinstance(values, list) else values
    return totals
