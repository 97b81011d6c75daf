"""Between bot and people: handing over, offering, accepting, replying, giving back. Pure."""

from datetime import timedelta

from sportello.conversation.before_answers import before_reply
from sportello.conversation.commands import (
    Accept,
    AccompanyingText,
    ClosedDoors,
    Decline,
    ExhaustLadder,
    OfferConversation,
    Reply,
    RequestHuman,
    Resolve,
    ReturnToBot,
)
from sportello.conversation.decision import Draft, handles
from sportello.conversation.effects import Machine, ResumeWorkflow, StartWorkflow
from sportello.conversation.events import (
    AgentOfferEnded,
    Author,
    ConversationOffered,
    ConversationResolved,
    ConversationReturned,
    EpisodeOpened,
    HandoffRequested,
    LadderExhausted,
    LadderPostponed,
    OfferDeclined,
    OfferEnded,
    OfferNotNeeded,
    OfferOutcome,
    OfferRenewed,
    OwnerKind,
    TurnAnswered,
    WaitAnnounced,
)
from sportello.conversation.keep_clocks import (
    answer_clocks,
    cancel_waits,
    resolve_clocks,
    take_from_queue,
)
from sportello.conversation.ownership import described, require_as_seen, require_no_colleague
from sportello.conversation.promises import (
    PROMISE,
    give_up_answers,
    keep_promises,
    make_promise,
    require_room,
)
from sportello.conversation.state import ConversationState, Lifecycle, Offer
from sportello.conversation.turns import bot_may_answer, end_turn, tell_out_of_hours
from sportello.errors import NotAllowed
from sportello.model import Instant, written
from sportello.queues.waits import AnnouncedWait
from sportello.sla.clocks import ClockEnding

AGENT_SILENT = "agent_silent"

RUNG_APART = timedelta(seconds=1)
MAX_RUNG_APART = timedelta(minutes=5)
MOST_AHEAD = MAX_RUNG_APART // RUNG_APART
"""How many wait longer matters as far as that."""


def request_human(draft: Draft, command: RequestHuman) -> None:
    """Give the conversation to people; decides nothing if the turn is no longer the run's own."""
    if not bot_may_answer(draft.state, command.turn_id, command.owner_version):
        return
    end_turn(draft)
    _put_in_queue(draft, command.queue, command.reason, command.rule)
    if command.accompanying_text is not None:
        _accompany(draft, command.accompanying_text, command.announced)
    _ring_people(draft, command.waiting_ahead)


def put_back_in_queue(draft: Draft, reason: str) -> None:
    """Take the conversation from its agent and ring people anew; the agent is told."""
    silent = draft.state.owner.name
    rung = draft.state.ringing or draft.terms.queues.all_endpoints()
    queue = draft.state.queue or draft.terms.queues.handoff_queue
    _put_in_queue(draft, queue, reason)
    draft.notify(
        f"reassigned:{draft.state.handoff_id}",
        rung,
        "conversation.reassigned",
        {"agent_id": silent, "queue": queue, "reason": reason},
    )
    _ring_people(draft)


def give_to_people(draft: Draft, reason: str) -> None:
    """Take the conversation from the bot, or from nobody, without a word to the customer."""
    end_turn(draft)
    _put_in_queue(draft, draft.state.queue or draft.terms.queues.handoff_queue, reason)
    _ring_people(draft)


def ring_next_tier(draft: Draft) -> None:
    """End the ringing of the current tier early; without an open offer there is none to end."""
    end_tier_offer(draft, OfferOutcome.EXPIRED)


def _put_in_queue(draft: Draft, queue: str, reason: str, rule: str = "") -> None:
    draft.change_owner(OwnerKind.QUEUE, queue)
    handoff_id = f"handoff-{draft.state.owner.version}"
    draft.record(
        HandoffRequested(at=draft.now, handoff_id=handoff_id, queue=queue, reason=reason, rule=rule)
    )


