"""Messages that a provider has approved beforehand, as a business has written them down. Pure."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from sportello.messaging.outbound_template import FilledPlace, OutboundTemplate
from sportello.model import Model
from sportello.settings_document import SettingsDocument

MAX_TEMPLATES = 500
MAX_PLACES = 20
MAX_BODY = 1_024
"""Code points, filled in too."""

_PLACE = re.compile(r"\{\{([^{}]*)\}\}")
_NOT_AT_A_PLACE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]| {5}")

type TemplateName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
type TemplateLanguage = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2,3})?$", max_length=7)
]
type PlaceName = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,63}|[1-9][0-9]?)$")]


class Place(Model):
    """Where something is filled in; the example is what the provider was shown."""

    name: PlaceName
    example: str = Field(min_length=1, max_length=200)


class MisfitPlace(ValueError):
    """What cannot stand at a place of a template; `name` is the place."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail


class MessageTemplate(Model):
    """As the provider has it: its name and language there, what it is approved as, and its words.

    One-time codes, which a provider approves too, are no message of an agent's. `account_id` is
    the one account of the channel that has it, empty for all of them. Places are `{{name}}`, or
    counted `{{1}}`, and in the body alone.
    """

    name: TemplateName
    channel: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    account_id: str = Field(default="", max_length=128)
    language: TemplateLanguage
    category: Literal["utility", "marketing"] = "utility"
    body: str = Field(min_length=1, max_length=MAX_BODY)
    parameters: tuple[Place, ...] = Field(default=(), max_length=MAX_PLACES)

    @model_validator(mode="after")
    def _has_its_places(self) -> Self:
        names = [place.name for place in self.parameters]
        in_body = list(dict.fromkeys(_PLACE.findall(self.body)))
        if len(set(names)) != len(names):
            raise ValueError("two parameters have one name")
        if set(in_body) != set(names):
            raise ValueError("the body has other places than there are parameters")
        counted = [name for name in names if name.isdigit()]
        if counted and counted != [str(number + 1) for number in range(len(names))]:
            raise ValueError("counted parameters are 1, 2 and so on, and all of them")
        return self

    def fits(self, channel: str, account_id: str) -> bool:
        return self.channel == channel and self.account_id in {"", account_id}

    def filled(self, values: Mapping[str, str]) -> tuple[OutboundTemplate, str]:
        """Return what goes out, and how it reads; raises MisfitPlace."""
        names = [place.name for place in self.parameters]
        for name in (*values, *names):
            if name not in names:
                raise MisfitPlace(name, "The template has no such place.")
            if name not in values:
                raise MisfitPlace(name, "Something has to stand here.")
            _check_place(name, values[name])
        text = _PLACE.sub(lambda place: values[place[1]], self.body)
        if len(text) > MAX_BODY:
            raise MisfitPlace("", f"Filled in it has more than {MAX_BODY} characters.")
        places = tuple(FilledPlace(name=name, text=values[name]) for name in names)
        return OutboundTemplate(name=self.name, language=self.language, places=places), text


def _check_place(name: str, value: str) -> None:
    if not value.strip():
        raise MisfitPlace(name, "Something has to stand here.")
    if _NOT_AT_A_PLACE.search(value):
        raise MisfitPlace(name, "It is one line, with at most four spaces in a row and no tabs.")


class MessageTemplateSettings(SettingsDocument):
    """What may be sent when a channel's window is shut; the provider has approved each of them."""

    kind: ClassVar[str] = "message_templates"

    templates: tuple[MessageTemplate, ...] = Field(default=(), max_length=MAX_TEMPLATES)

    @model_validator(mode="after")
    def _has_each_once(self) -> Self:
        keys = [(t.channel, t.account_id, t.name, t.language) for t in self.templates]
        if len(set(keys)) != len(keys):
            raise ValueError("a template is there twice")
        return self

    def fitting(self, channel: str, account_id: str) -> tuple[MessageTemplate, ...]:
        """Return what an account has, its own instead of those of all accounts, by name."""
        fitting = [t for t in self.templates if t.fits(channel, account_id)]
        own_last = sorted(fitting, key=lambda template: template.account_id)
        by_key = {(template.name, template.language): template for template in own_last}
        return tuple(by_key[key] for key in sorted(by_key))
