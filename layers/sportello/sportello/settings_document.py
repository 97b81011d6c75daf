"""What every kind of settings document has: a kind, and names of one form. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import StringConstraints, model_validator

from sportello.model import Model

type Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]{0,63}$")]
"""How a business names its queues, calendars, policies and endpoints."""

DEFAULT = "default"
"""The name of what holds where nothing else is named."""


class SettingsDocument(Model):
    """One document of the table, replaced whole; made without arguments it is the packaged one.

    `former_names` maps what a field was called to what it is called now: documents that were
    written before are read all the same. Under both names at once a field is refused. Clocks that
    run follow a kind that `times_clocks` when it changes: due times are computed from it, or what
    agents at work may be given.
    """

    kind: ClassVar[str]
    times_clocks: ClassVar[bool] = False
    former_names: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def as_stored(cls, document: Any) -> Self:
        """Read what the table holds: a later version's fields are no fault, as a client's are."""
        return cls.model_validate(document, extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _read_former_names(cls, document: Any) -> Any:
        if not isinstance(document, Mapping):
            return document
        former = {old: new for old, new in cls.former_names.items() if new not in document}
        return {former.get(name, name): value for name, value in document.items()}
