"""How a message is fitted to a channel: every part within the limit of its kind. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from sportello.conversation.effects import SendMessage, SendRichMessage
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.outbound_channel import Button
from sportello.messaging.outbound_media import OutboundMedia
from sportello.messaging.outbound_template import OutboundTemplate
from sportello.messaging.text_splitting import split_text


class Part(NamedTuple):
    """One call's worth of a message; with `media` the text is its caption."""

    text: str
    buttons: tuple[Button, ...] = ()
    media: OutboundMedia | None = None
    template: OutboundTemplate | None = None


def in_parts(message: SendMessage, capabilities: Capabilities) -> tuple[Part, ...]:
    """Files first, then the text; a template is one part, whatever its text."""
    if not isinstance(message, SendRichMessage):
        return _text_parts(message.text, message.buttons, capabilities)
    if message.template:
        return (Part(message.text, template=message.template),)
    if message.media and _can_caption(message, capabilities):
        *others, last = message.media
        return (*(Part("", media=each) for each in others), Part(message.text, media=last))
    files = tuple(Part("", media=each) for each in message.media)
    text = _text_parts(message.text, message.buttons, capabilities) if message.text else ()
    return (*files, *text)


def _can_caption(message: SendRichMessage, capabilities: Capabilities) -> bool:
    """Whether the text goes along with the last file, as people send it."""
    limits = capabilities.media.get(message.media[-1].kind)
    length = capabilities.text_unit.length(message.text)
    return not message.buttons and limits is not None and length <= limits.caption_limit


def _text_parts(
    text: str, buttons: tuple[Button, ...], capabilities: Capabilities
) -> tuple[Part, ...]:
    """Split at sentences, with the buttons under the last part.

    Where they cannot stand there, the choices become lines that the customer can repeat, before
    anything is split.
    """
    if buttons and _can_stand(buttons, capabilities):
        limit = capabilities.text_limit_above_buttons or capabilities.text_limit
        *others, last = _split(text, capabilities, last_limit=limit) or ("",)
        if last and capabilities.text_unit.length(last) <= limit:
            return (*(Part(part) for part in others), Part(last, buttons))
    if buttons:
        text = "\n".join([text, "", *(f"- {button.title}" for button in buttons)])
    return tuple(Part(part) for part in _split(text, capabilities))


def _split(
    text: str, capabilities: Capabilities, *, last_limit: int | None = None
) -> tuple[str, ...]:
    return split_text(
        text, capabilities.text_limit, last_limit=last_limit, unit=capabilities.text_unit
    )


def _can_stand(buttons: Sequence[Button], capabilities: Capabilities) -> bool:
    """Tell whether a channel takes these as buttons; two that look alike it may refuse."""
    titles = {button.title.strip() for button in buttons}
    return (
        len(buttons) <= capabilities.buttons
        and len(titles) == len({button.id for button in buttons}) == len(buttons)
        and all(titles)
        and all(
            capabilities.text_unit.length(button.title) <= capabilities.button_title_limit
            and len(button.id.encode()) <= capabilities.button_id_bytes
            for button in buttons
        )
    )
