import json
from typing import Any

import pytest

from agent_api.calls.request_parts import MAX_BODY_BYTES
from sportello.hours.settings import OpeningHoursSettings
from sportello.settings.kinds import KINDS
from sportello.table.desk import Desk
from sportello.table.desk_table import DeskTable
from sportello.table.items import StoredSettings
from support.agent_calls import Answer, call
from support.builders import NOW

ENDPOINTS = {"endpoints": {"desk": {"notifier": "webhook", "url": "https://desk.example/ring"}}}
QUEUES = {"queues": {"default": {"tiers": [{"name": "first_line", "endpoints": ["desk"]}]}}}

pytestmark = pytest.mark.usefixtures("counter")


def put(kind: str, document: Any, *, groups: str = "supervisor", **headers: str) -> Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return call("PUT", f"/settings/{kind}", document, groups=groups, headers=sent)


def get(kind: str) -> Any:
    return call("GET", f"/settings/{kind}").document


def pointers(answer: Answer) -> list[str | None]:
    return [fault.get("pointer") for fault in answer.document["errors"]]


def test_every_kind_starts_as_its_packaged_default() -> None:
    for kind, shape in KINDS.items():
        answer = call("GET", f"/settings/{kind}")
        assert answer.headers["etag"] == '"0"'
        assert answer.document == {
            "kind": kind,
            "version": 0,
            "document": shape().model_dump(mode="json"),
        }


def test_every_packaged_default_can_be_written_back() -> None:
    for kind in KINDS:
        written = put(kind, get(kind)["document"], groups="supervisor,admin")
        assert (written.status, written.document) == (200, get(kind) | {"version": 1})


def test_a_written_document_is_read_at_once_with_its_defaults_filled_in() -> None:
    answer = put("bot", {"collect_seconds": 3})
    assert (answer.status, answer.headers["etag"]) == (200, '"1"')
    assert answer.document["document"]["collect_seconds"] == 3
    assert answer.document["document"]["turn_attempts"] == 3
    assert get("bot") == answer.document


def test_each_write_is_the_next_version_and_names_its_author(counter: Desk) -> None:
    put("bot", {})
    assert put("bot", {"enabled": False}).document["version"] == 2
    item = counter.table._client.get_item(
        TableName=counter.table._name,
        Key={"pk": {"S": "SETTINGS#bot"}, "sk": {"S": "V#000002"}},
    )["Item"]
    assert item["author"]["S"] == "anna"


def test_agents_read_settings_and_do_not_write_them() -> None:
    answer = put("bot", {"enabled": False}, groups="agent")
    assert (answer.status, answer.problem) == (403, "forbidden")
    assert get("bot")["version"] == 0


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_unknown_kind_is_not_found(method: str) -> None:
    answer = call(method, "/settings/passwords", {}, groups="supervisor")
    assert (answer.status, answer.problem) == (404, "unknown-settings-kind")


@pytest.mark.parametrize(
    ("kind", "document", "pointer"),
    [
        ("bot", {"collect_seconds": 31}, "/collect_seconds"),
        ("bot", {"colour": "red"}, "/colour"),
        ("bot", {"a/b~c": 1}, "/a~1b~0c"),
        ("queues", {"queues": {}, "handoff_queue": "vip"}, ""),
        ("queues", {"queues": {"vip": {"tiers": [{"name": "A"}]}}}, "/queues/vip/tiers/0/name"),
        (
            "agent_endpoints",
            {"endpoints": {"desk": {"notifier": "webhook", "url": "ftp://desk.example"}}},
            "/endpoints/desk/url",
        ),
    ],
)  # fmt: skip
def test_a_document_that_does_not_fit_is_refused_where_it_does_not(
    kind: str, document: Any, pointer: str
) -> None:
    answer = put(kind, document)
    assert (answer.status, answer.problem) == (422, "validation")
    assert pointers(answer) == [pointer]


# Two people at once


@pytest.mark.parametrize("version", ["1", '"1"', ' "1" '])
def test_a_write_may_insist_on_the_version_it_replaces(version: str) -> None:
    put("bot", {})
    assert put("bot", {"enabled": False}, If_Match=version).document["version"] == 2
    answer = put("bot", {"enabled": True}, If_Match=version)
    assert (answer.status, answer.problem) == (412, "version-mismatch")
    assert get("bot")["document"]["enabled"] is False


