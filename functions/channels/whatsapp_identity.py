"""Who a WhatsApp payload is about: a phone number, a business-scoped user id, or both."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from channels.whatsapp_payload import Contact

PHONE_HANDLE = "whatsapp:"
USER_HANDLE = "whatsapp_user:"

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

    def completed_by(self, contacts: Iterable[Contact]) -> Self:
        """Add what the matching contact says; one without any id takes the only contact."""
        contacts = tuple(contacts)
        found = next(filter(self._is, contacts), None)
        if found is None and len(contacts) == 1 and not self._named:
            found = contacts[0]
        if found is None:
            return self
        return type(self)(
            phone=self.phone or found.wa_id,
            user_id=self.user_id or found.user_id,
            parent_user_id=self.parent_user_id or found.parent_user_id,
            name=found.profile.name if found.profile else "",
        )

    @property
    def _named(self) -> bool:
        return bool(self.phone or self.user_id or self.parent_user_id)

    def _is(self, contact: Contact) -> bool:
        pairs = (
            (self.phone, contact.wa_id),
            (self.user_id, contact.user_id),
            (self.parent_user_id, contact.parent_user_id),
        )
        return any(ours and ours == theirs for ours, theirs in pairs)
