"""What a customer is told while nobody is there."""

from datetime import datetime

from sportello.conversation.commands import AccompanyingText
from sportello.conversation.terms import ServiceTerms
from sportello.language.settings import TextSettings
from sportello.language.spoken_time import opening_in_words
from sportello.language.texts import UNATTENDED, TextName
from sportello.people.reachability import rings_nobody
from sportello.people.settings import AgentEndpointSettings
from sportello.table.items import Address
from sportello.table.settings.settings_store import SettingsStore


def out_of_hours(
    settings: SettingsStore, terms: ServiceTerms, queue: str, address: Address, now: datetime
) -> AccompanyingText | None:
    """Return what to say while nobody is there; None in opening hours.

    Who is at work now tells nothing of the next opening: only endpoints count.
    """
    staffed = terms.staffing(queue, now)
    if staffed.hours is None or staffed.closed is None:
        return None
    settings.read_together(TextSettings, AgentEndpointSettings)
    deserted = rings_nobody(terms.queues, queue, settings.get(AgentEndpointSettings))
    language = settings.language_of(address)
    opening = opening_in_words(staffed.closed.end, now, language, staffed.hours.zone)
    name: TextName = "out_of_hours"
    return AccompanyingText(
        text=settings.text(UNATTENDED[name] if deserted else name, address, opening=opening),
        closed_since=staffed.closed.start,
    )
