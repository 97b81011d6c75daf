"""What of a settings document a caller may read: no addresses, and no other team's queues. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.settings.endpoint_addresses import without_addresses
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.settings import RoutingSettings
from sportello.routing.teams import TeamSettings
from sportello.subscriptions.settings import SubscriptionSettings


def shown_to(agent: Agent, kind: str, document: Any) -> Any:
    """Return a document, whether or not it still fits, as far as it is the caller's business."""
    if kind == AgentEndpointSettings.kind and not agent.may(Permission.READ_ADDRESSES):
        return without_addresses(document)
    if kind == SubscriptionSettings.kind and not agent.may(Permission.READ_EVENTS):
        return {"subscriptions": {}}
    if agent.scope is not None and kind in _OF_QUEUES:
        return _OF_QUEUES[kind](agent, document)
    return document


def _queues(agent: Agent, document: Any) -> dict[str, Any]:
    match document:
        case {"queues": dict(queues)}:
            own = {name: each for name, each in queues.items() if agent.sees(name)}
            return {**document, "queues": own}
        case _:
            return {}


def _rules(agent: Agent, document: Any) -> dict[str, Any]:
    match document:
        case {"rules": list(rules)}:
            return {**document, "rules": [rule for rule in rules if _leads_home(agent, rule)]}
        case dict() if "rules" not in document:
            return dict(document)
        case _:
            return {}


def _leads_home(agent: Agent, rule: Any) -> bool:
    match rule:
        case {"queue": str(queue)}:
            return agent.sees(queue)
        case _:
            return False


def _teams(agent: Agent, document: Any) -> dict[str, Any]:
    match document:
        case {"teams": dict(teams)}:
            return {"teams": {name: each for name, each in teams.items() if name in agent.teams}}
        case _:
            return {}


_OF_QUEUES: Mapping[str, Callable[[Agent, Any], dict[str, Any]]] = {
    QueueSettings.kind: _queues,
    RoutingSettings.kind: _rules,
    TeamSettings.kind: _teams,
}
