"""How a conversation comes to a person: which queue and why, who was asked, who would be next."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_seen
from agent_api.conversations.conversation import checked
from agent_api.people.agents import served_queues
from sportello.conversation.events import (
    AgentAssigned,
    AgentOffered,
    AgentOfferEnded,
    ConsideredAgent,
    ConversationEvent,
    HandoffRequested,
    OwnerKind,
)
from sportello.entrypoints import runtime
from sportello.model import Instant, Model
from sportello.people.placement.choosing import Choosing, in_line_next
from sportello.people.placement.seating import Seating
from sportello.routing.choice import Considered, next_relaxation, queues_asked
from sportello.table.items import Conversation

COMMITS = 50
"""How far back the log is read."""

type IsSeen = Callable[[str], bool]
"""Whether an agent is the caller's business."""

routes = Blueprint(__name__)


class ChosenQueue(Model):
    """`rule` is the routing rule that chose it, None where it was by no rule."""

    at: Instant
    queue: str
    reason: str
    rule: str | None


class Candidate(Model):
    """An agent who was looked at; `agent_id` is None for one whom the caller does not see."""

    agent_id: str | None
    reason: str


class ExplainedOffer(Model):
    """An agent who was asked, or given it: then there is no offer, and nothing to expire.

    `outcome` is None as long as the offer is open. As of candidates, ids are None of agents whom
    the caller does not see.
    """

    at: Instant
    agent_id: str | None
    reason: str | None
    others: tuple[Candidate, ...]
    offer_id: str | None
    expires_at: Instant | None
    transferred_by: str | None
    outcome: str | None
    ended_at: Instant | None


class Next(Model):
    """Who would be asked now; `agent` is None where nobody fits.

    `relaxes_at` is when more agents may be asked by the passing of time alone, `opens_at` when the
    queue opens: nobody is asked before.
    """

    agent: Candidate | None
    others: tuple[Candidate, ...]
    queues: tuple[str, ...]
    relaxes_at: Instant | None
    opens_at: Instant | None


class RoutingExplained(Model):
    """`next` is None unless the conversation waits for a person.

    `passed_by` are not asked again before the next round, as far as the caller sees them.
    """

    conversation_id: str
    queue: str | None
    waiting_since: Instant | None
    queues: tuple[ChosenQueue, ...]
    offers: tuple[ExplainedOffer, ...]
    passed_by: tuple[str, ...]
    next: Next | None


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/routing",
    Permission.READ_CONVERSATIONS,
    answers={200: RoutingExplained},
)
def read_routing(_request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    now = runtime.utc_now()
    conversation = require_seen(agent, runtime.table().load_going_on(conversation_id))
    conversation_id, state = conversation.conversation_id, conversation.state
    commits = reversed(runtime.table().log_page(conversation_id, COMMITS))
    events = [event for commit in commits for event in commit.events]
    waits, is_seen = state.owner.kind is OwnerKind.QUEUE, colleagues_of(agent)
    return answer_with(
        RoutingExplained(
            conversation_id=conversation_id,
            queue=state.queue or None,
            waiting_since=state.waiting_since if waits else None,
            queues=tuple(chosen_queues(events)),
            offers=offers_in(events, is_seen),
            passed_by=tuple(filter(is_seen, state.passed_by)),
            next=who_is_next(agent, conversation, is_seen, now),
        )
    )


def colleagues_of(caller: Agent) -> IsSeen:
    """Tell agents who serve a queue that the caller sees, and the caller, from those of others."""

    @cache
    def is_seen(agent_id: str) -> bool:
        if caller.scope is None or agent_id == caller.id:
            return True
        stored = runtime.table().agents.profile(agent_id)
        return any(map(caller.sees, served_queues(stored.profile.queues if stored else ())))

    return is_seen


def candidate(agent_id: str, reason: str | None, is_seen: IsSeen) -> Candidate:
    return Candidate(agent_id=agent_id if is_seen(agent_id) else None, reason=reason or "")


def candidates(
    considered: Iterable[Considered | ConsideredAgent], is_seen: IsSeen
) -> tuple[Candidate, ...]:
    return tuple(candidate(each.agent_id, each.reason, is_seen) for each in considered)


def chosen_queues(events: Iterable[ConversationEvent]) -> Iterable[ChosenQueue]:
    for event in events:
        if isinstance(event, HandoffRequested):
            yield ChosenQueue(
                at=event.at, queue=event.queue, reason=event.reason, rule=event.rule or None
            )


def offers_in(events: Iterable[ConversationEvent], is_seen: IsSeen) -> tuple[ExplainedOffer, ...]:
    """Return whom a part of the log tells of, the first one first."""
    offers: dict[str, ExplainedOffer] = {}

    def shown(agent_id: str) -> str | None:
        return agent_id if agent_id and is_seen(agent_id) else None

    for event in events:
        match event:
            case AgentOffered():
                offers[event.offer_id] = ExplainedOffer(
                    at=event.at,
                    agent_id=shown(event.agent_id),
                    reason=event.reason,
                    others=candidates(event.others, is_seen),
                    offer_id=event.offer_id,
                    expires_at=event.expires_at,
                    transferred_by=shown(event.transferred_by),
                    outcome=None,
                    ended_at=None,
                )
            case AgentOfferEnded() if event.offer_id in offers:
                ended = {"outcome": event.outcome, "ended_at": event.at}
                offers[event.offer_id] = offers[event.offer_id].model_copy(update=ended)
            case AgentAssigned():
                offers[f"{event.handoff_id} {event.at}"] = ExplainedOffer(
                    at=event.at,
                    agent_id=shown(event.agent_id),
                    reason=event.reason,
                    others=candidates(event.others, is_seen),
                    offer_id=None,
                    expires_at=None,
                    transferred_by=None,
                    outcome="assigned",
                    ended_at=event.at,
                )
    return tuple(offers.values())


def who_is_next(
    agent: Agent, conversation: Conversation, is_seen: IsSeen, now: datetime
) -> Next | None:
    """Choose as it would be chosen now, or if the agent who is asked now declined."""
    terms = runtime.settings().terms(conversation)
    waiting = in_line_next(conversation, terms)
    if waiting is None:
        return None
    table = runtime.table()
    choice = Choosing(table, Seating(table, runtime.settings())).explained(waiting, terms, now)
    routing = terms.queue(waiting.queue).routing
    closed = terms.staffing(waiting.queue, now).closed
    return Next(
        agent=candidate(choice.agent_id, choice.reason, is_seen) if choice.agent_id else None,
        others=candidates(choice.others, is_seen),
        queues=tuple(filter(agent.sees, queues_asked(waiting, routing, now))),
        relaxes_at=next_relaxation(waiting, routing, now),
        opens_at=closed.end if closed else None,
    )
