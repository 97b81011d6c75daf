"""WhatsApp's notices that a customer has another number or user id now."""

from channels.reading import ignored
from channels.whatsapp import payload as wire
from channels.whatsapp.identity import Person
from sportello.messaging.items import MAX_OTHER_HANDLES, HandleChange, Ignored


def read_system(message: wire.Message, account_id: str) -> HandleChange | Ignored:
    """Read a notice of WhatsApp's: it says who somebody is now, or nothing to act on.

    Which fields it has depends on what changed, and neither a sender nor a contact need be there
    (developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/
    messages/system).
    """
    system = message.system or wire.System()
    before, after = _previous(message, system), _present(system)
    handles = tuple(dict.fromkeys((*before.handles, *after.handles)))
    if not before.handles or not after.handles or set(after.handles) <= set(before.handles):
        return ignored(f"system_{system.type}" if system.type else "system")
    handle = before.handles[0]
    newest_first = dict.fromkeys((*after.handles, *handles))
    return HandleChange(
        account_id=account_id,
        provider_item_id=message.id,
        sent_at=message.timestamp,
        handle=handle,
        other_handles=tuple(name for name in newest_first if name != handle)[:MAX_OTHER_HANDLES],
        reply_to=after.reply_to,
    )


def _present(system: wire.System) -> Person:
    return Person(
        phone=system.wa_id or system.new_wa_id,
        user_id=system.user_id,
        parent_user_id=system.parent_user_id,
    )


def _previous(message: wire.Message, system: wire.System) -> Person:
    """Return who they were; the sender's user id may be the new one already."""
    user_id, parent = message.from_user_id, message.from_parent_user_id
    return Person(
        phone=message.sender,
        user_id=system.previous_user_id or (user_id if user_id != system.user_id else None),
        parent_user_id=system.previous_parent_user_id
        or (parent if parent != system.parent_user_id else None),
    )