def _ring_people(draft: Draft, waiting_ahead: int = 0) -> None:
    """Climb the ladder of the queue, from now or from the next opening.

    At an opening those who waited longest ring first: the ladders start one after another.
    """
    waited = min(waiting_ahead * RUNG_APART, MAX_RUNG_APART)
    queue = draft.terms.queue(draft.state.queue)
    opening = _next_opening(draft)
    tiers = [{"name": tier.name, "ring_seconds": tier.ring_seconds} for tier in queue.tiers]
    draft.intend(
        StartWorkflow(
            key=f"escalation:{draft.state.handoff_id}",
            machine=Machine.ESCALATION,
            input={
                "handoff_id": draft.state.handoff_id,
                "start_at": written(opening + waited if opening else draft.now),
                "tiers": tiers,
            },
        )
    )


def _next_opening(draft: Draft) -> Instant | None:
    """Return when the conversation's queue opens; None while it is open."""
    closed = draft.terms.staffing(draft.state.queue, draft.now).closed
    return closed.end if closed else None


def rings_anew(state: ConversationState, handoff_id: str, tier: int) -> bool:
    """Whether people are still to be rung for this tier, unless the desk has closed."""
    return _awaits_people(state, handoff_id) and tier > state.offered_tier


def offer_conversation(draft: Draft, command: OfferConversation) -> None:
    """Ring a tier once, or send the ladder home when nobody needs it any more.

    A workflow that lost the answer asks again with another token: that renews the offer, or tells
    at once that it has ended.
    """
    state = draft.state
    if not _awaits_people(state, command.handoff_id):
        draft.record(OfferNotNeeded(at=draft.now, handoff_id=command.handoff_id))
        _resume(draft, command.task_token, OfferOutcome.WITHDRAWN)
        return
    if command.tier <= state.offered_tier:
        _offer_again(draft, command)
        return
    if command.closed is not None:
        _resume(draft, command.task_token, OfferOutcome.WITHDRAWN)
        _postpone(draft, command.closed)
        return
    _expire_offer(draft)
    offer_id = f"{command.handoff_id}-{command.tier}"
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
            "reason": state.handoff_reason,
            "queue": state.queue,
            "priority": state.priority,
            **command.packet,
        },
    )


def _offer_again(draft: Draft, command: OfferConversation) -> None:
    offer = draft.state.offer
    if offer is None or command.tier < offer.tier:
        _resume(draft, command.task_token, OfferOutcome.DECLINED)
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
    """Record that every tier was rung in vain; the conversation stays in its queue."""
    if not _awaits_people(draft.state, command.handoff_id) or draft.state.ladder_exhausted:
        return
    if command.closed is not None:
        _postpone(draft, command.closed)
        return
    _expire_offer(draft)
    draft.record(LadderExhausted(at=draft.now, handoff_id=command.handoff_id))
    draft.notify(
        f"exhausted:{command.handoff_id}",
        draft.terms.queue(draft.state.queue).alert_endpoints,
        "ladder.exhausted",
        {"queue": draft.state.queue, "reason": draft.state.handoff_reason},
    )
    if command.promise is not None and draft.state.budget_left(draft.now) > 0:
        promise = command.promise
        draft.send(f"{PROMISE}{command.handoff_id}", promise.text, Author.SYSTEM)
        make_promise(draft, command.handoff_id, promise.terms)


def _postpone(draft: Draft, closed: ClosedDoors) -> None:
    """Ring people at the opening instead: the desk closed while the ladder climbed or slept."""
    _expire_offer(draft)
    state = draft.state
    opening = _next_opening(draft) or draft.now
    # Openings lie ahead of every ladder that climbed before, so no other has this name.
    handoff_id = f"handoff-{state.owner.version}-{opening:%Y%m%dT%H%M%SZ}"
    draft.record(LadderPostponed(at=draft.now, handoff_id=handoff_id, queue=state.queue))
    _ring_people(draft, closed.waiting_ahead)
    if closed.away.closed_since is not None:
        tell_out_of_hours(draft, closed.away.text, closed.away.closed_since)


