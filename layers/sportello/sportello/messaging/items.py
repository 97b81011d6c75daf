"""What a channel can bring in: one immutable item for each thing the provider tells us."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, TypeGuard, get_args

from pydantic import AfterValidator, Field, StringConstraints

from sportello.messaging.attachments import (
    MAX_ATTACHMENTS,
    Attachment,
    Forwarding,
    Origin,
    Quote,
)
from sportello.model import Instant
from sportello.stored import OrUnknown, Stored

type Handle = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z_]*:[^\s\x00-\x1f]+$", max_length=320)
]
"""How a channel names a customer, typed: `<channel>:393331234567`, `<channel>_user:IT.123`."""

type ProviderId = Annotated[str, StringConstraints(min_length=1, max_length=512)]

MAX_TEXT = 65_536
"""Code points; the longest text a chat provider carries is 4,096, e-mail is longer."""

MAX_MEDIA = 30
MAX_OTHER_HANDLES = 8
MAX_REASON = 500
"""Code points that say why something could not be read."""


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class DeliveryStatus(StrEnum):
    """How far an outbound message got; see `statuses.py` for the order."""

    QUEUED = "queued"
    SENDING = "sending"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    REFUSED = "refused"
    DELIVERED = "delivered"
    READ = "read"


class Media(Stored):
    """A file that the provider keeps for us; it is fetched later, in its own step."""

    kind: Annotated[Literal["image", "video", "audio", "document", "sticker"], OrUnknown()]
    provider_media_id: ProviderId
    mime_type: str = Field(default="", max_length=256)
    file_name: str = Field(default="", max_length=512)
    size_bytes: int | None = Field(default=None, ge=0)
    seconds: int | None = Field(default=None, ge=0)
    """How long a recording is, where the provider tells."""


class Location(Stored):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: str = Field(default="", max_length=1_000)


class Item(Stored):
    """What every inbound item carries.

    `provider_item_id` is the idempotency key: one provider item, one id, however often and in
    whatever envelope it is delivered. `sent_at` is the provider's time, never ours.
    `added` names the fields that the first version's models refuse: they are stored apart.
    """

    added: ClassVar[frozenset[str]] = frozenset()

    account_id: ProviderId
    provider_item_id: ProviderId
    sent_at: Instant


class FromCustomer(Item):
    """An item that a customer caused.

    `handle` names the conversation. `other_handles` are further names the provider gave for the
    same person in this payload; `reply_to` is the handle to send to (a phone number, say, while
    the conversation is named by a business-scoped id).
    """

    handle: Handle
    other_handles: tuple[Handle, ...] = Field(default=(), max_length=MAX_OTHER_HANDLES)
    reply_to: Handle
    visibility: Annotated[Visibility, OrUnknown()] = Visibility.PRIVATE


class Content(FromCustomer):
    """What a message shows: a customer's, one that they changed, or one of the business's phone.

    `media_form` tells what a file is shown as. A live location moves: its later places are edits.
    """

    text: str = Field(default="", max_length=MAX_TEXT)
    media: tuple[Media, ...] = Field(default=(), max_length=MAX_MEDIA)
    media_form: Annotated[Literal["", "voice_note", "video_note", "animation"], OrUnknown()] = ""
    sticker_emoji: str = Field(default="", max_length=64)
    location: Location | None = None
    live_location: bool = False
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=MAX_ATTACHMENTS)
    quote: Quote | None = None
    forwarding: Forwarding | None = None

    @property
    def is_more_than_text(self) -> bool:
        """Whether it holds what only people can read."""
        return bool(self.media or self.attachments)


_CONTENT_ADDED = frozenset(
    {
        *("media_form", "sticker_emoji", "live_location"),
        *("attachments", "quote", "forwarding"),
    }
)


class Message(Content):
    """`auto_submitted` marks what a machine of theirs wrote: away notices, bounces (RFC 3834).

    `platform_sign` is what the platform writes in a customer's name, when they open the chat by a
    link or choose from a menu: it is not among the words of `text`, because nobody said it.
    """

    added = _CONTENT_ADDED | {"platform_sign", "origin", "button_description"}

    kind: Literal["message"] = "message"
    auto_submitted: bool = False
    provider_message_id: ProviderId
    button_id: str = Field(default="", max_length=256)
    button_description: str = Field(default="", max_length=256)
    platform_sign: Annotated[Literal["", "start", "help", "settings", "stop"], OrUnknown()] = ""
    origin: Origin | None = None
    in_reply_to: str = Field(default="", max_length=512)
    display_name: str = Field(default="", max_length=256)
    language_hint: str = Field(default="", max_length=35)
    callback_id: str = Field(default="", max_length=512)
    """What the provider wants acknowledged after a button press, where it wants that."""

    @property
    def is_only_a_sign(self) -> bool:
        """Whether the customer pressed something of the platform's and said nothing."""
        return bool(self.platform_sign) and not (
            self.text or self.location or self.is_more_than_text
        )


