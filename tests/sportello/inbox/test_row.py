"""A row of a list holds what to choose by, and no address."""

from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.inbox.row import InboxRow, inbox_row
from sportello.table.items import Conversation
from sportello.table.stories.last_words import KeptWords
from support.builders import (
    CONVERSATION,
    HANDLE,
    NOW,
    an_address,
    offered,
    queued,
    resolved,
    with_agent,
)

WORDS = KeptWords(at=NOW, author="customer", text="Dov'è il pacco?")


def row_of(state: ConversationState) -> InboxRow:
    return inbox_row(
        Conversation(
            conversation_id=CONVERSATION,
            state=state,
            address=an_address(display_name="Giulia"),
            last_words=WORDS,
        )
    )


def test_who_waits_is_shown_with_what_they_said_and_since_when() -> None:
    row = row_of(queued())
    assert (row.name, row.queue, row.owner.kind) == ("Giulia", "default", OwnerKind.QUEUE)
    assert row.last_words == WORDS
    turn = queued().turn
    assert turn is not None
    assert row.waiting_since == turn.counted_from
    assert row.unread == 1


def test_the_clock_that_is_due_first_is_shown() -> None:
    state = with_agent()
    row = row_of(state)
    due = [clock.due_at for clock in state.clocks if clock.running and clock.due_at]
    assert row.due is not None
    assert row.due.at == min(due)


def test_an_offer_of_a_tier_is_nobodys_own() -> None:
    row = row_of(offered())
    assert row.offer is not None
    assert (row.offer.agent_id, row.offer.tier, row.offer.round) == (None, 1, 1)


def test_nobody_waits_where_it_is_settled() -> None:
    row = row_of(resolved())
    assert (row.lifecycle, row.waiting_since, row.unread) == (Lifecycle.RESOLVED, None, 0)
    assert (row.due, row.offer) == (None, None)


def test_a_row_holds_no_address() -> None:
    assert HANDLE not in row_of(queued()).model_dump_json()


def test_a_later_change_has_a_higher_sequence() -> None:
    assert row_of(offered()).sequence > row_of(queued()).sequence
