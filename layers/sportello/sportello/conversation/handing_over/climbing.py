"""What a ladder asks as it is climbed: ring a tier; note that none has answered. Pure."""

from datetime import timedelta

from sportello.conversation.commands import (
    ClosedDoors,
    ExhaustLadder,
    OfferConversation,
    RestartLadder,
)
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import (
    Author,
    ConversationOffered,
    LadderExhausted,
    LadderPostponed,
    OfferNotNeeded,
    OfferOutcome,
    OfferRenewed,
    RestartReason,
)
from sportello.conversation.handing_over.ladders import (
    awaits_people,
    expire_offer,
    expire_personal_offer,
    goes_round,
    matter_of,
    next_opening,
    restart_ladder,
    resume,
    rings_from,
    start_ladder,
)
from sportello.conversation.handing_over.queueing import leave_removed_queue
from sportello.conversation.state import ConversationState
from sportello.conversation.timing.promises import PROMISE, make_promise
from sportello.conversation.turns import tell_out_of_hours
from sportello.model import written

ROUNDS_IN_AN_EXECUTION = 100
"""Another execution goes on then: the history of one holds 25,000 events."""


def rings_anew(state: ConversationState, command: OfferConversation) -> bool:
    """Whether people are still to be rung for this tier, unless the desk has closed."""
    return awaits_people(state, command.handoff_id) and is_ahead(
        state, command.ladder_round, command.tier
    )


def is_ahead(state: ConversationState, ladder_round: int, tier: int) -> bool:
    """Whether a tier of a round has not been rung yet."""
    return (ladder_round, tier) > (state.ladder_round, state.offered_tier)


def offer_conversation(draft: Draft, command: OfferConversation) -> None:
    """Ring a tier once, or send the ladder home when nobody needs it any more.

    A workflow that lost the answer asks again with another token: that renews the offer, or tells
    at once that it has ended.
    """
    # No timer may have come for it: an earlier version knows of none.
    expire_personal_offer(draft)
    state = draft.state
    if not awaits_people(state, command.handoff_id):
        draft.record(OfferNotNeeded(at=draft.now, handoff_id=command.handoff_id))
        resume(draft, command.task_token, OfferOutcome.WITHDRAWN)
        return
    if not rings_anew(state, command):
        _offer_again(draft, command)
        return
    if leave_removed_queue(draft):
        resume(draft, command.task_token, OfferOutcome.WITHDRAWN)
        return
    if command.closed is not None:
        resume(draft, command.task_token, OfferOutcome.WITHDRAWN)
        _postpone(draft, command.closed)
        return
    expire_offer(draft)
    offer_id = _offer_id(command)
    draft.record(
        ConversationOffered(
            at=draft.now,
            handoff_id=command.handoff_id,
            offer_id=offer_id,
            tier=command.tier,
            tier_name=command.tier_name,
            agents=command.agents,
            endpoints=command.endpoints,
            expires_at=command.expires_at,
            task_token=command.task_token,
        )
    )
    draft.notify(
        f"offer:{offer_id}",
        command.endpoints,
        "conversation.offered",
        {
            "offer_id": offer_id,
            "tier": command.tier + 1,
            "tier_name": command.tier_name,
            "expires_at": written(command.expires_at),
            **matter_of(state),
            **({"round": command.ladder_round + 1} if command.ladder_round else {}),
            **command.packet,
        },
    )


def _offer_id(command: OfferConversation) -> str:
    rung_before = f"r{command.ladder_round}-" if command.ladder_round else ""
    return f"{command.handoff_id}-{rung_before}{command.tier}"


def _offer_again(draft: Draft, command: OfferConversation) -> None:
    offer = draft.state.offer
    if offer is None or offer.offer_id != _offer_id(command):
        resume(draft, command.task_token, OfferOutcome.DECLINED)
        draft.record(OfferNotNeeded(at=draft.now, handoff_id=command.handoff_id))
    elif offer.task_token != command.task_token:
        draft.record(
            OfferRenewed(
                at=draft.now,
                offer_id=offer.offer_id,
                expires_at=command.expires_at,
                task_token=command.task_token,
            )
        )


def exhaust_ladder(draft: Draft, command: ExhaustLadder) -> None:
    """Record that every tier was rung in vain; the conversation stays in its queue.

    Supervisors hear of it after each round, the customer after the first one.
    """
    expire_personal_offer(draft)
    state = draft.state
    late = command.ladder_round < state.ladder_round
    is_over = state.ladder_exhausted and state.ring_by is None
    if not awaits_people(state, command.handoff_id) or late or is_over:
        return
    if leave_removed_queue(draft):
        return
    if command.closed is not None:
        _postpone(draft, command.closed)
        return
    expire_offer(draft)
    queue = draft.terms.queue(state.queue)
    pause = timedelta(seconds=queue.pause_seconds(command.ladder_round))
    again_at = draft.now + pause if goes_round(state, command.ladder_round) else None
    draft.record(
        LadderExhausted(
            at=draft.now,
            handoff_id=command.handoff_id,
            ladder_round=command.ladder_round,
            again_at=again_at,
        )
    )
    rounds = f"-r{command.ladder_round}" if command.ladder_round else ""
    draft.notify(
        f"exhausted:{command.handoff_id}{rounds}",
        queue.alert_endpoints,
        "ladder.exhausted",
        {
            "queue": state.queue,
            "reason": state.handoff_reason,
            "round": command.ladder_round + 1,
            "again_at": written(again_at) if again_at else None,
        },
    )
    promised = command.promise if not state.ladder_exhausted else None
    if promised is not None and draft.state.budget_left(draft.now) > 0:
        draft.send(f"{PROMISE}{command.handoff_id}", promised.text, Author.SYSTEM)
        make_promise(draft, command.handoff_id, promised.terms)
    ends = command.ends or (command.ladder_round + 1) % ROUNDS_IN_AN_EXECUTION == 0
    if ends and again_at is not None:
        restart_ladder(draft, RestartReason.GOES_ON, again_at)


def _postpone(draft: Draft, closed: ClosedDoors) -> None:
    """Ring people at the opening instead: the desk closed while the ladder climbed or slept."""
    expire_offer(draft)
    state = draft.state
    opening = next_opening(draft, state.queue) or draft.now
    start_at = rings_from(draft, state.queue, closed.waiting_ahead)
    # Openings lie ahead of every ladder that climbed before, so no other has this name, but for one
    # that was put off until this opening and wakes a moment too early.
    handoff_id = f"handoff-{state.owner.version}-{opening:%Y%m%dT%H%M%SZ}"
    if handoff_id == state.handoff_id:
        handoff_id = f"{handoff_id}-s{state.sequence}"
    draft.record(
        LadderPostponed(at=draft.now, handoff_id=handoff_id, queue=state.queue, rings_at=start_at)
    )
    start_ladder(draft, start_at)
    if closed.away.closed_since is not None:
        tell_out_of_hours(draft, closed.away.text, closed.away.closed_since)


def restart_stranded(draft: Draft, _command: RestartLadder) -> None:
    """Ring anew for whoever waits although ringing should have gone on by now."""
    if _is_stranded(draft):
        expire_personal_offer(draft)
    if _is_stranded(draft):
        restart_ladder(draft, RestartReason.STRANDED)


def _is_stranded(draft: Draft) -> bool:
    by = draft.state.rings_by
    return by is not None and by <= draft.now


HANDLERS = (
    handles(OfferConversation, offer_conversation),
    handles(ExhaustLadder, exhaust_ladder),
    handles(RestartLadder, restart_stranded),
)
