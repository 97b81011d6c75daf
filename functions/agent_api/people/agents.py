"""Agents: who there is, whether they are at work, what they hold and are asked to take."""

import re
from collections.abc import Iterable
from datetime import datetime

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.preconditions import etag
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import read_query
from agent_api.calls.route_declaration import answer_with, route
from agent_api.people.agent_view import (
    AgentSummary,
    AgentView,
    OwnView,
    Shown,
    agent_summary,
    agent_view,
    offers_to,
    queues_of,
)
from sportello.aws.several_at_once import several_at_once
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings
from sportello.settings_document import Name
from sportello.table.agents.agent_items import AgentRecord

MAX_OFFERS = 25

_AGENT_ID = re.compile(r"[A-Za-z0-9_\-]{1,128}")

routes = Blueprint(__name__)


class Page(Model):
    """`queue` lists those who serve it, `at_work` those who are not offline."""

    queue: Name | None = None
    at_work: bool = False
    limit: int = Field(default=25, ge=1, le=50)
    cursor: str = Field(default="", pattern=r"^[A-Za-z0-9_\-]{0,128}$")


class AgentsPage(Model):
    """`next` is the cursor of the page after, None on the last; one may have fewer than asked."""

    agents: tuple[AgentSummary, ...]
    next: str | None


@route(
    routes,
    "GET",
    "/agents",
    Permission.READ_AGENTS,
    query=Page,
    answers={200: AgentsPage},
)
def read_agents(request: Request, agent: Agent) -> Response:
    """List agents who were ever at work or have a profile, in the order of their ids."""
    page, now = read_query(request, Page), runtime.utc_now()
    agents = runtime.table().agents

    def is_meant(queues: Iterable[str]) -> bool:
        served = set(filter(agent.sees, served_queues(queues)))
        return bool(served) if page.queue is None else page.queue in served

    listed = agents.listed(is_meant, page.limit, after=page.cursor)
    records = several_at_once(agents.record, listed.agent_ids)
    summaries = (summary_of(as_seen(agent, record), now) for record in records)
    return answer_with(
        AgentsPage(
            agents=tuple(
                summary
                for summary in summaries
                if not (page.at_work and summary.presence is Presence.OFFLINE)
            ),
            next=listed.goes_on_after,
        )
    )


@route(
    routes,
    "GET",
    "/agents/me",
    Permission.READ_AGENTS,
    answers={200: OwnView},
)
def read_own(_request: Request, agent: Agent) -> Response:
    """Tell an agent what they have, and what they are asked to take: it is a bell of its own."""
    now, table = runtime.utc_now(), runtime.table()
    me = table.agents.record(agent.id)
    view = view_of(me, Shown(held=True, addresses=True), now)
    offered = [claim.conversation_id for claim in me.agent.claims if claim.offered][:MAX_OFFERS]
    conversations = table.load_several(offered) if offered else {}
    offers = offers_to(agent.id, conversations.values(), now)
    return agent_answer(OwnView(**dict(view), offers=offers))


@route(
    routes,
    "GET",
    "/agents/{agent_id}",
    Permission.READ_AGENTS,
    answers={200: AgentView},
)
def read_agent(_request: Request, agent: Agent, agent_id: str) -> Response:
    colleague = require_known(agent, agent_id)
    is_own = agent_id == agent.id
    shown = Shown(
        # What somebody holds may be of queues that are none of a team's business.
        held=is_own or (agent.scope is None and agent.may(Permission.READ_CONVERSATIONS)),
        addresses=is_own or agent.may(Permission.READ_ADDRESSES),
    )
    return agent_answer(view_of(as_seen(agent, colleague), shown, runtime.utc_now()))


def agent_answer(view: AgentView) -> Response:
    """Answer with an agent; the tag is that of the profile, which alone is written whole."""
    return answer_with(view, headers={"etag": etag(view.version)})


def checked_agent(agent_id: str) -> str:
    """Return an id that somebody may have; the table is not asked for any other."""
    if not _AGENT_ID.fullmatch(agent_id):
        raise unknown_agent()
    return agent_id


def require_known(caller: Agent, agent_id: str) -> AgentRecord:
    """Read a colleague; who serves none of a team's queues is unknown to it, like nobody."""
    record = runtime.table().agents.record(checked_agent(agent_id))
    is_own = agent_id == caller.id
    queues = served_queues(record.agent.profile.queues)
    if not is_own and not (record.is_known and any(map(caller.sees, queues))):
        raise unknown_agent()
    return record


def as_seen(caller: Agent, colleague: AgentRecord) -> AgentRecord:
    """Return a colleague as serving those queues alone that the caller sees."""
    agent = colleague.agent
    if caller.scope is None or agent.agent_id == caller.id:
        return colleague
    queues = tuple(filter(caller.sees, agent.profile.queues))
    profile = agent.profile.model_copy(update={"queues": queues})
    return colleague.model_copy(update={"agent": agent.model_copy(update={"profile": profile})})


def require_in_charge(caller: Agent, queues: Iterable[str]) -> None:
    """Refuse to change an agent some of whose queues are none of the caller's business."""
    if not all(map(caller.sees, served_queues(queues))):
        raise Problem(403, "forbidden", "The agent serves queues that your team does not.")


def served_queues(queues: Iterable[str]) -> tuple[str, ...]:
    return queues_of(tuple(queues), runtime.settings().get(QueueSettings).handoff_queue)


def unknown_agent() -> Problem:
    return Problem(404, "unknown-agent", "Nobody of this id was ever at work or has a profile.")


def summary_of(record: AgentRecord, now: datetime) -> AgentSummary:
    capacity = runtime.settings().get(RoutingSettings).capacity
    queues = served_queues(record.agent.profile.queues)
    return agent_summary(record.agent, queues, capacity, now)


def view_of(record: AgentRecord, shown: Shown, now: datetime) -> AgentView:
    return agent_view(summary_of(record, now), record, shown, now)
