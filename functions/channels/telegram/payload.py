"""Telegram's update objects, as far as Sportello reads them (core.telegram.org/bots/api)."""

from pydantic import Field

from channels.reading import Decoration, Listed, ProviderTime, Wire


class Chat(Wire):
    id: int
    type: str


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


class Place(Wire):
    latitude: float
    longitude: float


class Venue(Wire):
    title: str = ""
    address: str = ""

    @property
    def name(self) -> str:
        return ", ".join(part for part in (self.title, self.address) if part)


class Reference(Wire):
    """A message pointed at: the one replied to, the one whose button was pressed."""

    message_id: int


class Message(Wire):
    message_id: int
    date: ProviderTime
    edit_date: Decoration[ProviderTime] = None
    chat: Chat
    sender: User | None = Field(default=None, alias="from")
    text: str | None = None
    caption: str | None = None
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
    reply_to_message: Decoration[Reference] = None


class PressedMessage(Reference):
    """Telegram dates the message that carries the button, and the press not at all."""

    chat: Chat


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
    new_reaction: Listed[ReactionType]
