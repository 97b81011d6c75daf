"""The board: how each queue stands, at a price that does not grow with those who wait."""

from typing import Any

import pytest

from sportello.hours.settings import OpeningHoursSettings
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.routing.teams import TeamSettings
from sportello.table.items import wait_attributes
from support import builders
from support.agent_calls import Answer, call
from support.builders import a_queue, seconds
from support.clouds.metered import metered
from support.clouds.staffed_desk import StaffedDesk
from support.waits import a_wait, somebody_waiting

ALWAYS = {"time_zone": "Europe/Rome", "weekly": {"mon-sun": [["00:00", "24:00"]]}}
ON_SUNDAYS = {"time_zone": "Europe/Rome", "weekly": {"sun": [["09:00", "12:00"]]}}
NEVER: dict[str, Any] = {"time_zone": "Europe/Rome"}
DESK = {"desk": {"notifier": "webhook", "url": "https://desk.example.com/ring"}}

CALLS_OF_A_QUEUE, CALLS_OF_A_BOARD = 8, 6


def board(groups: str = "supervisor", **query: str) -> Answer:
    return call("GET", "/board", query=query, groups=groups)


def only(answer: Answer) -> Any:
    (standing,) = answer.document["queues"]
    return standing


@pytest.fixture
def shop(staffed: StaffedDesk) -> StaffedDesk:
    """One queue, open around the clock, in which customers were answered after four minutes."""
    staffed.configure(OpeningHoursSettings, calendars={"default": ALWAYS})
    staffed.configure(QueueSettings, queues={"default": a_queue(alert_endpoints=("desk",))})
    staffed.configure(AgentEndpointSettings, endpoints=DESK)
    had_waited(staffed, 8)
    return staffed


def had_waited(shop: StaffedDesk, amount: int, queue: str = "default") -> None:
    for number in range(amount):
        ended_at = shop.now - seconds(number * 90)
        wait = a_wait(240, wait_id=str(number), queue=queue, ended_at=ended_at)
        shop.put(wait_attributes(wait))


def test_a_queue_tells_who_waits_and_since_when(shop: StaffedDesk) -> None:
    shop.waits("c1", "c2", "c3")
    standing = only(board())
    assert standing["waiting"] == {"count": 3, "is_least": False}
    assert standing["longest_waiting_since"] == "2026-03-04T10:00:00Z"


@pytest.mark.usefixtures("shop")
def test_of_an_empty_queue_nobody_waits_longest() -> None:
    standing = only(board())
    assert standing["waiting"] == {"count": 0, "is_least": False}
    assert standing["longest_waiting_since"] is None


def test_the_wait_is_what_the_next_customer_will_be_told(shop: StaffedDesk) -> None:
    shop.waits("c1", "c2")
    expected = only(board())["expected_wait"]
    assert expected["position"] == 3
    shop.queue("c3")
    shop.pass_time(60)
    assert only(board())["expected_wait"]["position"] == 4
    assert 0 < expected["low_seconds"] <= expected["high_seconds"]


def test_nobody_is_told_a_wait_that_nobody_can_know(shop: StaffedDesk) -> None:
    shop.configure(OpeningHoursSettings, calendars={"default": ON_SUNDAYS})
    assert only(board())["expected_wait"] is None
    shop.configure(OpeningHoursSettings, calendars={"default": ALWAYS})
    shop.configure(AgentEndpointSettings, endpoints={})
    assert only(board())["expected_wait"] is None
    shop.at_work("anna")
    assert only(board())["expected_wait"] is not None


def test_a_long_line_is_told_of_as_at_least_so_long(shop: StaffedDesk) -> None:
    for number in range(300):
        shop.put(somebody_waiting(f"{number:032x}", shop.now - seconds(number)))
    standing = only(board())
    assert standing["waiting"]["is_least"]
    assert 100 < standing["waiting"]["count"] < 300
    assert standing["longest_waiting_since"] == "2026-03-04T09:55:01Z"
    # One board a minute counts the line; the next is as cheap as that of a short one.
    with metered(shop.table) as usage:
        board()
    assert usage.calls.total() <= CALLS_OF_A_QUEUE + CALLS_OF_A_BOARD + 3


def test_people_are_told_apart_by_whether_they_could_take_one(shop: StaffedDesk) -> None:
    shop.at_work("anna", capacity=2)
    shop.at_work("bruno", capacity=20)
    shop.comes("carla")
    shop.present("carla", Presence.AWAY)
    shop.comes("dario")
    shop.present("dario", Presence.OFFLINE)
    shop.waits("c1")
    shop.ask("c1", builders.accept("anna"))
    shop.settle_all()
    people = only(board())["people"]
    assert people == {"at_work": 3, "available": 2, "with_room": 1, "is_least": False}


