"""Tickets with which a browser opens its connection: see `docs/live.md`."""

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.route_declaration import answer_with, route
from sportello.entrypoints import runtime
from sportello.live.connections import LiveEnvironment, socket_url
from sportello.live.tickets import GOOD_FOR, issue_ticket
from sportello.model import Model

routes = Blueprint(__name__)


class LiveTicket(Model):
    """`ticket` goes into the query of `url`, once and within `expires_in` seconds."""

    ticket: str
    url: str
    expires_in: int


@route(
    routes,
    "POST",
    "/live/tickets",
    Permission.READ_CONVERSATIONS,
    answers={201: LiveTicket},
)
def create_ticket(_request: Request, agent: Agent) -> Response:
    """Let the caller connect, as who they are and with what they see now."""
    ticket = issue_ticket(
        runtime.table(), agent.id, agent.roles, agent.teams, agent.scope, runtime.utc_now()
    )
    return answer_with(
        LiveTicket(
            ticket=ticket,
            url=socket_url(LiveEnvironment.load().live_endpoint),
            expires_in=int(GOOD_FOR.total_seconds()),
        ),
        status=201,
    )
