"""People's answers that did not arrive, until one stands that was written since. Pure."""

from sportello.conversation.events import AnswerLost, DeliveryRecorded
from sportello.conversation.state import (
    MAX_REPLIES_SINCE,
    MAX_UNDELIVERED,
    REPLY,
    UndeliveredAnswer,
)
from sportello.messaging.statuses import ARRIVED, LOST, STANDS

type Undelivered = tuple[UndeliveredAnswer, ...]


def with_lost(undelivered: Undelivered, event: AnswerLost) -> Undelivered:
    """Remember an answer that is lost; one that was to make up for others does so no more."""
    key = event.effect_key
    others = [_without_reply(each, key) for each in undelivered if each.effect_key != key]
    lost = UndeliveredAnswer(
        effect_key=key, agent_id=event.agent_id, at=event.at, of_part=event.of_part
    )
    # What is made up for is forgotten first.
    others.sort(key=lambda each: not each.made_up_by)
    return (*others, lost)[-MAX_UNDELIVERED:]


def written_since(undelivered: Undelivered, effect_key: str) -> Undelivered:
    """Note an answer of a person, which makes up for what was lost before if it stands."""
    return tuple(
        each.model_copy(
            update={"replies_since": (*each.replies_since, effect_key)[-MAX_REPLIES_SINCE:]}
        )
        for each in undelivered
    )


def still_undelivered(undelivered: Undelivered, event: DeliveryRecorded) -> Undelivered:
    """Tell what a report leaves of them: an answer stands, has arrived after all, or is lost."""
    key, status = event.effect_key, event.status
    if not (key.startswith(REPLY) and undelivered):
        return undelivered
    if status in LOST:
        return tuple(_without_reply(each, key) for each in undelivered)
    if status not in STANDS:
        return undelivered
    others = (each for each in undelivered if each.effect_key != key or each.of_part)
    made_up = (_made_up(each, key) for each in others)
    return tuple(e for e in made_up if status not in ARRIVED or key not in e.made_up_by)


def without_made_up(undelivered: Undelivered) -> Undelivered:
    return tuple(each for each in undelivered if not each.made_up_by)


def _made_up(lost: UndeliveredAnswer, effect_key: str) -> UndeliveredAnswer:
    if effect_key not in lost.replies_since or effect_key in lost.made_up_by:
        return lost
    return lost.model_copy(update={"made_up_by": (*lost.made_up_by, effect_key)})


def _without_reply(lost: UndeliveredAnswer, effect_key: str) -> UndeliveredAnswer:
    """Let a reply that is lost make up for nothing, though another may still be on its way."""
    if effect_key not in lost.replies_since:
        return lost
    fields = ("replies_since", "made_up_by")
    remaining = {
        name: tuple(key for key in getattr(lost, name) if key != effect_key) for name in fields
    }
    return lost.model_copy(update=remaining)
