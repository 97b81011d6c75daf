"""Who calls, what they may do, and what a page needs to know before it asks for anything else."""

from collections.abc import Mapping

from chalice.app import Blueprint, Request, Response
from pydantic import Field

from agent_api.calls.caller_limits import LimitsEnvironment
from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission, Role
from agent_api.calls.request_parts import MAX_BODY_BYTES
from agent_api.calls.route_declaration import answer_with, route
from agent_api.conversations import handing_on
from agent_api.people.agent_profiles import MAX_ENDPOINTS
from agent_api.people.agents import served_queues
from agent_api.writing.reply_content import MAX_REPLY
from sportello.entrypoints import runtime
from sportello.model import Instant, Model
from sportello.routing.settings import RoutingSettings

routes = Blueprint(__name__)


class CallLimit(Model):
    """So many calls at once, then so many a second; None where there is no limit."""

    burst: int
    per_second: float


class Limits(Model):
    """Lengths are in code points; `calls` by `reads` and `acts`."""

    reply_characters: int
    note_characters: int
    body_bytes: int
    own_endpoints: int
    calls: Mapping[str, CallLimit | None]


class PageSettings(Model):
    """`presence_seconds` is how long a presence is believed without being said again."""

    presence_seconds: int
    limits: Limits


class Me(Model):
    """`queues` are those that the caller serves, `sees` those they see, None for every one."""

    agent_id: str
    display_name: str
    roles: tuple[Role, ...]
    permissions: tuple[Permission, ...]
    teams: tuple[str, ...]
    queues: tuple[str, ...]
    sees: tuple[str, ...] | None = Field(description="The queues of the caller's teams.")
    server_time: Instant
    settings: PageSettings


@route(routes, "GET", "/me", None, answers={200: Me})
def read_me(_request: Request, agent: Agent) -> Response:
    """Tell anybody who is signed in, also whom nobody has put into a group yet."""
    stored = runtime.table().agents.profile(agent.id)
    profile = stored.profile if stored else None
    works = agent.may(Permission.SET_OWN_PRESENCE)
    return answer_with(
        Me(
            agent_id=agent.id,
            display_name=profile.display_name if profile else "",
            roles=tuple(sorted(agent.roles)),
            permissions=tuple(sorted(agent.permissions)),
            teams=agent.teams,
            queues=served_queues(profile.queues if profile else ()) if works else (),
            sees=None if agent.scope is None else tuple(sorted(agent.scope)),
            server_time=runtime.utc_now(),
            settings=PageSettings(
                presence_seconds=runtime.settings().get(RoutingSettings).presence_seconds,
                limits=limits(),
            ),
        )
    )


def limits() -> Limits:
    environment = LimitsEnvironment.load()
    calls = (environment.of(method) for method in ("GET", "POST"))
    return Limits(
        reply_characters=MAX_REPLY,
        note_characters=handing_on.MAX_NOTE,
        body_bytes=MAX_BODY_BYTES,
        own_endpoints=MAX_ENDPOINTS,
        calls={
            limit.name: CallLimit(burst=limit.burst, per_second=limit.rate) if limit.rate else None
            for limit in calls
        },
    )
