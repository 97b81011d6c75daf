from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from sportello.table.desk_table import DeskTable
from support.builders import NOW, seconds
from support.clouds.table import table

LATER = NOW + seconds(5)


@pytest.fixture
def desk_table() -> Iterator[DeskTable]:
    with table() as empty:
        yield empty


def test_what_is_good_for_once_is_used_once(desk_table: DeskTable) -> None:
    assert desk_table.links.use("one", NOW)
    assert not desk_table.links.use("one", LATER)
    assert desk_table.links.use("two", LATER)


def test_a_use_whose_answer_was_lost_is_not_taken_for_anothers(desk_table: DeskTable) -> None:
    """As the SDK does it: the same request again."""
    put = desk_table._client.put_item

    def lost_once(**request: Any) -> Any:
        put(**request)
        return put(**request)

    with patch.object(desk_table._client, "put_item", side_effect=lost_once):
        assert desk_table.links.use("one", NOW)
        assert not desk_table.links.use("one", LATER)


def test_what_is_never_given_up_is_used_once_however_late(desk_table: DeskTable) -> None:
    assert desk_table.links.use("one", NOW)
    assert not desk_table.links.use("one", NOW + seconds(86_399))


def test_what_it_led_to_is_known_once_it_is_over(desk_table: DeskTable) -> None:
    assert desk_table.links.outcome("one") == ""
    desk_table.links.use("one", NOW)
    assert desk_table.links.outcome("one") == ""
    desk_table.links.note_outcome("one", "accepted", LATER)
    assert desk_table.links.outcome("one") == "accepted"
    assert not desk_table.links.use("one", LATER)


def test_what_came_to_nothing_may_be_used_again_and_then_no_more(desk_table: DeskTable) -> None:
    desk_table.links.use("one", NOW)
    desk_table.links.give_back("one", NOW)
    assert desk_table.links.use("one", LATER)
    assert not desk_table.links.use("one", LATER)
