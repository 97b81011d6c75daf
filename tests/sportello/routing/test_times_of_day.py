"""Times of the day as the wall clock shows them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sportello.routing.times_of_day import TimeOfDay

ROME = ZoneInfo("Europe/Rome")
MORNING = {"start": "09:00", "end": "13:00"}


@pytest.mark.parametrize(
    ("times", "at", "within"),
    [
        (MORNING, "2026-03-04T09:00", True),
        (MORNING, "2026-03-04T12:59:59", True),
        (MORNING, "2026-03-04T13:00", False),
        (MORNING, "2026-03-04T08:59", False),
        (MORNING | {"weekdays": ["wed"]}, "2026-03-04T09:00", True),
        (MORNING | {"weekdays": ["tue", "thu"]}, "2026-03-04T09:00", False),
        ({"start": "22:00", "end": "06:00"}, "2026-03-04T23:00", True),
        ({"start": "22:00", "end": "06:00"}, "2026-03-04T05:59", True),
        ({"start": "22:00", "end": "06:00"}, "2026-03-04T06:00", False),
        ({"start": "22:00", "end": "06:00", "weekdays": ["wed"]}, "2026-03-05T05:00", True),
        ({"start": "22:00", "end": "06:00", "weekdays": ["wed"]}, "2026-03-04T05:00", False),
        ({"start": "08:00", "end": "08:00", "weekdays": ["wed"]}, "2026-03-05T07:59", True),
        ({"start": "08:00", "end": "08:00", "weekdays": ["wed"]}, "2026-03-04T07:59", False),
        ({"start": "00:00", "end": "00:00", "weekdays": ["wed"]}, "2026-03-04T00:00", True),
        # The night on which the clock is put forward begins on Saturday all the same.
        ({"start": "22:00", "end": "06:00", "weekdays": ["sat"]}, "2026-03-29T05:00", True),
    ],
)
def test_a_night_belongs_to_its_evening(times: dict[str, Any], at: str, *, within: bool) -> None:
    local = datetime.fromisoformat(at).replace(tzinfo=ROME)
    assert TimeOfDay.model_validate(times).covers(local) is within
