"""The Cloud API's webhook objects, as far as Sportello reads them.

Names and shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks
"""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from channels.reading import Decoration, Listed, ProviderTime, Wire

_Number = Annotated[float, Field(allow_inf_nan=False)]


class Metadata(Wire):
    """Which of the business's numbers this is about."""

    phone_number_id: str = Field(min_length=1)
    display_phone_number: Decoration[Annotated[str, Field(max_length=32)]] = None


class Profile(Wire):
    name: str = ""


class Contact(Wire):
    """The phone number (`wa_id`) is absent for people who go by a username."""

    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    profile: Decoration[Profile] = None


class Error(Wire):
    code: int


class UserAction(Wire):
    action_type: str = ""


class Product(Wire):
    catalog_id: str = ""
    product_retailer_id: str = ""


class Context(Wire):
    """What is being replied to, and who wrote it; or that the message was forwarded."""

    id: str | None = None
    sender: Decoration[str] = Field(default=None, alias="from")
    forwarded: Decoration[bool] = None
    frequently_forwarded: Decoration[bool] = None
    referred_product: Decoration[Product] = None


class Referral(Wire):
    """The ad or post that the customer tapped to write."""

    source_type: str = ""
    source_id: str = ""
    source_url: str = ""
    headline: str = ""
    body: str = ""


class Text(Wire):
    body: str


class File(Wire):
    """A file of any kind; without `id` the provider could not fetch it."""

    id: str | None = None
    voice: Decoration[bool] = None
    mime_type: str | None = None
    caption: str | None = None
    filename: str | None = None


class Place(Wire):
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class Choice(Wire):
    id: str
    title: str
    description: Decoration[str] = None


class FormReply(Wire):
    """`response_json` is a JSON document in a string, or at some services the document itself."""

    name: Decoration[str] = None
    body: Decoration[str] = None
    response_json: Any = None


class Interactive(Wire):
    model_config = ConfigDict(extra="allow")

    type: str
    button_reply: Choice | None = None
    list_reply: Choice | None = None
    nfm_reply: Decoration[FormReply] = None


class ContactName(Wire):
    formatted_name: Decoration[str] = None
    first_name: Decoration[str] = None
    last_name: Decoration[str] = None

    @property
    def whole(self) -> str:
        return self.formatted_name or " ".join(
            part for part in (self.first_name, self.last_name) if part
        )


class Organization(Wire):
    company: Decoration[str] = None


class PhoneOfContact(Wire):
    phone: Decoration[str] = None
    wa_id: Decoration[str] = None


class EmailOfContact(Wire):
    email: Decoration[str] = None


class AddressOfContact(Wire):
    street: Decoration[str] = None
    zip: Decoration[str] = None
    city: Decoration[str] = None
    state: Decoration[str] = None
    country: Decoration[str] = None

    @property
    def whole(self) -> str:
        town = " ".join(part for part in (self.zip, self.city) if part)
        return ", ".join(part for part in (self.street, town, self.state, self.country) if part)


class UrlOfContact(Wire):
    url: Decoration[str] = None


class SharedContact(Wire):
    name: Decoration[ContactName] = None
    org: Decoration[Organization] = None
    phones: Decoration[Listed[PhoneOfContact]] = None
    emails: Decoration[Listed[EmailOfContact]] = None
    addresses: Decoration[Listed[AddressOfContact]] = None
    urls: Decoration[Listed[UrlOfContact]] = None


class OrderedProduct(Wire):
    product_retailer_id: Decoration[str] = None
    quantity: Decoration[_Number] = None
    item_price: Decoration[_Number] = None
    currency: Decoration[str] = None


class Order(Wire):
    catalog_id: Decoration[str] = None
    text: Decoration[str] = None
    product_items: Decoration[Listed[OrderedProduct]] = None


class TemplateButton(Wire):
    text: str
    payload: str | None = None


class Reaction(Wire):
    """A reaction taken back has no emoji, or an empty one."""

    message_id: str
    emoji: str | None = None


class Revoke(Wire):
    original_message_id: str


class System(Wire):
    """Before API version 12 the new number was in `new_wa_id`."""

    type: str = ""
    wa_id: Decoration[str] = None
    new_wa_id: Decoration[str] = None
    user_id: Decoration[str] = None
    parent_user_id: Decoration[str] = None
    previous_user_id: Decoration[str] = None
    previous_parent_user_id: Decoration[str] = None


class UnsupportedKind(Wire):
    type: str = ""


class Content(Wire):
    """One message's content: the object named like `type`."""

    type: str
    text: Text | None = None
    image: File | None = None
    video: File | None = None
    audio: File | None = None
    voice: File | None = None
    document: File | None = None
    sticker: File | None = None

    @property
    def file(self) -> File | None:
        pictures = self.image or self.video or self.sticker
        return pictures or self.audio or self.voice or self.document

    @property
    def words(self) -> str:
        """The text, or a file's caption."""
        if self.text:
            return self.text.body
        return (self.file.caption if self.file else None) or ""


class Edit(Wire):
    original_message_id: str
    message: Content


class Message(Content):
    id: str
    timestamp: ProviderTime
    sender: str | None = Field(default=None, alias="from")
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    group_id: str | None = None
    context: Decoration[Context] = None
    referral: Decoration[Referral] = None
    contacts: Decoration[Listed[SharedContact]] = None
    order: Decoration[Order] = None
    errors: Decoration[Listed[Error]] = None
    location: Place | None = None
    interactive: Interactive | None = None
    button: TemplateButton | None = None
    reaction: Reaction | None = None
    edit: Edit | None = None
    revoke: Revoke | None = None
    system: Decoration[System] = None
    unsupported: Decoration[UnsupportedKind] = None


class MessageEcho(Message):
    """What staff wrote in the business's phone app; `to` is the customer as they dialled."""

    to: str | None = None
    to_user_id: str | None = None
    to_parent_user_id: str | None = None


class Status(Wire):
    """Vendors' pages spell the parent's id in two ways."""

    id: str = Field(min_length=1)
    status: str
    timestamp: ProviderTime
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    recipient_parent_user_id: str | None = None
    parent_recipient_user_id: str | None = None
    recipient_type: str | None = None
    biz_opaque_callback_data: str | None = None
    errors: Decoration[Listed[Error]] = None

    @property
    def parent_user_id(self) -> str | None:
        return self.recipient_parent_user_id or self.parent_recipient_user_id
