"""A decision in the making: what it records, intends and publishes."""

import pytest

from sportello.conversation.decision import Draft, EffectWithoutEvent
from sportello.conversation.effects import EFFECT, NotifyAgents, PublishEvent
from sportello.conversation.events import EpisodeOpened, TurnEnded
from sportello.conversation.evolution import fold
from sportello.conversation.state import Activity, ConversationState
from support.builders import (
    NOW,
    TERMS,
    after,
    decide,
    offer,
    queued,
    receive,
    reply,
    seconds,
    with_agent,
)


def test_the_state_of_a_draft_includes_what_was_recorded() -> None:
    draft = Draft(ConversationState(), NOW, TERMS)
    draft.record(EpisodeOpened(at=NOW, number=1, reopened=False))
    assert (draft.state.episode, draft.before.episode) == (1, 0)


def test_published_events_leave_together_and_in_order() -> None:
    decision = decide(ConversationState(), receive(), NOW)
    published = [effect for effect in decision.effects if isinstance(effect, PublishEvent)]
    assert [entry.detail_type for entry in published[0].entries] == [
        "EpisodeOpened",
        "MessageReceived",
        "OwnerChanged",
    ]
    assert "type" not in published[0].entries[0].detail


def test_a_decision_that_publishes_nothing_has_no_such_effect() -> None:
    draft = Draft(ConversationState(), NOW, TERMS)
    draft.record(TurnEnded(at=NOW))
    assert draft.finish().effects == ()


def test_an_unpublished_decision_is_the_same_but_for_the_bus() -> None:
    decision = decide(with_agent(), reply(), NOW)
    unpublished = decision.unpublished()
    assert unpublished.events == decision.events
    kept = [effect for effect in decision.effects if effect.type != "PublishEvent"]
    assert len(kept) < len(decision.effects)
    assert list(unpublished.effects) == kept


def test_one_key_is_one_effect() -> None:
    draft = Draft(ConversationState(), NOW, TERMS)
    draft.record(TurnEnded(at=NOW))
    for _ in range(2):
        draft.intend(NotifyAgents(key="k", endpoint="e", notice="n", data={}))
    assert len(draft.finish().effects) == 1


def test_an_effect_that_no_event_tells_of_is_a_fault_where_it_was_decided() -> None:
    draft = Draft(ConversationState(), NOW, TERMS)
    draft.intend(NotifyAgents(key="k", endpoint="e", notice="n", data={}))
    with pytest.raises(EffectWithoutEvent, match="NotifyAgents"):
        draft.finish()


def test_keys_made_unique_never_meet_again() -> None:
    state, seen = ConversationState(), set()
    for command in (receive(), reply("a", "1"), reply("a", "2")):
        draft = Draft(state, NOW, TERMS)
        assert draft.unique("x") not in seen
        seen.add(draft.unique("x"))
        state = fold(decide(state, command, NOW).events, state)


def test_effects_survive_being_written_and_read() -> None:
    for state, command in ((queued(), offer()), (with_agent(), reply())):
        for effect in decide(state, command, NOW).effects:
            assert EFFECT.validate_json(EFFECT.dump_json(effect)) == effect


def test_a_conversation_is_active_for_ten_minutes() -> None:
    state = after(receive())
    assert state.activity(NOW + seconds(599)) is Activity.ACTIVE
    assert state.activity(NOW + seconds(600)) is Activity.INACTIVE
    assert ConversationState().activity(NOW) is Activity.INACTIVE
