"""How the outside takes what we send: the channels' accounts."""

from enum import StrEnum

from chalice.app import Blueprint, Request, Response

from agent_api.identity import Agent
from agent_api.route_declaration import answer_with, route
from sportello.entrypoints import runtime
from sportello.messaging.channel_faults import REMEDIES, ChannelFault
from sportello.model import Instant, Model
from sportello.table.channel_table import ChannelAccount

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


@route(routes, "GET", "/health/channels")
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
