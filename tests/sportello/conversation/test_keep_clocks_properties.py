"""What holds for clocks under any terms, whatever is asked and however often settings change.

A ledger beside the conversation counts for itself what each clock ought to have counted.
"""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.commands import (
    Classify,
    Command,
    EndSnooze,
    ExhaustLadder,
    FitClocks,
    KeepPromise,
    Snooze,
    SpokenPromise,
    Tick,
)
from sportello.conversation.decide import decide
from sportello.conversation.decision import Decision
from sportello.conversation.events import (
    ClockChanged,
    ClockEnded,
    ClockStarted,
    ConversationEvent,
    OwnerKind,
)
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.errors import NotAllowed
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import Instant
from sportello.priorities import Priority
from sportello.sla.clocks import Clock, ClockChange, ClockKind, ClockState, PromiseTerms
from sportello.sla.policies import ClockActions, SlaPolicy, Target
from sportello.sla.settings import SlaSettings
from support.builders import (
    NOW,
    accept,
    an_item,
    answer,
    offer,
    receive,
    reply,
    request_human,
    resolve,
    return_to_bot,
    seconds,
    terms_with,
)

MICROSECOND = 1e-6

WEEKS: list[dict[str, Any]] = [
    {"mon-fri": [["09:00", "13:00"], ["14:00", "18:00"]]},
    {"mon-sun": [["20:00", "04:00"]]},
    {"wed": [["11:00", "11:01"]]},
    {"mon-sun": [["00:00", "24:00"]]},
    {},  # never open
]
HOURS = {
    version: OpeningHoursSettings.model_validate(
        {"calendars": {"default": {"time_zone": "Europe/Rome", "weekly": weekly}}}
    )
    for version, weekly in enumerate(WEEKS, 1)
}
TARGETED = [kind for kind in ClockKind if kind is not ClockKind.PROMISE]

targets = st.builds(
    Target,
    seconds=st.sampled_from([1, 7, 60, 3_600, 28_800]),
    warn_after_fraction=st.sampled_from([0.1, 0.8, 1]),
    around_the_clock=st.booleans(),
    pauses_while=st.sampled_from(
        [
            (),
            ("awaiting_customer",),
            ("snoozed",),
            ("awaiting_customer", "snoozed"),
        ]
    ),
    restarts=st.sampled_from(["anew", "continued", "never"]),
    at_warning=st.builds(ClockActions, raise_priority_to=st.sampled_from([None, Priority.HIGH])),
)
policies = st.builds(
    SlaPolicy,
    name=st.just("some"),
    priorities=st.sampled_from([(), (Priority.HIGH, Priority.URGENT)]),
    targets=st.dictionaries(st.sampled_from(TARGETED), targets, min_size=1),
)
sla = st.lists(policies, max_size=1).map(
    lambda first: [policy.model_copy(update={"name": "special"}) for policy in first]
)
settings_in_force = st.tuples(
    sla, policies.map(lambda policy: policy.model_copy(update={"priorities": ()}))
).map(lambda both: SlaSettings(policies=(*both[0], both[1])))

promises = st.none() | st.builds(
    PromiseTerms,
    within_seconds=st.sampled_from([60, 1_200, 7_200]),
    in_opening_hours=st.booleans(),
    kept_by=st.sampled_from(["answer", "hand"]),
)

steps = st.one_of(
    st.tuples(st.just("pass"), st.sampled_from([0.000001, 1, 7, 59.5, 600, 3_600, 40_000, 90_000])),
    st.tuples(st.just("write"), st.sampled_from([0, 0, 0.3, 30, 90])),
    st.tuples(st.just("answer"), promises),
    st.tuples(st.just("hand_over"), st.none()),
    st.tuples(st.just("offer"), st.none()),
    st.tuples(st.just("exhaust"), promises),
    st.tuples(st.just("accept"), st.none()),
    st.tuples(st.just("reply"), promises),
    st.tuples(st.just("resolve"), st.none()),
    st.tuples(st.just("give_back"), st.none()),
    st.tuples(st.just("snooze"), st.sampled_from([60, 5_000, 100_000])),
    st.tuples(st.just("unsnooze"), st.none()),
    st.tuples(st.just("classify"), st.sampled_from(Priority)),
    st.tuples(st.just("keep"), st.none()),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("policy"), settings_in_force),
    st.tuples(st.just("hours"), st.sampled_from(sorted(HOURS))),
)
beginnings = st.sampled_from(
    [
        [],
        [("write", 0), ("hand_over", None)],
        [("write", 0), ("hand_over", None), ("accept", None), ("reply", None), ("write", 0)],
    ]
)


