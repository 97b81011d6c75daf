"""Names that one settings document takes from another, and whether they are there. Pure."""

from collections.abc import Callable, Iterator
from typing import Self, get_type_hints

from pydantic import Field

from sportello.composing.settings import CannedReplySettings
from sportello.conversation.deskwork.tag_settings import TagSettings
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import Model
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import Queue, QueueSettings
from sportello.routing.settings import RoutingSettings
from sportello.routing.teams import TeamSettings
from sportello.settings_document import SettingsDocument
from sportello.sla.settings import SlaSettings
from sportello.subscriptions.settings import SubscriptionSettings


def _is_document(shape: object) -> bool:
    return isinstance(shape, type) and issubclass(shape, SettingsDocument)


class LinkedSettings(Model):
    """The documents that name one another, each under its kind, as they would be in force."""

    opening_hours: OpeningHoursSettings
    queues: QueueSettings
    agent_endpoints: AgentEndpointSettings
    sla_policies: SlaSettings = Field(default_factory=SlaSettings)
    teams: TeamSettings = Field(default_factory=TeamSettings)
    routing: RoutingSettings = Field(default_factory=RoutingSettings)
    tags: TagSettings = Field(default_factory=TagSettings)
    canned_replies: CannedReplySettings = Field(default_factory=CannedReplySettings)
    subscriptions: SubscriptionSettings = Field(default_factory=SubscriptionSettings)

    @classmethod
    def gathered(cls, read: Callable[[type[SettingsDocument]], SettingsDocument]) -> Self:
        """Put them together from what is read of each kind."""
        return cls.model_validate({shape.kind: read(shape) for shape in LINKED_KINDS})


LINKED_KINDS: tuple[type[SettingsDocument], ...] = tuple(
    shape for shape in get_type_hints(LinkedSettings).values() if _is_document(shape)
)


class DanglingReference(Model):
    """`path` is where in the document `of` a name stands that `kind` does not define."""

    of: str
    path: tuple[str | int, ...]
    kind: str
    name: str


def check_references(linked: LinkedSettings) -> tuple[DanglingReference, ...]:
    """Return every reference that would lead nowhere, in the order of the documents."""
    return (
        *_of_queues(linked),
        *_of_policies(linked),
        *_of_teams(linked),
        *_of_rules(linked),
        *_of_canned_replies(linked),
        *_of_subscriptions(linked),
    )


def _of_queues(linked: LinkedSettings) -> Iterator[DanglingReference]:
    for queue_name, queue in linked.queues.queues.items():
        base = ("queues", queue_name)
        if queue.calendar not in linked.opening_hours.calendars:
            yield DanglingReference(
                of=QueueSettings.kind,
                path=(*base, "calendar"),
                kind=OpeningHoursSettings.kind,
                name=queue.calendar,
            )
        for number, overflow in enumerate(queue.routing.overflow):
            if overflow.queue not in linked.queues.queues:
                yield DanglingReference(
                    of=QueueSettings.kind,
                    path=(*base, "routing", "overflow", number, "queue"),
                    kind=QueueSettings.kind,
                    name=overflow.queue,
                )
        for path, endpoint in _endpoints(queue):
            if endpoint not in linked.agent_endpoints.endpoints:
                yield DanglingReference(
                    of=QueueSettings.kind,
                    path=(*base, *path),
                    kind=AgentEndpointSettings.kind,
                    name=endpoint,
                )


def _of_policies(linked: LinkedSettings) -> Iterator[DanglingReference]:
    for number, policy in enumerate(linked.sla_policies.policies):
        for position, queue in enumerate(policy.queues):
            if queue not in linked.queues.queues:
                yield DanglingReference(
                    of=SlaSettings.kind,
                    path=("policies", number, "queues", position),
                    kind=QueueSettings.kind,
                    name=queue,
                )


def _of_teams(linked: LinkedSettings) -> Iterator[DanglingReference]:
    for name, team in linked.teams.teams.items():
        for position, queue in enumerate(team.queues):
            if queue not in linked.queues.queues:
                yield DanglingReference(
                    of=TeamSettings.kind,
                    path=("teams", name, "queues", position),
                    kind=QueueSettings.kind,
                    name=queue,
                )


def _of_rules(linked: LinkedSettings) -> Iterator[DanglingReference]:
    for number, rule in enumerate(linked.routing.rules):
        if rule.queue not in linked.queues.queues:
            yield DanglingReference(
                of=RoutingSettings.kind,
                path=("rules", number, "queue"),
                kind=QueueSettings.kind,
                name=rule.queue,
            )


def _of_canned_replies(linked: LinkedSettings) -> Iterator[DanglingReference]:
    of = CannedReplySettings.kind
    for path, queue in linked.canned_replies.queues_named():
        if queue not in linked.queues.queues:
            yield DanglingReference(of=of, path=path, kind=QueueSettings.kind, name=queue)
    for path, tag in linked.canned_replies.tags_named():
        if linked.tags.unfit((tag,)):
            yield DanglingReference(of=of, path=path, kind=TagSettings.kind, name=tag)


def _of_subscriptions(linked: LinkedSettings) -> Iterator[DanglingReference]:
    for name, subscription in linked.subscriptions.subscriptions.items():
        for position, queue in enumerate(subscription.queues):
            if queue not in linked.queues.queues:
                yield DanglingReference(
                    of=SubscriptionSettings.kind,
                    path=("subscriptions", name, "queues", position),
                    kind=QueueSettings.kind,
                    name=queue,
                )


def _endpoints(queue: Queue) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for number, tier in enumerate(queue.tiers):
        for position, endpoint in enumerate(tier.endpoints):
            yield ("tiers", number, "endpoints", position), endpoint
    for position, endpoint in enumerate(queue.alert_endpoints):
        yield ("alert_endpoints", position), endpoint
