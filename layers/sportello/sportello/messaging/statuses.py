"""The one order of delivery statuses, so that receipts may arrive in any order.

Every status has a rank and the higher rank wins: a repeated or late receipt changes nothing, and
all permutations of the same receipts end in the same status. A message that a provider first
called refused and later delivered was delivered.
"""

from sportello.messaging.items import DeliveryStatus

RANK = {status: rank for rank, status in enumerate(DeliveryStatus)}

LOST = frozenset({DeliveryStatus.WITHDRAWN, DeliveryStatus.REFUSED})
"""The customer did not get it. A receipt may still tell otherwise of one that was refused."""

ARRIVED = frozenset({DeliveryStatus.DELIVERED, DeliveryStatus.READ})
"""What no later report takes back."""

STANDS = ARRIVED | {DeliveryStatus.ACCEPTED, DeliveryStatus.SENT}
"""What an answer has come to that counts; of an unknown one nobody can say that it arrived."""

SETTLED = STANDS | LOST | {DeliveryStatus.UNKNOWN}
"""Nothing is left for `deliver` to do; `unknown` may still be settled further by receipts."""


def is_progress(current: DeliveryStatus, reported: DeliveryStatus) -> bool:
    return _rank(reported) > _rank(current)


def _rank(status: DeliveryStatus) -> int:
    """Only proof of arrival goes beyond a status that a later version has recorded."""
    return RANK.get(status, RANK[DeliveryStatus.REFUSED])
