"""Every act is written down, whatever came of it, and read again by whoever answers for it."""

import base64
import io
import json
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from agent_api.app import app
from agent_api.calls.route_declaration import DECLARED
from agent_api.reporting import audit_trail
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.table.desk import Desk
from sportello.table.settings.audit_table import AuditEntry, AuditTable
from support.agent_calls import PARAMETERS, REQUEST_ID, Answer, call
from support.builders import CONVERSATION, NOW, a_message, an_inbound_record
from support.clouds.table import all_items

DAY = {"from": "2026-03-04", "to": "2026-03-05"}
HERE = f"/conversations/{CONVERSATION}"
ROUTES = sorted((method, path) for path, methods in app.routes.items() for method in methods)
ACTS = [(method, path) for method, path in ROUTES if method != "GET"]


@pytest.fixture(autouse=True)
def in_opening_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)


def kept(desk: Desk) -> list[AuditEntry]:
    day = timedelta(days=1)
    return list(desk.table.audit.newest_first(NOW - day, NOW + day))


def read(groups: str = "admin", **query: str) -> Answer:
    return call("GET", "/audit", query=DAY | query, groups=groups)


def cause(desk: Desk, count: int, **changes: Any) -> None:
    """Keep entries of a minute each, the oldest first."""
    for number in range(count):
        fields = {
            "at": NOW + timedelta(minutes=number),
            "request_id": f"r-{number}",
            "agent_id": "anna",
            "permission": "work_conversations",
            "method": "POST",
            "route": "/conversations/{conversation_id}/accept",
            "status": 200,
        }
        entry = AuditEntry.model_validate(fields | changes)
        desk.table.audit.keep(entry, timedelta(days=365))


# What is written


@pytest.mark.parametrize(("method", "path"), ACTS)
@pytest.mark.parametrize("groups", ["agent,supervisor,designer,admin", "analyst", "customers"])
def test_every_act_is_written_down_whatever_comes_of_it(
    counter: Desk, method: str, path: str, groups: str
) -> None:
    answer = call(method, path.format_map(PARAMETERS), groups=groups)
    (entry,) = kept(counter)
    assert (entry.method, entry.route, entry.status) == (method, path, answer.status)
    assert entry.permission == DECLARED[method, path].permission
    assert entry.problem == (answer.problem if answer.status >= 400 else "")
    assert (entry.at, entry.request_id, entry.agent_id) == (NOW, REQUEST_ID, "anna")


def test_an_act_names_who_with_what_right_and_on_what(counter: Desk) -> None:
    call("PUT", "/settings/bot", {"enabled": False}, groups="designer,supervisor,others")
    (entry,) = kept(counter)
    assert entry.roles == ("designer", "supervisor")
    assert (entry.target, entry.conversation_id) == ({"kind": "bot"}, "")
    call("POST", f"{HERE}/accept", groups="agent,team-north,team-south")
    newest = next(entry for entry in kept(counter) if entry.method == "POST")
    assert (newest.conversation_id, newest.target) == (CONVERSATION, {})
    assert (newest.team, newest.problem) == ("north,south", "unknown-conversation")


def test_whoever_only_reads_leaves_no_entry_unless_the_route_says_so(counter: Desk) -> None:
    for method, path in ROUTES:
        if method == "GET" and not DECLARED[method, path].audited:
            call(method, path.format_map(PARAMETERS), groups="supervisor,admin")
    assert kept(counter) == []
    assert read().status == 200
    assert [entry.route for entry in kept(counter)] == ["/audit"]


def test_a_call_that_proves_nobody_is_nobodys_act(counter: Desk) -> None:
    assert call("POST", f"{HERE}/accept", agent="").status == 401
    assert kept(counter) == []


@pytest.mark.parametrize(
    "path",
    [
        "/conversations/%2B393331234567/accept",
        "/settings/393331234567",
        "/settings/anna.rossi@example.com",
        "/settings/anna_rossi",
    ],
)
@pytest.mark.parametrize("groups", ["agent,supervisor", "analyst"])
def test_what_a_path_may_tell_of_a_person_is_not_kept(
    counter: Desk, path: str, groups: str
) -> None:
    method = "POST" if path.endswith("accept") else "PUT"
    answer = call(method, path, {}, groups=groups)
    (entry,) = kept(counter)
    text = entry.model_dump_json()
    assert "3933" not in text
    assert "example" not in text
    assert "rossi" not in text or answer.status == 403


def test_no_body_is_kept(counter: Desk) -> None:
    counter.table.put_inbound(an_inbound_record(a_message("Ciao")), b"")
    text = {"text": "La chiamo allo 06 1234567"}
    call("POST", f"{HERE}/replies", text, headers={"Idempotency-Key": "k-1"})
    audited = [item for item in all_items(counter.table) if item["entity"]["S"] == "audit"]
    assert len(audited) == 1
    assert "1234567" not in str(audited)


def test_an_entry_expires_when_the_deployment_says(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "30")
    call("POST", f"{HERE}/accept")
    (item,) = all_items(counter.table)
    assert int(item["expires_at"]["N"]) == int((NOW + timedelta(days=30)).timestamp())


