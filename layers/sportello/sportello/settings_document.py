"""What every kind of settings document has: a kind, and names of one form. Pure."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from sportello.model import Model

type Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]{0,63}$")]
"""How a business names its queues, calendars, policies and endpoints."""

DEFAULT = "default"
"""The name of what holds where nothing else is named."""


class SettingsDocument(Model):
    """One document of the table, replaced whole; made without arguments it is the packaged one."""

    kind: ClassVar[str]