def test_the_first_write_may_insist_that_there_was_none() -> None:
    assert put("bot", {}, If_Match="0").status == 200
    assert put("bot", {}, If_Match="0").status == 412


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("*", 200),
        (" * ", 200),
        ('"1"', 200),
        ('"0", "1"', 200),
        ('"0","1" , "2"', 200),
        (',, "1",', 200),
        ('"a,b", "1"', 200),
        ("0, 1", 200),
        ('"0", "2"', 412),
        ('W/"1"', 412),
        ('W/"1", "2"', 412),
        ('W/"0", "1"', 200),
        ('w/"1"', 412),
        ('"01"', 412),
        ('"1', 412),
        ('"1" "2"', 412),
        ("", 412),
        (",", 412),
        ("one", 412),
        ('*, "1"', 412),
    ],
)
def test_if_match_is_read_as_rfc_9110_has_it(condition: str, status: int) -> None:
    put("bot", {})
    assert put("bot", {"enabled": False}, If_Match=condition).status == status
    assert get("bot")["version"] == (2 if status == 200 else 1)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("*", 412),
        ('"1"', 412),
        ('W/"1"', 412),
        ('"0", W/"1"', 412),
        ('"1', 412),
        ('"0"', 200),
        ('W/"0", "2"', 200),
    ],
)
def test_a_write_may_exclude_versions(condition: str, status: int) -> None:
    put("bot", {})
    assert put("bot", {"enabled": False}, If_None_Match=condition).status == status


def test_there_is_always_a_version() -> None:
    assert put("bot", {}, If_None_Match="*").status == 412
    assert put("bot", {}, If_Match="*").status == 200


def test_conditions_in_several_lines_are_one_list() -> None:
    put("bot", {})
    lines: Any = {"If-Match": ['"0"', '"1"'], "content-type": ["application/json"]}
    answer = call("PUT", "/settings/bot", {}, groups="supervisor", multiValueHeaders=lines)
    assert answer.status == 200


@pytest.mark.parametrize(
    ("condition", "status"), [('"1"', 304), ('W/"1"', 304), ("*", 304), ('"0"', 200), ('"', 200)]
)
def test_who_has_the_version_in_force_is_not_sent_it_again(condition: str, status: int) -> None:
    put("bot", {})
    answer = call("GET", "/settings/bot", headers={"If-None-Match": condition})
    assert (answer.status, answer.headers["etag"]) == (status, '"1"')
    assert (answer.body == "") is (status == 304)


def test_a_read_may_insist_on_a_version_too() -> None:
    put("bot", {})
    statuses = [
        call("GET", "/settings/bot", headers={"If-Match": condition}).status
        for condition in ('"1"', '"0"')
    ]
    assert statuses == [200, 412]


