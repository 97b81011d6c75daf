"""Rule 5, told again without the decider's own code: who waits is derived from the state here."""

from collections.abc import Collection, Iterator, Mapping

from sportello.conversation.commands import (
    Accept,
    AnswerAsBot,
    Command,
    KeepPromise,
    OfferToAgent,
    ReceiveMessages,
    RecordDelivery,
    Reply,
    Resolve,
    ReturnToBot,
    Tick,
)
from sportello.conversation.decision import Decision
from sportello.conversation.effects import NotifyAgents
from sportello.conversation.events import ClockEnded, ClockReopened, OwnerKind
from sportello.conversation.people_commands import (
    LeaveAgent,
    TakeOver,
    TransferToAgent,
    TransferToQueue,
)
from sportello.conversation.state import ConversationState, Lifecycle, Turn
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.timing.promises import KEPT_BY_ANSWER
from sportello.messaging.statuses import LOST as LOST_MESSAGES
from sportello.sla.clocks import Clock, ClockEnding, ClockKind, ClockState
from support.builders import seconds
from support.experiments.interleavings.named_rules import CLOCKS, LOST, ORDER, PEOPLE, VOICE, hold
from support.experiments.interleavings.world import World

_RESPONSES = frozenset({ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE})
_ENDED_BY_REPLY = frozenset(
    {*_RESPONSES, ClockKind.FIRST_RESPONSE_ANY, ClockKind.AGENT_SILENCE, ClockKind.QUEUE_WAIT}
)

_WITH_AN_ANSWER = frozenset({ClockEnding.ANSWERED, ClockEnding.TAKEN, ClockEnding.KEPT})

GIVEN_UP: tuple[type[Command], ...] = (TransferToQueue, TransferToAgent, LeaveAgent)
"""How a conversation leaves its agent, besides by the agent's silence."""

_ENDINGS: Mapping[type[Command], frozenset[ClockEnding]] = {
    Reply: _WITH_AN_ANSWER,
    Resolve: frozenset({ClockEnding.RESOLVED}),
    ReturnToBot: frozenset({ClockEnding.RETURNED}),
    ReceiveMessages: frozenset({ClockEnding.ANSWERED, ClockEnding.KEPT}),
    AnswerAsBot: frozenset({ClockEnding.ANSWERED}),
    Accept: frozenset({ClockEnding.TAKEN}),
    Tick: frozenset({ClockEnding.LEFT_AGENT}),
    KeepPromise: frozenset({ClockEnding.KEPT}),
    OfferToAgent: frozenset({ClockEnding.TAKEN}),
    TakeOver: frozenset({ClockEnding.TAKEN, ClockEnding.LEFT_AGENT}),
    **dict.fromkeys(GIVEN_UP, frozenset({ClockEnding.LEFT_AGENT})),
    RecordDelivery: frozenset({ClockEnding.ANSWERED, ClockEnding.KEPT, ClockEnding.NOT_DELIVERED}),
}
"""How each command may end clocks; all but these end none, unless settings took a target away."""

_NEARLY = seconds(0.001)


# --- of a decision ----------------------------------------------------------------------------


def check_ended_clocks(
    before: ConversationState, command: Command, decision: Decision, after: ConversationState
) -> None:
    known = {clock.name: clock for clock in before.clocks if clock.running}
    for event in decision.events:
        if isinstance(event, ClockReopened):
            known[event.clock.name] = event.clock
        if isinstance(event, ClockEnded):
            clock = known.pop((event.kind, event.promise_id), None)
            hold(CLOCKS, clock, f"{event.kind} ended and did not run")
            assert clock is not None
            _check_ending(clock, command, event, after)
    running = [clock for clock in after.clocks if clock.running]
    happened = {event.type for event in decision.events}
    owed_by_hand = [
        clock
        for clock in running
        if clock.promise_id and not clock.promise_id.startswith(KEPT_BY_ANSWER)
    ]
    if "ConversationResolved" in happened:
        hold(CLOCKS, not running, f"{_kinds(running)} still run after it was resolved")
    if "ConversationReturned" in happened:
        hold(CLOCKS, running == owed_by_hand, f"{_kinds(running)} still run for the bot")
    if isinstance(command, Reply):
        kept_by_answer = f"{KEPT_BY_ANSWER}{command.key}"
        owed = [
            clock
            for clock in running
            if clock.kind in _ENDED_BY_REPLY
            or (clock.promise_id.startswith(KEPT_BY_ANSWER) and clock.promise_id != kept_by_answer)
        ]
        hold(CLOCKS, not owed, f"{_kinds(owed)} still run after a reply")


