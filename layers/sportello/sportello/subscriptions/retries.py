"""When an event is told again, and when no more. Pure."""

from datetime import timedelta

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=3)

LONGEST_WISH = timedelta(hours=1)
"""How long a subscriber may put one off by itself."""


def next_delay(age: timedelta, wish: timedelta = timedelta(0)) -> timedelta | None:
    """Return how long an event of that age waits for its next attempt; None if there is none.

    It waits as long again as it has waited so far: some twenty attempts in three days.
    """
    delay = max(min(max(age, FIRST_DELAY), LONGEST_DELAY), min(wish, LONGEST_WISH))
    return delay if age + delay <= GIVEN_UP_AFTER else None
