"""Ended waits: written and read without loss, each found in the time it ended in and no other."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sportello.queues.waits import WAITS_KEPT, WaitRecord
from sportello.table.desk_table import DeskTable
from sportello.table.items import read_wait, wait_attributes
from sportello.table.writes import put
from support.builders import NOW, seconds
from support.clouds.moto_table import TABLES
from support.waits import a_wait

MIDNIGHT = NOW.replace(hour=0)
NIGHT = timedelta(hours=23, minutes=59)


@pytest.fixture(params=TABLES)
def desk_table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


def keep(desk_table: DeskTable, *waits: WaitRecord) -> None:
    desk_table._client.transact_write_items(
        TransactItems=[put(desk_table._name, wait_attributes(wait)) for wait in waits]  # type: ignore[misc] # built as plain dicts
    )


def found(desk_table: DeskTable, since: datetime, until: datetime, queue: str = "default") -> str:
    """The ids of the waits read, in their order."""
    return " ".join(wait.wait_id for wait in desk_table.queues.waits(queue, since, until))


@given(
    counted=st.floats(0, 1e7),
    answered=st.booleans(),
    ended_at=st.datetimes(datetime(2001, 1, 1), datetime(2199, 1, 1)),  # noqa: DTZ001 -- made aware
    announced=st.none() | st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)),
)
def test_a_wait_survives_being_written_and_read(
    counted: float,
    answered: bool,  # noqa: FBT001 -- drawn by name
    ended_at: datetime,
    announced: tuple[float, float] | None,
) -> None:
    low, high = announced or (None, None)
    wait = a_wait(
        counted,
        answered=answered,
        ended_at=ended_at.replace(tzinfo=NOW.tzinfo),
        announced_low=low,
        announced_high=high,
    )
    assert read_wait(wait_attributes(wait)) == wait


def test_a_sum_of_spans_is_not_late_by_its_last_binary_digit() -> None:
    spans = 6.4 + 9.8 + 3.8
    assert spans > 20
    assert a_wait(spans).counted_seconds == 20


@pytest.mark.parametrize("counted", [-0.001, float("nan"), float("inf")])
def test_a_wait_takes_some_time_or_none(counted: float) -> None:
    with pytest.raises(ValidationError):
        a_wait(0, counted_seconds=counted)


def test_a_wait_is_forgotten_by_the_table_thirteen_months_after_its_end() -> None:
    expires_at = wait_attributes(a_wait())["expires_at"]["N"]
    assert datetime.fromtimestamp(int(expires_at), NOW.tzinfo) == NOW + timedelta(days=400)
    assert timedelta(days=400) == WAITS_KEPT


def test_a_wait_lies_with_its_queue_sorted_by_its_end_in_utc() -> None:
    late = datetime(2026, 3, 5, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    item = wait_attributes(a_wait(ended_at=late))
    assert item["pk"]["S"] == "WAITS#default"
    assert item["sk"]["S"].startswith("2026-03-04T23:30:00.000000Z#")


# Read from the table


def test_waits_are_found_from_the_first_instant_until_before_the_last(
    desk_table: DeskTable,
) -> None:
    tick = timedelta(microseconds=1)
    ends = {"early": NOW - tick, "first": NOW, "last": NOW + seconds(9), "late": NOW + seconds(10)}
    keep(desk_table, *(a_wait(wait_id=name, ended_at=at) for name, at in ends.items()))
    assert found(desk_table, NOW, NOW + seconds(10)) == "first last"
    assert found(desk_table, NOW, NOW + seconds(10) + tick) == "first last late"
    assert found(desk_table, NOW, NOW) == ""


def test_waits_of_several_days_come_oldest_first(desk_table: DeskTable) -> None:
    ends = [MIDNIGHT + timedelta(days=2), MIDNIGHT - seconds(1), MIDNIGHT, MIDNIGHT + NIGHT]
    keep(desk_table, *(a_wait(wait_id=str(n), ended_at=at) for n, at in enumerate(ends)))
    assert found(desk_table, MIDNIGHT - NIGHT, MIDNIGHT + timedelta(days=9)) == "1 2 3 0"
    assert found(desk_table, MIDNIGHT, MIDNIGHT + timedelta(days=2)) == "2 3"


def test_a_time_is_the_same_in_every_zone(desk_table: DeskTable) -> None:
    keep(desk_table, a_wait(ended_at=MIDNIGHT + seconds(60)))
    for hours in (-12, 0, 14):
        since = MIDNIGHT.astimezone(timezone(timedelta(hours=hours)))
        assert found(desk_table, since, since + seconds(61)) == "7"


def test_a_queue_has_its_own_waits(desk_table: DeskTable) -> None:
    keep(desk_table, a_wait(wait_id="1"), a_wait(wait_id="2", queue="sales"))
    assert found(desk_table, MIDNIGHT, NOW + seconds(1), "sales") == "2"
    assert found(desk_table, MIDNIGHT, NOW + seconds(1), "sale") == ""


def test_waits_that_end_together_are_all_kept_and_one_written_twice_is_one(
    desk_table: DeskTable,
) -> None:
    waits = [
        a_wait(wait_id="1"),
        a_wait(wait_id="2"),
        a_wait(wait_id="3", conversation_id="f" * 32),
    ]
    keep(desk_table, *waits)
    keep(desk_table, *waits)
    assert list(desk_table.queues.waits("default", NOW, NOW + seconds(1))) == waits


def test_a_day_is_read_page_by_page(desk_table: DeskTable) -> None:
    keep(
        desk_table,
        *(a_wait(wait_id=str(n), ended_at=NOW + seconds(n)) for n in range(5)),
    )
    query = desk_table._client._make_api_call  # type: ignore[attr-defined] # every method ends there

    def in_pages_of_two(operation: str, arguments: dict[str, object]) -> object:
        return query(operation, {**arguments, "Limit": 2} if operation == "Query" else arguments)

    with patch.object(desk_table._client, "_make_api_call", in_pages_of_two):
        assert found(desk_table, NOW, NOW + seconds(5)) == "0 1 2 3 4"
