from datetime import UTC, datetime
from typing import Any

import pytest

from agent_api.calls.request_parts import MAX_BODY_BYTES
from agent_api.settings import documents as settings_routes
from sportello.entrypoints import runtime
from sportello.table.desk import Desk
from sportello.table.desk_table import Conflict, DeskTable
from sportello.table.items import StoredSettings
from support.agent_calls import Answer, call

NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
FERIE = "SUMMARY:Ferie\nDTSTART;VALUE=DATE:20260810\nDTEND;VALUE=DATE:20260822"
PATRONO = "SUMMARY:Patrono\nDTSTART;VALUE=DATE:20200624\nRRULE:FREQ=YEARLY"
VISITA = "SUMMARY:Visita\nDTSTART:20260504T090000\nDTEND:20260504T110000"
HOURS = {
    "time_zone": "Europe/Rome",
    "weekly": {"mon-fri": [["09:00", "17:00"]]},
    "closed": ["2026-05-04", {"first": "2026-06-24", "label": "Patrono"}],
    "special": {"2026-12-24": {"windows": [["09:00", "12:00"]], "label": "Vigilia"}},
    "holidays": ["IT"],
}

pytestmark = pytest.mark.usefixtures("counter")


@pytest.fixture(autouse=True)
def may_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)


def file_of(*events: str) -> str:
    bodies = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{bodies}END:VCALENDAR\n".replace("\n", "\r\n")


def post(
    body: str,
    *,
    name: str = "default",
    kind: str = "opening_hours",
    groups: str = "supervisor",
    media_type: str = "text/calendar; charset=utf-8",
    **headers: str,
) -> Answer:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return call(
        "POST",
        f"/settings/{kind}/calendars/{name}/closures",
        body,
        groups=groups,
        headers={"Content-Type": media_type, **sent},
    )


def opening_hours() -> Any:
    return call("GET", "/settings/opening_hours").document


def write(calendars: dict[str, Any]) -> None:
    document = {"calendars": calendars}
    answer = call("PUT", "/settings/opening_hours", document, groups="supervisor")
    assert answer.status == 200


def test_closures_of_a_file_become_part_of_the_calendar() -> None:
    answer = post(file_of(FERIE, VISITA))
    assert (answer.status, answer.headers["etag"]) == (200, '"1"')
    ferie = {"first": "2026-08-10", "last": "2026-08-21", "label": "Ferie"}
    assert answer.document == {
        "calendar": "default",
        "version": 1,
        "first": "2026-05-01",
        "last": "2029-12-31",
        "imported": [ferie],
        "already_there": 0,
        "skipped": [
            {
                "label": "Visita",
                "reason": "partly_covered",
                "line": 8,
                "first": "2026-05-04",
                "days": 1,
            }
        ],
    }
    after = opening_hours()
    assert after["version"] == 1
    assert after["document"]["calendars"]["default"]["closed"] == [ferie]


def test_everything_else_in_the_settings_stays_as_it_was() -> None:
    write({"default": HOURS, "night": {"time_zone": "Europe/Lisbon"}})
    before = opening_hours()["document"]["calendars"]
    post(file_of(FERIE))
    after = opening_hours()["document"]["calendars"]
    ferie = {"first": "2026-08-10", "last": "2026-08-21", "label": "Ferie"}
    assert after["night"] == before["night"]
    assert after["default"] == before["default"] | {"closed": [*before["default"]["closed"], ferie]}


def test_the_same_file_again_adds_nothing_and_writes_nothing() -> None:
    write({"default": HOURS})
    first, second = post(file_of(PATRONO)), post(file_of(PATRONO))
    # One of the four years is in the calendar already, under the same name.
    assert [closure["first"] for closure in first.document["imported"]] == [
        *("2027-06-24", "2028-06-24", "2029-06-24")
    ]
    assert (first.document["version"], first.document["already_there"]) == (2, 1)
    assert (second.document["version"], second.document["already_there"]) == (2, 4)
    assert second.document["imported"] == []
    assert opening_hours()["version"] == 2


def test_the_same_file_on_each_day_of_the_holidays_adds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write({"default": HOURS})
    for day in range(9, 22):
        at = datetime(2026, 8, day, 10, tzinfo=UTC)
        monkeypatch.setattr(runtime, "utc_now", lambda at=at: at)
        post(file_of(FERIE))
    assert opening_hours()["version"] == 2


