"""What is written down of agents, and their own endpoints."""

from collections.abc import Sequence
from typing import Any

import pytest

from sportello.aws.logs import logger
from sportello.messaging import public_urls
from sportello.queues.settings import QueueSettings
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.teams import TeamSettings
from sportello.table.agents.agent_table import AgentTable, ProfileChanged
from support.agent_calls import Answer, call
from support.clouds.staffed_desk import StaffedDesk
from support.clouds.table import all_items, unaudited_items

URL = "https://desk.example/ring"
PHONE = {"notifier": "webhook", "url": URL}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """`inside.example` leads into a private network, every other name to the public internet."""

    def resolve(host: str, _port: int) -> Sequence[str]:
        return ["10.0.0.1"] if host == "inside.example" else ["93.184.215.14"]

    monkeypatch.setattr(public_urls, "resolve_host", resolve)


def put(document: Any, agent_id: str = "anna", **others: Any) -> Answer:
    who = {"agent": "sofia", "groups": "supervisor", **others}
    return call("PUT", f"/agents/{agent_id}", document, **who)


def profile_of(agent_id: str = "anna") -> Any:
    answer = call("GET", f"/agents/{agent_id}", agent="sofia", groups="supervisor")
    return answer.document["profile"]


def pointers(answer: Answer) -> list[str]:
    return [fault["pointer"] for fault in answer.document["errors"]]


@pytest.mark.usefixtures("staffed")
def test_a_profile_is_written_whole_before_its_agent_was_ever_there() -> None:
    written = {
        "display_name": "Anna",
        "languages": ["it", "en"],
        "queues": ["default"],
        "skills": {"whatsapp": 5},
        "capacity": 8,
        "calendar": "default",
    }
    answer = put(written)
    assert (answer.status, answer.headers["etag"]) == (200, '"1"')
    assert answer.document["profile"] == {**written, "endpoints": {}}
    assert (answer.document["version"], answer.document["capacity"]) == (1, 8)
    assert profile_of() == {**written, "endpoints": {}}
    assert put({}).document["profile"]["skills"] == {}


@pytest.mark.usefixtures("staffed")
def test_a_profile_is_replaced_only_in_the_version_that_was_seen() -> None:
    assert put({"capacity": 1}, headers={"If-Match": '"0"'}).status == 200
    assert put({"capacity": 2}, headers={"If-Match": '"0"'}).problem == "version-mismatch"
    assert put({"capacity": 3}, headers={"If-None-Match": "*"}).problem == "version-mismatch"
    assert profile_of()["capacity"] == 1
    assert put({"capacity": 4}, headers={"If-Match": '"1"'}).headers["etag"] == '"2"'


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    ("headers", "problem"), [({"If-Match": '"0"'}, "version-mismatch"), ({}, "busy")]
)
def test_of_two_who_write_at_the_same_moment_one_is_told(
    headers: dict[str, str], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object) -> None:
        raise ProfileChanged

    monkeypatch.setattr(AgentTable, "put_profile", too_late)
    assert put({"capacity": 4}, headers=headers).problem == problem


@pytest.mark.usefixtures("staffed")
def test_names_that_lead_nowhere_are_refused_where_they_stand() -> None:
    answer = put({"queues": ["default", "gone"], "calendar": "lunar"})
    assert (answer.status, answer.problem) == (422, "dangling-reference")
    assert pointers(answer) == ["/queues/1", "/calendar"]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"display_name": "x" * 81}, "/display_name"),
        ({"languages": ["Italian"]}, "/languages/0"),
        ({"languages": ["it"] * 21}, "/languages"),
        ({"queues": ["default"] * 11}, "/queues"),
        ({"skills": {"whatsapp": 6}}, "/skills/whatsapp"),
        ({"skills": {f"channel{n}": 1 for n in range(51)}}, "/skills"),
        ({"capacity": -1}, "/capacity"),
        ({"capacity": 201}, "/capacity"),
        ({"calendar": "x" * 65}, "/calendar"),
        ({"endpoints": {f"e{n}": PHONE for n in range(11)}}, "/endpoints"),
        ({"endpoints": {"phone": {"notifier": "pager"}}}, "/endpoints/phone/notifier"),
        ({"endpoints": {"phone": {**PHONE, "url": "http://x"}}}, "/endpoints/phone/url"),
        (
            {"endpoints": {"phone": {**PHONE, "url": "https://inside.example"}}},
            "/endpoints/phone/url",
        ),
        ({"boss": True}, "/boss"),
    ],
)
def test_a_profile_out_of_bounds_is_refused_where_it_is(
    staffed: StaffedDesk, document: Any, pointer: str
) -> None:
    answer = put(document)
    assert (answer.status, answer.problem) == (422, "validation")
    assert any(place.startswith(pointer) for place in pointers(answer))
    assert unaudited_items(staffed.table) == []