class Ledger:
    """A conversation, its timers that are never late, and an account of each clock's time."""

    def __init__(self, policy: SlaSettings) -> None:
        self.now = NOW
        self.state = ConversationState()
        self.terms = terms_with(sla=policy)
        self.hours_version = self.sla_version = 0
        self.events: list[ConversationEvent] = []
        self.account: dict[tuple[str, str, int], float] = {}
        self.names = 0
        self.change_hours(1)

    def change_hours(self, which: int) -> None:
        """Put other hours in force; every version there was stays known."""
        self.hours_version += 1
        past = dict(self.terms.past_hours)
        past[self.terms.hours_version] = self.terms.opening_hours
        self.terms = self.terms.model_copy(
            update={
                "opening_hours": HOURS[which],
                "hours_version": self.hours_version,
                "past_hours": past,
            }
        )

    def change_policy(self, policy: SlaSettings) -> None:
        self.sla_version += 1
        update = {"sla": policy, "sla_version": self.sla_version}
        self.terms = self.terms.model_copy(update=update)

    # --- time -----------------------------------------------------------------------------

    def pass_until(self, until: Instant) -> None:
        """Let time go by, the planned timer waking at its instant."""
        woken = 0
        while self.state.wake_at is not None and self.state.wake_at <= until:
            woken += 1
            assert woken < 200, "timers wake for ever"
            woken_for = self.state.wake_at
            self.count_until(max(self.now, woken_for))
            self.ask(Tick(woken_for=woken_for, apology="Ci scusiamo."))
        self.count_until(until)

    def count_until(self, until: Instant) -> None:
        for clock in self.state.clocks:
            if clock.running and clock.counting_since is not None:
                begin = max(self.now, clock.counting_since)
                self.account[key(clock)] += self.elapsed(clock, begin, until)
        self.now = until

    def elapsed(self, clock: Clock, start: Instant, end: Instant) -> float:
        hours = self.terms.hours(clock.calendar, clock.calendar_version)
        if end <= start:
            return 0
        return hours.elapsed(start, end) if hours else (end - start).total_seconds()

    # --- deciding -------------------------------------------------------------------------

    def ask(self, command: Command) -> None:
        before = self.state
        try:
            decision = decide(before, command, self.now, self.terms)
        except NotAllowed:
            return
        self.state = fold(decision.events, before)
        self.events += decision.events
        keys = [effect.key for effect in decision.effects]
        assert len(set(keys)) == len(keys)
        for event in decision.events:
            self.book(event, before)
        self.check(command)

    def book(self, event: ConversationEvent, before: ConversationState) -> None:
        match event:
            case ClockStarted(clock=clock):
                earlier = [c for c in before.clocks if c.name == clock.name and not c.running]
                counted = self.account[key(earlier[0])] if clock.spent_seconds else 0
                since = clock.counting_since or self.now
                self.account[key(clock)] = counted + self.elapsed(clock, since, self.now)
            case ClockChanged(clock=clock, reason=ClockChange.EARLIER_MESSAGE):
                self.account[key(clock)] = clock.spent_seconds + self.elapsed(
                    clock, clock.started_at, self.now
                )
            case ClockEnded(kind=kind, promise_id=promise_id, counted_seconds=counted):
                ended = max(
                    (name for name in self.account if name[:2] == (kind, promise_id)),
                    key=lambda name: name[2],
                )
                assert abs(counted - self.account[ended]) < MICROSECOND

    # --- what must hold -------------------------------------------------------------------

    def check(self, command: Command) -> None:
        state = self.state
        running = [clock for clock in state.clocks if clock.running]
        assert len({clock.name for clock in running}) == len(running)
        kinds = [clock.kind for clock in running if clock.kind is not ClockKind.PROMISE]
        assert len(set(kinds)) == len(kinds)
        assert all((clock.ended_at is None) == clock.running for clock in state.clocks)
        if state.lifecycle is Lifecycle.RESOLVED:
            assert not running
        for clock in running:
            self.check_account(clock)
        upcoming = state.next_threshold()
        if upcoming is not None:
            assert state.wake_at is not None
            assert state.wake_at <= upcoming
        # The table refuses a repeated reply by its key; what is due at once is no repetition.
        due_now = upcoming is not None and upcoming <= self.now
        if not (isinstance(command, Tick) and due_now) and command_type(command) != "Reply":
            assert decide(state, command, self.now, self.terms) == Decision()
        if not due_now:
            assert decide(state, FitClocks(), self.now, self.terms) == Decision()

    def check_account(self, clock: Clock) -> None:
        """What is spent is what was counted, and with the rest it is the whole target."""
        counted = self.terms.counted(clock, self.now)
        assert abs(counted - self.account[key(clock)]) < MICROSECOND
        if clock.state is ClockState.PAUSED:
            assert (clock.counting_since, clock.warn_at, clock.due_at) == (None, None, None)
            return
        assert clock.counting_since is not None
        assert clock.warn_at is not None
        assert clock.due_at is not None
        rest = self.elapsed(clock, clock.counting_since, clock.due_at)
        whole = max(clock.target_seconds, clock.spent_seconds)
        assert abs(clock.spent_seconds + rest - whole) < MICROSECOND
        assert clock.counting_since <= clock.warn_at <= clock.due_at

    # --- what is asked --------------------------------------------------------------------

    def take(self, step: str, with_what: Any) -> None:
        match step:
            case "pass":
                self.pass_until(self.now + timedelta(seconds=with_what))
            case "policy":
                self.change_policy(with_what)
                self.ask(FitClocks())
            case "hours":
                self.change_hours(with_what)
                self.ask(FitClocks())
            case _:
                command = self.command(step, with_what)
                if command is not None:
                    self.ask(command)

    def command(self, step: str, with_what: Any) -> Command | None:  # noqa: C901, PLR0911, PLR0912 -- one arm for each command, flat
        state = self.state
        self.names += 1
        turn_id = state.turn.leased_to if state.turn else ""
        version = state.owner.version
        match step:
            case "write":
                sent_at = self.now - seconds(with_what)
                item = an_item(f"item-{self.names}", sent_at, received_at=self.now)
                return receive(item, turn_id=f"turn-{self.names}")
            case "answer" if state.turn is not None:
                items = [item.item_id for item in state.turn.items]
                said = answer(*items, turn_id=turn_id, owner_version=version)
                return said.model_copy(update={"promise": with_what})
            case "hand_over":
                return request_human(turn_id=turn_id, owner_version=version)
            case "offer" if state.owner.kind is OwnerKind.QUEUE:
                return offer(handoff_id=state.handoff_id, expires_at=self.now + seconds(60))
            case "exhaust" if state.owner.kind is OwnerKind.QUEUE:
                spoken = SpokenPromise(text="Entro un'ora.", terms=with_what) if with_what else None
                return ExhaustLadder(handoff_id=state.handoff_id, promise=spoken)
            case "accept":
                return accept("anna")
            case "reply":
                said_by_anna = reply("anna", str(self.names))
                return said_by_anna.model_copy(update={"promise": with_what})
            case "resolve":
                return resolve("anna")
            case "give_back":
                return return_to_bot("anna")
            case "snooze":
                return Snooze(agent_id="anna", until=self.now + seconds(with_what))
            case "unsnooze":
                return EndSnooze(agent_id="anna")
            case "classify":
                return Classify(agent_id="anna", priority=with_what)
            case "keep":
                made = [clock.promise_id for clock in state.clocks if clock.promise_id]
                return KeepPromise(agent_id="anna", promise_id=made[-1]) if made else None
            case "sweep":
                return Tick(woken_for=None)
            case _:
                return None


