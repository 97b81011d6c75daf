"""Who is next is asked within the same call: after a refusal, a transfer, a macro."""

from datetime import datetime

from sportello.conversation.events import OwnerKind
from sportello.entrypoints import runtime
from sportello.people.notifying import answering
from sportello.people.placement.assigning import Assigning
from sportello.table.desk import Committed


def ask_if_in_line(committed: Committed, now: datetime) -> None:
    """Have the next one asked for what waits and is before nobody alone."""
    state = committed.state
    if state.owner.kind is OwnerKind.QUEUE and state.personal_offer is None:
        ask_the_next(committed.before.conversation_id, now)


def ask_the_next(conversation_id: str, now: datetime) -> None:
    answering.ask_the_next(Assigning(runtime.desk(), runtime.settings()), conversation_id, now)
