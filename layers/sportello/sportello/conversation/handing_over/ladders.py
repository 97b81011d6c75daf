"""The bell: a ladder of tiers that is climbed round after round, while somebody waits. Pure.

A round ends when its last tier has stayed silent; after a pause, ever longer, the next one begins.
Who declined may be asked again from then on.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sportello.conversation.decision import Draft
from sportello.conversation.effects import Machine, ResumeWorkflow, StartWorkflow
from sportello.conversation.events import (
    AgentOfferEnded,
    LadderRestarted,
    OfferEnded,
    OfferOutcome,
    OwnerKind,
    RestartReason,
)
from sportello.conversation.state import ConversationState, Offer
from sportello.model import Instant, written

RUNG_APART = timedelta(seconds=1)
MAX_RUNG_APART = timedelta(minutes=5)
MOST_AHEAD = MAX_RUNG_APART // RUNG_APART
"""How many wait longer matters as far as that."""

RESTARTED_APART = timedelta(seconds=60)
"""However often a customer writes, people are rung anew for it no sooner."""

ROUNDS_WITHOUT_A_QUESTION = 10
"""For whom nobody owes an answer people are rung for an hour or so, and again when they write."""


def awaits_people(state: ConversationState, handoff_id: str) -> bool:
    return state.owner.kind is OwnerKind.QUEUE and state.handoff_id == handoff_id


def matter_of(state: ConversationState) -> dict[str, Any]:
    """What whoever is asked sees of a conversation besides its story."""
    return {
        "reason": state.handoff_reason,
        "queue": state.queue,
        "priority": state.priority,
    }


def next_opening(draft: Draft, queue: str) -> Instant | None:
    """Return when a queue opens; None while it is open."""
    closed = draft.terms.staffing(queue, draft.now).closed
    return closed.end if closed else None


def rings_from(draft: Draft, queue: str, waiting_ahead: int = 0) -> Instant:
    """Return when people are rung: now, or at the next opening.

    There those who waited longest ring first: the ladders start one after another.
    """
    opening = next_opening(draft, queue)
    waited = min(waiting_ahead * RUNG_APART, MAX_RUNG_APART)
    return opening + waited if opening else draft.now


def start_ladder(draft: Draft, start_at: Instant) -> None:
    """Have the ladder of the conversation's queue climbed from an instant on."""
    state = draft.state
    queue = draft.terms.queue(state.queue)
    draft.intend(
        StartWorkflow(
            key=f"escalation:{state.handoff_id}",
            machine=Machine.ESCALATION,
            input={
                "handoff_id": state.handoff_id,
                "start_at": written(start_at),
                "tiers": [
                    {"name": tier.name, "ring_seconds": tier.ring_seconds} for tier in queue.tiers
                ],
                **({"round": state.ladder_round} if state.ladder_round else {}),
            },
        )
    )


def restart_ladder(draft: Draft, reason: RestartReason, not_before: Instant | None = None) -> None:
    """Let another ladder go on in place of the one there was, whose calls decide nothing more."""
    end_tier_offer(draft, OfferOutcome.WITHDRAWN)
    state = draft.state
    start_at = rings_from(draft, state.queue)
    if not_before is not None:
        start_at = max(start_at, not_before)
    draft.record(
        LadderRestarted(
            at=draft.now,
            handoff_id=f"handoff-{state.owner.version}-s{state.sequence}",
            queue=state.queue,
            reason=reason,
            rings_at=start_at,
        )
    )
    start_ladder(draft, start_at)


def ring_again(draft: Draft, item_ids: Sequence[str]) -> None:
    """Let whoever is rung see that the customer has written again; nobody is: ring at once."""
    state = draft.state
    personal = state.personal_offer.endpoints if state.personal_offer else ()
    rung = dict.fromkeys((*(state.offer.endpoints if state.offer else ()), *personal))
    draft.notify(
        draft.unique("message"),
        rung,
        "message.received",
        {"item_ids": list(item_ids), "queue": state.queue, "again": True},
    )
    last = state.restarted_at
    lately = last is not None and draft.now - last < RESTARTED_APART
    # At night a ladder that rests meets closed doors by itself; one that has ended meets nothing.
    in_time = state.ring_by is None or next_opening(draft, state.queue) is None
    if _rests(state) and not lately and in_time:
        restart_ladder(draft, RestartReason.CUSTOMER_WROTE)


