"""Between bot and people: handing over, offering, accepting, replying, giving back. Pure."""

from sportello.conversation.commands import (
    Accept,
    AccompanyingText,
    Decline,
    Reply,
    RequestHuman,
    Resolve,
    ReturnToBot,
)
from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import (
    Author,
    ConversationResolved,
    ConversationReturned,
    EpisodeOpened,
    OfferDeclined,
    OfferOutcome,
    OwnerKind,
    TurnAnswered,
    WaitAnnounced,
)
from sportello.conversation.handing_over.ladders import (
    end_offer,
    end_personal_offer,
    end_tier_offer,
    start_ladder,
)
from sportello.conversation.handing_over.queueing import put_in_queue, queue_of
from sportello.conversation.lost_answers.before_answers import before_reply
from sportello.conversation.ownership import (
    described,
    require_as_seen,
    require_informed,
    require_no_colleague,
    require_nobody_faster,
)
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.conversation.timing.keep_clocks import (
    answer_clocks,
    cancel_waits,
    resolve_clocks,
    take_from_queue,
)
from sportello.conversation.timing.promises import (
    give_up_answers,
    keep_promises,
    make_promise,
    require_room,
)
from sportello.conversation.turns import bot_may_answer, end_turn, tell_out_of_hours
from sportello.errors import NotAllowed
from sportello.queues.waits import AnnouncedWait
from sportello.sla.clocks import ClockEnding


def request_human(draft: Draft, command: RequestHuman) -> None:
    """Give the conversation to people; decides nothing if the turn is no longer the run's own."""
    if not bot_may_answer(draft.state, command.turn_id, command.owner_version):
        return
    end_turn(draft)
    start_at = put_in_queue(
        draft, command.queue, command.reason, command.waiting_ahead, rule=command.rule
    )
    if command.accompanying_text is not None:
        _accompany(draft, command.accompanying_text, command.announced)
    start_ladder(draft, start_at)


def give_to_people(draft: Draft, reason: str) -> None:
    """Take the conversation from the bot, or from nobody, without a word to the customer."""
    end_turn(draft)
    start_ladder(draft, put_in_queue(draft, queue_of(draft), reason))


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
    personal = state.open_personal_offer
    mine = {personal.offer_id} if personal and personal.agent_id == agent_id else set[str]()
    return mine | ({state.offer.offer_id} if state.offer else set())


def decline(draft: Draft, command: Decline) -> None:
    """Refuse an offer; the next tier is rung once everyone named in this tier has refused."""
    personal = draft.state.open_personal_offer
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
    if not command.anyway:
        require_nobody_faster(draft.state, command.agent_id, command.seen_up_to)
    if command.promise is not None:
        require_room(draft)
    before = before_reply(draft)
    if draft.state.lifecycle is Lifecycle.RESOLVED:
        draft.record(EpisodeOpened(at=draft.now, number=draft.state.episode, reopened=True))
    if draft.state.owner.kind is not OwnerKind.AGENT:
        take(draft, command.agent_id)
    draft.send(
        command.key,
        command.text,
        Author.AGENT,
        agent_id=command.agent_id,
        buttons=command.buttons,
        media=command.media,
        template=command.template,
        reopens=before,
    )
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
    require_informed(draft.state, command)
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
    require_informed(draft.state, command)
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
    end_offer(draft, OfferOutcome.ACCEPTED, agent_id)
    end_turn(draft)
    take_from_queue(draft)
    draft.change_owner(OwnerKind.AGENT, agent_id)


HANDLERS = (
    handles(RequestHuman, request_human),
    handles(Accept, accept),
    handles(Decline, decline),
    handles(Reply, reply),
    handles(Resolve, resolve),
    handles(ReturnToBot, return_to_bot),
)
