"""What time owes: every clock ends once, every broken promise is owned up to once. Pure.

Also whether clocks follow settings that changed while they ran.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from local.chaos.evidence import Collected, StoredConversation, Verdict
from local.chaos.waits_audit import queued
from sportello.conversation.commands import FitClocks
from sportello.conversation.decide import decide
from sportello.conversation.events import (
    ClockAdvanced,
    ClockChanged,
    ClockEnded,
    ClockStarted,
    OwnerKind,
)
from sportello.conversation.evolution import evolve, fold
from sportello.conversation.state import ConversationState
from sportello.conversation.timing.promises import MAX_PROMISES
from sportello.model import Instant
from sportello.sla.clocks import Clock, ClockChange, ClockEnding, ClockKind, ClockState
from sportello.table.items import LogEntry
from sportello.table.keys import Attributes

OVERDUE = timedelta(seconds=5)
"""How long after its time a timer may act; for longer than that the run waits before it looks."""

FIGURES = (
    "clocks started",
    "clocks that followed settings",
    "clocks ended",
    "clocks still running",
    "promises made",
    "promises kept",
    "promises broken",
    "apologies",
)

FOLLOWING = frozenset({ClockChange.POLICY, ClockChange.OPENING_HOURS})


def audit_clocks(
    verdict: Verdict, conversation_id: str, conversation: StoredConversation, collected: Collected
) -> None:
    for name in FIGURES:
        verdict.figures[name] += 0  # they are read in this order
    _audit_endings(verdict, conversation_id, conversation)
    _audit_apologies(verdict, conversation_id, conversation)
    _audit_promises(verdict, conversation_id, conversation, collected)
    if conversation.state is not None:
        due = conversation.state.next_threshold()
        if due is not None and due + OVERDUE < collected.at:
            verdict.offend("clocks not acted on", conversation_id, f"since {due}")
    for change in _still_to_follow(conversation_id, conversation, collected):
        verdict.offend("clocks behind the settings", conversation_id, change)


def _audit_endings(
    verdict: Verdict, conversation_id: str, conversation: StoredConversation
) -> None:
    state = ConversationState()
    for event in conversation.events:
        match event:
            case ClockStarted(clock=clock):
                verdict.figures["clocks started"] += 1
                verdict.figures["promises made"] += clock.kind is ClockKind.PROMISE
            case ClockChanged(reason=reason):
                verdict.figures["clocks that followed settings"] += reason in FOLLOWING
            case ClockEnded():
                verdict.figures["clocks ended"] += 1
                kept = event.kind is ClockKind.PROMISE and event.ending is ClockEnding.KEPT
                verdict.figures["promises kept"] += kept
                ending = _clock(state, event)
                if ending is None or not ending.running:
                    verdict.offend("clocks ended twice", conversation_id, event.kind)
        state = evolve(state, event)
    verdict.figures["clocks still running"] += sum(clock.running for clock in state.clocks)


def _clock(state: ConversationState, event: ClockAdvanced | ClockEnded) -> Clock | None:
    name = (event.kind, event.promise_id)
    return next((clock for clock in state.clocks if clock.name == name), None)


# --- promises -------------------------------------------------------------------------------------


def _audit_apologies(
    verdict: Verdict, conversation_id: str, conversation: StoredConversation
) -> None:
    """A broken promise is owned up to by one apology, or by ringing the agent who has it."""
    uses: dict[str, int] = defaultdict(int)
    for before, commit in conversation.commits():
        broken = list(_broken_promises(before, commit))
        verdict.figures["promises broken"] += len(broken)
        for apology in queued(commit.events, "promise_broken:"):
            verdict.figures["apologies"] += 1
            uses[apology.effect_key] += 1
            due = {f"promise_broken:{clock.generation}" for clock, _ in broken}
            if apology.effect_key not in due or uses[apology.effect_key] > 1:
                verdict.offend("apologies for nothing", conversation_id, apology.effect_key)
        if broken and not any(
            _owned_up(conversation, clock, state, commit.at) for clock, state in broken
        ):
            about = broken[0][0].promise_id
            verdict.offend("broken promises passed over", conversation_id, about)


def _broken_promises(
    before: ConversationState, commit: LogEntry
) -> Iterator[tuple[Clock, ConversationState]]:
    """Yield the promises that a commit finds broken, and the state that it says so in."""
    state = before
    for event in commit.events:
        state = evolve(state, event)
        if not isinstance(event, ClockAdvanced) or event.kind is not ClockKind.PROMISE:
            continue
        clock = _clock(state, event)
        if event.state is ClockState.BREACHING and clock is not None:
            yield clock, state


def _owned_up(
    conversation: StoredConversation, clock: Clock, state: ConversationState, at: Instant
) -> bool:
    key = f"promise_broken:{clock.generation}"
    if state.owner.kind is OwnerKind.AGENT:
        return any(name.startswith(f"{key}:") for name in conversation.effects)
    return key in conversation.effects or state.budget_left(at) <= 0


def _audit_promises(
    verdict: Verdict, conversation_id: str, conversation: StoredConversation, collected: Collected
) -> None:
    """What was promised to a customer has a clock from that moment on."""
    promised = {key for name, key in collected.promised if name == conversation_id}
    for before, commit in conversation.commits():
        clocks = [
            event.clock.promise_id
            for event in commit.events
            if isinstance(event, ClockStarted) and event.clock.kind is ClockKind.PROMISE
        ]
        replies = [
            event.effect_key
            for event in queued(commit.events, "")
            if event.effect_key in promised or event.effect_key.startswith("promise:")
        ]
        for key in replies:
            promised.discard(key)
            timed = any(name.endswith(key.removeprefix("promise:")) for name in clocks)
            if not timed and _open_promises(fold(commit.events, before)) < MAX_PROMISES:
                verdict.offend("promises without a clock", conversation_id, key)
    for key in promised:
        verdict.offend("promises without a clock", conversation_id, key)


def _open_promises(state: ConversationState) -> int:
    return sum(clock.kind is ClockKind.PROMISE and clock.running for clock in state.clocks)


# --- settings that changed ------------------------------------------------------------------------


def _still_to_follow(
    conversation_id: str, conversation: StoredConversation, collected: Collected
) -> Iterator[str]:
    """Yield the running clocks that fitting them to the settings in force would still change.

    One that is paused has no due time that could be wrong: it follows when it runs again.
    """
    terms, state = collected.terms.get(conversation_id), conversation.state
    if terms is None or state is None:
        return
    running = {clock.name for clock in state.clocks if clock.due_at and clock.running}
    for event in decide(state, FitClocks(), collected.at, terms).events:
        match event:
            case ClockChanged(clock=clock, reason=reason) if reason in FOLLOWING:
                yield from (clock.kind for name in running if name == clock.name)
            case ClockEnded(kind=kind, ending=ClockEnding.NO_TARGET):
                yield kind


def audit_settings(verdict: Verdict, collected: Collected) -> None:
    """What a supervisor was told is written is there, and the last of it in force."""
    versions: dict[str, set[int]] = defaultdict(set)
    current: dict[str, int] = {}
    for item in collected.items:
        kind = _settings_kind(item)
        if kind and item["sk"]["S"] == "CURRENT":
            current[kind] = int(item["version"]["N"])
        elif kind:
            versions[kind].add(int(item["version"]["N"]))
    verdict.figures["settings written"] = len(collected.written)
    for kind, version in sorted(collected.written):
        if version not in versions[kind]:
            verdict.offend("settings lost", kind, f"version {version}")
    for kind, all_of_it in sorted(versions.items()):
        if current.get(kind) != max(all_of_it):
            verdict.offend("settings lost", kind, "an old version is in force")


def _settings_kind(item: Attributes) -> str:
    partition = item["pk"]["S"]
    return partition.removeprefix("SETTINGS#") if partition.startswith("SETTINGS#") else ""
