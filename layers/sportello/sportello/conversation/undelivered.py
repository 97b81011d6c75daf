"""People's answers that did not arrive, until one stands that was written since. Pure."""

from sportello.conversation.events import AnswerLost, DeliveryRecorded
from sportello.conversation.state import (
    MAX_REPLIES_SINCE,
    MAX_UNDELIVERED,
    REPLY,
    UndeliveredAnswer,
)
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import LOST

type Undelivered = tuple[UndeliveredAnswer, ...]

STANDS = frozenset(
    {
        DeliveryStatus.ACCEPTED,
        DeliveryStatus.SENT,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.READ,
    }
)
"""What an answer has come to that counts; of an unknown one nobody can say that it arrived."""


def with_lost(undelivered: Undelivered, event: AnswerLost) -> Undelivered:
    """Remember an answer that is lost; one that was to make up for others does so no more."""
    key = event.effect_key
    others = tuple(_without_reply(each, key) for each in undelivered if each.effect_key != key)
    lost = UndeliveredAnswer(
        effect_key=key, agent_id=event.agent_id, at=event.at, of_part=event.of_part
    )
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
    """Forget what is made up for by an answer that stands, or that has arrived after all."""
    key, status = event.effect_key, event.status
    if not (key.startswith(REPLY) and undelivered):
        return undelivered
    if status in LOST:
        return tuple(_without_reply(each, key) for each in undelivered)
    if status not in STANDS:
        return undelivered
    return tuple(
        each
        for each in undelivered
        if key not in each.replies_since and (each.effect_key != key or each.of_part)
    )


def _without_reply(lost: UndeliveredAnswer, effect_key: str) -> UndeliveredAnswer:
    if effect_key not in lost.replies_since:
        return lost
    remaining = tuple(key for key in lost.replies_since if key != effect_key)
    return lost.model_copy(update={"replies_since": remaining})
