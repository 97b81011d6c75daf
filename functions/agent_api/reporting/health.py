"""How the outside takes what we send: the channels' accounts, and the agents' endpoints."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import islice

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.route_declaration import answer_with, route
from sportello.entrypoints import runtime
from sportello.messaging.channel_faults import REMEDIES, ChannelFault
from sportello.model import Instant, Model
from sportello.people.settings import AgentEndpointSettings
from sportello.routing.breaker import EndpointState, breaker_under, state_of
from sportello.routing.endpoints import AgentEndpoint, personal
from sportello.table.agents.endpoint_table import EndpointMark
from sportello.table.inbound.channel_table import ChannelAccount
from sportello.table.settings.settings_store import SettingsStore

MOST_AGENTS = 100
"""Of whose own endpoints is told: a profile is read for each."""

routes = Blueprint(__name__)


class ChannelState(StrEnum):
    OK = "ok"
    REFUSED = "refused"


class ChannelHealth(Model):
    """`fault`, `to_do`, `error_code` and `since` are None unless the account is refused."""

    channel: str
    account_id: str
    state: ChannelState
    fault: str | None
    to_do: str | None
    error_code: str | None
    since: Instant | None
    last_success_at: Instant | None


class ChannelsHealth(Model):
    channels: tuple[ChannelHealth, ...]


class Condition(Model):
    """How an endpoint takes our calls, or another system of the business.

    `since` is when it said that it is gone, or began to fail; None while it is well. `reason` is
    why it was not reached the last time, `next_attempt_at` when it is called again if it rests,
    `last_success_at` is written down once an hour.
    """

    state: EndpointState
    since: Instant | None
    failures: int
    reason: str | None
    last_failure_at: Instant | None
    last_success_at: Instant | None
    next_attempt_at: Instant | None

    @classmethod
    def of(cls, settings_hash: str, mark: EndpointMark, now: datetime) -> "Condition":
        breaker = breaker_under(settings_hash, mark.breaker)
        is_gone = mark.is_gone(settings_hash)
        state = EndpointState.GONE if is_gone else state_of(breaker, now)
        return Condition(
            state=state,
            since=mark.gone_since if is_gone else breaker.failing_since,
            failures=breaker.failures,
            reason=breaker.reason or None,
            last_failure_at=breaker.last_failure_at,
            last_success_at=breaker.last_success_at,
            next_attempt_at=breaker.rests_until if state is EndpointState.RESTING else None,
        )


class EndpointHealth(Condition):
    endpoint: str
    notifier: str


class EndpointsHealth(Model):
    """With `more` there are agents whose own endpoints fail and were not looked at."""

    endpoints: tuple[EndpointHealth, ...]
    more: bool


@route(
    routes,
    "GET",
    "/health/channels",
    Permission.READ_HEALTH,
    answers={200: ChannelsHealth},
)
def read_channels(_request: Request, _agent: Agent) -> Response:
    accounts = map(_health_of, runtime.table().channels.accounts())
    return answer_with(ChannelsHealth(channels=tuple(accounts)))


def _health_of(account: ChannelAccount) -> ChannelHealth:
    fault = account.fault
    return ChannelHealth(
        channel=account.channel,
        account_id=account.account_id,
        state=ChannelState.REFUSED if fault else ChannelState.OK,
        fault=fault or None,
        to_do=REMEDIES[ChannelFault(fault)] if fault in ChannelFault else None,
        error_code=account.error_code or None,
        since=account.refused_since,
        last_success_at=account.last_success_at,
    )


@route(
    routes,
    "GET",
    "/health/endpoints",
    Permission.READ_HEALTH,
    answers={200: EndpointsHealth},
)
def read_endpoints(_request: Request, agent: Agent) -> Response:
    table, now = runtime.table(), runtime.utc_now()
    marks = {mark.name: mark for mark in table.endpoints.marks()}
    # Not the shared store: what was repaired a second ago is what people look for.
    settings = SettingsStore(table, max_age_seconds=0)
    shared = (
        endpoint_health(name, endpoint, marks.get(name, EndpointMark(name=name)), now)
        for name, endpoint in sorted(settings.get(AgentEndpointSettings).endpoints.items())
    )
    failing = _failing(agent, marks)
    looked_at = islice(sorted(failing.items()), MOST_AGENTS)
    own = [each for agent_id, theirs in looked_at for each in _own(agent_id, theirs, now)]
    more = len(failing) > MOST_AGENTS
    return answer_with(EndpointsHealth(endpoints=(*shared, *own), more=more))


def _failing(
    caller: Agent, marks: Mapping[str, EndpointMark]
) -> Mapping[str, Mapping[str, EndpointMark]]:
    """Return by agent and name the own endpoints that failed; there may be thousands of others.

    Whose bells fail is none of another team's business, nor who there is.
    """
    failing: defaultdict[str, dict[str, EndpointMark]] = defaultdict(dict)
    for name, mark in marks.items():
        own = personal(name)
        if own is None or not (mark.gone_since or (mark.breaker and mark.breaker.failures)):
            continue
        if caller.scope is None or own.agent_id == caller.id:
            failing[own.agent_id][own.name] = mark
    return failing


def _own(
    agent_id: str, marks: Mapping[str, EndpointMark], now: datetime
) -> Iterator[EndpointHealth]:
    """Yield an agent's endpoints that are not well, as far as they still have them."""
    stored = runtime.table().agents.profile(agent_id)
    endpoints = stored.profile.endpoints if stored else {}
    for name, mark in marks.items():
        endpoint = endpoints.get(name)
        if endpoint is None:
            continue
        health = endpoint_health(mark.name, endpoint, mark, now)
        if health.state is not EndpointState.OK:
            yield health


def endpoint_health(
    name: str, endpoint: AgentEndpoint, mark: EndpointMark, now: datetime
) -> EndpointHealth:
    condition = Condition.of(endpoint.hash, mark, now)
    return EndpointHealth(endpoint=name, notifier=endpoint.notifier, **dict(condition))
