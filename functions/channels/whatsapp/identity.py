"""Who a WhatsApp payload is about: a phone number, a business-scoped user id, or both."""

from dataclasses import dataclass
from typing import Any, Self

from pydantic import ValidationError

from channels.reading import is_small
from channels.whatsapp.handles import PHONE_HANDLE, USER_HANDLE
from channels.whatsapp.payload import Contact

type Ids = tuple[str | None, str | None, str | None]
"""Phone number, business-scoped user id, parent user id."""

_MOST_CONTACTS = 1_000
"""An honest change has as many as messages at most."""

_DIALLED = str.maketrans("", "", "+-(). \u00a0")


@dataclass(frozen=True, slots=True)
class Person:
    """The ids that one payload gives for one person, and the name they show."""

    phone: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    name: str = ""

    @property
    def handles(self) -> tuple[str, ...]:
        """Most lasting first: a phone changes hands, the parent id spans a business's accounts."""
        phone = (self.phone or "").translate(_DIALLED)
        named = (
            self.parent_user_id and USER_HANDLE + self.parent_user_id,
            self.user_id and USER_HANDLE + self.user_id,
            phone and PHONE_HANDLE + phone,
        )
        return tuple(dict.fromkeys(handle for handle in named if handle))

    @property
    def ids(self) -> Ids:
        return self.phone, self.user_id, self.parent_user_id

    def completed_by(self, contact: Contact | None) -> Self:
        """Add what their contact says."""
        if contact is None:
            return self
        return type(self)(
            phone=self.phone or contact.wa_id,
            user_id=self.user_id or contact.user_id,
            parent_user_id=self.parent_user_id or contact.parent_user_id,
            name=contact.profile.name if contact.profile else "",
        )


class Contacts:
    """The contacts of one change, found by their ids; of several with one id, the first.

    Indexed, because a batch holds as many of them as messages. One that cannot be read, or is
    absurdly large, costs a name and not a message.
    """

    def __init__(self, raw: Any) -> None:
        self._contacts: list[tuple[Contact, Any]] = []
        self._by_place: dict[tuple[int, str], int] = {}
        self._by_id: dict[str, int] = {}
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
        for place, name in enumerate((contact.wa_id, contact.user_id, contact.parent_user_id)):
            if name:
                self._by_place.setdefault((place, name), position)
                self._by_id.setdefault(name, position)

    def of(self, person: Person) -> Contact | None:
        """Return a person's contact; who goes by no id at all has the only one there is."""
        keys = [(place, name) for place, name in enumerate(person.ids) if name]
        if not keys and len(self._contacts) == 1:
            return self._contacts[0][0]
        positions = [self._by_place[key] for key in keys if key in self._by_place]
        return self._contacts[min(positions)][0] if positions else None

    def raw_named_in(self, element: Any) -> list[Any]:
        """Return the contacts that an element speaks of, as the provider wrote them."""
        if len(self._contacts) == 1:
            return [self._contacts[0][1]]
        values = element.values() if isinstance(element, dict) else ()
        names = {value for value in values if isinstance(value, str)}
        positions = {self._by_id[name] for name in names if name in self._by_id}
        return [self._contacts[position][1] for position in sorted(positions)]
