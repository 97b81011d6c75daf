"""Telegram's update objects, as far as Sportello reads them (core.telegram.org/bots/api)."""

from typing import Any

from pydantic import Field, NonNegativeInt

from channels.reading import Decoration, Listed, ProviderTime, Wire


class Chat(Wire):
    id: int
    type: str


class NamedChat(Wire):
    """A chat that something comes from: a channel has a title, a person a name."""

    title: str | None = None
    first_name: str | None = None

    @property
    def name(self) -> str:
        return self.title or self.first_name or ""


class User(Wire):
    is_bot: bool = False
    first_name: str = ""
    last_name: str | None = None
    language_code: str | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class File(Wire):
    """A photo size, a document, a voice note: everything that is fetched by `file_id`."""

    file_id: str
    mime_type: str | None = None
    file_name: str | None = None
    file_size: int | None = None
    width: int = 0
    height: int = 0
    emoji: Decoration[str] = None
    duration: Decoration[NonNegativeInt] = None


class Place(Wire):
    """`live_period` is how long it goes on moving; once it has stopped there is none."""

    latitude: float
    longitude: float
    live_period: Decoration[int] = None


class Venue(Wire):
    title: str = ""
    address: str = ""

    @property
    def name(self) -> str:
        return ", ".join(part for part in (self.title, self.address) if part)


class Contact(Wire):
    phone_number: str = ""
    first_name: str = ""
    last_name: str | None = None
    vcard: Decoration[str] = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class PollOption(Wire):
    text: str = ""


class Poll(Wire):
    question: str = ""
    options: Listed[PollOption] = Field(default_factory=list)


class Checklist(Wire):
    title: str = ""
    tasks: Listed[PollOption] = Field(default_factory=list)


class Dice(Wire):
    emoji: str = ""
    value: int


class Story(Wire):
    id: int
    chat: Decoration[NamedChat] = None


class Titled(Wire):
    """A game, an invoice."""

    title: str = ""
    description: str = ""


class WebAppData(Wire):
    data: str = ""
    button_text: str = ""


class ForwardOrigin(Wire):
    """A person, one who hides, a group or a channel: each kind has its own name for who it is."""

    sender_user: Decoration[User] = None
    sender_user_name: Decoration[str] = None
    sender_chat: Decoration[NamedChat] = None
    chat: Decoration[NamedChat] = None

    @property
    def name(self) -> str:
        if self.sender_user:
            return self.sender_user.name
        chat = self.sender_chat or self.chat
        return (chat.name if chat else self.sender_user_name) or ""


class Reference(Wire):
    """A message pointed at: the one replied to, the one whose button was pressed."""

    message_id: int
    sender: Decoration[User] = Field(default=None, alias="from")
    text: Decoration[str] = None
    caption: Decoration[str] = None
    forum_topic_created: Any = None


class TextQuote(Wire):
    text: str = ""


class ExternalReply(Wire):
    """The message replied to is of another chat."""

    origin: Decoration[ForwardOrigin] = None


class Entity(Wire):
    """A stretch of a text, in UTF-16 code units; `url` is that of a link behind words."""

    type: str = ""
    offset: int = Field(default=0, ge=0)
    length: int = Field(default=0, ge=0)
    url: Decoration[str] = None


class Message(Wire):
    message_id: int
    date: ProviderTime
    edit_date: Decoration[ProviderTime] = None
    chat: Chat
    sender: User | None = Field(default=None, alias="from")
    text: str | None = None
    caption: str | None = None
    entities: Decoration[Listed[Entity]] = None
    caption_entities: Decoration[Listed[Entity]] = None
    photo: Listed[File] | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    voice: File | None = None
    audio: File | None = None
    document: File | None = None
    sticker: File | None = None
    location: Place | None = None
    venue: Decoration[Venue] = None
    contact: Decoration[Contact] = None
    poll: Decoration[Poll] = None
    checklist: Decoration[Checklist] = None
    dice: Decoration[Dice] = None
    story: Decoration[Story] = None
    game: Decoration[Titled] = None
    invoice: Decoration[Titled] = None
    web_app_data: Decoration[WebAppData] = None
    rich_message: Any = None
    reply_to_message: Decoration[Reference] = None
    reply_to_story: Decoration[Story] = None
    quote: Decoration[TextQuote] = None
    external_reply: Decoration[ExternalReply] = None
    forward_origin: Decoration[ForwardOrigin] = None


class Key(Wire):
    text: Decoration[str] = None
    callback_data: Decoration[str] = None


class Keyboard(Wire):
    inline_keyboard: Listed[Listed[Key]]

    def title_of(self, data: str) -> str:
        keys = (key for row in self.inline_keyboard for key in row)
        return next((key.text for key in keys if key.callback_data == data and key.text), "")


class PressedMessage(Reference):
    """Telegram dates the message that carries the button, and the press not at all."""

    chat: Chat
    reply_markup: Decoration[Keyboard] = None


class CallbackQuery(Wire):
    id: str = Field(min_length=1)
    sender: User = Field(alias="from")
    message: PressedMessage | None = None
    data: str | None = None


class ReactionType(Wire):
    type: str
    emoji: str | None = None


class MessageReaction(Wire):
    chat: Chat
    message_id: int
    date: ProviderTime
    user: User | None = None
    old_reaction: Decoration[Listed[ReactionType]] = None
    new_reaction: Listed[ReactionType]
