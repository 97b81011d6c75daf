"""Who a WhatsApp payload is about: a phone number, a business-scoped user id, or both."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from pydantic import ValidationError

from channels.reading import is_small
from channels.whatsapp.handles import PHONE_HANDLE, USER_HANDLE
from channels.whatsapp.payload import Contact
from channels.whatsapp.phone_numbers import as_digits, spellings

_MOST_CONTACTS = 1_000
"""An honest change has as many as messages at most."""

_LONGEST_ID = 160

_USER_ID = re.compile(
    r"(?P<country>[A-Za-z]{2})(?P<parent>\.[Ee][Nn][Tt])?(?P<rest>\.[A-Za-z0-9]+)"
)
"""`IT.1349120865530274`, a parent's `IT.ENT.1181579921288684`: country, point, up to 128 letters
and digits (developers.facebook.com/documentation/business-messaging/whatsapp/
business-scoped-user-ids)."""


class _Ids(NamedTuple):
    """A person's ids by what they are, most lasting first."""

    parents: list[str]
    users: list[str]
    phones: list[str]


@dataclass(frozen=True, slots=True)
class Person:
    """The ids that one payload gives for one person, and the name they show.

    An id is what its shape says, whichever field it stands in: services between Meta and the
    business put a user id where the number was. `dialled` marks a number that staff typed; all
    others are as WhatsApp writes them.
    """

    phone: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    name: str = ""
    dialled: bool = False

    @property
    def handles(self) -> tuple[str, ...]:
        """Most lasting first: a phone changes hands, the parent id spans a business's accounts.

        Other ways to write the same ids come last: they may name an older conversation.
        """
        ids = self._ids
        user_ids = (*ids.parents, *ids.users)
        as_given = (*map(_user_handle, user_ids), *map(_phone_handle, ids.phones))
        otherwise = (
            *(_user_handle(_with_capital_country(user_id)) for user_id in user_ids),
            *(_phone_handle(other) for phone in ids.phones for other in spellings(phone)),
        )
        return tuple(dict.fromkeys(as_given + otherwise))

    @property
    def reply_to(self) -> str:
        """The phone where known, else the id scoped to this account: any sender may use those."""
        ids = self._ids
        if ids.phones:
            return _phone_handle(ids.phones[0])
        return _user_handle((ids.users or ids.parents)[0])

    @property
    def _ids(self) -> _Ids:
        number = as_digits(self.phone or "")
        ids = _Ids([], [], [])
        for place, value in zip(ids, (self.parent_user_id, self.user_id, self.phone), strict=True):
            if value and (match := _USER_ID.fullmatch(value)):
                (ids.parents if match["parent"] else ids.users).append(value)
            elif value and place is not ids.phones and as_digits(value) != number:
                place.append(value)
        if number and not _USER_ID.fullmatch(self.phone or ""):
            ids.phones.append(spellings(number)[0] if self.dialled else number)
        return ids

    def completed_by(self, contact: Contact | None) -> Self:
        """Add what their contact says, and a dialled number as WhatsApp writes it."""
        if contact is None:
            return self
        if contact.wa_id and (match := _USER_ID.fullmatch(self.phone or "")):
            # It stood where the number was, which the contact tells.
            parent = self.phone if match["parent"] else None
            in_its_place = replace(
                self,
                phone=None,
                user_id=self.user_id or (None if parent else self.phone),
                parent_user_id=self.parent_user_id or parent,
            )
            return in_its_place.completed_by(contact)
        same = self.dialled and contact.wa_id in spellings(as_digits(self.phone or ""))
        return replace(
            self,
            phone=contact.wa_id if same else self.phone or contact.wa_id,
            dialled=self.dialled and not same,
            user_id=self.user_id or contact.user_id,
            parent_user_id=self.parent_user_id or contact.parent_user_id,
            name=contact.profile.name if contact.profile else "",
        )


def person_of(contact: Contact) -> Person:
    return Person(contact.wa_id, contact.user_id, contact.parent_user_id)


def _user_handle(user_id: str) -> str:
    return USER_HANDLE + user_id


def _phone_handle(number: str) -> str:
    return PHONE_HANDLE + number


def _with_capital_country(user_id: str) -> str:
    match = _USER_ID.fullmatch(user_id)
    if match is None:
        return user_id
    return match["country"].upper() + (match["parent"] or "").upper() + match["rest"]


class Contacts:
    """The contacts of one change, found by their ids; of several with one id, the first.

    Indexed, because a batch holds as many of them as messages. One that cannot be read, or is
    absurdly large, costs a name and not a message.
    """

    def __init__(self, raw: Any) -> None:
        self._contacts: list[tuple[Contact, Any]] = []
        self._by_handle: dict[str, int] = {}
        for element in raw[:_MOST_CONTACTS] if isinstance(raw, list) else ():
            self._read(element)

    def _read(self, element: Any) -> None:
        try:
            contact = Contact.model_validate(element)
        except ValidationError:
            return
        if not is_small(element):
            return
        position = len(self._contacts)
        self._contacts.append((contact, element))
        for handle in person_of(contact).handles:
            self._by_handle.setdefault(handle, position)

    def of(self, person: Person) -> Contact | None:
        """Return a person's contact; who goes by no id at all has the only one there is."""
        if not person.handles and len(self._contacts) == 1:
            return self._contacts[0][0]
        positions = self._positions(person.handles)
        return self._contacts[min(positions)][0] if positions else None

    def raw_named_in(self, element: Any) -> list[Any]:
        """Return the contacts that an element speaks of, as the provider wrote them."""
        if len(self._contacts) == 1:
            return [self._contacts[0][1]]
        values = element.values() if isinstance(element, dict) else ()
        ids = [value for value in values if isinstance(value, str) and len(value) <= _LONGEST_ID]
        persons = (named for each in ids for named in (Person(phone=each), Person(user_id=each)))
        handles = (handle for named in persons for handle in named.handles)
        return [self._contacts[position][1] for position in sorted(self._positions(handles))]

    def _positions(self, handles: Iterable[str]) -> set[int]:
        return {self._by_handle[handle] for handle in handles if handle in self._by_handle}
