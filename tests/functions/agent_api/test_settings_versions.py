"""What settings were, what changed between two versions, and the way back."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from sportello.settings.kinds import KINDS
from sportello.table.desk import Desk
from sportello.table.items import StoredSettings
from support.agent_calls import Answer, call
from support.builders import NOW

WEBHOOK = {"notifier": "webhook", "url": "https://desk.example.com/ring/s3cret"}
OTHER = {"notifier": "webhook", "url": "https://desk.example.com/ring/0ther"}


@pytest.fixture(autouse=True)
def bench(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    from sportello.entrypoints import runtime  # noqa: PLC0415 -- beside what it replaces

    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)
    return counter


def put(kind: str, document: Any, **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return call("PUT", f"/settings/{kind}", document, groups="supervisor,admin", headers=names)


def post(kind: str, act: str, body: Any, *, groups: str = "supervisor", **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return call("POST", f"/settings/{kind}/{act}", body, groups=groups, headers=names)


def get(path: str, *, groups: str = "agent", **query: str) -> Any:
    answer = call("GET", f"/settings/{path}", groups=groups, query=query)
    assert answer.status == 200, answer.body
    return answer.document


def in_force(kind: str) -> Any:
    return get(kind, groups="supervisor")


# Which there are


def test_every_kind_is_listed_with_who_wrote_it_and_when() -> None:
    put("bot", {"enabled": False})
    listed = call("GET", "/settings", groups="designer").document["kinds"]
    assert [each["kind"] for each in listed] == list(KINDS)
    bot, queues = (next(e for e in listed if e["kind"] == kind) for kind in ("bot", "queues"))
    assert bot == {
        "kind": "bot",
        "version": 1,
        "author": "anna",
        "written_at": "2026-03-04T10:00:00Z",
        "may_write": True,
    }
    assert (queues["version"], queues["author"], queues["may_write"]) == (0, None, False)


def test_whoever_only_reads_may_write_none() -> None:
    for groups in ("agent", "analyst", "supervisor,team-north"):
        listed = call("GET", "/settings", groups=groups).document["kinds"]
        assert not any(each["may_write"] for each in listed)


# Versions


def test_versions_are_listed_newest_first_page_by_page() -> None:
    for seconds in range(1, 6):
        put("bot", {"collect_seconds": seconds})
    first = get("bot/versions", limit="2")
    assert [each["version"] for each in first["versions"]] == [5, 4]
    assert first["versions"][0]["author"] == "anna"
    second = get("bot/versions", limit="2", before=str(first["older"]))
    assert [each["version"] for each in second["versions"]] == [3, 2]
    last = get("bot/versions", limit="2", before=str(second["older"]))
    assert ([each["version"] for each in last["versions"]], last["older"]) == ([1], None)


def test_a_kind_that_nobody_wrote_has_no_versions() -> None:
    assert get("faq/versions") == {"kind": "faq", "versions": [], "older": None}


def test_an_old_version_is_shown_as_it_was() -> None:
    put("bot", {"collect_seconds": 2})
    put("bot", {"collect_seconds": 3})
    assert get("bot/versions/1")["document"]["collect_seconds"] == 2
    assert get("bot/versions/2") == in_force("bot")
    assert get("bot/versions/0")["document"]["collect_seconds"] == 1


@pytest.mark.parametrize("version", ["2", "-1", "1.0", "one", "1000000", "٣", "9" * 300])
def test_a_version_that_there_never_was_is_unknown(version: str) -> None:
    put("bot", {})
    answer = call("GET", f"/settings/bot/versions/{quote(version)}")
    assert (answer.status, answer.problem) == (404, "unknown-version")


@pytest.mark.parametrize("path", ["versions", "versions/1", "difference", "schema"])
def test_a_kind_that_there_is_not_is_unknown(path: str) -> None:
    assert call("GET", f"/settings/pets/{path}").problem == "unknown-settings-kind"
    assert call("POST", "/settings/pets/check", {}, groups="admin").status == 404


# Differences


def test_a_difference_is_a_patch_that_says_what_was() -> None:
    put("bot", {"collect_seconds": 2})
    put("bot", {"collect_seconds": 4, "enabled": False})
    assert get("bot/difference") == {
        "kind": "bot",
        "from": 1,
        "to": 2,
        "changes": [
            {"op": "replace", "path": "/enabled", "value": False, "was": True},
            {"op": "replace", "path": "/collect_seconds", "value": 4, "was": 2},
        ],
    }
    backwards = get("bot/difference", **{"from": "2", "to": "0"})["changes"]
    assert [(each["path"], each["value"]) for each in backwards] == [
        ("/enabled", True),
        ("/collect_seconds", 1),
    ]


def test_nothing_changed_while_the_packaged_default_holds() -> None:
    assert get("bot/difference") == {"kind": "bot", "from": 0, "to": 0, "changes": []}


def test_a_difference_needs_two_versions() -> None:
    answer = call("GET", "/settings/bot/difference", query={"from": "7"})
    assert (answer.status, answer.problem) == (404, "unknown-version")
    assert call("GET", "/settings/bot/difference", query={"to": "x"}).status == 422


# Addresses


def test_addresses_are_hidden_in_all_that_was() -> None:
    put("agent_endpoints", {"endpoints": {"desk": WEBHOOK}})
    put("agent_endpoints", {"endpoints": {"desk": OTHER, "night": WEBHOOK}})
    for path in ("versions/1", "versions/2", "difference"):
        assert "example.com" not in str(get(f"agent_endpoints/{path}"))
        assert "example.com" in str(get(f"agent_endpoints/{path}", groups="supervisor"))
    assert get("agent_endpoints/difference")["changes"] == [
        {"op": "add", "path": "/endpoints/night", "value": {"notifier": "webhook"}}
    ]


def test_a_team_sees_what_changed_in_its_own_queues() -> None:
    put("queues", {"queues": {"default": {}, "north": {}, "south": {}}})
    put("teams", {"teams": {"north": {"queues": ["north"]}}})
    routed = {"default": {}, "north": {"alert_endpoints": []}, "south": {"calendar": "default"}}
    routed["east"] = {}
    put("queues", {"queues": routed})
    changes = get("queues/difference", groups="agent,team-north")["changes"]
    assert [each["path"] for each in changes] == []
    assert [each["path"] for each in get("queues/difference")["changes"]] == ["/queues/east"]
    shown = get("queues/versions/1", groups="agent,team-north")["document"]["queues"]
    assert set(shown) == {"north"}


# Checking


def test_a_check_tells_what_would_change_and_writes_nothing() -> None:
    put("bot", {"collect_seconds": 2})
    answer = post("bot", "check", {"collect_seconds": 3}, If_Match='"1"')
    assert (answer.status, answer.headers["etag"]) == (200, '"1"')
    assert answer.document["version"] == 1
    assert answer.document["document"] == {
        **in_force("bot")["document"],
        "collect_seconds": 3,
    }
    assert [each["path"] for each in answer.document["changes"]] == ["/collect_seconds"]
    assert in_force("bot")["version"] == 1


@pytest.mark.parametrize(
    ("kind", "document", "problem"),
    [
        ("bot", {"collect_seconds": 31}, "validation"),
        ("queues", {"queues": {"default": {"calendar": "moon"}}}, "dangling-reference"),
        ("agent_endpoints", {"endpoints": {"desk": {"notifier": "webhook"}}}, "validation"),
    ],
)
def test_a_check_refuses_what_would_be_refused(kind: str, document: Any, problem: str) -> None:
    checked, written = post(kind, "check", document), put(kind, document)
    assert (checked.status, checked.problem) == (422, problem)
    assert checked.document["errors"] == written.document["errors"]


def test_a_check_goes_by_the_version_that_it_is_about() -> None:
    put("bot", {})
    assert post("bot", "check", {}, If_Match='"7"').problem == "version-mismatch"


@pytest.mark.parametrize("act", ["check", "rollback"])
def test_whoever_may_not_write_a_kind_may_not_try(act: str) -> None:
    body = {"version": 0} if act == "rollback" else {}
    assert post("bot", act, body, groups="agent").status == 403
    assert post("queues", act, body, groups="designer").status == 403
    assert post("teams", act, body, groups="supervisor").status == 403


# The way back


def test_a_rollback_makes_the_old_document_the_next_version() -> None:
    put("bot", {"collect_seconds": 2})
    put("bot", {"collect_seconds": 3, "enabled": False})
    answer = post("bot", "rollback", {"version": 1}, If_Match='"2"')
    assert (answer.status, answer.document["version"]) == (200, 3)
    assert answer.headers["etag"] == '"3"'
    assert in_force("bot")["document"] == get("bot/versions/1")["document"]
    assert post("bot", "rollback", {"version": 0}).document["version"] == 4
    assert in_force("bot")["document"] == get("bot/versions/0")["document"]


@pytest.mark.parametrize("version", [False, True, "1", 1.5, None])
def test_what_only_looks_like_a_number_is_none(version: object) -> None:
    answer = post("bot", "rollback", {"version": version})
    assert (answer.status, answer.problem) == (422, "validation")


def test_a_rollback_that_is_repeated_makes_no_second_version() -> None:
    put("bot", {"collect_seconds": 2})
    put("bot", {"collect_seconds": 3})
    for _ in range(3):
        answer = post("bot", "rollback", {"version": 1})
        assert (answer.status, answer.document["version"]) == (200, 3)


def test_a_rollback_insists_on_the_version_that_it_replaces() -> None:
    put("bot", {"collect_seconds": 2})
    put("bot", {"collect_seconds": 3})
    answer = post("bot", "rollback", {"version": 1}, If_Match='"1"')
    assert (answer.status, answer.problem) == (412, "version-mismatch")
    assert in_force("bot")["version"] == 2


def test_an_old_version_is_judged_by_the_documents_of_today() -> None:
    hours = in_force("opening_hours")["document"]["calendars"]["default"]
    put("opening_hours", {"calendars": {"default": hours, "shop": hours}})
    put("queues", {"queues": {"default": {"calendar": "shop"}}})
    put("queues", {"queues": {"default": {}}})
    put("opening_hours", {"calendars": {"default": hours}})
    answer = post("queues", "rollback", {"version": 1})
    assert (answer.status, answer.problem) == (422, "dangling-reference")
    assert in_force("queues")["version"] == 2


def test_an_old_version_that_fits_no_more_is_refused_where_it_does_not(bench: Desk) -> None:
    for version, document in ((1, {"collect_seconds": 99}), (2, {"collect_seconds": 1})):
        stored = StoredSettings(version=version, document=document)
        bench.table.put_settings("bot", stored, "anna", NOW + timedelta(minutes=version))
    answer = post("bot", "rollback", {"version": 1})
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0]["pointer"] == "/collect_seconds"
    assert "Version 1" in answer.document["detail"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [({"version": 7}, "unknown-version"), ({}, "validation"), ({"version": -1}, "validation")],
)
def test_there_is_no_way_back_to_what_never_was(body: Any, problem: str) -> None:
    assert post("bot", "rollback", body).problem == problem


# Schemas


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_schema_that_its_packaged_document_fits(kind: str) -> None:
    import jsonschema_rs  # noqa: PLC0415 -- no other test here needs it

    answer = call("GET", f"/settings/{kind}/schema")
    assert answer.headers["content-type"] == "application/schema+json"
    validator = jsonschema_rs.validator_for(answer.document)
    packaged = in_force(kind)["document"]
    assert list(validator.iter_errors(packaged)) == []
    assert list(validator.iter_errors({**packaged, "no_such_field": 1}))


def test_a_schema_that_is_the_same_is_not_sent_again() -> None:
    tag = call("GET", "/settings/bot/schema").headers["etag"]
    assert call("GET", "/settings/bot/schema", headers={"If-None-Match": tag}).status == 304
