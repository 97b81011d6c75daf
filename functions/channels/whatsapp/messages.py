"""Each kind of message that a WhatsApp customer can send, as an inbound item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from channels.reading import Misshapen, clipped, ignored
from channels.whatsapp import payload as wire
from channels.whatsapp.identity import Person
from sportello.messaging.items import (
    Edit,
    Ignored,
    InboundItem,
    Location,
    Media,
    Message,
    Reaction,
    Revoke,
    Unsupported,
)

type Reading = InboundItem | Ignored


@dataclass(frozen=True, slots=True)
class Received:
    """A customer's message with what every item made of it carries."""

    message: wire.Message
    person: Person
    common: Mapping[str, Any]

    def as_message(self, **content: Any) -> Message:
        context = self.message.context
        return Message(
            **self.common,
            provider_message_id=self.message.id,
            display_name=clipped(self.person.name, 256),
            in_reply_to=(context and context.id) or "",
            **content,
        )

    def as_unsupported(self, provider_kind: str) -> Unsupported:
        return Unsupported(
            **self.common,
            provider_message_id=self.message.id,
            provider_kind=clipped(provider_kind, 128),
        )


def read_kind(received: Received) -> Reading:
    return _KINDS.get(received.message.type, _other)(received)


def _present[T](part: T | None, name: str) -> T:
    if part is None:
        raise Misshapen(f"{name} is missing")
    return part


def _text(received: Received) -> Reading:
    return received.as_message(text=_present(received.message.text, "text").body)


def _file(received: Received) -> Reading:
    message = received.message
    file = message.file
    if file is None or not file.id or message.errors:
        # The provider could not fetch it: people should know that something was sent.
        return received.as_unsupported(message.type)
    media = Media.model_validate(
        {
            "kind": message.type,
            "provider_media_id": file.id,
            "mime_type": clipped(file.mime_type or "", 256),
            "file_name": clipped(file.filename or "", 512),
        }
    )
    return received.as_message(text=message.words, media=(media,))


def _location(received: Received) -> Reading:
    place = _present(received.message.location, "location")
    name = ", ".join(part for part in (place.name, place.address) if part)
    return received.as_message(
        location=Location(
            latitude=place.latitude, longitude=place.longitude, name=clipped(name, 1_000)
        )
    )


def _interactive(received: Received) -> Reading:
    interactive = received.message.interactive
    if interactive is None:
        return received.as_unsupported("interactive")
    choice = interactive.button_reply or interactive.list_reply
    if choice is None:
        # A Flow's form (`nfm_reply`): a person reads it, its JSON may not even be valid.
        return received.as_unsupported(interactive.type)
    return received.as_message(text=choice.title, button_id=choice.id)


def _template_button(received: Received) -> Reading:
    button = _present(received.message.button, "button")
    return received.as_message(text=button.text, button_id=button.payload or "")


def _reaction(received: Received) -> Reading:
    reaction = _present(received.message.reaction, "reaction")
    return Reaction(
        **received.common,
        original_message_id=reaction.message_id,
        emoji=reaction.emoji or "",
    )


def _edit(received: Received) -> Reading:
    edit = _present(received.message.edit, "edit")
    return Edit(
        **received.common,
        original_message_id=edit.original_message_id,
        text=edit.message.words,
    )


def _revoke(received: Received) -> Reading:
    revoke = _present(received.message.revoke, "revoke")
    return Revoke(**received.common, original_message_id=revoke.original_message_id)


def _request_welcome(_: Received) -> Reading:
    return ignored("request_welcome")


def _unsupported(received: Received) -> Reading:
    kind = received.message.unsupported
    return received.as_unsupported((kind and kind.type) or "unsupported")


def _other(received: Received) -> Reading:
    """Shared contacts, orders, and kinds that did not exist when this was written."""
    return received.as_unsupported(received.message.type)


_KINDS: Mapping[str, Callable[[Received], Reading]] = {
    "text": _text,
    **dict.fromkeys(("image", "video", "audio", "document", "sticker"), _file),
    "location": _location,
    "interactive": _interactive,
    "button": _template_button,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "request_welcome": _request_welcome,
    "unsupported": _unsupported,
}