def _rests(state: ConversationState) -> bool:
    """Whether a ladder is between two rounds; one that never goes round has no `ring_by`."""
    between = state.offered_tier < 0 or state.ring_by is None
    return state.ladder_exhausted and _asks_nobody(state) and between


def _asks_nobody(state: ConversationState) -> bool:
    return state.offer is None and state.personal_offer is None


def goes_round(state: ConversationState, ladder_round: int) -> bool:
    """Whether another round follows this one, which was in vain."""
    return state.turn is not None or ladder_round + 1 < ROUNDS_WITHOUT_A_QUESTION


def ring_on(draft: Draft) -> None:
    """Go on where a ladder of an earlier version has ended: it went round once, and nobody watches.

    Of a ladder of this version it is known by when it goes on, and one that has gone round often
    enough stays at its end.
    """
    state = draft.state
    nobody_rings = state.ladder_exhausted and state.ring_by is None and _asks_nobody(state)
    may_go_on = nobody_rings and goes_round(state, state.ladder_round)
    if state.owner.kind is OwnerKind.QUEUE and may_go_on:
        restart_ladder(draft, RestartReason.GOES_ON)


def ring_next_tier(draft: Draft) -> None:
    """End the ringing of the current tier early; without an open offer there is none to end."""
    end_tier_offer(draft, OfferOutcome.EXPIRED)


def end_offer(draft: Draft, outcome: OfferOutcome, taken_by: str = "") -> None:
    """End whatever offer is open, of a tier and of a single agent."""
    end_personal_offer(draft, outcome, taken_by)
    end_tier_offer(draft, outcome, taken_by)


def end_personal_offer(draft: Draft, outcome: OfferOutcome, taken_by: str = "") -> None:
    """End what one agent is asked; whom a colleague chose was the only one to be rung till then."""
    offer = draft.state.open_personal_offer
    if offer is None:
        return
    draft.record(
        AgentOfferEnded(
            at=draft.now,
            offer_id=offer.offer_id,
            agent_id=offer.agent_id,
            outcome=outcome,
            taken_by=taken_by,
        )
    )
    draft.notify(
        f"offer_ended:{offer.offer_id}",
        offer.endpoints,
        f"offer.{outcome}",
        {"offer_id": offer.offer_id, **_taker(taken_by)},
    )
    not_taken = outcome in {OfferOutcome.DECLINED, OfferOutcome.EXPIRED}
    if offer.transferred_by and not_taken:
        restart_ladder(draft, RestartReason.NOT_TAKEN)


def expire_personal_offer(draft: Draft) -> None:
    """End what one agent has not answered in time."""
    offer = draft.state.personal_offer
    if offer is not None and offer.expires_at <= draft.now:
        end_personal_offer(draft, OfferOutcome.EXPIRED)


def end_tier_offer(draft: Draft, outcome: OfferOutcome, taken_by: str = "") -> None:
    offer = draft.state.offer
    if offer is not None:
        resume(draft, offer.task_token, outcome)
        _close_offer(draft, offer, outcome, taken_by)


def expire_offer(draft: Draft) -> None:
    """Stop the ringing of a tier that stayed silent; its workflow has given up by itself."""
    if draft.state.offer is not None:
        _close_offer(draft, draft.state.offer, OfferOutcome.EXPIRED)


def _close_offer(draft: Draft, offer: Offer, outcome: OfferOutcome, taken_by: str = "") -> None:
    draft.record(OfferEnded(at=draft.now, offer_id=offer.offer_id, outcome=outcome))
    draft.notify(
        f"offer_ended:{offer.offer_id}",
        offer.endpoints,
        f"offer.{outcome}",
        {"offer_id": offer.offer_id, **_taker(taken_by)},
    )


def _taker(agent_id: str) -> dict[str, str]:
    """Who is rung elsewhere sees whose the customer is."""
    return {"agent_id": agent_id} if agent_id else {}


def resume(draft: Draft, task_token: str, outcome: OfferOutcome) -> None:
    draft.intend(
        ResumeWorkflow(
            key=draft.unique("resume"), task_token=task_token, output={"outcome": outcome}
        )
    )
