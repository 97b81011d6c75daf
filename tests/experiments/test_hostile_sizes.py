"""What the largest calls may cost: memory by the byte, writes by the call, and what was found."""

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sportello.aws.logs import Metric
from sportello.intake.receiving import MAX_BODY_BYTES, MAX_ELEMENTS
from support.experiments.hostile import Payload
from support.front_door import MODULES, FrontDoor, front_door
from support.webhooks import as_sent, cases, recorded

every_channel = pytest.mark.parametrize("channel", sorted(MODULES))

MEMORY_A_BYTE = 64
"""Empty objects take 24 times their size once decoded, and a body with emojis is decoded twice.

3 MB, the largest body that is read, then take 200 MB of the 512 that a function has.
"""

GATEWAY_LIMIT = 10_000_000

type Measured = Callable[[str], None]


@pytest.fixture
def door() -> Iterator[FrontDoor]:
    with front_door() as opened:
        yield opened


def filled(body: bytes, filling: bytes, size: int) -> bytes:
    """Put a member into the first object of a body that fills it up to `size` bytes."""
    unit = filling + b","
    count = max(1, (size - len(body)) // len(unit))
    return body.replace(b"{", b'{"filling":[' + unit * (count - 1) + filling + b"],", 1)


FILLINGS = {
    "numbers": b"1",
    "lists": b"[]",
    "objects": b"{}",
    "members": b'{"a":1}',
    "texts": b'"spam"',
    "escapes": b'"\\u0000\\ud83d"',
}


def lists_of(channel: str) -> dict[str, tuple[str, int]]:
    """Return where each list that a payload of the channel may have is found first, by its name."""
    return {
        key: (case, place)
        for case in reversed(cases(channel))
        for place, (parent, key) in enumerate(Payload(recorded(channel, case)).places())
        if isinstance(parent[key], list)
    }


def flooded(channel: str, where: tuple[str, int], element: Any, times: int) -> bytes:
    case, place = where
    payload = Payload(recorded(channel, case))
    parent, key = payload.places()[place]
    parent[key] = [element] * times
    return payload.written()


def peak_of(door: FrontDoor, channel: str, body: bytes) -> float:
    """Return how many bytes a call takes at most, for each byte of its body."""
    door.post(channel, as_sent(recorded(channel, "text")))  # what is made once is made
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        assert door.post(channel, body).status == 200
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (peak - before) / len(body)


@pytest.mark.experiment
@every_channel
def test_no_body_takes_more_memory_than_its_size_allows(
    channel: str, door: FrontDoor, measured: Measured
) -> None:
    small = as_sent(recorded(channel, "text"))
    peaks = {
        name: peak_of(door, channel, filled(small, filling, 200_000))
        for name, filling in FILLINGS.items()
    }
    peaks["larger than the gateway lets in"] = peak_of(
        door, channel, filled(small, b'"spam"', GATEWAY_LIMIT)
    )
    peaks["the largest that is read"] = peak_of(
        door, channel, filled(small, b'"spam"', MAX_BODY_BYTES - 100)
    )
    assert max(peaks.values()) < MEMORY_A_BYTE, peaks
    name, most = max(peaks.items(), key=lambda found: found[1])
    measured(f"memory, {channel}: at most {most:.0f} bytes for each of the body ({name})")


def processor_seconds(door: FrontDoor, channel: str, body: bytes) -> float:
    """The least of three calls: other processes only ever add to it."""
    spent = []
    for _ in range(3):
        started_at = time.process_time()
        assert door.post(channel, body).status == 200
        spent.append(time.process_time() - started_at)
        assert len(door.shelf.items) <= MAX_ELEMENTS
    return max(min(spent), 0.002)


@pytest.mark.experiment
@every_channel
def test_ten_times_the_elements_cost_little_more_than_being_decoded(
    channel: str, door: FrontDoor, measured: Measured
) -> None:
    """Each list a payload may have: beyond what one call has time for, nothing is read."""
    small = as_sent(recorded(channel, "text"))
    growths: dict[tuple[str, str], float] = {}
    elements: tuple[Any, ...] = (1, {})
    for name, where in lists_of(channel).items():
        for element in elements:
            few, many = (flooded(channel, where, element, times) for times in (2_000, 20_000))
            # As many of them where nobody reads them are decoded and kept just the same.
            inert = filled(small, json.dumps(element).encode(), len(many))
            at_least = max(processor_seconds(door, channel, body) for body in (few, inert))
            growths[name, str(element)] = processor_seconds(door, channel, many) / at_least
    assert max(growths.values()) < 4, growths
    assert max(map(len, door.log.getvalue().splitlines()), default=0) < 4_000
    measured(f"flooded lists, {channel}: ten times as long, {max(growths.values()):.1f} the work")


# --- what was found, kept ---------------------------------------------------------------------


def batch_channels() -> list[str]:
    return [name for name in sorted(MODULES) if "batch_with_poisoned_item" in cases(name)]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
@pytest.mark.parametrize("channel", batch_channels())
def test_a_time_beyond_the_calendar_costs_no_neighbour(
    channel: str, at: str, door: FrontDoor
) -> None:
    payload = recorded(channel, "batch_with_poisoned_item")
    for parent, key in Payload(payload).places():
        if parent[key] == "ieri":  # the time of the poisoned one
            parent[key] = at
    body = as_sent(payload)
    assert at.encode() in body
    counts = door.post(channel, body).counts
    assert counts == {Metric.RECEIVED: 3, Metric.QUARANTINED: 2}


@every_channel
def test_a_payload_whose_parts_have_other_names_leaves_a_trace(
    channel: str, door: FrontDoor
) -> None:
    for number in range(len(Payload(recorded(channel, "text")).places())):
        payload = recorded(channel, "text")
        parent, key = Payload(payload).places()[number]
        if isinstance(parent, dict):
            parent[f"{key}_2"] = parent.pop(key)
            outcome = door.post(channel, as_sent(payload))
            assert outcome.status == 200
            assert sum(outcome.counts.values()) == 1, key


@pytest.mark.parametrize("channel", batch_channels())
def test_more_elements_than_a_call_has_time_for_are_kept_whole(
    channel: str, door: FrontDoor
) -> None:
    payload = Payload(recorded(channel, "text"))
    for parent, key in payload.places():
        if key == "messages" and isinstance(parent[key], list):
            parent[key] *= MAX_ELEMENTS + 1
    body = payload.written()
    assert door.post(channel, body).counts == {Metric.QUARANTINED: 1}
    assert door.shelf.quarantined() == [body]


def test_a_flood_of_wrong_elements_is_told_in_a_line(door: FrontDoor) -> None:
    payload: Any = recorded("telegram", "photo")
    payload["message"]["photo"] = [1] * 5_000
    assert door.post("telegram", as_sent(payload)).counts == {Metric.QUARANTINED: 1}
    (line,) = door.log.getvalue().splitlines()
    assert len(json.loads(line)["reason"]) <= 500
