"""A conversation as far as it has come, put on a desk in one commit: it is quicker."""

from sportello.conversation.commands import Command
from sportello.conversation.decision import Decision
from sportello.table.desk import Desk
from sportello.table.writes import Commit
from support import builders
from support.builders import CONVERSATION, NOW, a_message, an_address, an_inbound_record


def begin(desk: Desk, *commands: Command) -> None:
    """Write a conversation with one message of Giulia's, and what followed."""
    record = an_inbound_record(a_message("Il mio pacco è in ritardo"))
    desk.table.put_inbound(record, b"")
    received = builders.receive(builders.an_item(record.item_id))
    state, decisions = builders.history([received, *commands])
    whole = Decision(
        events=tuple(event for decision in decisions for event in decision.events),
        effects=tuple(effect for decision in decisions for effect in decision.effects),
    )
    commit = Commit(decision=whole, address=an_address(display_name="Giulia"))
    desk.table.commit(desk.table.load(CONVERSATION), commit, state, NOW)
