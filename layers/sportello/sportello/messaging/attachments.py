"""What a message holds besides words, files and a place: shown to people, read by no bot.

`kind` has no default anywhere, because what is stored leaves defaults out.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sportello.stored import OrUnknown, Stored

MAX_ATTACHMENTS = 20
MAX_LINES = 100


def cut_to(length: int) -> BeforeValidator:
    """Shorten a text or a list that is too long: not worth losing a message over."""

    def cut(value: Any) -> Any:
        return value[:length] if isinstance(value, str | list | tuple) else value

    return BeforeValidator(cut)


type Label = Annotated[str, cut_to(256)]
type Words = Annotated[str, cut_to(2_000)]
type Address = Annotated[str, cut_to(2_048)]
type Lines[T] = Annotated[tuple[T, ...], cut_to(MAX_LINES)]


class SharedContact(Stored):
    """Somebody's card that the customer passed on; it is not who they are."""

    kind: Literal["contact"]
    name: Label = ""
    organization: Label = ""
    phones: Lines[Label] = ()
    emails: Lines[Label] = ()
    addresses: Lines[Label] = ()
    urls: Lines[Address] = ()


class OrderLine(Stored):
    product_id: Label = ""
    quantity: float | None = Field(default=None, allow_inf_nan=False)
    price: float | None = Field(default=None, allow_inf_nan=False)
    currency: Label = ""


class Order(Stored):
    """A basket sent from a catalogue; the words beside it are the message's text."""

    kind: Literal["order"]
    catalog_id: Label = ""
    lines: Lines[OrderLine] = ()


class FormAnswer(Stored):
    field: Label
    value: Words


class Form(Stored):
    """A form that the customer filled in; `unread` is what is no list of answers."""

    kind: Literal["form"]
    name: Label = ""
    body: Words = ""
    answers: Lines[FormAnswer] = ()
    unread: Words = ""


class Choices(Stored):
    """A poll and its options, a checklist and its tasks."""

    kind: Literal["poll", "checklist"]
    title: Words = ""
    options: Lines[Label] = ()


class Dice(Stored):
    """A throw: of a die, at a dartboard, into a basket."""

    kind: Literal["dice"]
    emoji: Label = ""
    value: int


class Card(Stored):
    """What has a title and a description and no more to it, a product or a story for instance."""

    kind: Literal["game", "invoice", "product", "story"]
    title: Label = ""
    description: Words = ""
    reference: Label = ""


class Unavailable(Stored):
    """A part that nobody gets to see, with what is told of it: a file not fetched, say."""

    kind: Literal["unavailable"]
    provider_kind: Annotated[str, cut_to(128)] = ""
    file_name: Annotated[str, cut_to(512)] = ""


type KnownAttachment = Annotated[
    SharedContact | Order | Form | Choices | Dice | Card | Unavailable,
    Field(discriminator="kind"),
]

_KINDS = frozenset(
    [
        *("contact", "order", "form", "poll", "checklist", "dice", "unavailable"),
        *("game", "invoice", "product", "story"),
    ]
)


def _of_a_later_version(kind: str) -> str:
    if kind in _KINDS:
        raise ValueError("an attachment of ours that cannot be read")
    return kind


class UnknownAttachment(Stored):
    """An attachment of a kind that only a later version knows."""

    kind: Annotated[str, AfterValidator(_of_a_later_version)]


type Attachment = Annotated[KnownAttachment | UnknownAttachment, Field(union_mode="left_to_right")]


class Quote(Stored):
    """The message that one replies to, as the provider shows it; `author` is empty if unknown.

    `elsewhere` is a message of another chat, which no entry of this conversation is.
    """

    author: Annotated[Literal["customer", "business", ""], OrUnknown()] = ""
    text: Words = ""
    elsewhere: bool = False


class Forwarding(Stored):
    """A message that somebody else wrote first: `author` as the customer sees them, if at all."""

    author: Label = ""
    many_times: bool = False


class Origin(Stored):
    """Where a customer came from: an ad, a post, a link or QR code with its `reference`."""

    kind: Label
    reference: Annotated[str, cut_to(512)] = ""
    headline: Label = ""
    text: Words = ""
    url: Address = ""
