"""However many items are asked for, all are read and written, also those that were left undone."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from sportello.errors import StorageBusy
from sportello.table.desk_table import DeskTable
from sportello.table.inbox.word_items import names_attributes
from support.builders import NOW
from support.clouds.moto_table import TABLES

NAMES = [f"conversation-{number}" for number in range(120)]
MARKS = [names_attributes(name, "hash", "2026-03-04", NOW) for name in NAMES]


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


def test_more_conversations_than_one_call_reads_are_loaded(table: DeskTable) -> None:
    assert list(table.load_several(NAMES)) == NAMES


def test_more_items_than_one_call_takes_are_written_and_read(table: DeskTable) -> None:
    table.words.put_all(MARKS)
    assert table.words.names_marks(NAMES).keys() == set(NAMES)


def test_what_the_table_left_unwritten_is_written_again(table: DeskTable) -> None:
    client, refusals = table._client, [True, True]
    write = client.batch_write_item

    def write_some(**request: Any) -> Any:
        if not refusals:
            return write(**request)
        refusals.pop()
        return {"UnprocessedItems": request["RequestItems"]}

    with patch.object(client, "batch_write_item", write_some), patch("time.sleep"):
        table.words.put_all(MARKS[:1])
        assert table.words.names_marks(NAMES[:1])
        refusals.extend([True] * 99)
        with pytest.raises(StorageBusy):
            table.words.put_all(MARKS[1:2])