def _check_ending(
    clock: Clock, command: Command, event: ClockEnded, after: ConversationState
) -> None:
    allowed = _ENDINGS.get(type(command), frozenset()) | {ClockEnding.NO_TARGET}
    how = f"{event.kind} ended {event.ending} by {type(command).__name__}"
    hold(CLOCKS, event.ending in allowed, how)
    answered = event.ending in _WITH_AN_ANSWER
    met = answered or (event.ending, event.kind) == (ClockEnding.RESOLVED, ClockKind.RESOLUTION)
    at = event.at
    if isinstance(command, ReceiveMessages) and after.echoed_at:
        at = after.echoed_at
    if isinstance(command, RecordDelivery):
        at = event.counted_until or event.at
    # What is done at the very due time is in time; who is still waiting then has waited too long.
    overdue = clock.due_at is not None and (at > clock.due_at if met else at >= clock.due_at)
    # An edit may leave less time than is spent already.
    overspent = met and clock.spent_seconds > clock.target_seconds
    # A reply that arrived after all was in time or was not, whatever was thought meanwhile.
    arrived = isinstance(command, RecordDelivery) and command.reported not in LOST_MESSAGES
    late = overdue or (not arrived and (overspent or clock.state is ClockState.BREACHING))
    in_time = ClockState.ACHIEVED if met else ClockState.CANCELLED
    right = ClockState.BREACHED if late else in_time
    hold(CLOCKS, event.state is right, f"{event.kind} ended {event.state}, not {right}")
    most = max((event.at - clock.started_at).total_seconds(), 0)
    counted = f"{event.kind} counted {event.counted_seconds} s of {most} s"
    hold(CLOCKS, 0 <= event.counted_seconds <= most, counted)


def check_reassignment(
    before: ConversationState, command: Command, decision: Decision, after: ConversationState
) -> None:
    """Only silence takes a conversation from an agent, and only from the one it was timed for."""
    agent = before.owner
    if agent.kind is not OwnerKind.AGENT or after.owner.kind is not OwnerKind.QUEUE:
        return
    if isinstance(command, GIVEN_UP):
        return
    hold(VOICE, isinstance(command, Tick), f"{type(command).__name__} took it from {agent.name}")
    timed = [c for c in before.clocks if c.kind is ClockKind.AGENT_SILENCE and c.running]
    now = after.decided_at
    assert now is not None
    for clock in timed:
        theirs = agent.since is not None and clock.started_at >= agent.since
        hold(VOICE, theirs, f"the silence of somebody before {agent.name} was timed")
        over = clock.due_at is not None and clock.due_at <= now
        hold(VOICE, over, f"{agent.name} still had time until {clock.due_at}")
    hold(VOICE, timed and before.turn, f"nobody waited for {agent.name}")
    told = {
        effect.data["agent_id"]
        for effect in decision.effects
        if isinstance(effect, NotifyAgents) and effect.notice == "conversation.reassigned"
    }
    hold(LOST, told == {agent.name} or not before.ringing, f"{agent.name} is not told")


# --- of a world -------------------------------------------------------------------------------


def check_watched(state: ConversationState, turn: Turn) -> None:
    """A response clock runs for who waits in a queue, and since they began to wait."""
    watching = [clock for clock in state.clocks if clock.running and clock.kind in _RESPONSES]
    waits = state.owner.kind is OwnerKind.QUEUE
    hold(LOST, watching or not waits, "a customer waits in a queue and no clock runs")
    for clock in watching:
        # What was counted under other settings, or before a pause, is not counted anew.
        late = (
            f"the clock counts from {clock.started_at:%T}, they wait since {turn.counted_from:%T}"
        )
        moves = clock.counting_since == clock.started_at
        hold(ORDER, clock.started_at <= turn.counted_from or not moves, late)