def test_what_cannot_be_written_down_stands_is_logged_and_counted(
    counter: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise LookupError("+39 333 1234567")

    lines = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    monkeypatch.setattr(AuditTable, "keep", refuse)
    answer = call("PUT", "/settings/bot", {"enabled": False}, groups="supervisor")
    assert (answer.status, answer.document["version"]) == (200, 1)
    stored = counter.table.settings("bot")
    assert stored is not None
    assert stored.version == 1
    assert '"NotAudited":[1.0]' in capsys.readouterr().out
    (line,) = (
        document
        for document in map(json.loads, lines.getvalue().splitlines())
        if document["message"] == "act not audited"
    )
    assert (line["level"], line["error"], line["status"]) == ("ERROR", "LookupError", 200)
    assert (line["route"], line["target"]) == ("/settings/{kind}", {"kind": "bot"})
    assert (line["agent_id"], line["at"]) == ("anna", "2026-03-04T10:00:00Z")
    assert "333" not in lines.getvalue()


# What is read


def test_acts_are_shown_newest_first_with_all_that_is_known(counter: Desk) -> None:
    call("PUT", "/settings/bot", {}, groups="supervisor")
    cause(counter, 2, agent_id="bruno", conversation_id=CONVERSATION, at=NOW + timedelta(hours=1))
    shown = read().document
    assert shown["cursor"] is None
    assert [act["agent_id"] for act in shown["acts"]] == ["bruno", "bruno", "anna"]
    assert shown["acts"][2] == {
        "at": "2026-03-04T10:00:00Z",
        "request_id": REQUEST_ID,
        "agent_id": "anna",
        "roles": ["supervisor"],
        "team": None,
        "permission": "write_settings",
        "method": "PUT",
        "route": "/settings/{kind}",
        "conversation_id": None,
        "target": {"kind": "bot"},
        "status": 200,
        "problem": None,
    }


def test_one_persons_acts_and_one_conversations_may_be_asked_for(counter: Desk) -> None:
    cause(counter, 3)
    cause(counter, 2, agent_id="bruno", request_id="b")
    cause(counter, 1, agent_id="bruno", request_id="c", conversation_id=CONVERSATION)
    assert len(read(agent="bruno").document["acts"]) == 3
    assert len(read(conversation=CONVERSATION).document["acts"]) == 1
    assert read(agent="anna", conversation=CONVERSATION).document["acts"] == []


def pages(**query: str) -> list[list[str]]:
    found: list[list[str]] = []
    cursor: dict[str, str] = {}
    for _ in range(50):
        page = read(**query, **cursor).document
        found.append([act["request_id"] for act in page["acts"] if act["route"] != "/audit"])
        if page["cursor"] is None:
            return found
        cursor = {"cursor": page["cursor"]}
    raise AssertionError("it goes on for ever")


def test_pages_go_to_the_end_without_gap_or_repeat(counter: Desk) -> None:
    cause(counter, 7)
    whole = [f"r-{number}" for number in reversed(range(7))]
    for limit in range(1, 9):
        assert list(chain.from_iterable(pages(limit=str(limit)))) == whole


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize(
    "key", ["2026-03-03T23:00:00.000000Z#r-1", "2999-01-01T00:00:00.000000Z#r"]
)
def test_a_cursor_of_another_time_finds_nothing_that_was_not_asked_for(key: str) -> None:
    cursor = base64.urlsafe_b64encode(key.encode()).decode()
    query = {"from": "2026-03-04T00:00:00Z", "to": "2026-03-04T09:00:00Z", "cursor": cursor}
    answer = call("GET", "/audit", query=query, groups="admin")
    assert (answer.status, answer.document) == (200, {"acts": [], "cursor": None})


def test_a_call_looks_through_so_many_entries_and_no_more(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "MOST_READ", 3)
    cause(counter, 7)
    cause(counter, 1, agent_id="bruno", request_id="b", at=NOW - timedelta(hours=1))
    first, second, *others = pages(agent="bruno")
    assert first == second == []
    assert list(chain.from_iterable(others)) == ["b"]


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-04T10:00:00"}, "from"),
        ({"from": "2026-03-05"}, "to"),
        ({"from": "2026-02-01"}, "from"),
        ({"limit": "101"}, "limit"),
        ({"agent": "anna rossi"}, "agent"),
        ({"agent": "a" * 129}, "agent"),
        ({"conversation": "x"}, "conversation"),
        ({"conversation": CONVERSATION + "0"}, "conversation"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "\u00e8"}, "cursor"),
        ({"cursor": "MjAyNi0xMy0wNFQxMDowMDowMC4wMDAwMDBaI3I="}, "cursor"),
        ({"cursor": "MjAyNi0wMy0wNFQxMDowMDowMC4wMDAwMDBaIyM="}, "cursor"),
        ({"cursor": "A" * 20_000}, "cursor"),
        ({"queue": "default"}, "queue"),
    ],
)
def test_what_cannot_be_asked_for_is_named(query: dict[str, str], parameter: str) -> None:
    answer = call("GET", "/audit", query=DAY | query, groups="admin")
    assert (answer.status, answer.problem) == (422, "validation")
    assert [fault["parameter"] for fault in answer.document["errors"]] == [parameter]


def test_without_bounds_the_last_day_is_shown(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause(counter, 3)
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW + timedelta(days=1, seconds=90))
    shown = call("GET", "/audit", groups="admin").document
    assert [act["request_id"] for act in shown["acts"]] == ["r-2"]


def test_an_instant_is_as_good_as_a_date(counter: Desk) -> None:
    cause(counter, 3)
    query = {"from": "2026-03-04T11:01:00+01:00", "to": "2026-03-04T10:02:00Z"}
    shown = call("GET", "/audit", query=query, groups="admin").document
    assert [act["request_id"] for act in shown["acts"]] == ["r-1"]


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize(
    "groups", ["agent", "supervisor", "designer", "analyst", "admin,team-north"]
)
def test_only_who_administers_the_whole_desk_reads_it(groups: str) -> None:
    assert (read(groups).status, read(groups).problem) == (403, "forbidden")
