"""How many frames a connection may send: a steady pace, and a few at once. Pure."""

from datetime import datetime, timedelta

FRAMES_A_SECOND = 5
BURST = 20

_COST = timedelta(seconds=1) / FRAMES_A_SECOND


def busy_after(busy_until: datetime | None, now: datetime) -> datetime | None:
    """Return until when a connection is busy after one more frame; None if that is too many."""
    begins = max(busy_until or now, now)
    ends = begins + _COST
    return None if ends - now > BURST * _COST else ends
