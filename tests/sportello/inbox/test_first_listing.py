"""What was written before there were lists is listed once, as it is."""

from collections.abc import Iterator

import pytest

from sportello.inbox.first_listing import list_what_never_was
from sportello.inbox.lists import InboxLists
from sportello.inbox.views import Listed, View
from support import builders
from support.clouds.staffed_desk import StaffedDesk, staffed_desk


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    """Sixty wait, one is taken all of them as an earlier version has them."""
    with staffed_desk() as ours:
        for number in range(61):
            ours.queue(f"c{number}")
        ours.ask("c60", builders.accept())
        for item in ours.items("state"):
            ours.put({name: value for name, value in item.items() if "inbox" not in name})
        ours.remove("own")
        yield ours


def names(office: StaffedDesk, view: View) -> set[str]:
    listed = Listed(view=view, agent_id="anna", queues=("default",), at=office.now)
    page = InboxLists(office.table, lambda _: True).page(listed, "", 50)
    return {row.conversation_id for row in page.rows}


def test_what_people_have_is_listed(office: StaffedDesk) -> None:
    assert names(office, View.ALL) == set()
    assert list_what_never_was(office.table) == 61
    assert len(names(office, View.WAITING)) == 50
    assert names(office, View.MINE) == {"c60"}


def test_done_again_it_does_nothing(office: StaffedDesk) -> None:
    list_what_never_was(office.table)
    before = office.items("state")
    assert list_what_never_was(office.table) == 0
    assert office.items("state") == before


def test_what_changes_meanwhile_is_left_to_its_own_commit(
    office: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = office.table.load_several(["c1"])
    office.ask("c1", builders.accept())
    monkeypatch.setattr(office.table, "load_several", lambda _names: stale)
    assert list_what_never_was(office.table) == 0