def key(clock: Clock) -> tuple[str, str, int]:
    return (clock.kind, clock.promise_id, clock.generation)


def command_type(command: Command) -> str:
    return type(command).__name__


@given(policy=settings_in_force, first=beginnings, then=st.lists(steps, max_size=40))
def test_clocks_fit_the_conversation_and_their_time_adds_up(
    policy: SlaSettings, first: list[tuple[str, Any]], then: list[tuple[str, Any]]
) -> None:
    ledger = Ledger(policy)
    for step, with_what in [*first, *then]:
        ledger.take(step, with_what)
    assert fold(ledger.events) == ledger.state
    text = ledger.state.model_dump_json(exclude_defaults=True)
    assert ConversationState.model_validate_json(text) == ledger.state


def test_the_ledger_would_notice_a_second_lost() -> None:
    """The property above can fail: a clock that counted a second less than it did is found."""
    ledger = Ledger(SlaSettings())
    for step, with_what in [("write", 0), ("hand_over", None), ("pass", 59.5)]:
        ledger.take(step, with_what)
    clock = ledger.state.clocks[0]
    assert clock.counting_since is not None
    wrong = clock.model_copy(update={"counting_since": clock.counting_since + seconds(1)})
    try:
        ledger.check_account(wrong)
    except AssertionError:
        return
    raise AssertionError("the ledger does not count")
