"""What an endpoint does not want, or not now, is settled without a call, and no fault."""

from collections.abc import Iterator
from typing import Any

import pytest

from sportello.messaging.items import DeliveryStatus
from support.builders import seconds
from support.clouds.decided_notice import ENDPOINT, DecidedNotice
from support.clouds.table import desk


@pytest.fixture
def ringing() -> Iterator[DecidedNotice]:
    with desk() as empty:
        yield DecidedNotice(empty)


def quiet(start: str, end: str, **fields: Any) -> dict[str, Any]:
    return {
        "quiet_hours": {"time_zone": "UTC", "windows": [{"start": start, "end": end}], **fields}
    }


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"notices": ["ladder.exhausted"]}, "filtered"),
        ({"queues": ["returns"]}, "filtered"),
        ({"channels": ["other"]}, "filtered"),
        ({"at_least": "high"}, "filtered"),
        (quiet("09:00", "11:00"), "quiet"),
        (quiet("09:00", "11:00", except_at_least="urgent"), "quiet"),
    ],
)
def test_it_is_marked_with_the_reason(
    ringing: DecidedNotice, fields: dict[str, Any], code: str
) -> None:
    ringing.configure({"desk": {**ENDPOINT, **fields}})
    ringing.ring()
    assert ringing.notifier.notified == []
    assert ringing.outcome() == (DeliveryStatus.REFUSED, code)
    assert list(ringing.table.endpoints.marks()) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"notices": ["conversation.offered"]},
        {"queues": ["default"]},
        {"channels": ["fake"]},
        {"at_least": "normal"},
        quiet("11:00", "09:00"),
        quiet("09:00", "11:00", except_at_least="low"),
    ],
)
def test_what_is_wanted_rings_and_the_notifier_sees_its_address_alone(
    ringing: DecidedNotice, fields: dict[str, Any]
) -> None:
    ringing.configure({"desk": {**ENDPOINT, **fields}})
    ringing.ring()
    assert [told.address for told in ringing.notifier.notified] == [{"topic": "desk"}]


def test_what_was_quiet_is_not_rung_afterwards(ringing: DecidedNotice) -> None:
    ringing.configure({"desk": {**ENDPOINT, **quiet("09:00", "11:00")}})
    ringing.ring()
    ringing.ring(after=seconds(7_200))
    assert ringing.notifier.notified == []


def test_a_notifier_rings_its_own_choice_unless_the_endpoint_makes_another() -> None:
    with desk() as empty:
        ringing = DecidedNotice(empty, notices=frozenset({"ladder.exhausted"}))
        ringing.ring()
        assert ringing.outcome() == (DeliveryStatus.REFUSED, "filtered")
        ringing.configure({"desk": {**ENDPOINT, "notices": ["conversation.offered"]}})
        ringing.ring(ringing.decide_another())
        assert len(ringing.notifier.notified) == 1
