from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sportello.live.pace import BURST, FRAMES_A_SECOND, busy_after
from support.builders import NOW


def frames_taken(pauses: list[float]) -> tuple[int, timedelta]:
    """Return how many frames were taken that came after such pauses, and how long that took."""
    busy_until: datetime | None = None
    now, taken = NOW, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        after = busy_after(busy_until, now)
        if after is not None:
            busy_until, taken = after, taken + 1
    return taken, now - NOW


def test_a_few_may_come_at_once_and_no_more() -> None:
    assert frames_taken([0.0] * 100)[0] == BURST


def test_a_steady_pace_is_taken_for_ever() -> None:
    assert frames_taken([1 / FRAMES_A_SECOND] * 1_000)[0] == 1_000


@given(st.lists(st.floats(min_value=0, max_value=2), max_size=200))
def test_no_rhythm_gets_more_through(pauses: list[float]) -> None:
    taken, lasting = frames_taken(pauses)
    assert taken <= BURST + lasting.total_seconds() * FRAMES_A_SECOND + 1