def test_a_profile_that_is_read_with_every_agent_is_kept_small(staffed: StaffedDesk) -> None:
    large = {f"e{n}": {**PHONE, "url": f"{URL}/{'x' * 2_000}"} for n in range(10)}
    assert put({"endpoints": large}).problem == "body-too-large"
    assert unaudited_items(staffed.table) == []


@pytest.mark.parametrize("agent_id", ["x" * 129, "a%20b", "..%2F", "%C3%A8"])
def test_nobody_has_an_id_of_another_form(staffed: StaffedDesk, agent_id: str) -> None:
    assert put({}, agent_id).problem == "unknown-agent"
    assert unaudited_items(staffed.table) == []


@pytest.mark.usefixtures("staffed")
def test_what_is_in_force_already_is_not_judged_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert put({"endpoints": {"phone": PHONE}}).status == 200
    monkeypatch.setattr(public_urls, "resolve_host", lambda *_: ["10.0.0.1"])
    assert put({"endpoints": {"phone": PHONE}, "capacity": 3}).status == 200


# Of a team


@pytest.fixture
def partners(staffed: StaffedDesk) -> StaffedDesk:
    staffed.configure(QueueSettings, queues={"default": {}, "sales": {}})
    staffed.configure(TeamSettings, teams={"partners": {"queues": ["sales"]}})
    staffed.describe("anna", queues=("sales",))
    staffed.describe("carla", queues=("default", "sales"))
    staffed.describe("dario")
    return staffed


@pytest.mark.usefixtures("partners")
@pytest.mark.parametrize(
    ("agent_id", "queues", "status"),
    [
        ("anna", ["sales"], 200),
        ("anna", ["sales", "default"], 403),
        ("anna", ["sales", "of-nobody"], 403),
        ("anna", [], 403),
        ("carla", ["sales"], 403),
        ("dario", ["sales"], 404),
        ("nobody", ["sales"], 404),
    ],
)
def test_a_team_moves_nobody_into_or_out_of_queues_that_are_not_its_own(
    agent_id: str, queues: list[str], status: int
) -> None:
    before = profile_of(agent_id) if agent_id != "nobody" else None
    groups = "supervisor,team-partners"
    assert put({"queues": queues}, agent_id, agent="paolo", groups=groups).status == status
    if status != 200 and before is not None:
        assert profile_of(agent_id) == before


# One's own endpoints


def own(method: str, name: str, document: Any = None, **who: Any) -> Answer:
    return call(method, f"/agents/me/endpoints/{name}", document, **who)


@pytest.mark.usefixtures("staffed")
def test_an_endpoint_of_ones_own_is_changed_only_as_it_was_seen() -> None:
    other = PHONE | {"queues": ["default"]}
    first = own("PUT", "phone", PHONE, headers={"If-None-Match": "*"})
    assert first.status == 200
    assert own("PUT", "phone", other, headers={"If-None-Match": "*"}).problem == "version-mismatch"
    seen = {"If-Match": first.headers["etag"]}
    second = own("PUT", "phone", other, headers=seen)
    assert (second.status, second.headers["etag"] != first.headers["etag"]) == (200, True)
    assert own("PUT", "phone", PHONE, headers=seen).status == 412
    assert own("DELETE", "phone", headers=seen).status == 412
    assert own("PUT", "desk", PHONE, headers=seen).status == 412
    assert own("PUT", "desk", PHONE, headers={"If-Match": "*"}).status == 412
    assert own("DELETE", "phone", headers={"If-Match": second.headers["etag"]}).status == 204
    assert own("DELETE", "phone", headers={"If-Match": second.headers["etag"]}).status == 204


@pytest.mark.usefixtures("staffed")
def test_an_endpoint_that_no_setting_can_name_is_not_taken_away_either() -> None:
    assert own("DELETE", "Phone").problem == "validation"


@pytest.mark.usefixtures("staffed")
def test_an_agent_has_endpoints_of_their_own_and_takes_them_away() -> None:
    assert own("PUT", "phone", PHONE).document == PHONE
    own("PUT", "browser", {**PHONE, "url": f"{URL}/2"})
    mine = call("GET", "/agents/me").document["profile"]["endpoints"]
    assert mine == {"phone": PHONE, "browser": {**PHONE, "url": f"{URL}/2"}}
    assert own("DELETE", "phone").status == 204
    assert own("DELETE", "phone").status == 204
    assert list(call("GET", "/agents/me").document["profile"]["endpoints"]) == ["browser"]
    assert call("GET", "/agents/me", agent="bruno").document["profile"]["endpoints"] == {}


@pytest.mark.usefixtures("staffed")
def test_the_rest_of_the_profile_stays_as_supervisors_wrote_it() -> None:
    put({"capacity": 4, "display_name": "Anna"})
    own("PUT", "phone", PHONE)
    profile = profile_of()
    assert (profile["capacity"], profile["display_name"]) == (4, "Anna")
    assert profile["endpoints"] == {"phone": PHONE}


