from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.handing_over.audience import Audience, audience_of, former_audience
from sportello.conversation.state import ConversationState
from support.builders import after, queued, resolve, resolved, return_to_bot, with_agent, with_bot

NAMES = st.lists(st.sampled_from("abcd"), max_size=4, unique=True).map(tuple)
AUDIENCES = st.builds(Audience, queues=NAMES, agents=NAMES)


def test_its_queue_is_shown_it_and_whoever_has_it_or_was_asked() -> None:
    assert audience_of(queued()) == Audience(queues=("default",))
    asked = with_agent("anna").model_copy(update={"consulted": ("dario", "anna")})
    assert audience_of(asked) == Audience(queues=("default",), agents=("anna", "dario"))


def test_where_one_has_moved_away_nobody_is_shown_anything() -> None:
    moved = ConversationState(sequence=3, queue="default", moved_to="e" * 32)
    assert audience_of(moved) == Audience()


def test_what_the_bot_does_by_itself_is_shown_to_nobody() -> None:
    assert former_audience(ConversationState(), with_bot()) is None
    again = after(return_to_bot(), state=with_agent())
    assert former_audience(again, again) is None
    assert former_audience(resolved(), resolved()) is None


def test_a_handoff_and_what_ends_it_are_shown() -> None:
    assert former_audience(with_bot(), queued()) is not None
    assert former_audience(queued(), with_agent("anna")) == Audience()
    ended = after(resolve(), state=with_agent("anna"))
    assert former_audience(with_agent("anna"), ended) == Audience(agents=("anna",))


def test_another_queue_takes_it_from_the_first() -> None:
    moved = queued().model_copy(update={"queue": "sales"})
    assert former_audience(queued(), moved) == Audience(queues=("default",))


@given(AUDIENCES, AUDIENCES)
def test_whoever_was_shown_it_is_in_the_one_or_the_other(before: Audience, now: Audience) -> None:
    lost = before.without(now)
    assert set(lost.agents).isdisjoint(now.agents)
    assert set(before.agents) <= set(lost.agents) | set(now.agents)
    assert set(lost.joined(now).queues) == set(before.queues) | set(now.queues)
