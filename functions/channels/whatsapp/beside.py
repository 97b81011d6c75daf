"""What stands beside a WhatsApp message's words: what it replies to, where it came from, cards."""

from collections.abc import Callable, Iterable
from typing import Any

from channels.forms import read_form
from channels.whatsapp import payload as wire
from sportello.messaging.attachments import (
    MAX_ATTACHMENTS,
    Card,
    Form,
    Forwarding,
    Order,
    OrderLine,
    Origin,
    Quote,
    SharedContact,
)


def reply_fields(context: wire.Context | None, by_account: Callable[[str], bool]) -> dict[str, Any]:
    """Return what a message refers to, by its id, and that somebody else wrote it first."""
    if context is None:
        return {}
    often = bool(context.frequently_forwarded)
    fields: dict[str, Any] = {}
    if context.forwarded or often:
        fields["forwarding"] = Forwarding(many_times=often)
    if context.id:
        fields["in_reply_to"] = context.id
        if not context.sender:
            fields["quote"] = Quote()
        else:
            fields["quote"] = Quote(author="business" if by_account(context.sender) else "customer")
    return fields


def origin_of(referral: wire.Referral | None) -> Origin | None:
    if referral is None:
        return None
    return Origin(
        kind=referral.source_type or "ad",
        reference=referral.source_id,
        headline=referral.headline,
        text=referral.body,
        url=referral.source_url,
    )


def product_in(context: wire.Context | None) -> tuple[Card, ...]:
    """Return the product of a catalogue that the customer asks about."""
    product = context and context.referred_product
    if not product:
        return ()
    return (Card(kind="product", title=product.product_retailer_id, reference=product.catalog_id),)


def form_in(interactive: wire.Interactive) -> Form | None:
    """Return the answers to a Flow, or what else the customer chose in a kind not known here."""
    if form := interactive.nfm_reply:
        return read_form(form.name or "", form.body or "", form.response_json)
    choice = (interactive.model_extra or {}).get(interactive.type)
    return read_form(interactive.type, "", choice) if isinstance(choice, dict) else None


def contacts_in(contacts: Iterable[wire.SharedContact] | None) -> tuple[SharedContact, ...]:
    return tuple(
        SharedContact(
            kind="contact",
            name=contact.name.whole if contact.name else "",
            organization=(contact.org and contact.org.company) or "",
            phones=tuple(
                number for phone in contact.phones or () if (number := phone.phone or phone.wa_id)
            ),
            emails=tuple(email.email for email in contact.emails or () if email.email),
            addresses=tuple(each.whole for each in contact.addresses or () if each.whole),
            urls=tuple(each.url for each in contact.urls or () if each.url),
        )
        for contact in contacts or ()
    )[:MAX_ATTACHMENTS]


def basket_of(order: wire.Order) -> Order:
    return Order(
        kind="order",
        catalog_id=order.catalog_id or "",
        lines=tuple(
            OrderLine(
                product_id=product.product_retailer_id or "",
                quantity=product.quantity,
                price=product.item_price,
                currency=product.currency or "",
            )
            for product in order.product_items or ()
        ),
    )
