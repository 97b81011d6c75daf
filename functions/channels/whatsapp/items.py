"""From the Cloud API's webhook entries to inbound items."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from channels.reading import Misshapen, ignored, is_small, read_element
from channels.whatsapp import payload as wire
from channels.whatsapp.error_codes import in_words
from channels.whatsapp.handle_changes import read_system
from channels.whatsapp.identity import Contacts, Person
from channels.whatsapp.messages import (
    Reading,
    Received,
    content_fields,
    edited_message,
    read_kind,
)
from channels.whatsapp.phone_numbers import as_digits, spellings
from sportello.messaging.attachments import Unavailable
from sportello.messaging.items import (
    MAX_OTHER_HANDLES,
    DeliveryStatus,
    Echo,
    Message,
    ParseResult,
    Reaction,
    Receipt,
    Revoke,
    Unreadable,
    Unsupported,
)

OBJECT = "whatsapp_business_account"
_FIELDS = {"messages", "smb_message_echoes"}

_STATUSES: Mapping[str, DeliveryStatus] = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.REFUSED,
}


@dataclass(frozen=True, slots=True)
class _Change:
    """One `changes[]` element: what its messages and statuses have in common."""

    entry: dict[str, Any]
    field: str
    metadata: Any
    account_id: str
    account_numbers: frozenset[str]
    contacts: Contacts

    def person(self, named: Person) -> Person:
        return named.completed_by(self.contacts.of(named))

    def is_account(self, number: str | None) -> bool:
        """Whether this is the business itself, in a customer's place."""
        return as_digits(number or "") in self.account_numbers

    def holding(self, key: str, element: Any) -> dict[str, Any]:
        """Return the call as if it held this element alone, and its own contact alone.

        It can be parsed again by itself, and it carries nobody else's name or number.
        """
        value = {"metadata": self.metadata, key: [element]}
        if contacts := self.contacts.raw_named_in(element):
            value["contacts"] = contacts
        return _call_with(self.entry, {"field": self.field, "value": value})


def _call(entry: Any) -> dict[str, Any]:
    return {"object": OBJECT, "entry": [entry]}


def _call_with(entry: dict[str, Any], change: Any) -> dict[str, Any]:
    return _call({**entry, "changes": [change]})


def read_entry(entry: Any) -> Iterator[ParseResult]:
    match entry:
        case {"changes": list(changes)}:
            beside = {key: value for key, value in entry.items() if key != "changes"}
            for change in changes:
                yield from _read_change(beside if is_small(beside) else {}, change)
        case {"changes": other} if other is not None:
            yield Unreadable(reason="entry.changes is not a list", raw=_call(entry))
        case dict() if entry.keys() <= {"id", "time", "changes"}:
            yield ignored("empty_entry")
        case dict():
            yield Unreadable(reason="entry without changes", raw=_call(entry))
        case _:
            yield Unreadable(reason="entry is not an object", raw=_call(entry))


def _read_change(entry: dict[str, Any], raw: Any) -> Iterator[ParseResult]:
    match raw:
        case {"field": str(field)} if field not in _FIELDS:
            yield ignored(field)
        case {"field": str(field), "value": dict(value)}:
            yield from _read_value(entry, field, value, raw)
        case _:
            yield Unreadable(reason="change without field or value", raw=_call_with(entry, raw))


def _read_value(
    entry: dict[str, Any], field: str, value: dict[str, Any], raw: Any
) -> Iterator[ParseResult]:
    try:
        metadata = wire.Metadata.model_validate(value.get("metadata"))
    except ValidationError:
        reason = "metadata without phone_number_id"
        yield Unreadable(reason=reason, raw=_call_with(entry, raw))
        return
    if not _ELEMENTS.keys() & value.keys():
        yield _holding_nothing(entry, value, raw)
        return
    change = _Change(
        entry=entry,
        field=field,
        metadata=_metadata(value["metadata"], metadata),
        account_id=metadata.phone_number_id,
        account_numbers=_account_numbers(metadata),
        contacts=Contacts(value.get("contacts")),
    )
    for key, read in _ELEMENTS.items():
        elements = value.get(key)
        if isinstance(elements, list):
            for element in elements:
                yield read_element(_bound(read, change, element), change.holding(key, element))
        elif elements is not None:
            yield Unreadable(reason=f"{key} is not a list", raw=_call_with(entry, raw))


def _account_numbers(metadata: wire.Metadata) -> frozenset[str]:
    shown = as_digits(metadata.display_phone_number or "")
    return frozenset({metadata.phone_number_id, *(spellings(shown) if shown else ())})


def _metadata(raw: Any, metadata: wire.Metadata) -> Any:
    """Return what says which account it is, as sent unless that is absurdly large."""
    return raw if is_small(raw) else metadata.model_dump(exclude_none=True)


