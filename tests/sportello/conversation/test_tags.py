"""Tags: what a conversation is sorted by, as people change it."""

import pytest

from sportello.conversation.commands import LinkHandles
from sportello.conversation.deskwork.tag_settings import TagSettings
from sportello.conversation.identity import other_conversation
from sportello.conversation.people_commands import ChangeTags
from sportello.conversation.state import MAX_TAGS, ConversationState
from sportello.errors import NotAllowed, TagsChangedMeanwhile
from support.builders import NOW, after, decide, types, with_agent


def tagged(*tags: str) -> ConversationState:
    return after(ChangeTags(agent_id="anna", tags=tags), state=with_agent())


def test_tags_are_set_whole_and_each_once() -> None:
    state = tagged("refund", "complaint", "refund")
    assert state.tags == ("refund", "complaint")
    assert state.tags_version == 1


def test_the_same_tags_change_nothing_in_whatever_order() -> None:
    state = tagged("refund", "complaint")
    again = ChangeTags(agent_id="anna", tags=("complaint", "refund"), version=0)
    assert not decide(state, again, NOW).events


def test_some_are_added_and_taken_away() -> None:
    state = tagged("refund", "complaint")
    change = ChangeTags(agent_id="anna", adds=("vip", "refund"), removes=("complaint",))
    assert after(change, state=state).tags == ("refund", "vip")


def test_whoever_saw_others_is_refused() -> None:
    state = tagged("refund")
    with pytest.raises(TagsChangedMeanwhile):
        decide(state, ChangeTags(agent_id="anna", tags=("vip",), version=0), NOW)
    change = ChangeTags(agent_id="anna", tags=("vip",), version=state.tags_version)
    assert types(decide(state, change, NOW)) == ["TagsChanged"]


def test_a_colleagues_conversation_is_tagged_by_a_supervisor_only() -> None:
    change = ChangeTags(agent_id="bruno", tags=("vip",))
    with pytest.raises(NotAllowed):
        decide(with_agent(), change, NOW)
    assert decide(with_agent(), change.model_copy(update={"supervisor": True}), NOW).events


def test_there_are_no_more_than_a_list_can_show() -> None:
    state = tagged(*(f"tag-{number}" for number in range(MAX_TAGS)))
    with pytest.raises(NotAllowed):
        decide(state, ChangeTags(agent_id="anna", adds=("one-more",)), NOW)


def test_in_a_conversation_nobody_has_written_in_there_is_nothing_to_tag() -> None:
    with pytest.raises(NotAllowed):
        decide(ConversationState(), ChangeTags(agent_id="anna", tags=("vip",)), NOW)


def test_only_tags_that_there_are_are_fit_unless_they_are_free() -> None:
    settings = TagSettings()
    assert settings.unfit(("refund", "vip")) == ("vip",)
    assert TagSettings(free=True).unfit(("refund", "vip", "order-12")) == ()


@pytest.mark.parametrize("tag", ["393331234567", "rossi-12345", "tel-333-12-34-567"])
def test_nobody_invents_a_tag_that_is_a_number(tag: str) -> None:
    assert TagSettings(free=True).unfit((tag,)) == (tag,)


def test_those_of_a_conversation_that_moves_here_come_along() -> None:
    other = other_conversation("0" * 32, tagged("vip", "refund"))
    state = after(LinkHandles(aliases=(), joins=other), state=tagged("refund", "complaint"))
    assert state.tags == ("refund", "complaint", "vip")
    none = other_conversation("0" * 32, with_agent())
    assert "TagsChanged" not in types(decide(state, LinkHandles(aliases=(), joins=none), NOW))


def test_no_more_come_along_than_a_list_can_show() -> None:
    full = tagged(*(f"tag-{number}" for number in range(MAX_TAGS)))
    other = other_conversation("0" * 32, tagged("vip"))
    join = LinkHandles(aliases=(), joins=other)
    assert after(join, state=full).tags == full.tags
