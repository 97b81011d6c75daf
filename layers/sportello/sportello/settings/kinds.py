"""The kinds of documents a business edits, with defaults that make a fresh deployment useful. Pure.

A kind is one class in the room whose rules it holds, and one line here. Writing a document replaces
it whole, after validation; what another document refers to is checked by `references`.
"""

from collections.abc import Mapping

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
from sportello.settings_document import SettingsDocument
from sportello.sla.settings import SlaSettings
from sportello.subscriptions.settings import SubscriptionSettings
from sportello.widget.settings import WidgetSettings

KINDS: Mapping[str, type[SettingsDocument]] = {
    document.kind: document
    for document in (
        OpeningHoursSettings,
        QueueSettings,
        RoutingSettings,
        AgentEndpointSettings,
        SlaSettings,
        BotSettings,
        FaqSettings,
        TextSettings,
        TeamSettings,
        TagSettings,
        CannedReplySettings,
        MessageTemplateSettings,
        SubscriptionSettings,
        WidgetSettings,
    )
}
