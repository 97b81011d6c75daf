"""How a message is fitted to a channel: every part within the limit of its kind. Pure."""

from collections.abc import Sequence

from sportello.conversation.effects import SendMessage
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.outbound_channel import Button
from sportello.messaging.text_splitting import split_text

type Part = tuple[str, tuple[Button, ...]]


def in_parts(message: SendMessage, capabilities: Capabilities) -> tuple[Part, ...]:
    """Split at sentences, with the buttons under the last part.

    Where they cannot stand there, the choices become lines that the customer can repeat, before
    anything is split.
    """
    text, buttons = message.text, message.buttons
    if buttons and _can_stand(buttons, capabilities):
        limit = capabilities.text_limit_above_buttons or capabilities.text_limit
        *others, last = _split(text, capabilities, last_limit=limit) or ("",)
        if last and capabilities.text_unit.length(last) <= limit:
            return (*((part, ()) for part in others), (last, buttons))
    if buttons:
        text = "\n".join([text, "", *(f"- {button.title}" for button in buttons)])
    return tuple((part, ()) for part in _split(text, capabilities))


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
