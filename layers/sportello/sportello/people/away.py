"""What a customer is told while nobody is there."""

from datetime import datetime

from sportello.conversation.commands import AccompanyingText
from sportello.conversation.terms import Staffing
from sportello.language.spoken_time import opening_in_words
from sportello.table.items import Address
from sportello.table.settings_store import SettingsStore


def out_of_hours(
    settings: SettingsStore, staffed: Staffing, address: Address, now: datetime
) -> AccompanyingText | None:
    """Return what to say while nobody is there; None in opening hours."""
    if staffed.hours is None or staffed.closed is None:
        return None
    language = settings.language_of(address)
    opening = opening_in_words(staffed.closed.end, now, language, staffed.hours.zone)
    return AccompanyingText(
        text=settings.text("out_of_hours", address, opening=opening),
        closed_since=staffed.closed.start,
    )
