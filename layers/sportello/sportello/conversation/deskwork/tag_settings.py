"""Which tags a business sorts its conversations by, as a settings document. Pure."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, StringConstraints

from sportello.language.languages import Language
from sportello.model import Model
from sportello.settings_document import Name, SettingsDocument

type Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
type TagTitle = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)
]

MAX_KINDS_OF_TAGS = 200

_LIKE_A_NUMBER = re.compile(r"\d[\d_\-]{3,}\d")
"""A telephone or customer's number is nothing to sort by, and tags are in the log for good."""


class Tag(Model):
    """What a tag is called by language, its own name where a language is left out."""

    title: dict[Language, TagTitle] = Field(default_factory=dict)
    colour: Colour = "#6b7280"


def _packaged() -> dict[str, Tag]:
    return {
        "complaint": Tag(colour="#b91c1c"),
        "praise": Tag(colour="#15803d"),
        "order": Tag(colour="#1d4ed8"),
        "delivery": Tag(colour="#7c3aed"),
        "refund": Tag(colour="#c2410c"),
    }


class TagSettings(SettingsDocument):
    """`tags` are those there are; where they are `free`, an agent may invent others."""

    kind = "tags"
    tags: Annotated[dict[Name, Tag], Field(max_length=MAX_KINDS_OF_TAGS)] = Field(
        default_factory=_packaged
    )
    free: bool = False

    def unfit(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the tags that nobody may give; one of digits is none, whoever invents it."""
        return tuple(
            name
            for name in names
            if name not in self.tags and (not self.free or _LIKE_A_NUMBER.search(name))
        )
