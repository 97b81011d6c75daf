"""A row tells of answers that did not arrive, and of tags."""

from sportello.conversation.effects import reply_key
from sportello.conversation.people_commands import ChangeTags
from sportello.inbox.row import InboxRow, inbox_row
from sportello.messaging.items import DeliveryStatus
from sportello.table.items import Conversation
from support.builders import CONVERSATION, accept, an_address, offer, reply, request_human
from support.story import Story, around_the_clock

FIRST, SECOND = reply_key("anna", "1"), reply_key("anna", "2")


def row(story: Story) -> InboxRow:
    conversation = Conversation(
        conversation_id=CONVERSATION, state=story.state, address=an_address()
    )
    return inbox_row(conversation)


def test_a_row_counts_what_did_not_arrive_until_something_makes_up_for_it() -> None:
    story = Story(around_the_clock(first_response=300))
    story.write()
    story.do(request_human(), offer(), accept("anna"), reply())
    assert row(story).undelivered == 0
    story.hear(FIRST, DeliveryStatus.REFUSED)
    assert row(story).undelivered == 1
    story.do(reply(key="2"))
    story.hear(SECOND, DeliveryStatus.ACCEPTED)
    assert row(story).undelivered == 0


def test_a_row_has_the_tags() -> None:
    story = Story(around_the_clock(first_response=300))
    story.write()
    story.do(request_human(), ChangeTags(agent_id="anna", tags=("refund", "vip")))
    assert row(story).tags == ("refund", "vip")
