"""The terms of service of a conversation, put together from the settings as they are now."""

from sportello.conversation.terms import ServiceTerms
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import QueueSettings
from sportello.sla.settings import SlaSettings
from sportello.table.items import Address, Conversation
from sportello.table.settings_store import SettingsStore


def terms_in_force(
    settings: SettingsStore, conversation: Conversation, address: Address | None = None
) -> ServiceTerms:
    """`address` is the customer's where the conversation does not know it yet."""
    address = address or conversation.address
    sla_version, sla = settings.current(SlaSettings)
    hours_version, opening_hours = settings.current(OpeningHoursSettings)
    counted_on = {
        clock.calendar_version
        for clock in conversation.state.clocks
        if clock.running and clock.calendar and clock.calendar_version != hours_version
    }
    return ServiceTerms(
        channel=address.channel if address else "",
        account_id=address.account_id if address else "",
        sla=sla,
        sla_version=sla_version,
        opening_hours=opening_hours,
        hours_version=hours_version,
        past_hours={
            version: settings.past(OpeningHoursSettings, version) for version in counted_on
        },
        queues=settings.get(QueueSettings),
    )
