"""A reply put together for its conversation: within the window, and what the channel carries."""

from agent_api.calls.problems import Problem
from agent_api.conversations.channel_capabilities import capabilities_of
from agent_api.conversations.reply_window import fitting_templates, require_open_window
from agent_api.writing.reply_content import (
    BEYOND_THE_CHANNEL,
    Composed,
    ReplyContent,
    check_buttons,
    fill,
)
from agent_api.writing.reply_files import FittedFiles, ReplyFiles
from sportello.messaging.capabilities import Capabilities
from sportello.model import Instant
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation


def compose(
    content: ReplyContent,
    files: ReplyFiles,
    conversation: Conversation,
    table: DeskTable,
    now: Instant,
) -> Composed:
    """Raises Problem for what the channel would surely refuse, before anything is decided."""
    if content.template:
        carried = _capabilities(conversation)
        return fill(content.template, fitting_templates(conversation), carried)
    require_open_window(table, conversation, now)
    if not (content.buttons or content.media_ids):
        return Composed(text=content.text)
    carried = _capabilities(conversation)
    buttons = check_buttons(content.buttons, carried)
    fitted = FittedFiles()
    if content.media_ids:
        fitted = files.fitted(conversation.conversation_id, carried)
    text = "\n\n".join(part for part in (content.text, *fitted.links) if part)
    return Composed(text=text, buttons=buttons, media=fitted.media)


def _capabilities(conversation: Conversation) -> Capabilities:
    channel = conversation.address.channel if conversation.address else ""
    capabilities = capabilities_of(channel)
    if capabilities is None:
        detail = "The conversation's channel is not deployed any more: nobody knows what it takes."
        raise Problem(422, BEYOND_THE_CHANNEL, detail)
    return capabilities
