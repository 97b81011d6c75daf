"""The exploration would notice: each guard taken out of the real decider breaks a rule by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from sportello.conversation import decide as decider
from sportello.conversation import decision, evolution, turns
from sportello.conversation.commands import Command, ReceiveMessages
from sportello.conversation.decision import Draft
from sportello.conversation.events import ClockReopened, OwnerChanged, OwnerKind
from sportello.conversation.handing_over import climbing, handoffs, ladders
from sportello.conversation.lost_answers import delivery_records, lost_messages
from sportello.conversation.lost_answers.reopening import StoppedClock
from sportello.conversation.state import ConversationState
from sportello.conversation.timing import keep_clocks
from sportello.conversation.timing import tick as ticking
from sportello.messaging.items import DeliveryStatus
from sportello.sla.clocks import ClockKind
from sportello.table import effect_table
from sportello.table import writes as table_writes
from support.experiments.explorer import Violation
from support.experiments.interleavings.clock_scripts import (
    ASIDE,
    PROMISED,
    SHORTENED,
    SILENCE,
    THANKED,
    THANKED_FOR_AN_ANSWER,
)
from support.experiments.interleavings.lost_scripts import (
    AFTER_ALL,
    BEFORE_THE_NEXT,
    BOTS,
    CONTRADICTED,
    ELSEWHERE,
    IN_TIME,
    TWO_PARTS,
)
from support.experiments.interleavings.named_rules import (
    ANSWERS,
    CLOCKS,
    HISTORY,
    LOST,
    ONCE,
    ORDER,
    POLITE,
    TURNS,
    VOICE,
)
from support.experiments.interleavings.play import play
from support.experiments.interleavings.script import Script
from support.experiments.interleavings.scripts import (
    BUDGET,
    BURST,
    CLOSED,
    DOOR,
    LADDER,
    RECEIPTS,
    SOME_ORDERS,
    TAKEOVER,
    TIMERS,
)

type Patch = pytest.MonkeyPatch


def no_owner_version_guard(patch: Patch) -> None:
    def may_answer(state: ConversationState, turn_id: str, _owner_version: int) -> bool:
        mine = state.turn is not None and state.turn.leased_to == turn_id
        return mine and state.owner.kind is OwnerKind.BOT

    patch.setattr(turns, "bot_may_answer", may_answer)
    patch.setattr(handoffs, "bot_may_answer", may_answer)


def no_owner_guard_at_all(patch: Patch) -> None:
    def may_answer(state: ConversationState, *_asked: object) -> bool:
        return state.turn is not None

    patch.setattr(turns, "bot_may_answer", may_answer)


def no_owner_check_in_the_claim(patch: Patch) -> None:
    real = table_writes.check_owner

    def check(*args: Any) -> dict[str, Any]:
        return real(*args) | {
            "ConditionExpression": "owner_version = :version OR attribute_exists(pk)"
        }

    patch.setattr(effect_table, "check_owner", check)


def no_state_check_in_the_claim(patch: Patch) -> None:
    real = table_writes.claim_effect

    def claim(*args: Any) -> dict[str, Any]:
        return real(*args) | {"ConditionExpression": "delivery = :queued OR attribute_exists(pk)"}

    patch.setattr(effect_table, "claim_effect", claim)


def no_duplicate_guard(patch: Patch) -> None:
    real = turns.receive_messages

    def receive(draft: Draft, command: ReceiveMessages) -> None:
        draft.state = draft.state.model_copy(update={"recent_items": ()})
        real(draft, command)

    command: type[Command] = ReceiveMessages
    patch.setitem(decider.HANDLERS, command, receive)


def no_status_lattice(patch: Patch) -> None:
    for module in (delivery_records, evolution):
        patch.setattr(module, "is_progress", lambda _known, _reported: True)


def no_status_lattice_in_the_decision(patch: Patch) -> None:
    patch.setattr(delivery_records, "is_progress", lambda _known, _reported: True)


def a_lease_binds_nobody(patch: Patch) -> None:
    def lease(draft: Draft, turn_id: str, lease_seconds: int) -> None:
        turns._record_lease(draft, turn_id, lease_seconds, attempt=1)

    patch.setattr(turns, "_lease", lease)


def an_answer_ends_the_whole_turn(patch: Patch) -> None:
    def answer(state: ConversationState, _event: object) -> ConversationState:
        return state.model_copy(update={"turn": None})

    patch.setattr(evolution, "_answer_items", answer)


def the_owner_version_stands_still(patch: Patch) -> None:
    def change(draft: Draft, kind: OwnerKind, name: str = "") -> None:
        version = max(1, draft.state.owner.version)
        draft.record(OwnerChanged(at=draft.now, kind=kind, name=name, version=version))

    patch.setattr(decision.Draft, "change_owner", change)


def no_reply_budget(patch: Patch) -> None:
    patch.setattr(ConversationState, "budget_left", lambda _state, _now: 1)


def every_message_is_told_out_of_hours(patch: Patch) -> None:
    real = turns.tell_out_of_hours

    def tell(draft: Draft, text: str, closed_since: datetime) -> None:
        draft.state = draft.state.model_copy(update={"closed_period_told": None})
        real(draft, text, closed_since)

    for module in (turns, handoffs, climbing):
        patch.setattr(module, "tell_out_of_hours", tell)


def nothing(patch: Patch, module: object, name: str) -> None:
    patch.setattr(module, name, lambda *_args, **_named: None)


def no_token_is_sent_back(patch: Patch) -> None:
    for module in (ladders, climbing):
        nothing(patch, module, "resume")


def a_tick_plans_no_other(patch: Patch) -> None:
    patch.setattr(decider, "plan_next_wake", lambda _draft, _woken_for: None)


def folding_looks_at_the_time(patch: Patch) -> None:
    patch.setattr(evolution, "_later", lambda _known, _at: datetime.now(UTC))


def a_turn_in_order_of_arrival(patch: Patch) -> None:
    patch.setattr(evolution, "sorted", lambda items, **_key: list(items), raising=False)


def effects_without_a_number(patch: Patch) -> None:
    patch.setattr(decision.Draft, "unique", lambda _draft, prefix: prefix)


def silence_is_timed_for_whoever_had_it_before(patch: Patch) -> None:
    def since(state: ConversationState) -> datetime | None:
        timed = state.owner.kind is OwnerKind.AGENT and state.turn is not None
        return state.turn.counted_from if timed and state.turn else None

    patch.setitem(keep_clocks.WAITS, ClockKind.AGENT_SILENCE, since)


def thanks_are_owed_an_answer(patch: Patch) -> None:
    patch.setattr(turns, "_is_mere_courtesy", lambda *_args: False)


def a_lost_answer_is_forgiven_the_time(patch: Patch) -> None:
    def reopen(draft: Draft, stopped: StoppedClock) -> None:
        clock = draft.terms.counting_from(stopped.clock, draft.now)
        draft.record(
            ClockReopened(at=draft.now, clock=clock, stopped_at=stopped.at, queue=stopped.queue)
        )

    patch.setattr(lost_messages, "_reopen", reopen)


def what_was_withdrawn_counts(patch: Patch) -> None:
    patch.setattr(delivery_records, "LOST", frozenset({DeliveryStatus.REFUSED}))


@dataclass(frozen=True)
class Mutant:
    """`backed` is a guard that others stand behind: only a probe meets it alone."""

    name: str
    script: Script
    rule: str
    make: Callable[[Patch], None]
    backed: bool = False


MUTANTS = (
    # A change of owner also takes the lease from the run and the items from the turn.
    Mutant("no owner version guard", TAKEOVER, VOICE, no_owner_version_guard, backed=True),
    Mutant("no owner guard at all", TAKEOVER, VOICE, no_owner_guard_at_all),
    Mutant("no owner check in the claim", DOOR, VOICE, no_owner_check_in_the_claim),
    Mutant("the owner version stands still", TAKEOVER, VOICE, the_owner_version_stands_still),
    Mutant("no state check in the claim", DOOR, ONCE, no_state_check_in_the_claim),
    Mutant("effects without a number", LADDER, ONCE, effects_without_a_number),
    Mutant("no duplicate guard", BURST, LOST, no_duplicate_guard),
    Mutant("an answer ends the whole turn", BURST, LOST, an_answer_ends_the_whole_turn),
    Mutant("agents are not told", TAKEOVER, LOST, lambda p: nothing(p, turns, "_tell_agent")),
    Mutant("tokens are not sent back", LADDER, LOST, no_token_is_sent_back),
    Mutant("a lease binds nobody", BURST, TURNS, a_lease_binds_nobody),
    Mutant("no status lattice", RECEIPTS, ORDER, no_status_lattice),
    Mutant("no lattice in the decision", RECEIPTS, ORDER, no_status_lattice_in_the_decision),
    Mutant("a turn in order of arrival", SOME_ORDERS, ORDER, a_turn_in_order_of_arrival),
    Mutant(
        "late messages start no clock earlier",
        SOME_ORDERS,
        ORDER,
        lambda p: nothing(p, keep_clocks, "_count_from_earlier"),
    ),
    Mutant(
        "a resolution cancels no clock",
        TIMERS,
        CLOCKS,
        lambda p: nothing(p, handoffs, "resolve_clocks"),
    ),
    Mutant(
        "a reply ends no clock", TAKEOVER, CLOCKS, lambda p: nothing(p, handoffs, "answer_clocks")
    ),
    Mutant(
        "a clock starts no timer",
        TAKEOVER,
        CLOCKS,
        lambda p: nothing(p, decider, "plan_wake"),
    ),
    Mutant(
        "silence is timed for another agent",
        SILENCE,
        VOICE,
        silence_is_timed_for_whoever_had_it_before,
    ),
    Mutant(
        "clocks count while put aside",
        ASIDE,
        CLOCKS,
        lambda p: nothing(p, keep_clocks, "_pause_or_resume"),
    ),
    Mutant("a snooze never ends", ASIDE, CLOCKS, lambda p: nothing(p, ticking, "wake_if_due")),
    Mutant(
        "edited settings reach no clock",
        SHORTENED,
        CLOCKS,
        lambda p: nothing(p, keep_clocks, "_fit_to_terms"),
    ),
    Mutant(
        "an answer keeps no promise",
        PROMISED,
        CLOCKS,
        lambda p: nothing(p, handoffs, "keep_promises"),
    ),
    Mutant("thanks reopen a settled matter", THANKED, LOST, thanks_are_owed_an_answer),
    Mutant("thanks want an answer", THANKED_FOR_AN_ANSWER, LOST, thanks_are_owed_an_answer),
    Mutant("a tick plans no other", TIMERS, CLOCKS, a_tick_plans_no_other),
    Mutant("no reply budget", BUDGET, POLITE, no_reply_budget),
    Mutant("told of hours again and again", CLOSED, POLITE, every_message_is_told_out_of_hours),
    Mutant(
        "a lost answer is an answer",
        TWO_PARTS,
        ANSWERS,
        lambda p: nothing(p, delivery_records, "lose_message"),
    ),
    Mutant("what was withdrawn is an answer", BOTS, ANSWERS, what_was_withdrawn_counts),
    Mutant("a lost answer forgives the time", IN_TIME, ANSWERS, a_lost_answer_is_forgiven_the_time),
    Mutant(
        "nobody hears of a lost answer",
        TWO_PARTS,
        ANSWERS,
        lambda p: nothing(p, lost_messages, "_tell_people"),
    ),
    Mutant(
        "the answer that stands takes nothing over",
        TWO_PARTS,
        ANSWERS,
        lambda p: nothing(p, lost_messages, "_pass_on"),
    ),
    Mutant(
        "a lost answer is missed although another stands",
        TWO_PARTS,
        LOST,
        lambda p: nothing(p, lost_messages, "_replied"),
    ),
    Mutant(
        "what was answered elsewhere comes back",
        ELSEWHERE,
        LOST,
        lambda p: nothing(p, lost_messages, "_answered_elsewhere"),
    ),
    Mutant(
        "a reply that arrived after all is not noticed",
        CONTRADICTED,
        LOST,
        lambda p: nothing(p, delivery_records, "message_arrived"),
    ),
    Mutant(
        "what arrived after all comes back with a later loss",
        AFTER_ALL,
        LOST,
        lambda p: nothing(p, lost_messages, "_take_back"),
    ),
    Mutant(
        "clocks of waits that there would not be run on",
        BEFORE_THE_NEXT,
        CLOCKS,
        lambda p: nothing(p, lost_messages, "_cancel_later_waits"),
    ),
    Mutant("folding looks at the time", TAKEOVER, HISTORY, folding_looks_at_the_time),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_guard_taken_out_is_noticed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant.make(monkeypatch)
    with pytest.raises(Violation) as caught:
        play(mutant.script, probing=mutant.backed)
    assert caught.value.rule == mutant.rule
    assert caught.value.trace
