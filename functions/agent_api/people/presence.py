"""Presence: an agent says that they are at work, and says it again as long as they are."""

from datetime import timedelta

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, invalid
from agent_api.calls.request_parts import read_body
from agent_api.calls.route_declaration import NothingNew, answer_with, route
from agent_api.people.agent_view import PresenceView, presence_view
from agent_api.people.agents import require_in_charge, require_known
from sportello.entrypoints import runtime
from sportello.model import Model
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings

LONGEST = 4
"""How many times as long as usual a presence may be believed."""

routes = Blueprint(__name__)


class NewPresence(Model):
    """Left out, `for_seconds` is what the routing settings say.

    Who was taken for away because they missed offers is `back` when a person says so, and not when
    their tool merely goes on saying that they are there.
    """

    presence: Presence
    back: bool = False
    for_seconds: int | None = Field(default=None, ge=10)


@route(
    routes,
    "PUT",
    "/agents/me/presence",
    Permission.SET_OWN_PRESENCE,
    body=NewPresence,
    answers={200: PresenceView},
)
def set_own_presence(request: Request, agent: Agent) -> Response:
    """Say it, or say it again: what is believed for more than half its time writes nothing."""
    wish = read_body(request, NewPresence)
    if agent.scope is not None and wish.presence is Presence.AVAILABLE:
        # Whoever has no profile serves the queue of handoffs, which may be none of their team's.
        require_in_charge(agent, runtime.table().agents.record(agent.id).agent.profile.queues)
    return set_presence(wish, agent.id)


@route(
    routes,
    "PUT",
    "/agents/{agent_id}/presence",
    Permission.SET_PRESENCE_OF_OTHERS,
    body=NewPresence,
    answers={200: PresenceView},
)
def set_presence_of_another(request: Request, agent: Agent, agent_id: str) -> Response:
    """Say it of a colleague, until they say otherwise themselves."""
    require_in_charge(agent, require_known(agent, agent_id).agent.profile.queues)
    return set_presence(read_body(request, NewPresence), agent_id)


def set_presence(wish: NewPresence, agent_id: str) -> Response:
    now, settings = runtime.utc_now(), runtime.settings().get(RoutingSettings)
    noted = runtime.table().agents.set_presence(
        agent_id,
        wish.presence,
        now + timedelta(seconds=believed_seconds(wish, settings)),
        now,
        away_after=settings.away_after_missed_offers,
        is_back=wish.back,
    )
    answer = answer_with(presence_view(noted.work, now))
    return answer if noted.is_news else NothingNew(answer.body, answer.headers)


def believed_seconds(wish: NewPresence, settings: RoutingSettings) -> int:
    if wish.for_seconds is None:
        return settings.presence_seconds
    most = settings.presence_seconds * LONGEST
    if wish.for_seconds > most:
        fault = Fault(pointer="/for_seconds", detail=f"At most {most}.")
        raise invalid(fault)
    return wish.for_seconds
