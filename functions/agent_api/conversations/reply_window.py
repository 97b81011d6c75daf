"""Until when a customer may be written to on their channel, and what is possible afterwards."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus

from agent_api.calls.problems import Problem
from agent_api.conversations.channel_capabilities import capabilities_of
from sportello.conversation.effects import SendMessage
from sportello.conversation.state import ConversationState
from sportello.entrypoints import runtime
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.refusals import WINDOW_CLOSED, Remedy, explain_refusal
from sportello.messaging.settings import MessageTemplate, MessageTemplateSettings
from sportello.model import Instant, Model, written
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation, EffectRecord

WINDOW_PROBLEM = "reply-window-closed"

MAX_NAMED_TEMPLATES = 20


class ReplyWindow(Model):
    """`until` is None where the channel sets no window; a refusal may prove it shut earlier."""

    open: bool
    until: Instant | None
    afterwards: tuple[Remedy, ...]


_SAME_SECOND = timedelta(seconds=1)
"""Providers tell whole seconds: what a customer wrote within the second of a refused message may
have come after it, and to ask the provider costs less than to refuse an agent for nothing."""

_ALWAYS = ReplyWindow(open=True, until=None, afterwards=())


def reply_window(table: DeskTable, conversation: Conversation, now: Instant) -> ReplyWindow:
    """Tell of a conversation; only where a message was refused lately does it read the table."""
    state, address = conversation.state, conversation.address
    seconds = window_seconds(address.channel) if address else None
    last = state.last_customer_message_at
    if seconds is None or last is None:
        return _ALWAYS
    keys = [d.effect_key for d in state.recent_deliveries if d.status is DeliveryStatus.REFUSED]
    refused = table.content(conversation.conversation_id, effect_keys=keys).effects
    until = min([last + timedelta(seconds=seconds), *_found_shut(state, refused)])
    return ReplyWindow(open=now < until, until=until, afterwards=WINDOW_CLOSED.possible)


def require_open_window(table: DeskTable, conversation: Conversation, now: Instant) -> None:
    """Refuse a reply that the channel would surely refuse, before anything is decided by it."""
    window = reply_window(table, conversation, now)
    if window.open or window.until is None:
        return
    fitting = fitting_templates(conversation)
    names = list(dict.fromkeys(template.name for template in fitting))[:MAX_NAMED_TEMPLATES]
    raise Problem(
        HTTPStatus.CONFLICT,
        WINDOW_PROBLEM,
        f"{WINDOW_CLOSED.words} A template may still be sent." if names else WINDOW_CLOSED.words,
        extension={
            "until": written(window.until),
            "possible": list(window.afterwards),
            "templates": names,
        },
    )


def fitting_templates(conversation: Conversation) -> tuple[MessageTemplate, ...]:
    """Return what the settings have for a conversation's account, if its channel takes any."""
    address = conversation.address
    if address is None:
        return ()
    capabilities = capabilities_of(address.channel)
    if capabilities is None or not capabilities.templates:
        return ()
    settings = runtime.settings().get(MessageTemplateSettings)
    return settings.fitting(address.channel, address.account_id)


def window_seconds(channel: str) -> int | None:
    """Return what the channel's capabilities say; of one that was removed nothing is known."""
    capabilities = capabilities_of(channel)
    return capabilities.reply_window_seconds if capabilities else None


def _found_shut(state: ConversationState, refused: Sequence[EffectRecord]) -> list[Instant]:
    """Return when messages were written that were refused for it since the customer last wrote.

    Only the provider proves it, with a number: our own look at one that was held for long does not.
    """
    last = state.last_customer_message_at
    return [
        record.decided_at
        for record in refused
        if isinstance(record.effect, SendMessage)
        and explain_refusal(record.error_code) is WINDOW_CLOSED
        and record.error_code != WINDOW_CLOSED.reason
        and last is not None
        and record.decided_at >= last + _SAME_SECOND
    ]
