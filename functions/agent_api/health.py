"""How the outside takes what we send: the channels' accounts, and the agents' endpoints."""

from enum import StrEnum

from chalice.app import Blueprint, Request, Response

from agent_api.identity import Agent
from agent_api.permissions import Permission
from agent_api.route_declaration import answer_with, route
from sportello.entrypoints import runtime
from sportello.messaging.channel_faults import REMEDIES, ChannelFault
from sportello.model import Instant, Model
from sportello.people.settings import AgentEndpointSettings
from sportello.routing.endpoints import AgentEndpoint
from sportello.table.channel_table import ChannelAccount
from sportello.table.endpoint_table import GoneEndpoint
from sportello.table.settings_store import SettingsStore

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


class EndpointState(StrEnum):
    OK = "ok"
    GONE = "gone"


class EndpointHealth(Model):
    """`since` is when it said so, None unless it is gone."""

    endpoint: str
    notifier: str
    state: EndpointState
    since: Instant | None


class EndpointsHealth(Model):
    endpoints: tuple[EndpointHealth, ...]


@route(routes, "GET", "/health/channels", Permission.READ_HEALTH)
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


@route(routes, "GET", "/health/endpoints", Permission.READ_HEALTH)
def read_endpoints(_request: Request, _agent: Agent) -> Response:
    table = runtime.table()
    gone = {endpoint.name: endpoint for endpoint in table.endpoints.gone()}
    # Not the shared store: what was repaired a second ago is what people look for.
    settings = SettingsStore(table, max_age_seconds=0).get(AgentEndpointSettings)
    endpoints = (
        _endpoint_health(name, endpoint, gone.get(name))
        for name, endpoint in sorted(settings.endpoints.items())
    )
    return answer_with(EndpointsHealth(endpoints=tuple(endpoints)))


def _endpoint_health(
    name: str, endpoint: AgentEndpoint, gone: GoneEndpoint | None
) -> EndpointHealth:
    is_gone = gone is not None and gone.settings_hash == endpoint.hash
    return EndpointHealth(
        endpoint=name,
        notifier=endpoint.notifier,
        state=EndpointState.GONE if is_gone else EndpointState.OK,
        since=gone.gone_since if gone and is_gone else None,
    )
