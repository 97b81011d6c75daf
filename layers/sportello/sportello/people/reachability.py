"""Whether anybody can be rung: where nobody can, no customer is promised a colleague. Pure."""

from collections.abc import Callable

from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings


def _nobody() -> bool:
    return False


def rings_nobody(
    queues: QueueSettings,
    queue: str,
    endpoints: AgentEndpointSettings,
    has_agents: Callable[[], bool] = _nobody,
) -> bool:
    """Tell whether not one endpoint that a queue names is in the settings, nor an agent at work.

    Agents are asked for only where there is no endpoint.
    """
    return queues.endpoints_of(queue).isdisjoint(endpoints.endpoints) and not has_agents()


def queues_without_people(
    queues: QueueSettings, endpoints: AgentEndpointSettings
) -> tuple[str, ...]:
    return tuple(name for name in queues.queues if rings_nobody(queues, name, endpoints))