def overtake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody else write between our reading of the version and our writing."""
    write = DeskTable.put_settings

    def write_second(
        self: DeskTable, kind: str, settings: StoredSettings, author: str, now: Any
    ) -> None:
        write(self, kind, StoredSettings(version=settings.version, document={}), "bruno", now)
        write(self, kind, settings, author, now)

    monkeypatch.setattr(DeskTable, "put_settings", write_second)


def test_a_write_overtaken_by_another_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    overtake(monkeypatch)
    insisting = put("bot", {"enabled": False}, If_Match="0")
    assert (insisting.status, insisting.problem) == (412, "version-mismatch")
    for condition in ({}, {"If_Match": "*"}):
        answer = put("bot", {"enabled": False}, **condition)
        assert (answer.status, answer.problem) == (503, "busy")
    assert get("bot")["document"] == {}


# What agents do not see


def test_agents_see_which_endpoints_there_are_and_supervisors_where_they_lead() -> None:
    address = "https://desk.example/ring?token=not-for-everybody"
    document = {"endpoints": {"desk": {"notifier": "webhook", "url": address}}}
    put("agent_endpoints", document)
    seen_by_agents = call("GET", "/settings/agent_endpoints")
    assert seen_by_agents.document["document"] == {"endpoints": {"desk": {"notifier": "webhook"}}}
    assert "desk.example" not in seen_by_agents.body
    seen_by_supervisors = call("GET", "/settings/agent_endpoints", groups="agent,supervisor")
    assert seen_by_supervisors.document["document"] == document


@pytest.mark.parametrize(
    "document",
    [
        {"endpoints": {"desk": {"notifier": 5, "url": "https://secret.example"}}},
        {"endpoints": {"desk": "https://secret.example"}},
        {"endpoints": ["https://secret.example"]},
        {"urls": ["https://secret.example"]},
        "https://secret.example",
    ],
)
def test_agents_see_no_address_of_a_document_that_no_longer_fits(
    counter: Desk, document: Any
) -> None:
    stored = StoredSettings(version=1, document=document)
    counter.table.put_settings("agent_endpoints", stored, "anna", NOW)
    answer = call("GET", "/settings/agent_endpoints")
    assert answer.status == 200
    assert "secret.example" not in answer.body


# What documents say of one another


def test_a_queue_rings_only_endpoints_that_exist() -> None:
    answer = put("queues", QUEUES)
    assert (answer.status, answer.problem) == (422, "dangling-reference")
    assert pointers(answer) == ["/queues/default/tiers/0/endpoints/0"]
    put("agent_endpoints", ENDPOINTS)
    assert put("queues", QUEUES).status == 200


def test_an_endpoint_that_a_queue_rings_is_not_taken_away() -> None:
    put("agent_endpoints", ENDPOINTS)
    put("queues", QUEUES)
    answer = put("agent_endpoints", {"endpoints": {}})
    assert answer.problem == "dangling-reference"
    [fault] = answer.document["errors"]
    assert fault == {"detail": "queues/default/tiers/0/endpoints/0: desk is not in agent_endpoints"}
    assert get("agent_endpoints")["version"] == 1


def test_a_rule_leads_only_to_a_queue_that_exists_and_that_one_stays() -> None:
    rules = {"rules": [{"name": "vip", "queue": "vip", "segments": ["vip"]}]}
    answer = put("routing", rules)
    assert (answer.status, answer.problem) == (422, "dangling-reference")
    assert pointers(answer) == ["/rules/0/queue"]
    put("queues", {"queues": {"default": {}, "vip": {}}})
    assert put("routing", rules).status == 200
    answer = put("queues", {"queues": {"default": {}}})
    [fault] = answer.document["errors"]
    assert fault == {"detail": "rules/0/queue: vip is not in queues"}


def test_a_document_that_fits_no_more_does_not_stop_its_own_repair(counter: Desk) -> None:
    outgrown = StoredSettings(version=1, document={"calendar": "of an older release"})
    counter.table.put_settings("opening_hours", outgrown, "anna", NOW)
    assert put("queues", QUEUES).problem == "dangling-reference"
    assert get("opening_hours")["document"] == outgrown.document
    assert put("opening_hours", OpeningHoursSettings().model_dump(mode="json")).status == 200


# What a table item can hold


def test_a_document_is_measured_as_it_is_stored() -> None:
    entries = [{"id": f"entry-{n}", "questions": ["?"], "answer": "è" * 2_000} for n in range(40)]

    def body(count: int) -> str:
        return json.dumps({"entries": {"it": entries[:count]}}, ensure_ascii=False)

    assert len(body(40).encode()) < MAX_BODY_BYTES
    answer = put("faq", body(40))
    assert (answer.status, answer.problem) == (413, "body-too-large")
    assert put("faq", body(25)).status == 200


def test_a_colour_on_which_nothing_can_be_read_is_refused_with_the_nearest() -> None:
    document = {"sites": {"shop": {"colour": "#777777"}}}
    for method, path in (("PUT", "/settings/widget"), ("POST", "/settings/widget/check")):
        answer = call(method, path, document, groups="designer")
        assert (answer.status, answer.problem) == (422, "validation")
        (error,) = answer.document["errors"]
        assert error["pointer"] == "/sites/shop/colour"
        assert error["detail"].endswith("#767676")
