"""Who may do what: the one table of roles and permissions, and what settings of a kind ask for."""

from collections.abc import Iterable, Mapping
from enum import StrEnum, auto

from sportello.bot.settings import BotSettings, FaqSettings
from sportello.composing.settings import CannedReplySettings
from sportello.conversation.deskwork.tag_settings import TagSettings
from sportello.hours.settings import OpeningHoursSettings
from sportello.language.settings import TextSettings
from sportello.messaging.settings import MessageTemplateSettings
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.settings import RoutingSettings
from sportello.routing.teams import TeamSettings
from sportello.sla.settings import SlaSettings
from sportello.subscriptions.settings import SubscriptionSettings
from sportello.widget.settings import WidgetSettings


class Role(StrEnum):
    """A group of the user pool of this name."""

    AGENT = auto()
    SUPERVISOR = auto()
    DESIGNER = auto()
    ANALYST = auto()
    ADMIN = auto()


class Permission(StrEnum):
    """What a route asks of its caller.

    `WRITE_SETTINGS` opens the route alone: `WRITING` says what a kind needs besides.
    """

    READ_CONVERSATIONS = auto()
    WORK_CONVERSATIONS = auto()
    ACT_FOR_COLLEAGUES = auto()
    TAKE_OVER = auto()
    READ_CONTACT = auto()
    READ_QUEUES = auto()
    SET_OWN_PRESENCE = auto()
    READ_AGENTS = auto()
    SET_PRESENCE_OF_OTHERS = auto()
    WRITE_AGENTS = auto()
    READ_SETTINGS = auto()
    READ_ADDRESSES = auto()
    WRITE_SETTINGS = auto()
    WRITE_CONTENT = auto()
    WRITE_ROUTING = auto()
    WRITE_ENDPOINTS = auto()
    WRITE_TEAMS = auto()
    WRITE_UNLISTED = auto()
    READ_REPORTS = auto()
    READ_HEALTH = auto()
    READ_AUDIT = auto()
    READ_EVENTS = auto()
    WRITE_SUBSCRIPTIONS = auto()


_LOOKING_ON = frozenset(
    {
        Permission.READ_SETTINGS,
        Permission.READ_REPORTS,
        Permission.READ_HEALTH,
    }
)
_WORKING = frozenset(
    {
        Permission.READ_CONVERSATIONS,
        Permission.WORK_CONVERSATIONS,
        Permission.READ_CONTACT,
        Permission.READ_QUEUES,
        Permission.SET_OWN_PRESENCE,
        Permission.READ_AGENTS,
        Permission.READ_SETTINGS,
        Permission.READ_HEALTH,
    }
)
_RUNNING_THE_DESK = frozenset(
    {
        Permission.READ_QUEUES,
        Permission.READ_AGENTS,
        Permission.SET_PRESENCE_OF_OTHERS,
        Permission.WRITE_AGENTS,
        Permission.READ_ADDRESSES,
        Permission.WRITE_SETTINGS,
        Permission.WRITE_CONTENT,
        Permission.WRITE_ROUTING,
        Permission.WRITE_ENDPOINTS,
        Permission.READ_EVENTS,
        Permission.WRITE_SUBSCRIPTIONS,
    }
)

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.AGENT: _WORKING,
    Role.SUPERVISOR: _WORKING
    | _LOOKING_ON
    | _RUNNING_THE_DESK
    | {Permission.ACT_FOR_COLLEAGUES, Permission.TAKE_OVER},
    Role.DESIGNER: _LOOKING_ON | {Permission.WRITE_SETTINGS, Permission.WRITE_CONTENT},
    Role.ANALYST: _LOOKING_ON | {Permission.READ_QUEUES},
    # What customers say is none of an administrator's business.
    Role.ADMIN: _LOOKING_ON
    | _RUNNING_THE_DESK
    | {Permission.WRITE_TEAMS, Permission.WRITE_UNLISTED, Permission.READ_AUDIT},
}
"""Whoever has several roles may do what any of them may."""

WRITING: Mapping[str, Permission] = {
    BotSettings.kind: Permission.WRITE_CONTENT,
    FaqSettings.kind: Permission.WRITE_CONTENT,
    TextSettings.kind: Permission.WRITE_CONTENT,
    TagSettings.kind: Permission.WRITE_CONTENT,
    CannedReplySettings.kind: Permission.WRITE_CONTENT,
    MessageTemplateSettings.kind: Permission.WRITE_CONTENT,
    WidgetSettings.kind: Permission.WRITE_CONTENT,
    OpeningHoursSettings.kind: Permission.WRITE_ROUTING,
    QueueSettings.kind: Permission.WRITE_ROUTING,
    RoutingSettings.kind: Permission.WRITE_ROUTING,
    SlaSettings.kind: Permission.WRITE_ROUTING,
    AgentEndpointSettings.kind: Permission.WRITE_ENDPOINTS,
    TeamSettings.kind: Permission.WRITE_TEAMS,
    SubscriptionSettings.kind: Permission.WRITE_SUBSCRIPTIONS,
}
"""What writing a kind of settings asks for."""


OF_THE_WHOLE_DESK = frozenset(
    {
        Permission.READ_ADDRESSES,
        Permission.WRITE_SETTINGS,
        Permission.WRITE_CONTENT,
        Permission.WRITE_ROUTING,
        Permission.WRITE_ENDPOINTS,
        Permission.WRITE_TEAMS,
        Permission.WRITE_UNLISTED,
        Permission.READ_AUDIT,
        Permission.READ_EVENTS,
        Permission.WRITE_SUBSCRIPTIONS,
    }
)
"""What nobody may who sees a part of the queues: it is about all of them at once."""


def permissions_of(roles: Iterable[Role], *, in_team: bool = False) -> frozenset[Permission]:
    granted = frozenset(permission for role in roles for permission in ROLES[role])
    return granted - OF_THE_WHOLE_DESK if in_team else granted


def permission_to_write(kind: str) -> Permission:
    """Return what a kind asks for; one that nobody listed is left to administrators."""
    return WRITING.get(kind, Permission.WRITE_UNLISTED)