def test_who_names_no_queue_is_of_the_queue_of_handoffs(shop: StaffedDesk) -> None:
    shop.configure(QueueSettings, queues={"default": {}, "sales": {}})
    shop.at_work("anna")
    shop.at_work("bruno", queues=("sales",))
    at_work = {each["queue"]: each["people"]["at_work"] for each in board().document["queues"]}
    assert at_work == {"default": 1, "sales": 1}


def test_a_presence_that_nobody_repeats_is_none_any_more(shop: StaffedDesk) -> None:
    shop.at_work("anna")
    shop.pass_time(9 * 3_600)
    assert only(board())["people"]["at_work"] == 0


def test_hours_are_those_of_the_queues_own_calendar(shop: StaffedDesk) -> None:
    calendars = {"default": ALWAYS, "shop": ON_SUNDAYS, "shut": NEVER}
    shop.configure(OpeningHoursSettings, calendars=calendars)
    queues = {name: {"calendar": name} for name in (*calendars, "lost")}
    shop.configure(QueueSettings, queues=queues)
    hours = {each["queue"]: each["hours"] for each in board().document["queues"]}
    closed = {"is_open": False, "next_opening": None, "next_closing": None}
    assert hours == {
        "default": {**closed, "calendar": "default", "is_open": True},
        "shop": {
            "calendar": "shop",
            "is_open": False,
            "next_opening": "2026-03-08T08:00:00Z",
            "next_closing": "2026-03-08T11:00:00Z",
        },
        "shut": {**closed, "calendar": "shut"},
        "lost": None,
    }


def test_what_is_late_is_counted_whoever_has_it(shop: StaffedDesk) -> None:
    shop.waits("c1", "c2")
    shop.ask("c2", builders.accept("anna"))
    assert only(board())["overdue"] == {"count": 0, "is_least": False}
    shop.pass_time(3_600)
    assert only(board())["overdue"] == {"count": 2, "is_least": False}


def test_nobody_learns_of_a_queue_that_is_not_their_teams(shop: StaffedDesk) -> None:
    shop.configure(QueueSettings, queues={"default": {}, "sales": {}})
    shop.configure(TeamSettings, teams={"south": {"queues": ["sales"]}})
    assert only(board("agent,team-south"))["queue"] == "sales"
    assert board("agent,team-south", queue="default").problem == "unknown-queue"
    assert board("agent,team-west").document["queues"] == []


@pytest.mark.usefixtures("shop")
def test_a_queue_may_be_asked_for_by_name() -> None:
    assert only(board(queue="default"))["queue"] == "default"
    assert (board(queue="sales").status, board(queue="sales").problem) == (404, "unknown-queue")


def test_a_board_goes_on_where_its_cursor_says(shop: StaffedDesk) -> None:
    names = [f"q{number:02}" for number in range(5)]
    queues: Any = {name: {} for name in names}
    shop.configure(QueueSettings, queues=queues, handoff_queue="q00")
    first = board(limit="3").document
    second = board(limit="3", cursor=first["cursor"]).document
    told = [each["queue"] for page in (first, second) for each in page["queues"]]
    assert (told, second["cursor"]) == (names, None)


def test_fifty_queues_cost_fifty_times_what_one_does(shop: StaffedDesk) -> None:
    names = [f"q{number:02}" for number in range(60)]
    queues: Any = {name: a_queue(alert_endpoints=("desk",)) for name in names}
    shop.configure(QueueSettings, queues=queues, handoff_queue="q00")
    for name in names:
        had_waited(shop, 3, name)
    with metered(shop.table) as usage:
        answer = board()
    assert len(answer.document["queues"]) == 50
    assert usage.calls.total() <= 50 * CALLS_OF_A_QUEUE + CALLS_OF_A_BOARD


def test_a_busy_queue_costs_thirteen_units_and_an_agent_one(shop: StaffedDesk) -> None:
    """What docs/performance.md reckons a month of boards by."""
    had_waited(shop, 200)
    board()
    with metered(shop.table) as alone:
        board()
    for number in range(10):
        shop.at_work(f"agent-{number}")
    with metered(shop.table) as with_agents:
        board()
    assert 11 <= alone.read_units <= 15
    assert 10 <= with_agents.read_units - alone.read_units <= 12


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("query", [{"limit": "51"}, {"cursor": "%%"}, {"queue": "#"}, {"q": "x"}])
def test_what_does_not_fit_is_refused(query: dict[str, str]) -> None:
    assert board(**query).problem == "validation"


@pytest.mark.usefixtures("shop")
def test_whoever_may_read_queues_reads_the_board() -> None:
    assert board("analyst").status == 200
    assert board("designer").problem == "forbidden"