def accept(draft: Draft, command: Accept) -> None:
    """Take the conversation out of the queue; accepting what one owns already changes nothing."""
    owner = draft.state.owner
    if owner.kind is OwnerKind.AGENT and owner.name == command.agent_id:
        return
    require_as_seen(draft.state, command)
    if owner.kind is not OwnerKind.QUEUE:
        raise NotAllowed(f"the conversation belongs to {described(draft.state)}")
    if command.offer_id and command.offer_id not in _open_offers(draft.state, command.agent_id):
        raise NotAllowed("the offer is over")
    take(draft, command.agent_id)


def _open_offers(state: ConversationState, agent_id: str) -> set[str]:
    """Return the offers that an agent may take."""
    personal = state.personal_offer
    mine = {personal.offer_id} if personal and personal.agent_id == agent_id else set[str]()
    return mine | ({state.offer.offer_id} if state.offer else set())


def decline(draft: Draft, command: Decline) -> None:
    """Refuse an offer; the next tier is rung once everyone named in this tier has refused."""
    personal = draft.state.personal_offer
    is_theirs = personal is not None and personal.agent_id == command.agent_id
    if personal is not None and is_theirs and command.offer_id in {"", personal.offer_id}:
        end_personal_offer(draft, OfferOutcome.DECLINED)
        return
    offer = draft.state.offer
    if command.offer_id and (offer is None or offer.offer_id != command.offer_id):
        return
    if draft.state.owner.kind is not OwnerKind.QUEUE or offer is None:
        raise NotAllowed("there is no open offer to decline")
    if command.agent_id in offer.declined_by:
        return
    draft.record(OfferDeclined(at=draft.now, offer_id=offer.offer_id, agent_id=command.agent_id))
    declined = {*offer.declined_by, command.agent_id}
    if set(offer.agents) <= declined:
        end_tier_offer(draft, OfferOutcome.DECLINED)


def reply(draft: Draft, command: Reply) -> None:
    """Send a person's message; writing to an unowned conversation takes it over."""
    if draft.state.episode == 0:
        raise NotAllowed("the customer has not written yet")
    require_no_colleague(draft.state, command)
    if command.promise is not None:
        require_room(draft)
    before = before_reply(draft)
    if draft.state.lifecycle is Lifecycle.RESOLVED:
        draft.record(EpisodeOpened(at=draft.now, number=draft.state.episode, reopened=True))
    if draft.state.owner.kind is not OwnerKind.AGENT:
        take(draft, command.agent_id)
    draft.send(command.key, command.text, Author.AGENT, agent_id=command.agent_id, reopens=before)
    if draft.state.turn is not None:
        answered = tuple(item.item_id for item in draft.state.turn.items)
        draft.record(TurnAnswered(at=draft.now, item_ids=answered))
    answer_clocks(draft, draft.now)
    keep_promises(draft, draft.now)
    if command.promise is not None:
        make_promise(draft, command.key, command.promise)


def resolve(draft: Draft, command: Resolve) -> None:
    if draft.state.lifecycle is Lifecycle.RESOLVED:
        return
    require_as_seen(draft.state, command)
    if draft.state.episode == 0:
        raise NotAllowed("there is no open episode to resolve")
    require_no_colleague(draft.state, command)
    end_offer(draft, OfferOutcome.WITHDRAWN)
    resolve_clocks(draft)
    draft.change_owner(OwnerKind.NOBODY)
    draft.record(ConversationResolved(at=draft.now, agent_id=command.agent_id))


