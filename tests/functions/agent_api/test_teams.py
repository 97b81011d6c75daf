"""What somebody in a team sees: its queues and what is their own, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from agent_api.app import app
from agent_api.calls.identity import Agent, agent_of
from agent_api.calls.permissions import OF_THE_WHOLE_DESK, ROLES, Role
from agent_api.settings.settings_shown import shown_to
from sportello.composing.settings import CannedReplySettings, Macro
from sportello.conversation.commands import Command
from sportello.conversation.events import OwnerKind
from sportello.conversation.people_commands import LeaveAgent
from sportello.entrypoints import runtime
from sportello.queues.settings import Queue, QueueSettings
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.routing.settings import RoutingSettings
from sportello.routing.teams import Team, TeamSettings
from sportello.table.desk import Desk, Step
from sportello.table.desk_table import DeskTable
from sportello.table.items import StoredSettings, wait_attributes
from sportello.table.writes import put
from support import builders
from support.agent_calls import PARAMETERS, Answer, call
from support.builders import CONVERSATION, NOW, TERMS
from support.clouds.begun_conversation import begin
from support.clouds.table import all_items, configure
from support.waits import a_wait

HERE = f"/conversations/{CONVERSATION}"
DRAFT = f"{HERE}/drafts/note"
MEDIA = f"{HERE}/media/{PARAMETERS['media_id']}"
PLACES = PARAMETERS | {"draft_kind": "note", "name": "close"}
NORTH, SOUTH, OF_NO_SETTING = "agent,team-north", "agent,team-south", "agent,team-west"
REPORTING = {"from": "2026-03-04", "to": "2026-03-05"}

CALLS: dict[tuple[str, str], Any] = {
    ("GET", HERE): None,
    ("GET", f"{HERE}/clocks"): None,
    ("GET", f"{HERE}/routing"): None,
    ("GET", f"{HERE}/templates"): None,
    ("POST", f"{HERE}/accept"): None,
    ("POST", f"{HERE}/decline"): None,
    ("POST", f"{HERE}/resolve"): None,
    ("POST", f"{HERE}/return-to-bot"): None,
    ("POST", f"{HERE}/replies"): {"text": "Eccomi."},
    ("PUT", f"{HERE}/tags"): {"tags": ["complaint"]},
    ("GET", f"{HERE}/notes"): None,
    ("GET", f"{HERE}/episodes"): None,
    ("GET", DRAFT): None,
    ("PUT", DRAFT): {"text": "Gentile"},
    ("DELETE", DRAFT): None,
    ("GET", f"{HERE}/canned-replies"): None,
    ("GET", f"{HERE}/macros"): None,
    ("POST", f"{HERE}/macros/close"): None,
    ("POST", f"{HERE}/lint"): {"text": "Gentile Giulia"},
    ("POST", f"{HERE}/undelivered/acknowledge"): None,
    ("POST", f"{HERE}/snooze"): {"until": "2026-03-05T10:00:00Z"},
    ("POST", f"{HERE}/unsnooze"): None,
    ("POST", f"{HERE}/classify"): {"priority": "high"},
    ("POST", f"{HERE}/promises/keep"): {"promise_id": "p-1"},
    ("POST", f"{HERE}/transfer"): {"queue": "sales"},
    ("POST", f"{HERE}/take-over"): None,
    ("POST", f"{HERE}/consult"): {"agent_id": "bruno", "note": "Che ne pensi?"},
    ("POST", f"{HERE}/notes"): {"text": "Richiamare."},
    ("POST", f"{HERE}/call-back"): {"within_seconds": 3_600},
    ("POST", f"{HERE}/change-channel"): {"channel": "email", "within_seconds": 3_600},
    ("GET", f"{HERE}/contact"): None,
    ("POST", f"{HERE}/uploads"): {
        "file_name": "foto.png",
        "mime_type": "image/png",
        "size_bytes": 9,
    },
    ("GET", MEDIA): None,
    ("POST", f"{MEDIA}/fetch"): None,
}
each_call = pytest.mark.parametrize(("method", "path"), CALLS)


@pytest.fixture
def teams(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """North has the queue `default`, south has `sales`."""
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)
    configure(counter.table, QueueSettings(queues={"default": Queue(), "sales": Queue()}))
    closing = Macro.model_validate({"title": "Chiudi", "steps": [{"do": "resolve"}]})
    configure(counter.table, CannedReplySettings(macros={"close": closing}))
    south, north = Team(queues=("sales",)), Team(queues=("default",))
    configure(counter.table, TeamSettings(teams={"north": north, "south": south}))
    return counter


@pytest.fixture
def waiting(teams: Desk) -> Desk:
    """A customer waits in the queue `default`."""
    begin(teams)
    ask(teams, builders.request_human())
    return teams


def ask(desk: Desk, command: Command) -> None:
    desk.act(CONVERSATION, lambda _: Step(command=command, terms=TERMS), NOW)


def send(
    method: str, path: str, groups: str, agent: str = "anna", conversation: str = CONVERSATION
) -> Answer:
    """Call as somebody of these groups, who is a supervisor where nobody else gets any further."""
    key = {"Idempotency-Key": "k-1"}
    role = "supervisor," if path.endswith("/take-over") else ""
    return call(
        method,
        path.replace(CONVERSATION, conversation),
        CALLS[method, path],
        groups=role + groups,
        agent=agent,
        headers=key,
    )


def test_every_route_of_a_conversation_is_tried_here() -> None:
    of_one = "/conversations/{conversation_id}"
    routes = {
        (method, path.replace(of_one, HERE).format(**PLACES))
        for path, methods in app.routes.items()
        for method in methods
        if path.startswith(of_one)
    }
    assert routes == set(CALLS)


@pytest.mark.usefixtures("waiting")
@each_call
def test_what_is_in_anothers_queue_is_as_unknown_as_what_nobody_wrote(
    method: str, path: str
) -> None:
    unknown = send(method, path, SOUTH, conversation="0" * 32)
    assert (unknown.status, unknown.problem) == (404, "unknown-conversation")
    for groups in (SOUTH, OF_NO_SETTING, f"supervisor,{SOUTH}"):
        assert send(method, path, groups).document == unknown.document


@each_call
def test_what_is_refused_leaves_no_trace_in_the_conversation(
    waiting: Desk, method: str, path: str
) -> None:
    before = waiting.table.load(CONVERSATION)
    send(method, path, SOUTH)
    assert waiting.table.load(CONVERSATION) == before


@pytest.mark.usefixtures("waiting")
@each_call
@pytest.mark.parametrize("groups", [NORTH, f"{SOUTH},team-north", "agent"])
def test_what_is_in_ones_own_queue_is_seen(method: str, path: str, groups: str) -> None:
    answer = send(method, path, groups)
    assert answer.status != 404 or answer.problem == "unknown-media"


@pytest.mark.usefixtures("waiting")
def test_ones_own_conversation_is_seen_wherever_it_came_from() -> None:
    assert send("POST", f"{HERE}/accept", NORTH).status == 200
    assert send("GET", HERE, SOUTH).status == 200
    assert send("GET", HERE, SOUTH, agent="bruno").status == 404
    assert send("POST", f"{HERE}/resolve", SOUTH).status == 200
    assert send("GET", HERE, SOUTH).status == 404


TO_BE_READ = {
    ("GET", HERE),
    ("GET", f"{HERE}/clocks"),
    ("GET", f"{HERE}/routing"),
    ("GET", MEDIA),
    ("POST", f"{HERE}/notes"),
    ("GET", f"{HERE}/notes"),
    ("GET", f"{HERE}/episodes"),
    ("GET", DRAFT),
    ("PUT", DRAFT),
    ("DELETE", DRAFT),
    ("GET", f"{HERE}/canned-replies"),
    ("GET", f"{HERE}/macros"),
    ("POST", f"{HERE}/lint"),
}


@pytest.fixture
def asked_about(waiting: Desk) -> Desk:
    """Bruno, who has it from the queue `default`, has asked Anna of another team."""
    ask(waiting, builders.accept("bruno"))
    waiting.table.agents.set_presence("anna", Presence.AWAY, NOW + timedelta(hours=1), NOW)
    question = {"agent_id": "anna", "note": "Che ne pensi?"}
    assert call("POST", f"{HERE}/consult", question, agent="bruno").status == 200
    return waiting


@each_call
def test_whoever_is_asked_reads_and_notes_and_does_nothing_else(
    asked_about: Desk, method: str, path: str
) -> None:
    before = asked_about.table.load(CONVERSATION).state
    answer = send(method, path, f"supervisor,{SOUTH}")
    if (method, path) in TO_BE_READ:
        assert answer.status < 400 or answer.problem == "unknown-media"
    else:
        assert (answer.status, answer.problem) == (403, "forbidden")
        assert asked_about.table.load(CONVERSATION).state == before


def test_whoever_was_asked_mentions_only_who_reads_it_already(asked_about: Desk) -> None:
    for name in ("bruno", "carla"):
        asked_about.table.agents.put_profile(name, AgentProfile(), 0, NOW)
    before = asked_about.table.load(CONVERSATION).state

    def mention(*names: str) -> Answer:
        note = {"text": "Guarda.", "mentions": names}
        headers = {"Idempotency-Key": "-".join(names)}
        return call("POST", f"{HERE}/notes", note, headers=headers, groups=f"agent,{SOUTH}")

    refused = mention("bruno", "carla")
    assert (refused.status, refused.problem) == (403, "forbidden")
    assert asked_about.table.load(CONVERSATION).state == before
    assert mention("bruno").status == 201


def test_whoever_was_asked_takes_nothing_out_of_anothers_queue(asked_about: Desk) -> None:
    ask(asked_about, LeaveAgent(agent_id="bruno", all=True))
    assert asked_about.table.load(CONVERSATION).state.owner.kind is OwnerKind.QUEUE
    assert send("POST", f"{HERE}/accept", SOUTH).status == 403
    assert send("POST", f"{HERE}/accept", NORTH).status == 200


def test_before_any_handoff_it_is_of_the_queue_it_would_be_handed_to(teams: Desk) -> None:
    begin(teams)
    assert (send("GET", HERE, NORTH).status, send("GET", HERE, SOUTH).status) == (200, 404)
    queues = {"default": Queue(), "sales": Queue()}
    configure(teams.table, QueueSettings(queues=queues, handoff_queue="sales"))
    runtime.settings().forget()
    assert (send("GET", HERE, NORTH).status, send("GET", HERE, SOUTH).status) == (404, 200)


@pytest.mark.parametrize("path", [f"{HERE}/classify", f"{HERE}/replies"])
def test_what_leaves_for_anothers_queue_meanwhile_is_refused_in_the_commit(
    teams: Desk, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    begin(teams)
    commit = DeskTable.commit
    writers = 0

    def after_another(self: DeskTable, *args: Any) -> None:
        nonlocal writers
        writers += 1
        if writers == 1:
            ask(teams, builders.request_human().model_copy(update={"queue": "sales"}))
        commit(self, *args)

    monkeypatch.setattr(DeskTable, "commit", after_another)
    answer = send("POST", path, NORTH)
    assert teams.table.load(CONVERSATION).state.owner.name == "sales"
    assert (answer.status, answer.problem) == (404, "unknown-conversation")
    assert not any("Eccomi." in str(item) for item in all_items(teams.table))


@pytest.mark.usefixtures("waiting")
def test_a_queue_of_others_is_as_unknown_as_one_that_is_not_there() -> None:
    assert call("GET", "/queues/default/waiting", groups=NORTH).document["total"] == 1
    unknown = call("GET", "/queues/nowhere/waiting", groups=SOUTH)
    assert (unknown.status, unknown.problem) == (404, "unknown-queue")
    assert call("GET", "/queues/default/waiting", groups=SOUTH).document == unknown.document


def test_a_report_counts_ones_own_queues_alone(
    teams: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW + timedelta(hours=1))
    for queue, waits in {"default": 2, "sales": 3}.items():
        for number in range(waits):
            wait = a_wait(10, queue=queue).model_copy(update={"wait_id": str(number)})
            teams.table._client.put_item(**put("desk", wait_attributes(wait))["Put"])

    def report(groups: str, **query: str) -> Answer:
        return call("GET", "/reports/service-level", query=REPORTING | query, groups=groups)

    everything = report("supervisor").document
    assert everything["totals"][0]["figures"]["offered"] == 5
    own = report("supervisor,team-north").document
    assert own["totals"][0]["figures"]["offered"] == 2
    assert {row["queue"] for row in own["rows"]} == {"default"}
    others = report("supervisor,team-north", queue="sales")
    nowhere = report("supervisor,team-north", queue="nowhere")
    assert (others.status, others.document) == (422, nowhere.document)
    assert report("analyst,team-west").document["rows"] == []


@pytest.mark.usefixtures("teams")
def test_who_sees_a_part_configures_nothing_that_is_about_the_whole() -> None:
    for kind in ("bot", "queues", "agent_endpoints", "teams"):
        everything = "supervisor,admin,team-north"
        assert call("PUT", f"/settings/{kind}", {}, groups=everything).status == 403
    endpoints = {"endpoints": {"desk": {"notifier": "webhook", "url": "https://desk.example/"}}}
    assert call("PUT", "/settings/agent_endpoints", endpoints, groups="supervisor").status == 200
    shown = call("GET", "/settings/agent_endpoints", groups="supervisor,team-north").document
    assert shown["document"] == {"endpoints": {"desk": {"notifier": "webhook"}}}


def test_the_settings_tell_nothing_of_other_teams(teams: Desk) -> None:
    rules = [{"name": name, "queue": name} for name in ("default", "sales")]
    configure(teams.table, RoutingSettings.model_validate({"rules": rules}))

    def read(kind: str, groups: str) -> Any:
        return call("GET", f"/settings/{kind}", groups=groups).document["document"]

    assert read("teams", SOUTH) == {"teams": {"south": {"queues": ["sales"]}}}
    assert list(read("queues", SOUTH)["queues"]) == ["sales"]
    assert [rule["name"] for rule in read("routing", SOUTH)["rules"]] == ["sales"]
    assert read("teams", f"supervisor,{OF_NO_SETTING}") == {"teams": {}}
    assert read("queues", OF_NO_SETTING)["queues"] == {}
    assert list(read("teams", "agent")["teams"]) == ["north", "south"]
    assert list(read("queues", "agent")["queues"]) == ["default", "sales"]
    assert len(read("routing", "agent")["rules"]) == 2


@pytest.mark.parametrize("kind", ["teams", "queues", "routing"])
@pytest.mark.parametrize(
    "document", ["default", ["default"], {"teams": 1, "queues": [], "rules": 2}]
)
def test_a_document_that_fits_no_more_tells_a_team_nothing(kind: str, document: Any) -> None:
    agent = Agent(id="anna", teams=("south",), scope=frozenset({"sales"}))
    assert shown_to(agent, kind, document) == {}
    assert shown_to(Agent(id="anna"), kind, document) == document


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("group", ["team-North", "Team-West", "TEAM-", "team-", "team-nord.est"])
def test_a_group_of_a_team_that_is_written_otherwise_opens_nothing(group: str) -> None:
    answer = call("GET", HERE, groups=f"agent,{group}")
    assert (answer.status, answer.problem) == (404, "unknown-conversation")
    assert call("PUT", "/settings/bot", {}, groups=f"supervisor,{group}").status == 403


def test_who_is_in_a_team_sees_nothing_before_it_is_known_what() -> None:
    agent = agent_of({"authorizer": {"claims": {"sub": "anna", "cognito:groups": NORTH}}})
    assert not agent.sees("default")
    assert agent.sees("default", is_own=True)


@pytest.mark.parametrize("role", Role)
def test_a_team_takes_away_only_what_is_of_the_whole_desk(role: Role) -> None:
    agent = agent_of(
        {"authorizer": {"claims": {"sub": "anna", "cognito:groups": f"{role},team-a"}}}
    )
    assert agent.permissions == ROLES[role] - OF_THE_WHOLE_DESK


def test_only_who_is_in_a_team_has_the_teams_read(
    waiting: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    settings = waiting.table.settings

    def noted(kind: str, version: int | None = None) -> StoredSettings | None:
        read.append(kind)
        return settings(kind, version)

    monkeypatch.setattr(waiting.table, "settings", noted)
    send("GET", HERE, "agent")
    assert "teams" not in read
    for _ in range(3):
        send("GET", HERE, NORTH)
    assert read.count("teams") == 1


@pytest.mark.usefixtures("teams")
def test_a_team_names_queues_that_there_are() -> None:
    def write(kind: str, document: Any) -> Answer:
        return call("PUT", f"/settings/{kind}", document, groups="supervisor,admin")

    answer = write("teams", {"teams": {"north": {"queues": ["default", "night"]}}})
    assert (answer.status, answer.problem) == (422, "dangling-reference")
    assert answer.document["errors"][0]["pointer"] == "/teams/north/queues/1"
    removal = write("queues", {"queues": {"default": {}}})
    assert (removal.status, removal.problem) == (422, "dangling-reference")
    assert "teams/south/queues/0" in removal.document["errors"][0]["detail"]
    assert write("teams", {"teams": {"north": {"queues": ["default"]}}}).status == 200
    assert write("queues", {"queues": {"default": {}}}).status == 200


def test_settings_of_teams_that_fit_no_more_open_nothing(waiting: Desk) -> None:
    stored = StoredSettings(version=2, document={"teams": ["of an older release"]})
    waiting.table.put_settings("teams", stored, "anna", NOW)
    runtime.settings().forget()
    answer = send("GET", HERE, NORTH)
    assert (answer.status, answer.problem) == (503, "settings-unfit")
    assert send("GET", HERE, "agent").status == 200
