"""What became of files: kept once it is over with, and never made undone."""

from collections.abc import Iterator

import pytest

from sportello.media.kept_file import KeptFile, MediaState
from sportello.media.names import MediaName
from sportello.table.desk_table import DeskTable
from support.builders import CONVERSATION, NOW
from support.clouds.moto_table import TABLES

NAME = MediaName(CONVERSATION, "b" * 32, 0)
FAILED = KeptFile(state=MediaState.FAILED, at=NOW, reason="unavailable")
STORED = KeptFile(
    state=MediaState.STORED, at=NOW, mime_type="image/png", size_bytes=3, width=1, height=2
)
REFUSED = KeptFile(state=MediaState.REFUSED, at=NOW, reason="dangerous")


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


def test_nothing_is_known_of_a_file_that_was_not_fetched_yet(table: DeskTable) -> None:
    assert table.media.file(NAME) is None
    assert table.media.files([]) == {}


def test_a_failure_gives_way_to_the_file_itself(table: DeskTable) -> None:
    assert table.media.keep(NAME, FAILED)
    assert table.media.keep(NAME, STORED)
    assert table.media.file(NAME) == STORED


@pytest.mark.parametrize("final", [STORED, REFUSED])
@pytest.mark.parametrize("later", [FAILED, STORED, REFUSED])
def test_what_is_over_with_stays(table: DeskTable, final: KeptFile, later: KeptFile) -> None:
    table.media.keep(NAME, final)
    assert not table.media.keep(NAME, later)
    assert table.media.file(NAME) == final


def test_what_a_later_version_makes_of_a_file_stays(table: DeskTable) -> None:
    later = KeptFile.model_validate({"state": "archived", "at": NOW, "shelf": "12"})
    table.media.keep(NAME, later)
    assert not table.media.keep(NAME, FAILED)
    assert table.media.file(NAME) == later


def test_many_files_are_read_together(table: DeskTable) -> None:
    names = [MediaName(CONVERSATION, "c" * 32, number) for number in range(120)]
    for name in names:
        table.media.keep(name, STORED)
    assert table.media.files([*names, NAME]) == dict.fromkeys(names, STORED)
