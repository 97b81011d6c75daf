"""The service level report over HTTP: what is asked for, what it is judged by, what is too much."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from agent_api.reporting import reports
from sportello.entrypoints import runtime
from sportello.hours.opening_hours import OpeningHours
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import Queue, QueueSettings
from sportello.queues.waits import WAITS_KEPT, WaitRecord
from sportello.sla.goals import ServiceLevelGoal
from sportello.sla.settings import SlaSettings
from sportello.table.desk import Desk
from sportello.table.items import StoredSettings, wait_attributes
from sportello.table.writes import put
from support.agent_calls import Answer, call
from support.builders import NOW, seconds
from support.clouds.table import configure
from support.waits import a_wait

DAY = {"from": "2026-03-04", "to": "2026-03-05"}
BEGINS = datetime(2026, 3, 3, 23, tzinfo=NOW.tzinfo)
"""The day, in Rome."""


@pytest.fixture(autouse=True)
def _asked_an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW + timedelta(hours=1))


def keep(counter: Desk, *waits: WaitRecord) -> None:
    for number, wait in enumerate(waits):
        item = put(
            counter.table._name, wait_attributes(wait.model_copy(update={"wait_id": str(number)}))
        )
        counter.table._client.put_item(**item["Put"])


def ask(groups: str = "supervisor", **query: str) -> Answer:
    return call("GET", "/reports/service-level", query=DAY | query, groups=groups)


def ask_for(period: dict[str, str], **query: str) -> Answer:
    return call("GET", "/reports/service-level", query=period | query, groups="supervisor")


def overall(answer: Answer) -> Any:
    """What is said of all waits together."""
    assert answer.status == 200, answer.body
    return answer.document["totals"][0]["figures"]


def level(answer: Answer) -> Any:
    [only] = overall(answer)["service_levels"]
    return only


def at_fault(answer: Answer) -> list[str]:
    assert (answer.status, answer.problem) == (422, "validation")
    return [fault["parameter"] for fault in answer.document["errors"]]


def policies(**goals: ServiceLevelGoal | None) -> SlaSettings:
    """The packaged policies with these goals."""
    packaged = SlaSettings().policies
    return SlaSettings(
        policies=tuple(
            policy.model_copy(update={"goal": goals.get(policy.name, policy.goal)})
            for policy in packaged
        )
    )


def test_answers_that_did_not_arrive_are_reported_apart(counter: Desk) -> None:
    keep(counter, a_wait(60), a_wait(20, answer_lost=True))
    figures = overall(ask())
    assert (figures["offered"], figures["answered"], figures["answers_lost"]) == (1, 1, 1)


def test_a_day_is_reported_with_what_it_was_judged_by(counter: Desk) -> None:
    keep(counter, *[a_wait(60)] * 3, a_wait(301), a_wait(15, answered=False))
    answer = ask()
    assert answer.headers["cache-control"] == "no-store"
    assert answer.document["period"] == {
        "start": "2026-03-03T23:00:00Z",
        "end": "2026-03-04T23:00:00Z",
        "as_of": "2026-03-04T11:00:00Z",
        "time_zone": "Europe/Rome",
        "interval": "day",
    }
    [row] = answer.document["rows"]
    assert (row["queue"], row["channel"], row["start"]) == (
        "default",
        "fake",
        "2026-03-03T23:00:00Z",
    )
    assert row["figures"] == overall(answer)
    assert level(answer) == {
        "policies": ["messaging"],
        "definition": "strict",
        "threshold_seconds": 300,
        "offered": 5,
        "service_level": 0.6,
        "goal": 0.9,
        "met": False,
        "also_within": [
            {"threshold_seconds": 10, "service_level": 0.0},
            {"threshold_seconds": 30, "service_level": 0.0},
        ],
        "short_abandon_seconds": None,
        "abandon_rate": 0.2,
    }


@pytest.mark.usefixtures("counter")
def test_a_day_of_nobody_has_no_rows_and_no_shares() -> None:
    answer = ask()
    assert answer.document["rows"] == []
    assert overall(answer)["offered"] == 0
    assert overall(answer)["abandon_rate"] is None


@pytest.mark.usefixtures("counter")
def test_reports_are_for_supervisors() -> None:
    answer = ask(groups="agent")
    assert (answer.status, answer.problem) == (403, "forbidden")


def test_one_queue_and_one_channel_may_be_asked_for(counter: Desk) -> None:
    configure(counter.table, QueueSettings(queues={"default": Queue(), "sales": Queue()}))
    keep(counter, a_wait(1), a_wait(2, queue="sales"), a_wait(3, queue="sales", channel="chat"))
    assert overall(ask())["offered"] == 3
    assert overall(ask(queue="sales"))["offered"] == 2
    assert overall(ask(channel="fake"))["offered"] == 2
    assert overall(ask(queue="sales", channel="fake"))["answered_after"]["median"] == 2
    assert at_fault(ask(queue="vip")) == ["queue"]


def test_a_report_says_nothing_of_what_comes_after_it(counter: Desk) -> None:
    keep(counter, a_wait(1), a_wait(2, ended_at=NOW + timedelta(hours=2)))
    assert overall(ask())["offered"] == 1


# What it is judged by


def test_a_definition_and_a_threshold_may_be_asked_for(counter: Desk) -> None:
    answered = [a_wait(after) for after in (5, 8, 12, 19, 20, 21, 40)]
    keep(counter, *answered, *(a_wait(after, answered=False) for after in (3, 15, 35)))
    shares = {
        definition: level(ask(definition=definition, threshold_seconds="20"))["service_level"]
        for definition in (
            "answered_only",
            "strict",
            "short_abandons_excluded",
            "short_abandons_as_served",
        )
    }
    assert shares == {
        "answered_only": 5 / 7,
        "strict": 0.5,
        "short_abandons_excluded": 0.625,
        "short_abandons_as_served": 0.7,
    }
    bent = level(ask(threshold_seconds="20", goal="0.5", short_abandon_seconds="3"))
    assert (bent["threshold_seconds"], bent["goal"], bent["met"]) == (20, 0.5, True)
    assert bent["abandon_rate"] == 2 / 9


def test_a_goal_is_not_held_against_another_threshold_than_its_own(counter: Desk) -> None:
    keep(counter, a_wait(5))
    assert level(ask(threshold_seconds="300"))["goal"] == 0.9
    bent = level(ask(threshold_seconds="20"))
    assert (bent["service_level"], bent["goal"], bent["met"]) == (1, None, None)


def test_a_wait_is_judged_by_its_policy_as_it_was_when_it_ran(counter: Desk) -> None:
    early = ServiceLevelGoal(threshold_seconds=10, goal=0.5)
    configure(counter.table, policies(messaging=early))
    configure(counter.table, policies(messaging=ServiceLevelGoal(threshold_seconds=60)))
    keep(counter, a_wait(20, policy_version=1), a_wait(20, policy_version=2))
    assert [
        (found["threshold_seconds"], found["goal"], found["service_level"])
        for found in overall(ask())["service_levels"]
    ] == [(10, 0.5, 0), (60, None, 1)]


def test_a_wait_whose_policy_has_no_goal_is_held_against_its_own_target(counter: Desk) -> None:
    configure(counter.table, policies(messaging=None))
    keep(
        counter,
        a_wait(20, policy_version=1, target_seconds=15),
        a_wait(20, policy_version=99, target_seconds=25),
        a_wait(20, policy="gone", target_seconds=None),
    )
    answer = ask()
    assert overall(answer)["offered"] == 3
    assert [
        (found["threshold_seconds"], found["goal"], found["service_level"])
        for found in overall(answer)["service_levels"]
    ] == [(15, None, 0), (25, None, 1)]
    assert level(ask(threshold_seconds="30"))["offered"] == 3


def test_policies_that_fit_no_more_do_not_stop_a_report(counter: Desk) -> None:
    outgrown = StoredSettings(version=1, document={"policies": "of an older release"})
    counter.table.put_settings("sla_policies", outgrown, "anna", NOW)
    keep(counter, a_wait(20, policy_version=1, target_seconds=25))
    assert level(ask())["threshold_seconds"] == 25


# Time


def test_days_are_those_of_the_queue_that_is_asked_for(counter: Desk) -> None:
    calendars = {"default": "Europe/Rome", "east": "America/New_York"}
    configure(
        counter.table,
        OpeningHoursSettings(
            calendars={name: OpeningHours(time_zone=zone) for name, zone in calendars.items()}
        ),
    )
    queues = {"default": Queue(), "sales": Queue(calendar="east")}
    configure(counter.table, QueueSettings(queues=queues))

    def start(**query: str) -> str:
        found: str = ask(**query).document["period"]["start"]
        return found

    assert start() == start(queue="default") == "2026-03-03T23:00:00Z"
    assert start(queue="sales") == "2026-03-04T05:00:00Z"
    assert start(queue="sales", time_zone="Asia/Kolkata") == "2026-03-03T18:30:00Z"


def test_a_day_on_which_the_clocks_change_is_one_row(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: datetime(2026, 4, 1, tzinfo=NOW.tzinfo))
    keep(counter, a_wait(ended_at=datetime(2026, 3, 29, 21, 59, 59, tzinfo=NOW.tzinfo)))
    rows = ask_for({"from": "2026-03-28", "to": "2026-03-31"}).document["rows"]
    assert [(row["start"], row["figures"]["offered"]) for row in rows] == [
        ("2026-03-27T23:00:00Z", 0),
        ("2026-03-28T23:00:00Z", 1),
        ("2026-03-29T22:00:00Z", 0),
    ]


def test_instants_may_be_given_instead_of_dates(counter: Desk) -> None:
    keep(counter, a_wait(1), a_wait(2, ended_at=NOW + seconds(900)))
    hour = {"from": "2026-03-04T11:00:00+01:00", "to": "2026-03-04T10:30:00Z"}
    rows = ask_for(hour, interval="15min").document["rows"]
    assert [(row["start"], row["figures"]["offered"]) for row in rows] == [
        ("2026-03-04T10:00:00Z", 1),
        ("2026-03-04T10:15:00Z", 1),
    ]


WRONG = {
    "interval": "fortnight",
    "queue": "Café",
    "time_zone": "Europe/Padua",
    "definition": "kind",
    "threshold_seconds": "0",
    "goal": "80",
    "short_abandon_seconds": "-1",
    "since": "yesterday",
}


def test_everything_that_does_not_fit_is_named_and_nothing_of_it_repeated() -> None:
    answer = ask(**WRONG)
    assert sorted(at_fault(answer)) == sorted(WRONG)
    assert not [value for value in WRONG.values() if len(value) > 2 and value in answer.body]


def test_both_ends_of_the_time_are_needed() -> None:
    answer = call("GET", "/reports/service-level", groups="supervisor")
    assert at_fault(answer) == ["from", "to"]


@pytest.mark.parametrize(
    "moment", ["yesterday", "", "2026-03-04T10:00:00", "2026-02-29", "0001-01-01", "9999-12-31"]
)
def test_a_moment_is_a_date_or_an_instant_in_living_memory(moment: str) -> None:
    assert at_fault(ask_for({"from": moment, "to": moment})) == ["from", "to"]


def test_a_report_of_time_to_come_is_one_of_nobody(counter: Desk) -> None:
    # DynamoDB refuses a range that ends before it begins, and so does the small table.
    keep(counter, a_wait(5))
    answer = ask_for({"from": "2026-03-06", "to": "2026-03-07"})
    assert answer.document["rows"] == []
    assert overall(answer)["offered"] == 0
    assert overall(ask())["offered"] == 1


@pytest.mark.usefixtures("counter")
def test_the_time_has_an_end_after_its_beginning() -> None:
    assert at_fault(ask(to="2026-03-04")) == ["to"]
    assert at_fault(ask(to="2026-03-03")) == ["to"]


# Queues of the past

TWO_QUEUES = QueueSettings(queues={"default": Queue(), "sales": Queue()})
ONE_QUEUE = QueueSettings(queues={"default": Queue()})


@pytest.mark.parametrize("removed", [NOW, BEGINS, BEGINS - timedelta(hours=23)])
def test_a_queue_that_was_removed_stays_in_the_report(counter: Desk, removed: datetime) -> None:
    configure(counter.table, TWO_QUEUES, BEGINS - timedelta(days=9))
    keep(counter, a_wait(1), a_wait(2, queue="sales"))
    before = ask().document
    configure(counter.table, ONE_QUEUE, removed)
    assert ask().document == before
    assert [total["queue"] for total in before["totals"]].count("sales") == 2
    assert overall(ask(queue="sales"))["offered"] == 1


def test_a_queue_that_was_renamed_is_reported_under_both_names(counter: Desk) -> None:
    keep(counter, a_wait(1), a_wait(2, queue="desk"))
    configure(counter.table, QueueSettings(queues={"desk": Queue()}, handoff_queue="desk"))
    assert overall(ask())["offered"] == 2
    assert overall(ask(queue="default"))["offered"] == 1


def test_a_queue_that_was_long_gone_is_none_of_the_queues(counter: Desk) -> None:
    configure(counter.table, TWO_QUEUES, BEGINS - timedelta(days=9))
    configure(counter.table, ONE_QUEUE, BEGINS - reports.LATE_END)
    assert at_fault(ask(queue="sales")) == ["queue"]


def test_days_of_a_queue_that_was_removed_are_those_of_the_queue_of_handoffs(
    counter: Desk,
) -> None:
    configure(counter.table, TWO_QUEUES)
    configure(counter.table, ONE_QUEUE)
    assert ask(queue="sales").document["period"] == ask().document["period"]


@pytest.mark.parametrize("document", [{"queues": ["sales"]}, {"lines": {}}, ["sales"], None])
def test_queues_that_fit_no_more_do_not_stop_a_report(counter: Desk, document: Any) -> None:
    partly = StoredSettings(version=1, document={"queues": {"sales": {"ring": "of old"}}})
    counter.table.put_settings("queues", partly, "anna", NOW)
    outgrown = StoredSettings(version=2, document=document)
    counter.table.put_settings("queues", outgrown, "anna", NOW)
    configure(counter.table, ONE_QUEUE)
    keep(counter, a_wait(1), a_wait(2, queue="sales"))
    assert overall(ask())["offered"] == 2


# Too much


@pytest.mark.usefixtures("counter")
def test_nothing_is_reported_of_waits_that_may_be_forgotten_already() -> None:
    oldest = NOW + timedelta(hours=1) - WAITS_KEPT
    period = {"from": oldest.isoformat(), "to": (oldest + seconds(60)).isoformat()}
    assert ask_for(period).status == 200
    period["from"] = (oldest - seconds(1)).isoformat()
    assert at_fault(ask_for(period)) == ["from"]


@pytest.mark.parametrize(
    ("limit", "period", "interval"),
    [
        ("MAX_INTERVALS", DAY, "15min"),
        ("MAX_ROWS", DAY, "hour"),
        ("MAX_WAITS", DAY, "day"),
    ],
)
def test_a_report_is_refused_beyond_its_bounds_and_made_at_them(
    counter: Desk,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    period: dict[str, str],
    interval: str,
) -> None:
    keep(counter, *[a_wait(5)] * 4, *[a_wait(5, channel="chat")] * 3)
    amount = {"MAX_INTERVALS": 96, "MAX_ROWS": 48, "MAX_WAITS": 7}[limit]
    monkeypatch.setattr(reports, limit, amount)
    assert overall(ask_for(period, interval=interval))["offered"] == 7
    monkeypatch.setattr(reports, limit, amount - 1)
    answer = ask_for(period, interval=interval)
    assert (answer.status, answer.problem) == (422, "validation")
    assert str(amount - 1) in answer.document["detail"] or str(amount) in answer.document["detail"]


@pytest.mark.parametrize(
    ("limit", "advice"),
    [
        ("MAX_INTERVALS", "longer intervals, or less time"),
        ("MAX_ROWS", "longer intervals, less time, or one queue or channel"),
        ("MAX_WAITS", "less time, or one queue"),
        ("MAX_VERSIONS", "less time, or one queue"),
    ],
)
def test_what_is_too_much_is_refused_with_advice_that_helps(
    counter: Desk, monkeypatch: pytest.MonkeyPatch, limit: str, advice: str
) -> None:
    keep(counter, a_wait(5))
    monkeypatch.setattr(reports, limit, 0)
    assert ask().document["detail"].endswith(f": ask for {advice}.")


def test_queues_are_looked_for_in_so_many_versions_and_no_more(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for queues in (TWO_QUEUES, ONE_QUEUE):
        configure(counter.table, queues)
    monkeypatch.setattr(reports, "MAX_VERSIONS", 3)  # with the packaged one
    assert ask().status == 200
    monkeypatch.setattr(reports, "MAX_VERSIONS", 1)
    assert ask().problem == "validation"
    assert ask(queue="default").status == 200


def test_the_bounds_leave_room_for_what_is_asked_every_day() -> None:
    assert reports.MAX_INTERVALS >= 7 * 96 + 4  # a week by the quarter hour, in autumn
    assert reports.MAX_INTERVALS >= 31 * 24 + 1  # a month by the hour


def test_the_last_half_hour_is_a_total_whatever_it_is_cut_into(counter: Desk) -> None:
    """Half past ten to eleven, asked at eleven: what supervisors look at all day."""
    ended = [NOW + timedelta(minutes=minutes) for minutes in (20, 40, 50)]
    keep(counter, *(a_wait(40, ended_at=at, wait_id=str(at)) for at in ended))
    query = {
        "from": "2026-03-04T10:30:00Z",
        "to": "2026-03-04T11:00:00Z",
        "interval": "30min",
    }
    figures = overall(ask(**query))
    assert figures["offered"] == 2
    assert figures["longer_than"][1] == {"threshold_seconds": 30, "share": 1.0}
