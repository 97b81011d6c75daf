"""What a reply may carry besides words: buttons, files, a template; as far as its channel does."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from agent_api.calls.problems import Fault, Problem, invalid
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.outbound_channel import Button
from sportello.messaging.outbound_media import MAX_MEDIA_OF_REPLY, OutboundMedia
from sportello.messaging.outbound_template import OutboundTemplate
from sportello.messaging.settings import (
    MAX_BODY,
    MAX_PLACES,
    MessageTemplate,
    MisfitPlace,
    PlaceName,
    TemplateLanguage,
    TemplateName,
)
from sportello.model import Model

MAX_REPLY = 4 * 4_096
"""Code points; a longer text than the channel allows leaves in parts."""

MAX_BUTTONS = 20

BEYOND_THE_CHANNEL = "beyond-the-channel"


class NewButton(Model):
    """A choice under the text; `id` is what comes back with the customer's message."""

    id: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,64}$")]
    title: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^\n\r]*$"
        ),
    ]


class FilledTemplate(Model):
    """Which template of the settings, and what stands at its places, by their names."""

    name: TemplateName
    language: TemplateLanguage
    parameters: dict[PlaceName, Annotated[str, StringConstraints(max_length=MAX_BODY)]] = Field(
        default_factory=dict, max_length=MAX_PLACES
    )


class ReplyContent(Model):
    """`as_link` has files that the channel does not take sent as links in the text."""

    buttons: tuple[NewButton, ...] = Field(default=(), max_length=MAX_BUTTONS)
    media_ids: tuple[Annotated[str, StringConstraints(max_length=128)], ...] = Field(
        default=(), max_length=MAX_MEDIA_OF_REPLY
    )
    as_link: bool = False
    template: FilledTemplate | None = None
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REPLY)] = Field(
        default="", validate_default=True
    )

    @field_validator("media_ids")
    @classmethod
    def _names_each_once(cls, media_ids: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(media_ids)) != len(media_ids):
            raise ValueError("a file is there twice")
        return media_ids

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str, info: ValidationInfo) -> str:
        if not text and info.data.get("buttons"):
            raise ValueError("buttons stand under a text")
        # What is there and could not be read is not in `data`, and has a fault of its own.
        if not (text or info.data.get("media_ids", True) or info.data.get("template", True)):
            raise ValueError("a reply has a text, files or a template")
        return text

    @model_validator(mode="after")
    def _leaves_a_template_alone(self) -> Self:
        if self.template and (self.text or self.buttons or self.media_ids):
            raise ValueError("a template has its own words and nothing beside it")
        return self


class Composed(NamedTuple):
    """A reply as it is asked of its conversation."""

    text: str
    buttons: tuple[Button, ...] = ()
    media: tuple[OutboundMedia, ...] = ()
    template: OutboundTemplate | None = None


def check_buttons(buttons: Sequence[NewButton], capabilities: Capabilities) -> tuple[Button, ...]:
    """Return buttons that the channel takes as such; raises Problem and names the limit."""
    most, limit = capabilities.buttons, capabilities.button_title_limit
    if buttons and not most:
        raise beyond("/buttons", "The channel has no buttons.")
    if len(buttons) > most:
        raise beyond("/buttons", f"The channel takes at most {most}.", limit=most)
    titles: set[str] = set()
    ids: set[str] = set()
    for number, button in enumerate(buttons):
        if capabilities.text_unit.length(button.title) > limit:
            detail = f"The channel takes at most {limit} characters."
            raise beyond(f"/buttons/{number}/title", detail, limit=limit)
        if len(button.id.encode()) > capabilities.button_id_bytes:
            detail = f"The channel takes at most {capabilities.button_id_bytes} bytes."
            raise beyond(f"/buttons/{number}/id", detail, limit=capabilities.button_id_bytes)
        if button.title in titles or button.id in ids:
            raise beyond(f"/buttons/{number}", "Another button looks or is named the same.")
        titles.add(button.title)
        ids.add(button.id)
    return tuple(Button(id=button.id, title=button.title) for button in buttons)


def fill(
    wish: FilledTemplate, fitting: Sequence[MessageTemplate], capabilities: Capabilities
) -> Composed:
    """Return a template of the settings with its places filled; raises Problem."""
    if not capabilities.templates:
        raise beyond("/template", "The channel has no templates.")
    named = [t for t in fitting if (t.name, t.language) == (wish.name, wish.language)]
    if not named:
        detail = "The settings have no such template for this conversation in this language."
        raise Problem(
            422, "unknown-template", detail, faults=[Fault(pointer="/template", detail=detail)]
        )
    try:
        template, text = named[0].filled(wish.parameters)
    except MisfitPlace as misfit:
        pointer = "/template/parameters" + (f"/{misfit.name}" if misfit.name else "")
        fault = Fault(pointer=pointer, detail=misfit.detail)
        raise invalid(fault) from None
    return Composed(text=text, template=template)


def beyond(pointer: str, detail: str, **extension: Any) -> Problem:
    """Say which limit of the channel a part of the reply is beyond."""
    faults = [Fault(pointer=pointer, detail=detail)]
    return Problem(422, BEYOND_THE_CHANNEL, "See errors.", faults=faults, extension=extension)
