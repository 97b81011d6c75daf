"""Who did what, day by day, as DynamoDB and the small table keep it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.table.desk_table import DeskTable
from sportello.table.settings import audit_table
from sportello.table.settings.audit_table import AuditEntry, AuditTable
from support.builders import NOW, seconds
from support.clouds.metered import metered
from support.clouds.moto_table import TABLES
from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.table import all_items, client_of

YEAR = timedelta(days=365)
AROUND_NOW = (NOW - timedelta(days=3), NOW + timedelta(days=1))
"""Each day is asked for by itself."""


@pytest.fixture(params=TABLES)
def desk_table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


def an_entry(at: datetime = NOW, number: int = 0, **changes: Any) -> AuditEntry:
    fields = {
        "at": at,
        "request_id": f"r-{number:03}",
        "agent_id": "anna",
        "roles": ("agent",),
        "permission": "work_conversations",
        "method": "POST",
        "route": "/conversations/{conversation_id}/accept",
        "status": 200,
    }
    return AuditEntry.model_validate(fields | changes)


def test_an_entry_is_read_as_it_was_kept_until_it_expires(desk_table: DeskTable) -> None:
    entry = an_entry(target={"kind": "bot"}, problem="forbidden", team="north", status=403)
    desk_table.audit.keep(entry, timedelta(days=30))
    assert list(desk_table.audit.newest_first(*AROUND_NOW)) == [entry]
    (item,) = all_items(desk_table)
    assert item["pk"]["S"] == "AUDIT#2026-03-04"
    expires_at = datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC)
    assert expires_at == NOW + timedelta(days=30)


def test_a_day_of_many_pages_is_read_whole_and_newest_first(
    desk_table: DeskTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_table, "PAGE", 4)
    entries = [an_entry(NOW + seconds(number), number) for number in range(9)]
    for entry in entries:
        desk_table.audit.keep(entry, YEAR)
    assert list(desk_table.audit.newest_first(*AROUND_NOW)) == entries[::-1]


def test_who_asks_for_few_has_few_pages_read(desk_table: DeskTable) -> None:
    for day in range(3):
        desk_table.audit.keep(an_entry(NOW - timedelta(days=day)), YEAR)
    with metered(desk_table) as usage:
        assert next(desk_table.audit.newest_first(NOW - YEAR, NOW)).at == NOW - timedelta(days=1)
    assert usage.calls["Query"] <= 2


@given(
    st.lists(st.integers(0, 300), max_size=12, unique=True),
    st.integers(-5, 305),
    st.integers(-5, 305),
)
def test_what_is_asked_for_is_half_open_and_pages_leave_nothing_out(
    hours: list[int], since: int, until: int
) -> None:
    small = SmallDynamoDB()
    table = AuditTable(small.name, client_of(small))
    entries = [an_entry(NOW + timedelta(hours=hour), hour) for hour in hours]
    for entry in entries:
        table.keep(entry, YEAR)
    first, last = NOW + timedelta(hours=since), NOW + timedelta(hours=until)
    asked = [entry for entry in entries if first <= entry.at < last]
    newest = sorted(asked, key=lambda entry: entry.at, reverse=True)
    assert list(table.newest_first(first, last)) == newest
    one_by_one: list[AuditEntry] = []
    for _ in range(len(entries) + 1):
        one_by_one += islice(table.newest_first(first, last, cursor(one_by_one)), 1)
    assert one_by_one == newest


def cursor(entries: list[AuditEntry]) -> str:
    return entries[-1].sort_key if entries else ""


def test_what_a_later_version_adds_is_no_fault(desk_table: DeskTable) -> None:
    later = AuditEntry.model_validate({**an_entry().model_dump(), "device": "phone"})
    desk_table.audit.keep(later, YEAR)
    (read,) = desk_table.audit.newest_first(*AROUND_NOW)
    assert read.unknown_fields == {"device"}
