"""Each kind of message that a WhatsApp customer can send, as an inbound item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from channels.platform_signs import sign_fields
from channels.reading import Misshapen, clipped, ignored
from channels.whatsapp import payload as wire
from channels.whatsapp.beside import (
    basket_of,
    contacts_in,
    form_in,
    origin_of,
    product_in,
    reply_fields,
)
from channels.whatsapp.identity import Person
from sportello.messaging.attachments import Unavailable
from sportello.messaging.items import (
    Content,
    Edit,
    FromCustomer,
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
    """A message with what every item made of it carries; `by_account`: whether staff wrote one."""

    message: wire.Message
    person: Person
    common: Mapping[str, Any]
    by_account: Callable[[str], bool]

    def as_message(self, **content: Any) -> Message:
        message = self.message
        return Message.model_validate(
            {
                **self.common,
                "provider_message_id": message.id,
                "display_name": clipped(self.person.name, 256),
                **reply_fields(message.context, self.by_account),
                "origin": origin_of(message.referral),
                **content,
                "attachments": (*content.get("attachments", ()), *product_in(message.context)),
            }
        )

    def as_unsupported(self, provider_kind: str) -> Unsupported | Message:
        """Show that something was sent; with the words beside it, where it has any."""
        kind = clipped(provider_kind, 128)
        if words := self.message.words:
            missing = Unavailable(kind="unavailable", provider_kind=kind, file_name=self._file_name)
            return self.as_message(text=words, attachments=(missing,))
        return Unsupported(**self.common, provider_message_id=self.message.id, provider_kind=kind)

    @property
    def _file_name(self) -> str:
        return (self.message.file and self.message.file.filename) or ""


def read_kind(received: Received) -> Reading:
    return _KINDS.get(received.message.type, _other)(received)


def _present[T](part: T | None, name: str) -> T:
    if part is None:
        raise Misshapen(f"{name} is missing")
    return part


def _text(received: Received) -> Reading:
    words = _present(received.message.text, "text").body
    return received.as_message(**sign_fields(words))


def _file(received: Received) -> Reading:
    message = received.message
    file = message.file
    if file is None or not file.id or message.errors:
        # The provider could not fetch it: people should know that something was sent.
        return received.as_unsupported(message.type)
    media = Media.model_validate(
        {
            "kind": "audio" if message.type == "voice" else message.type,
            "provider_media_id": file.id,
            "mime_type": clipped(file.mime_type or "", 256),
            "file_name": clipped(file.filename or "", 512),
        }
    )
    spoken = message.type == "voice" or file.voice
    return received.as_message(
        text=message.words, media=(media,), media_form="voice_note" if spoken else ""
    )


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
    if choice is not None:
        return received.as_message(
            text=choice.title,
            button_id=choice.id,
            button_description=clipped(choice.description or "", 256),
        )
    form = form_in(interactive)
    if form is None:
        return received.as_unsupported(interactive.type)
    return received.as_message(attachments=(form,))


def _contacts(received: Received) -> Reading:
    shared = contacts_in(received.message.contacts)
    if not shared:
        return received.as_unsupported("contacts")
    return received.as_message(attachments=shared)


def _order(received: Received) -> Reading:
    order = received.message.order
    if order is None:
        return received.as_unsupported("order")
    return received.as_message(text=order.text or "", attachments=(basket_of(order),))


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
    now = read_kind(replace(received, message=edited_message(received.message, edit)))
    if not isinstance(now, Message):
        return ignored(f"edit_of_{edit.message.type}")
    return Edit(
        **content_fields(now) | {"text": edit.message.words},
        original_message_id=edit.original_message_id,
    )


def edited_message(message: wire.Message, edit: wire.Edit) -> wire.Message:
    """Return a message as it is once it has been changed."""
    content = {name: getattr(edit.message, name) for name in wire.Content.model_fields}
    return message.model_copy(update=content)


def content_fields(message: Message) -> dict[str, Any]:
    """Return what every kind of item with content has in common, as its fields."""
    names = Content.model_fields.keys() | FromCustomer.model_fields.keys()
    return {name: getattr(message, name) for name in names}


def _revoke(received: Received) -> Reading:
    revoke = _present(received.message.revoke, "revoke")
    return Revoke(**received.common, original_message_id=revoke.original_message_id)


def _notice(received: Received) -> Reading:
    """A note of WhatsApp's, when somebody opens a chat for instance: nobody said anything."""
    return ignored(received.message.type)


def _unsupported(received: Received) -> Reading:
    kind = (received.message.unsupported and received.message.unsupported.type) or ""
    if kind in _DONE_UNSEEN:
        return ignored(f"unsupported_{kind}")
    return received.as_unsupported(kind or "unsupported")


def _other(received: Received) -> Reading:
    """Kinds that did not exist when this was written."""
    return received.as_unsupported(received.message.type)


_DONE_UNSEEN = {"edit", "keep_in_chat", "pin", "poll_update", "reaction"}
"""What somebody did to a message, of which the API tells no more than that it happened."""


_KINDS: Mapping[str, Callable[[Received], Reading]] = {
    "text": _text,
    **dict.fromkeys(("image", "video", "audio", "voice", "document", "sticker"), _file),
    "location": _location,
    "interactive": _interactive,
    "button": _template_button,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    **dict.fromkeys(("request_welcome", "ephemeral"), _notice),
    "contacts": _contacts,
    "order": _order,
    "unsupported": _unsupported,
}
