"""Whether anybody can be rung: where nobody can, no customer is promised a colleague. Pure."""

from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import Queue, QueueSettings


def rings_nobody(queue: Queue, endpoints: AgentEndpointSettings) -> bool:
    """Tell whether not one endpoint that a queue names is in the settings."""
    return queue.endpoints.isdisjoint(endpoints.endpoints)


def queues_without_people(
    queues: QueueSettings, endpoints: AgentEndpointSettings
) -> tuple[str, ...]:
    return tuple(name for name, queue in queues.queues.items() if rings_nobody(queue, endpoints))