@pytest.mark.parametrize("who", ["anna", "sofia"])
def test_an_endpoint_that_was_gone_may_be_put_in_again(staffed: StaffedDesk, who: str) -> None:
    own("PUT", "phone", PHONE)
    endpoints = staffed.table.endpoints
    endpoints.mark_gone("@anna/phone", AgentEndpoint.model_validate(PHONE).hash, staffed.now)
    assert [mark.name for mark in endpoints.gone()] == ["@anna/phone"]
    if who == "anna":
        own("DELETE", "phone")
    else:
        put({"endpoints": {}})
    assert list(endpoints.gone()) == []


@pytest.mark.usefixtures("staffed")
def test_whoever_writes_a_profile_without_endpoints_leaves_those_there_are() -> None:
    own("PUT", "phone", PHONE)
    assert put({"capacity": 4}).document["profile"]["endpoints"] == {"phone": PHONE}
    assert put({"endpoints": {}}).document["profile"]["endpoints"] == {}


@pytest.mark.usefixtures("partners")
def test_whoever_may_not_see_addresses_writes_none() -> None:
    own("PUT", "phone", PHONE)
    groups = "supervisor,team-partners"
    kept = put({"queues": ["sales"], "capacity": 4}, agent="paolo", groups=groups)
    assert kept.document["profile"]["endpoints"] == {"phone": {"notifier": "webhook"}}
    changed = put({"queues": ["sales"], "endpoints": {}}, agent="paolo", groups=groups)
    assert (changed.status, changed.problem) == (403, "forbidden")
    assert profile_of()["endpoints"] == {"phone": PHONE}


@pytest.mark.usefixtures("staffed")
def test_the_eleventh_endpoint_is_one_too_many_and_a_known_one_may_change() -> None:
    for number in range(10):
        assert own("PUT", f"e{number}", PHONE).status == 200
    assert own("PUT", "e10", PHONE).problem == "too-many-endpoints"
    assert own("PUT", "e9", {**PHONE, "url": f"{URL}/2"}).status == 200


@pytest.mark.parametrize(
    ("name", "document", "pointer"),
    [
        ("phone", {"url": URL}, "/notifier"),
        ("phone", {"notifier": "pager"}, "/notifier"),
        ("phone", {"notifier": "webhook"}, "/url"),
        ("phone", {**PHONE, "url": "https://inside.example/ring"}, "/url"),
        ("phone", {**PHONE, "colour": "red"}, "/colour"),
        ("phone", {**PHONE, "at_least": "extreme"}, "/at_least"),
        ("Not%20a%20name", PHONE, None),
        ("x" * 65, PHONE, None),
    ],
)
def test_an_endpoint_that_could_never_be_rung_is_refused_where_it_is_wrong(
    staffed: StaffedDesk, name: str, document: Any, pointer: str | None
) -> None:
    answer = own("PUT", name, document)
    assert (answer.status, answer.problem) == (422, "validation")
    assert pointer is None or pointers(answer) == [pointer]
    assert unaudited_items(staffed.table) == []


def test_two_who_write_different_parts_of_a_profile_both_have_their_say(
    staffed: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed.describe("anna", capacity=4)
    read = AgentTable.profile
    written: list[bool] = []

    def read_and_be_overtaken(table: AgentTable, agent_id: str) -> Any:
        stored = read(table, agent_id)
        if not written:
            written.append(True)
            staffed.describe(agent_id, capacity=6)
        return stored

    monkeypatch.setattr(AgentTable, "profile", read_and_be_overtaken)
    assert own("PUT", "phone", PHONE).status == 200
    profile = call("GET", "/agents/me").document["profile"]
    assert (profile["capacity"], profile["endpoints"]) == (6, {"phone": PHONE})


@pytest.mark.usefixtures("staffed")
def test_an_analyst_has_no_endpoints() -> None:
    assert own("PUT", "phone", PHONE, groups="analyst").status == 403


def test_presence_stays_as_it_was_when_a_profile_is_written(staffed: StaffedDesk) -> None:
    staffed.comes("anna")
    assert put({"capacity": 3}).document["presence"] == "available"


def test_neither_names_nor_addresses_are_in_what_is_logged_and_audited(
    staffed: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(
        logger.registered_handler,
        "emit",
        lambda record: lines.append(logger.registered_formatter.format(record)),
    )
    put({"display_name": "Anna Rossi", "endpoints": {"desk": PHONE}})
    own("PUT", "phone", {**PHONE, "url": f"{URL}/anna"})
    own("PUT", "phone", {"notifier": "webhook", "url": "https://inside.example/anna"})
    audited = [item for item in all_items(staffed.table) if item["entity"]["S"] == "audit"]
    assert len(audited) > 0
    written = "".join([*lines, *map(str, audited)])
    assert "profile written" in written
    assert not any(word in written for word in ("Rossi", "desk.example", "inside.example"))
