"""Names that one settings document takes from another, and whether they are there. Pure."""

from collections.abc import Iterator

from sportello.model import Model
from sportello.settings import (
    AgentEndpointSettings,
    OpeningHoursSettings,
    Queue,
    QueueSettings,
    SettingsDocument,
)


class LinkedSettings(Model):
    """The documents that name one another, as they would be in force together."""

    opening_hours: OpeningHoursSettings
    queues: QueueSettings
    agent_endpoints: AgentEndpointSettings


LINKED_KINDS: tuple[type[SettingsDocument], ...] = (
    OpeningHoursSettings,
    QueueSettings,
    AgentEndpointSettings,
)


class DanglingReference(Model):
    """`path` is where in the document `queues` a name stands that `kind` does not define."""

    path: tuple[str | int, ...]
    kind: str
    name: str


def check_references(linked: LinkedSettings) -> tuple[DanglingReference, ...]:
    """Return every reference that would lead nowhere, in the order of the document."""
    return tuple(
        reference
        for queue_name, queue in linked.queues.queues.items()
        for reference in _dangling(queue_name, queue, linked)
    )


def _dangling(queue_name: str, queue: Queue, linked: LinkedSettings) -> Iterator[DanglingReference]:
    base = ("queues", queue_name)
    if queue.calendar not in linked.opening_hours.calendars:
        yield DanglingReference(
            path=(*base, "calendar"), kind=OpeningHoursSettings.kind, name=queue.calendar
        )
    for path, endpoint in _endpoints(queue):
        if endpoint not in linked.agent_endpoints.endpoints:
            yield DanglingReference(
                path=(*base, *path), kind=AgentEndpointSettings.kind, name=endpoint
            )


def _endpoints(queue: Queue) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for number, tier in enumerate(queue.tiers):
        for position, endpoint in enumerate(tier.endpoints):
            yield ("tiers", number, "endpoints", position), endpoint
    for position, endpoint in enumerate(queue.alert_endpoints):
        yield ("alert_endpoints", position), endpoint
