"""Which versions of the settings were in force since when, and how many are read to tell."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from sportello.table.desk_table import DeskTable
from sportello.table.items import StoredSettings
from sportello.table.settings import settings_table
from support.builders import NOW
from support.clouds.moto_table import TABLES

HOUR = timedelta(hours=1)


@pytest.fixture(params=TABLES)
def desk_table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    """Five versions, written an hour apart; the third at NOW."""
    with TABLES[request.param]() as empty:
        for version in range(1, 6):
            stored = StoredSettings(version=version, document={"version": version})
            empty.put_settings("queues", stored, "anna", NOW + (version - 3) * HOUR)
        empty.put_settings("bot", StoredSettings(version=1, document={}), "anna", NOW)
        yield empty


def versions(desk_table: DeskTable, since: datetime) -> list[int | None]:
    found = desk_table.settings_since("queues", since)
    return [stored.document["version"] if stored else None for stored in found]


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (NOW + 9 * HOUR, [5]),
        (NOW + HOUR, [5, 4]),
        (NOW + timedelta(microseconds=-1), [5, 4, 3, 2]),
        (NOW, [5, 4, 3]),
        (NOW - 2 * HOUR, [5, 4, 3, 2, 1]),
        (NOW - 3 * HOUR, [5, 4, 3, 2, 1, None]),
    ],
)
def test_versions_are_told_back_to_the_one_in_force_at_an_instant(
    desk_table: DeskTable, since: datetime, expected: list[int | None]
) -> None:
    assert versions(desk_table, since) == expected


def test_the_packaged_default_is_in_force_until_something_is_written(
    desk_table: DeskTable,
) -> None:
    assert list(desk_table.settings_since("faq", NOW)) == [None]


def test_no_page_is_read_beyond_the_version_in_force_at_the_instant(
    desk_table: DeskTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_table, "VERSIONS_AT_ONCE", 2)
    client, pages = desk_table._client, []
    make_call = client._make_api_call  # type: ignore[attr-defined] # every method ends there

    def counted(operation: str, arguments: dict[str, Any]) -> Any:
        pages.append(operation)
        return make_call(operation, arguments)

    with patch.object(client, "_make_api_call", counted):
        assert versions(desk_table, NOW + HOUR) == [5, 4]
        assert len(pages) == 1
        assert versions(desk_table, NOW) == [5, 4, 3]
        assert len(pages) == 3
