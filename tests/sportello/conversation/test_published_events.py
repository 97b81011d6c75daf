"""Events as the outside is told of them."""

from sportello.conversation.effects import BusEntry, PublishEvent
from sportello.conversation.published_events import published_events
from sportello.conversation.state import ConversationState
from support.builders import CONVERSATION, NOW, decide, receive, reply, with_agent


def effect_of(decision_effects: object) -> PublishEvent:
    assert isinstance(decision_effects, tuple)
    (effect,) = (effect for effect in decision_effects if isinstance(effect, PublishEvent))
    return effect


def test_an_event_has_its_id_its_conversation_and_its_place_in_it() -> None:
    decision = decide(ConversationState(), receive(), NOW)
    events = published_events(CONVERSATION, "whatsapp", effect_of(decision.effects))
    assert [event.type for event in events] == ["EpisodeOpened", "MessageReceived", "OwnerChanged"]
    assert [event.id for event in events] == [f"{CONVERSATION}/publish:0/{n}" for n in range(3)]
    for event in events:
        told_of = decision.events[event.data["sequence"]]
        assert (told_of.type, told_of.at) == (event.type, event.at)
        assert event.data["conversation_id"] == CONVERSATION
        assert event.data["channel"] == "whatsapp"


def test_sequences_go_on_from_commit_to_commit() -> None:
    state = with_agent()
    events = published_events(
        CONVERSATION, "whatsapp", effect_of(decide(state, reply(), NOW).effects)
    )
    sequences = [event.data["sequence"] for event in events]
    assert sequences == sorted(set(sequences))
    assert sequences[0] >= state.sequence


def test_an_event_names_the_queue_that_its_conversation_is_in_or_was() -> None:
    decision = decide(with_agent(), reply(), NOW)
    events = published_events(CONVERSATION, "whatsapp", effect_of(decision.effects))
    assert {event.queue for event in events} == {with_agent().queue}
    assert with_agent().queue


def test_what_an_earlier_version_decided_has_the_place_of_its_commit() -> None:
    entries = (
        BusEntry(detail_type="EpisodeOpened", at=NOW, detail={"number": 1}),
        BusEntry(detail_type="HandoffRequested", at=NOW, detail={"queue": "sales"}),
    )
    effect = PublishEvent(key="publish:7", entries=entries)
    first, second = published_events(CONVERSATION, "x", effect)
    assert (first.data["sequence"], first.queue) == (7, "")
    assert (second.data["sequence"], second.queue) == (8, "sales")
