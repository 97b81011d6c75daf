"""Everybody who has a profile or was ever at work, as they are listed."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.table.desk_table import DeskTable
from support.builders import NOW, seconds
from support.clouds.table import all_items, table

IDS = st.text("abzABZ019-_", min_size=1, max_size=4)


@pytest.fixture
def empty() -> Iterator[DeskTable]:
    with table() as ours:
        yield ours


def come(desk_table: DeskTable, agent_id: str) -> None:
    desk_table.agents.set_presence(agent_id, Presence.AVAILABLE, NOW + seconds(300), NOW)


def everybody(_: tuple[str, ...]) -> bool:
    return True


def listed(desk_table: DeskTable, queue: str = "") -> tuple[str, ...]:
    def is_meant(queues: tuple[str, ...]) -> bool:
        return not queue or queue in queues

    return desk_table.agents.listed(is_meant, limit=50).agent_ids


def test_whoever_comes_to_work_for_the_first_time_is_listed(empty: DeskTable) -> None:
    come(empty, "bruno")
    come(empty, "anna")
    assert listed(empty) == ("anna", "bruno")


def test_whoever_has_a_profile_is_listed_under_its_queues(empty: DeskTable) -> None:
    empty.agents.put_profile("anna", AgentProfile(queues=("sales",)), 0, NOW)
    assert (listed(empty, "sales"), listed(empty, "default")) == (("anna",), ())
    empty.agents.put_profile("anna", AgentProfile(queues=("default",)), 1, NOW)
    assert (listed(empty, "sales"), listed(empty, "default")) == ((), ("anna",))


def test_coming_to_work_leaves_the_queues_of_a_profile_as_they_are(empty: DeskTable) -> None:
    empty.agents.put_profile("anna", AgentProfile(queues=("sales",)), 0, NOW)
    come(empty, "anna")
    assert listed(empty, "sales") == ("anna",)


def test_of_an_agent_nothing_is_listed_but_id_and_queues(empty: DeskTable) -> None:
    profile = AgentProfile(display_name="Anna Rossi", queues=("sales",))
    empty.agents.put_profile("anna", profile, 0, NOW)
    [item] = [item for item in all_items(empty) if item["entity"]["S"] == "listed_agent"]
    assert item == {
        "pk": {"S": "AGENTS"},
        "sk": {"S": "anna"},
        "entity": {"S": "listed_agent"},
        "queues": {"S": '["sales"]'},
    }


@given(agent_ids=st.sets(IDS, max_size=12), limit=st.integers(1, 5))
def test_page_by_page_everybody_is_listed_once(agent_ids: set[str], limit: int) -> None:
    with table() as ours:
        for agent_id in agent_ids:
            come(ours, agent_id)
        pages: list[tuple[str, ...]] = []
        after: str | None = ""
        while after is not None and len(pages) <= len(agent_ids):
            page = ours.agents.listed(everybody, limit, after)
            pages.append(page.agent_ids)
            after = page.goes_on_after
    assert all(len(page) <= limit for page in pages)
    assert [agent_id for page in pages for agent_id in page] == sorted(agent_ids)


def test_a_search_for_few_among_many_ends_and_goes_on_where_it_ended(empty: DeskTable) -> None:
    for number in range(1_300):
        item = {
            "pk": {"S": "AGENTS"},
            "sk": {"S": f"{number:04}"},
            "entity": {"S": "listed_agent"},
            "queues": {"S": '["sales"]' if number == 1_250 else "[]"},
        }
        empty._client.put_item(TableName=empty._name, Item=item)

    def is_meant(queues: tuple[str, ...]) -> bool:
        return "sales" in queues

    first = empty.agents.listed(is_meant, limit=5)
    assert first.agent_ids == ()
    assert first.goes_on_after is not None
    assert empty.agents.listed(is_meant, 5, first.goes_on_after).agent_ids == ("1250",)
