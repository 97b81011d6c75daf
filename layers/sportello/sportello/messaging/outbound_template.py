"""A message that the provider has approved beforehand, as it goes out. Pure."""

from sportello.stored import Stored


class FilledPlace(Stored):
    """What stands at one of a template's places; `name` is a number where places are counted."""

    name: str
    text: str


class OutboundTemplate(Stored):
    """Which template, and what fills its places, in the provider's order."""

    name: str
    language: str
    places: tuple[FilledPlace, ...] = ()