def test_days_are_those_of_the_calendar_it_is_imported_into() -> None:
    write({"default": HOURS, "samoa": {"time_zone": "Pacific/Apia"}})
    answer = post(
        file_of("DTSTART:20260503T110000Z\nDTEND:20260504T110000Z"),
        name="samoa",
    )
    assert [closure["first"] for closure in answer.document["imported"]] == ["2026-05-04"]
    assert answer.document["first"] == "2026-05-01"


def test_the_author_is_kept(counter: Desk) -> None:
    post(file_of(FERIE))
    item = counter.table._client.get_item(
        TableName=counter.table._name,
        Key={"pk": {"S": "SETTINGS#opening_hours"}, "sk": {"S": "V#000001"}},
    )["Item"]
    assert item["author"]["S"] == "anna"


def test_agents_import_nothing() -> None:
    answer = post(file_of(FERIE), groups="agent")
    assert (answer.status, answer.problem) == (403, "forbidden")
    assert opening_hours()["version"] == 0


@pytest.mark.parametrize(
    ("place", "status", "problem"),
    [
        ({"name": "night"}, 404, "unknown-calendar"),
        ({"kind": "queues"}, 404, "unknown-path"),
        ({"media_type": "application/json"}, 415, "unsupported-media-type"),
        ({"if_match": "7"}, 412, "version-mismatch"),
    ],
)
def test_what_cannot_be_imported_there_is_refused(
    place: dict[str, str], status: int, problem: str
) -> None:
    answer = post(file_of(FERIE), **place)
    assert (answer.status, answer.problem) == (status, problem)
    assert opening_hours()["version"] == 0


@pytest.mark.parametrize("body", ["", "not a calendar", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_a_file_that_is_no_calendar_is_refused_with_its_place(body: str) -> None:
    answer = post(body)
    assert (answer.status, answer.problem) == (422, "malformed-calendar")
    assert any(word in answer.document["detail"] for word in ("line 1", "empty", "VEVENT"))


def test_a_file_that_is_too_large_is_refused() -> None:
    answer = post(" " * (MAX_BODY_BYTES + 1))
    assert (answer.status, answer.problem) == (413, "body-too-large")


def test_a_document_that_would_outgrow_its_item_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_routes, "MAX_DOCUMENT_BYTES", 300)
    answer = post(file_of(PATRONO, FERIE))
    assert (answer.status, answer.problem) == (413, "body-too-large")
    assert opening_hours()["version"] == 0


def test_if_match_imports_into_the_version_it_names() -> None:
    assert post(file_of(FERIE), if_match='"0"').document["version"] == 1


@pytest.mark.parametrize(
    ("headers", "status", "problem"),
    [({}, 503, "busy"), ({"if_match": "0"}, 412, "version-mismatch")],
)
def test_a_write_that_somebody_else_was_ahead_of_changes_nothing(
    headers: dict[str, str], status: int, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object) -> None:
        raise Conflict

    monkeypatch.setattr(DeskTable, "put_settings", too_late)
    answer = post(file_of(FERIE), **headers)
    assert (answer.status, answer.problem) == (status, problem)
    assert opening_hours()["version"] == 0


def test_stored_hours_that_no_longer_fit_must_be_written_anew(counter: Desk) -> None:
    outgrown = {"calendars": "outgrown"}
    counter.table.put_settings(
        "opening_hours", StoredSettings(version=1, document=outgrown), "anna", NOW
    )
    answer = post(file_of(FERIE))
    assert (answer.status, answer.problem) == (422, "dangling-reference")
    assert opening_hours()["document"] == outgrown


def test_what_a_later_version_wrote_into_the_hours_stays_there(counter: Desk) -> None:
    hours = {"calendars": {"default": HOURS | {"lunch": "13:00"}}, "shifts": ["early"]}
    counter.table.put_settings(
        "opening_hours", StoredSettings(version=1, document=hours), "anna", NOW
    )
    assert post(file_of(FERIE)).status == 200
    document = opening_hours()["document"]
    assert document["shifts"] == ["early"]
    assert document["calendars"]["default"]["lunch"] == "13:00"
    assert [each for each in document["calendars"]["default"]["closed"] if "Ferie" in str(each)]


def test_hours_without_calendars_of_their_own_are_the_packaged_ones(counter: Desk) -> None:
    counter.table.put_settings(
        "opening_hours", StoredSettings(version=1, document={"accounts": {}}), "anna", NOW
    )
    assert post(file_of(FERIE)).status == 200
    assert opening_hours()["document"]["calendars"]["default"]["time_zone"] == "Europe/Rome"