class Edit(Content):
    """A message as it is now; the original keeps what it was."""

    added = _CONTENT_ADDED | {"media", "location"}

    kind: Literal["edit"] = "edit"
    original_message_id: ProviderId


class Revoke(FromCustomer):
    """`by_business`: staff took back what they had written on the business's phone."""

    added = frozenset({"by_business"})

    kind: Literal["revoke"] = "revoke"
    original_message_id: ProviderId
    by_business: bool = False


class Reaction(FromCustomer):
    """`emoji` is empty when the reaction was taken back; `by_business` as with `Revoke`."""

    added = frozenset({"by_business"})

    kind: Literal["reaction"] = "reaction"
    original_message_id: ProviderId
    emoji: str = Field(default="", max_length=64)
    by_business: bool = False


class Unsupported(FromCustomer):
    """A customer's message of a kind that this channel cannot carry yet; people get to see it."""

    kind: Literal["unsupported"] = "unsupported"
    provider_message_id: ProviderId
    provider_kind: str = Field(default="", max_length=128)


class Echo(Content):
    """Something the business itself wrote, outside Sportello; `handle` is the customer's.

    `edits` names the earlier message that it takes the place of.
    """

    added = _CONTENT_ADDED | {"media", "location", "edits"}

    kind: Literal["echo"] = "echo"
    provider_message_id: ProviderId
    edits: str = Field(default="", max_length=512)


class HandleChange(FromCustomer):
    """A notice that a customer goes by other handles from now on: all of these are one person's.

    `handle` is the previous one, which names their conversation, `reply_to` the one that has
    taken its place, `other_handles` what else they went and go by.
    """

    kind: Literal["handle_change"] = "handle_change"


class Receipt(Item):
    """What became of a message of ours.

    `tracker` is the opaque string sent along with it, where the provider echoes one; else
    `handle` and `provider_message_id` find it. `other_handles` are the same person's.
    """

    added = frozenset({"other_handles"})

    kind: Literal["receipt"] = "receipt"
    provider_message_id: ProviderId
    status: Annotated[DeliveryStatus, OrUnknown()]
    handle: Handle | None = None
    other_handles: tuple[Handle, ...] = Field(default=(), max_length=MAX_OTHER_HANDLES)
    tracker: str = Field(default="", max_length=512)
    error_code: str = Field(default="", max_length=64)


type KnownItem = Annotated[
    Message | Edit | Revoke | Reaction | Unsupported | Echo | HandleChange | Receipt,
    Field(discriminator="kind"),
]


def _of_a_later_version(kind: str) -> str:
    union, _discriminator = get_args(KnownItem.__value__)
    if kind in {item.model_fields["kind"].default for item in get_args(union)}:
        raise ValueError("an item of ours that cannot be read")
    return kind


class UnknownItem(Item):
    """An item of a kind that only a later version knows; a customer's has a `handle`."""

    kind: Annotated[str, AfterValidator(_of_a_later_version)]
    handle: str = ""
    other_handles: tuple[str, ...] = ()
    reply_to: str = ""


type InboundItem = Annotated[KnownItem | UnknownItem, Field(union_mode="left_to_right")]


def is_from_customer(item: InboundItem) -> TypeGuard[FromCustomer | UnknownItem]:
    """Whether a customer caused an item, so that it tells how to reach them."""
    if isinstance(item, UnknownItem):
        return bool(item.handle and item.reply_to)
    return isinstance(item, FromCustomer)


def wants_answer(item: InboundItem) -> bool:
    """Whether somebody owes an answer; what a machine wrote, edits and the like are only noted."""
    match item:
        case Message():
            return not item.auto_submitted
        case Unsupported():
            return True
        case UnknownItem():
            return bool(item.handle)
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Parsed:
    """One item with what it was read from.

    `raw` is a payload of its own: the provider's, with everything of others left out, which
    reads the same by itself.
    """

    item: InboundItem
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a genuine payload that could not be read: kept whole, for a later adapter.

    `raw` is the call's body, or a payload of its own as `Parsed` has.
    """

    reason: str
    raw: Any


@dataclass(frozen=True, slots=True)
class Ignored:
    """A fragment of a known kind that needs nothing done, counted by its kind."""

    provider_kind: str


type ParseResult = Parsed | Unreadable | Ignored