def check_clocks(world: World, promised: Collection[ClockKind]) -> None:
    state = world.state
    running = [clock for clock in state.clocks if clock.running]
    names = [clock.name for clock in running]
    hold(CLOCKS, len(set(names)) == len(names), f"two clocks of one name run: {names}")
    ends = all((clock.ended_at is None) == clock.running for clock in state.clocks)
    hold(CLOCKS, ends, "an ended clock does not say when")
    resolved = state.lifecycle is Lifecycle.RESOLVED
    hold(CLOCKS, not (resolved and running), "a clock runs in a resolved conversation")
    waited_for = set(_waited_for(state))
    kinds = {clock.kind for clock in running} - {ClockKind.PROMISE}
    hold(CLOCKS, kinds <= waited_for, f"{sorted(kinds - waited_for)} run and nobody waits")
    missing = waited_for.intersection(promised) - kinds
    hold(CLOCKS, not missing, f"{sorted(missing)} do not run")
    for clock in running:
        _check_counting(clock, state)
    _check_timer(world, running)


def _waited_for(state: ConversationState) -> Iterator[ClockKind]:
    at_people = state.owner.kind in PEOPLE
    if at_people:
        yield ClockKind.RESOLUTION
    if state.owner.kind is OwnerKind.QUEUE:
        yield ClockKind.QUEUE_WAIT
    if state.turn is None:
        return
    if not state.answered_in_episode:
        yield ClockKind.FIRST_RESPONSE_ANY
    if at_people:
        by_person = state.answered_by_person
        yield ClockKind.NEXT_RESPONSE if by_person else ClockKind.FIRST_RESPONSE
    if state.owner.kind is OwnerKind.AGENT:
        yield ClockKind.AGENT_SILENCE


def _check_counting(clock: Clock, state: ConversationState) -> None:
    """What is spent and what is left make the target; time stands still only while it may."""
    lifecycle, now = state.lifecycle, state.decided_at
    assert now is not None
    since, due_at, warn_at = clock.counting_since, clock.due_at, clock.warn_at
    if since is None or due_at is None or warn_at is None:
        hold(CLOCKS, clock.state is ClockState.PAUSED, f"{clock.kind} is {clock.state}, counts not")
        pauses = lifecycle in {Lifecycle.SNOOZED, Lifecycle.AWAITING_CUSTOMER}
        hold(CLOCKS, pauses, f"{clock.kind} is paused while {lifecycle}")
        return
    hold(CLOCKS, clock.state is not ClockState.PAUSED, f"{clock.kind} is paused and counts")
    passed = clock.state_at(now) is not clock.state or clock.state is ClockState.BREACHING
    stands = lifecycle is not Lifecycle.SNOOZED or clock.kind is ClockKind.PROMISE
    hold(CLOCKS, stands or passed, f"{clock.kind} counts while it is put aside")
    for at, target in ((due_at, clock.target_seconds), (warn_at, clock.warn_seconds)):
        left = seconds(max(target - clock.spent_seconds, 0))
        wrong = f"{clock.kind} of {target} s, {clock.spent_seconds} s spent, is {at - since} away"
        hold(CLOCKS, abs(at - since - left) < _NEARLY, wrong)


def _check_timer(world: World, running: Collection[Clock]) -> None:
    state = world.state
    told = state.announced
    thresholds = [
        *(clock.warn_at for clock in running if clock.state is ClockState.PENDING),
        *(clock.due_at for clock in running if clock.state is ClockState.IMMINENT),
        state.snoozed_until,
        told.review_at if told else None,
    ]
    upcoming = min((at for at in thresholds if at is not None), default=None)
    wake = state.wake_at
    if upcoming is None:
        return
    planned = wake is not None and wake <= max(upcoming, world.now)
    hold(CLOCKS, planned, f"wake planned for {wake}, the next threshold is {upcoming}")
    hold(CLOCKS, wake in world.timers or world.timer_died, f"no timer sleeps until {wake}")


# --- at the end -------------------------------------------------------------------------------


def check_fitted(world: World, terms: ServiceTerms) -> None:
    """Edited settings have reached every clock that something will wake."""
    state = world.state
    if state.wake_at is None:
        return
    for clock in state.clocks:
        if clock.running and clock.state is not ClockState.BREACHING and not clock.promise_id:
            target = terms.target(state, clock.kind)
            wanted = target.seconds if target else None
            fits = clock.target_seconds == wanted
            hold(CLOCKS, fits, f"{clock.kind} counts to {clock.target_seconds} s, not {wanted} s")


def _kinds(clocks: Collection[Clock]) -> list[str]:
    return sorted(clock.kind for clock in clocks)
