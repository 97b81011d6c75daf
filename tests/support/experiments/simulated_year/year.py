"""A year of a desk, or a part of one: seeded traffic, and the business that changes its mind."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sportello.conversation.events import EVENT_LOG
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.hours.opening_hours import OpeningHours
from sportello.sla.policies import SlaPolicy
from support.experiments.simulated_year.business import (
    CHAT,
    DESK,
    NIGHT,
    OFFICE,
    POLICIES,
    ROME,
    Business,
    calendars,
)
from support.experiments.simulated_year.conversations import LivedConversation, Waiting
from support.experiments.simulated_year.machines import SlaTimer
from support.experiments.simulated_year.traffic import PACES, Life, drawn_start
from support.experiments.simulated_year.virtual_time import VirtualTime

_QUEUES = (DESK, DESK, DESK, CHAT, CHAT, NIGHT, OFFICE)
_FITTED_AFTER = (timedelta(seconds=0.2), timedelta(seconds=35))
"""When running clocks are fitted to changed settings: soon, and once no cache is older."""

_SAMPLE = 5
"""Of one conversation in so many the whole history is folded again."""


def at_midnight(on: date) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(ROME)).astimezone(UTC)


def critical_instants(year: int) -> tuple[datetime, ...]:
    """Clock changes, holidays and closures: where a calendar is easily got wrong."""
    days = (
        *((1, 1), (1, 6), (3, 29), (4, 6), (4, 25), (5, 1), (6, 2), (6, 29)),
        *((8, 10), (8, 24), (10, 25), (11, 1), (12, 8), (12, 24), (12, 25), (12, 31)),
    )
    return tuple(at_midnight(date(year, month, day)) + timedelta(hours=3) for month, day in days)


class SimulatedYear:
    """`conversations` by number; the same arguments give the same `digest`.

    `days_to_edit` is how often, on average, the business changes its policies or calendars.
    """

    def __init__(
        self, seed: int, amount: int, first: date, after_last: date, *, days_to_edit: float = 11
    ) -> None:
        self.recipe = (
            f"SimulatedYear({seed}, {amount}, {first!r}, {after_last!r}, {days_to_edit=!r})"
        )
        self._to_edit = timedelta(days=days_to_edit)
        self.begin, self.end = at_midnight(first), at_midnight(after_last)
        self.time = VirtualTime(self.begin)
        self.business = Business(calendars(first.year))
        self.edits = 0
        self._draw = Random(f"{seed}")  # noqa: S311 -- to be repeated, no secret
        waiting = Waiting()
        critical = [at for at in critical_instants(first.year) if self.begin <= at < self.end]
        self.lives: list[Life] = []
        self.conversations: list[LivedConversation] = []
        for number in range(amount):
            draw = Random(f"{seed}/{number}")  # noqa: S311 -- to be repeated, no secret
            queue = draw.choice(_QUEUES)
            start = drawn_start(draw, self.business, queue, critical, self.begin, self.end)
            conversation = LivedConversation(
                self.time, self.business, waiting, PACES[queue].kind, f"conversation-{number}"
            )
            self.conversations.append(conversation)
            self.lives.append(Life(draw, conversation, queue, start, self.end))
        self._plan_edit()

    def live(self) -> None:
        """Let the time pass, resolve what is left, and check that everything has ended."""
        try:
            self._live()
        except AssertionError as broken:
            broken.add_note(f"to repeat it: {self.recipe}")
            raise

    def _live(self) -> None:
        self.time.pass_until(self.end)
        for life in self.lives:
            life.settle()
        self.time.pass_all()
        for number, conversation in enumerate(self.conversations):
            conversation.audit.check_end(conversation.state)
            if number % _SAMPLE == 0:
                _check_history(conversation)

    def digest(self) -> str:
        """Hash every event, state and effect key, as they are written."""
        digest = hashlib.sha256()
        for conversation in self.conversations:
            digest.update(EVENT_LOG.dump_json(tuple(conversation.events)))
            digest.update(conversation.state.model_dump_json().encode())
            digest.update("\n".join(conversation.effect_keys).encode())
        return digest.hexdigest()

    # --- figures ----------------------------------------------------------------------------

    def clocks_changed(self) -> Counter[str]:
        return sum((each.audit.changed for each in self.conversations), Counter[str]())

    def timers(self) -> list[SlaTimer]:
        return [timer for conversation in self.conversations for timer in conversation.timers]

    def clocks_ended(self) -> Mapping[str, Counter[str]]:
        """Return how the clocks of each kind ended."""
        kinds: dict[str, Counter[str]] = {}
        for conversation in self.conversations:
            for (kind, state), amount in conversation.audit.ended.items():
                kinds.setdefault(kind, Counter())[state] += amount
        return dict(sorted(kinds.items()))

    def events(self) -> Counter[str]:
        return Counter(event.type for each in self.conversations for event in each.events)

    # --- changes of mind --------------------------------------------------------------------

    def _plan_edit(self) -> None:
        pause = self._to_edit * self._draw.uniform(0.2, 1.8)
        if self.time.now + pause < self.end:
            self.time.at(self.time.now + pause, self._edit)

    def _edit(self) -> None:
        """Change a document, and have running clocks fitted to it."""
        self.edits += 1
        now = self.time.now
        if self._draw.random() < 0.5:
            self.business.change_policies(self._other_policies(), now)
        else:
            self.business.change_calendars(self._other_calendars(now), now)
        for delay in _FITTED_AFTER:
            self.time.at(now + delay, self._fit_clocks)
        self._plan_edit()

    def _fit_clocks(self) -> None:
        for conversation in self.conversations:
            conversation.fit_clocks()

    def _other_policies(self) -> tuple[SlaPolicy, ...]:
        """Make every target shorter or longer; the last policy loses one of them at times."""
        factor = self._draw.choice((0.25, 0.5, 1, 2, 5))
        changed = []
        for policy in POLICIES:
            targets = {
                kind: target.model_copy(update={"seconds": max(1, int(target.seconds * factor))})
                for kind, target in policy.targets.items()
                if self._draw.random() < 0.95
            }
            changed.append(policy.model_copy(update={"targets": targets}))
        return tuple(changed)

    def _other_calendars(self, now: datetime) -> Mapping[str, OpeningHours]:
        """Open earlier, close later, or stay closed tomorrow."""
        plain = dict(calendars(self.begin.year))
        tomorrow = now.astimezone(ZoneInfo(ROME)).date() + timedelta(days=1)
        for name in (DESK, CHAT, OFFICE):
            windows = self._draw.choice(
                (None, (), (("08:30", "12:45"), ("15:00", "19:15")), (("00:00", "24:00"),))
            )
            if windows is not None:
                special = {
                    **plain[name].special,
                    tomorrow: windows,
                    tomorrow - timedelta(days=1): windows,
                }
                plain[name] = plain[name].model_copy(update={"special": special})
        return plain


def _check_history(conversation: LivedConversation) -> None:
    """The state is what the log makes of it, and survives being written and read."""
    state = conversation.state
    assert fold(conversation.events) == state
    assert ConversationState.model_validate_json(state.model_dump_json()) == state
    written = EVENT_LOG.dump_json(tuple(conversation.events))
    assert EVENT_LOG.validate_json(written) == tuple(conversation.events)
