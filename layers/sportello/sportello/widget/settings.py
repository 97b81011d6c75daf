"""The chat widget of each site, as a settings document. Pure."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from sportello.language.languages import Language
from sportello.model import Model
from sportello.settings_document import Name, SettingsDocument
from sportello.widget.contrast import LEAST_CONTRAST, HexColour, nearest_readable, text_on
from sportello.widget.origins import Origin

MAX_SITES = 20
MAX_ORIGINS = 20


def _text_can_be_read(colour: str) -> str:
    if text_on(colour) is None:
        raise ValueError(
            f"neither white nor dark text can be read on it (contrast {LEAST_CONTRAST}); "
            f"the nearest colour on which it can is {nearest_readable(colour)}"
        )
    return colour


type BrandColour = Annotated[HexColour, AfterValidator(_text_can_be_read)]
type ShopName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)
]
type WidgetText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)
]


class Site(Model):
    """One site's widget: on pages of these origins it may be embedded, and on no other.

    `name` is the shop's, `greeting` stands in the open chat before anybody has written, `closed`
    beside it while nobody is there. What is left out in a language is the packaged wording.
    """

    enabled: bool = True
    origins: tuple[Origin, ...] = Field(default=(), max_length=MAX_ORIGINS)
    name: dict[Language, ShopName] = Field(default_factory=dict)
    colour: BrandColour = "#0d5c58"
    greeting: dict[Language, WidgetText] = Field(default_factory=dict)
    closed: dict[Language, WidgetText] = Field(default_factory=dict)
    corner: Literal["left", "right"] = "right"

    @model_validator(mode="after")
    def _names_each_origin_once(self) -> Self:
        if twice := {each for each in self.origins if self.origins.count(each) > 1}:
            raise ValueError(f"origins name {', '.join(sorted(twice))} more than once")
        return self


class WidgetSettings(SettingsDocument):
    """The sites by name: it stands in the code that a page embeds the widget with."""

    kind = "widget"
    sites: Annotated[dict[Name, Site], Field(max_length=MAX_SITES)] = Field(default_factory=dict)
