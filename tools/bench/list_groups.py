"""What a page of agents' lists costs among a hundred conversations and among a hundred thousand."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from local.cloud.processes import Failed
from sportello.inbox.lists import InboxLists
from sportello.inbox.searching import Searching
from sportello.inbox.views import Listed, View
from sportello.messaging.identifiers import word_hash
from sportello.table.inbox.inbox_standing import own_standing
from sportello.table.inbox.word_items import WordEntry, day_of, word_partition
from sportello.table.items import Address, state_attributes
from support.builders import KEY, NOW, an_address, queued, seconds, with_agent
from support.clouds.staffed_desk import StaffedDesk
from tools.bench.assignments.groups import GOAL, growth_rows
from tools.bench.assignments.large_table import Items
from tools.bench.assignments.played_again import Doing, play
from tools.bench.recorded.printing import silence
from tools.bench.table import Group

SIZES = (100, 100_000)
BOUNDED_SIZES = (1_000, 100_000)
"""For what reads as far as a bound: of fewer it reads them all."""

PAGE = 25
WORD = "pacco"
MIDDLE = f"1#{NOW + seconds(30):%Y-%m-%dT%H:%M:%S}.000000Z#{0:032x}"
"""A position that every table has conversations before and behind."""


COLUMNS = (
    *("call", "among", "calls", "read", "write", "index"),
    *("growth of time", f"most <= {GOAL}"),
)
NOTES = ("growth: of the call's own computing; most: that, calls or units, whichever grew most",)


def list_groups(runs: int) -> Iterator[Group]:
    with silence():
        tables = {size: conversations(size) for size in {*SIZES, *BOUNDED_SIZES}}
    calls: Mapping[str, Doing] = {
        "a page of those who wait": lambda desk: page(desk, View.WAITING),
        "a page from the middle of it": lambda desk: page(desk, View.WAITING, MIDDLE),
        "a page of all": lambda desk: page(desk, View.ALL),
        "an agent's own": lambda desk: page(desk, View.MINE),
    }
    amongst = {size: tables[size] for size in SIZES}
    yield _group("growth of a list with its conversations", calls, amongst, runs)
    amongst = {size: tables[size] | words(size) for size in BOUNDED_SIZES}
    calls = {"counts of all lists": counts, "a search for one word": _search_one}
    yield _group("growth of what reads as far as a bound", calls, amongst, runs)


def _search_one(desk: StaffedDesk) -> None:
    search(desk, WORD)


def conversations(size: int) -> Items:
    """Return so many, of which half wait and agents have the others, Anna the last ten."""
    items: Items = {}
    waiting, taken, own = queued(), with_agent("bruno"), with_agent("anna")
    address: Address = an_address(display_name="Giulia")
    for number in range(size):
        state = waiting if number % 2 else own if number >= size - 20 else taken
        clocks = tuple(
            clock.model_copy(update={"due_at": NOW + seconds(number)}) for clock in state.clocks
        )
        name = f"{number:032x}"
        state = state.model_copy(update={"clocks": clocks})
        for item in (state_attributes(name, state), address.to_attributes(name)):
            items[item["pk"]["S"], item["sk"]["S"]] = item
        if (standing := own_standing(name, state)) and standing.agent_id == "anna":
            items[standing.key["pk"]["S"], standing.key["sk"]["S"]] = standing.to_attributes()
    return items


def words(size: int) -> Items:
    """Return entries of one word, of every conversation there is."""
    partition = word_partition(word_hash(KEY, "word", WORD))
    items: Items = {}
    for number in range(size):
        at = NOW - timedelta(minutes=number)
        entry = WordEntry(partition, day_of(at), f"{number:032x}", "IN#gone")
        item = entry.to_attributes(NOW + timedelta(days=400))
        items[item["pk"]["S"], item["sk"]["S"]] = item
    return items


def page(desk: StaffedDesk, view: View, after: str = "") -> None:
    if not _lists(desk).page(_listed(desk, view), after, PAGE).rows:
        raise Failed(f"nothing is in the list {view}")


def counts(desk: StaffedDesk) -> None:
    if not _lists(desk).counts([_listed(desk, view) for view in View])[View.ALL].count:
        raise Failed("nothing was counted")


def search(desk: StaffedDesk, query: str) -> None:
    hits = Searching(desk.table, lambda: KEY, lambda _: True).search(query, "", PAGE)
    if len(hits.hits) != PAGE:
        raise Failed(f"{len(hits.hits)} were found")


def _lists(desk: StaffedDesk) -> InboxLists:
    return InboxLists(desk.table, lambda _: True)


def _listed(desk: StaffedDesk, view: View) -> Listed:
    return Listed(view=view, agent_id="anna", queues=("", "default"), at=desk.now)


def _group(title: str, calls: Mapping[str, Doing], tables: Mapping[int, Items], runs: int) -> Group:
    group = Group(title, COLUMNS, NOTES)
    with silence():
        for name, call in calls.items():
            played = {size: play(items, _nothing, call)[0] for size, items in tables.items()}
            group.rows += growth_rows(name, played, runs)
    return group


def _nothing(_desk: StaffedDesk) -> None:
    pass