def _holding_nothing(entry: dict[str, Any], value: dict[str, Any], raw: Any) -> ParseResult:
    """Tell an empty change from one that holds what we do not know yet."""
    if value.keys() <= {"messaging_product", "metadata", "contacts"}:
        return ignored("empty_change")
    return Unreadable(reason="a change with nothing known in it", raw=_call_with(entry, raw))


def _bound(
    read: Callable[[_Change, Any], Reading], change: _Change, element: Any
) -> Callable[[], Reading]:
    return lambda: read(change, element)


def _read_message(change: _Change, element: Any) -> Reading:
    message = wire.Message.model_validate(element)
    if message.group_id:
        # Groups are between several people: no reply of ours belongs there unasked.
        return ignored("group_message")
    if message.type == "system":
        return read_system(message, change.account_id)
    person = change.person(
        Person(
            phone=message.sender,
            user_id=message.from_user_id,
            parent_user_id=message.from_parent_user_id,
        )
    )
    common = _common(change, message.id, message.timestamp, person)
    return read_kind(Received(message, person, common, change.is_account))


def _common(change: _Change, item_id: str, sent_at: Any, person: Person) -> dict[str, Any]:
    handles = person.handles
    if not handles:
        raise Misshapen("no phone number and no user id")
    return {
        "account_id": change.account_id,
        "provider_item_id": item_id,
        "sent_at": sent_at,
        "handle": handles[0],
        "other_handles": handles[1 : MAX_OTHER_HANDLES + 1],
        "reply_to": person.reply_to,
    }


def _read_echo(change: _Change, element: Any) -> Reading:
    echo = wire.MessageEcho.model_validate(element)
    person = change.person(_customer_in(change, echo))
    common = _common(change, echo.id, echo.timestamp, person)
    shown = edited_message(echo, echo.edit) if echo.edit else echo
    match read_kind(Received(shown, person, common, change.is_account)):
        case Message() as message:
            return Echo(
                **content_fields(message) | {"text": shown.words or message.text},
                provider_message_id=echo.id,
                edits=echo.edit.original_message_id if echo.edit else "",
            )
        case Unsupported(provider_kind=kind):
            unseen = (Unavailable(kind="unavailable", provider_kind=kind),)
            return Echo(**common, provider_message_id=echo.id, attachments=unseen)
        case Reaction() | Revoke() as other:
            return other.model_copy(update={"by_business": True})
        case other:
            return other


def _customer_in(change: _Change, echo: wire.MessageEcho) -> Person:
    """Return the side that is not the account: some senders of echoes have them the wrong way."""
    to, sender = (
        None if change.is_account(number) else number for number in (echo.to, echo.sender)
    )
    recipient = Person(
        phone=to, user_id=echo.to_user_id, parent_user_id=echo.to_parent_user_id, dialled=True
    )
    if recipient.handles or not echo.to:
        return recipient
    return Person(phone=sender, user_id=echo.from_user_id, parent_user_id=echo.from_parent_user_id)


def _read_status(change: _Change, element: Any) -> Reading:
    status = wire.Status.model_validate(element)
    if status.recipient_type == "group":
        return ignored("group_status")
    if status.status not in _STATUSES:
        return ignored(f"status_{status.status}")
    person = change.person(
        Person(
            phone=None if change.is_account(status.recipient_id) else status.recipient_id,
            user_id=status.recipient_user_id,
            parent_user_id=status.parent_user_id,
        )
    )
    handles = person.handles
    return Receipt(
        account_id=change.account_id,
        provider_item_id=f"{status.id}:{status.status}",
        sent_at=status.timestamp,
        provider_message_id=status.id,
        status=_STATUSES[status.status],
        handle=next(iter(handles), None),
        other_handles=handles[1 : MAX_OTHER_HANDLES + 1],
        tracker=status.biz_opaque_callback_data or "",
        error_code=in_words(status.errors[0].code) if status.errors else "",
    )


def _read_error(_: _Change, element: Any) -> Reading:
    """An error of the account's, not of one message: counted by its number."""
    return ignored(f"error_{wire.Error.model_validate(element).code}")


def _read_user_action(_: _Change, element: Any) -> Reading:
    """A click in a campaign, say: nobody wrote anything."""
    kind = wire.UserAction.model_validate(element).action_type
    return ignored(f"user_action_{kind}" if kind else "user_action")


def _read_preference(_: _Change, __: Any) -> Reading:
    """Whether marketing is welcome, which Sportello never sends."""
    return ignored("user_preference")


_ELEMENTS: Mapping[str, Callable[[_Change, Any], Reading]] = {
    "messages": _read_message,
    "message_echoes": _read_echo,
    "statuses": _read_status,
    "errors": _read_error,
    "user_actions": _read_user_action,
    "user_preferences": _read_preference,
}
