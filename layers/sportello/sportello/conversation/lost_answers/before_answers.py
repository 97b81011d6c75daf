"""How things stand before an answer, to be kept with it until it has surely arrived. Pure."""

from collections.abc import Collection

from sportello.conversation.decision import Draft
from sportello.conversation.lost_answers.reopening import Reopening, StoppedClock
from sportello.conversation.timing.keep_clocks import ENDED_BY_ANSWER
from sportello.conversation.timing.promises import KEPT_BY_ANSWER
from sportello.sla.clocks import Clock, ClockKind


def before_reply(draft: Draft) -> Reopening:
    """A person's answer is to all that waits; with it the customer's turn begins."""
    clocks = [c for c in draft.state.clocks if c.running and _ends_or_pauses(c)]
    items = {item.item_id for item in draft.state.turn.items} if draft.state.turn else set()
    return _before(draft, items, clocks)


def before_bot_answer(draft: Draft, item_ids: Collection[str]) -> Reopening:
    any_response = ClockKind.FIRST_RESPONSE_ANY
    clocks = [c for c in draft.state.clocks if c.running and c.kind is any_response]
    return _before(draft, item_ids, clocks)


def _ends_or_pauses(clock: Clock) -> bool:
    if clock.kind is ClockKind.PROMISE:
        return clock.promise_id.startswith(KEPT_BY_ANSWER)
    return clock.kind in ENDED_BY_ANSWER or clock.kind is ClockKind.RESOLUTION


def _before(draft: Draft, item_ids: Collection[str], clocks: Collection[Clock]) -> Reopening:
    state = draft.state
    turn = state.turn.items if state.turn else ()
    return Reopening(
        items=tuple(item for item in turn if item.item_id in item_ids),
        clocks=tuple(
            StoppedClock(clock=clock, at=draft.now, queue=state.queue) for clock in clocks
        ),
        answered_by_person=state.answered_by_person,
        answered_in_episode=state.answered_in_episode,
        people_since=state.people_since,
    )