def return_to_bot(draft: Draft, command: ReturnToBot) -> None:
    """Let the bot answer from the customer's next message on."""
    owner = draft.state.owner
    if owner.kind is OwnerKind.BOT:
        return
    require_as_seen(draft.state, command)
    if owner.kind is OwnerKind.NOBODY:
        raise NotAllowed("a resolved conversation goes to the bot by itself")
    require_no_colleague(draft.state, command)
    end_offer(draft, OfferOutcome.WITHDRAWN)
    cancel_waits(draft, ClockEnding.RETURNED)
    give_up_answers(draft)
    if draft.state.turn is not None:
        answered = tuple(item.item_id for item in draft.state.turn.items)
        draft.record(TurnAnswered(at=draft.now, item_ids=answered, by_nobody=True))
    draft.change_owner(OwnerKind.BOT)
    draft.record(ConversationReturned(at=draft.now, agent_id=command.agent_id))


def _awaits_people(state: ConversationState, handoff_id: str) -> bool:
    return state.owner.kind is OwnerKind.QUEUE and state.handoff_id == handoff_id


def _accompany(
    draft: Draft, accompanying: AccompanyingText, announced: AnnouncedWait | None
) -> None:
    if draft.state.budget_left(draft.now) <= 0:
        return
    if accompanying.closed_since is not None:
        tell_out_of_hours(draft, accompanying.text, accompanying.closed_since)
        return
    draft.send(f"accompanying:{draft.state.handoff_id}", accompanying.text, Author.SYSTEM)
    if announced is not None:
        draft.record(WaitAnnounced(at=draft.now, wait=announced))


def take(draft: Draft, agent_id: str) -> None:
    """Make an agent the owner; whoever else is rung for it is told that it is taken."""
    end_offer(draft, OfferOutcome.ACCEPTED)
    end_turn(draft)
    take_from_queue(draft)
    draft.change_owner(OwnerKind.AGENT, agent_id)


def end_offer(draft: Draft, outcome: OfferOutcome) -> None:
    """End whatever offer is open, of a tier and of a single agent."""
    end_personal_offer(draft, outcome)
    end_tier_offer(draft, outcome)


def end_personal_offer(draft: Draft, outcome: OfferOutcome) -> None:
    offer = draft.state.personal_offer
    if offer is None:
        return
    draft.record(
        AgentOfferEnded(
            at=draft.now, offer_id=offer.offer_id, agent_id=offer.agent_id, outcome=outcome
        )
    )
    draft.notify(
        f"offer_ended:{offer.offer_id}",
        offer.endpoints,
        f"offer.{outcome}",
        {"offer_id": offer.offer_id},
    )


def end_tier_offer(draft: Draft, outcome: OfferOutcome) -> None:
    offer = draft.state.offer
    if offer is not None:
        _resume(draft, offer.task_token, outcome)
        _close_offer(draft, offer, outcome)


def _expire_offer(draft: Draft) -> None:
    """Stop the ringing of a tier that stayed silent; its workflow has given up by itself."""
    if draft.state.offer is not None:
        _close_offer(draft, draft.state.offer, OfferOutcome.EXPIRED)


def _close_offer(draft: Draft, offer: Offer, outcome: OfferOutcome) -> None:
    draft.record(OfferEnded(at=draft.now, offer_id=offer.offer_id, outcome=outcome))
    draft.notify(
        f"offer_ended:{offer.offer_id}",
        offer.endpoints,
        f"offer.{outcome}",
        {"offer_id": offer.offer_id},
    )


def _resume(draft: Draft, task_token: str, outcome: OfferOutcome) -> None:
    draft.intend(
        ResumeWorkflow(
            key=draft.unique("resume"), task_token=task_token, output={"outcome": outcome}
        )
    )


HANDLERS = (
    handles(RequestHuman, request_human),
    handles(OfferConversation, offer_conversation),
    handles(ExhaustLadder, exhaust_ladder),
    handles(Accept, accept),
    handles(Decline, decline),
    handles(Reply, reply),
    handles(Resolve, resolve),
    handles(ReturnToBot, return_to_bot),
)
