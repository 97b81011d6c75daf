"""Notes through the agent API: read alone, and naming colleagues."""

from typing import Any

import pytest

from agent_api.conversations.conversation import LAST_SEQUENCE
from sportello.conversation.commands import LinkHandles, MoveTo
from sportello.conversation.effects import NotifyAgents
from sportello.conversation.identity import other_conversation
from sportello.conversation.state import Owner
from sportello.entrypoints import runtime
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.profile import AgentProfile
from sportello.table.desk import Desk, Step
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation, EffectRecord, state_attributes
from support import builders
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, TERMS
from support.clouds.begun_conversation import begin
from support.clouds.table import all_items

HERE = f"/conversations/{CONVERSATION}"
ELSEWHERE = "c" * 32


@pytest.fixture(autouse=True)
def taken(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Anna has the conversation, and Bruno has a phone."""
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)
    begin(counter, builders.request_human(), builders.offer(), builders.accept("anna"))
    bell = AgentEndpoint.model_validate({"notifier": "webhook", "url": "https://b.example/hook"})
    counter.table.agents.put_profile("bruno", AgentProfile(endpoints={"phone": bell}), 0, NOW)
    return counter


def note(text: str, key: str = "k-1", of: str = CONVERSATION, **body: Any) -> Answer:
    document = {"text": text, **body}
    return call("POST", f"/conversations/{of}/notes", document, headers={"Idempotency-Key": key})


def notes(**query: str) -> Any:
    return call("GET", f"{HERE}/notes", query=query).document


def rung(desk: Desk) -> list[NotifyAgents]:
    items = [item for item in all_items(desk.table) if item["entity"]["S"] == "effect"]
    effects = [EffectRecord.from_attributes(item).effect for item in items]
    return [e for e in effects if isinstance(e, NotifyAgents) and e.notice == "note.mention"]


def test_notes_are_read_newest_first_a_page_at_a_time() -> None:
    for number in range(5):
        note(f"Nota {number}", f"k-{number}")
    first = notes(limit="2")
    assert [each["text"] for each in first["notes"]] == ["Nota 4", "Nota 3"]
    second = notes(limit="2", before=str(first["older"]))
    assert [each["text"] for each in second["notes"]] == ["Nota 2", "Nota 1"]
    last = notes(limit="2", before=str(second["older"]))
    assert [each["text"] for each in last["notes"]] == ["Nota 0"]
    assert last["older"] is None


def test_where_nobody_noted_anything_there_is_nothing() -> None:
    document = notes()
    assert (document["notes"], document["older"]) == ([], None)
    assert document["conversation_id"] == CONVERSATION


def test_the_notes_of_a_conversation_that_moved_are_read_under_its_own_id(taken: Desk) -> None:
    note("Cliente storico")
    state = taken.table.load(CONVERSATION).state
    moved = state.model_copy(update={"moved_to": "c" * 32, "owner": Owner(), "turn": None})
    item = state_attributes(CONVERSATION, moved)
    taken.table._client.put_item(TableName=taken.table._name, Item=item)
    document = notes(before=str(LAST_SEQUENCE))
    assert document["conversation_id"] == CONVERSATION
    assert [each["text"] for each in document["notes"]] == ["Cliente storico"]


def test_a_note_says_who_wrote_it_when_and_whom_it_names() -> None:
    effect_key = note("Che ne dici?", mentions=["bruno"]).document["effect_key"]
    assert notes()["notes"] == [
        {
            "effect_key": effect_key,
            "agent_id": "anna",
            "at": "2026-03-04T10:00:00Z",
            "text": "Che ne dici?",
            "mentions": ["bruno"],
        }
    ]


def test_who_is_mentioned_is_told_with_the_story_and_may_read_it(taken: Desk) -> None:
    assert note("Che ne dici?", mentions=["bruno"]).status == 201
    (notice,) = rung(taken)
    assert notice.endpoint == "@bruno/phone"
    assert notice.data["note"] == "Che ne dici?"
    assert notice.data["transcript"]
    assert taken.table.load(CONVERSATION).state.consulted == ("bruno",)


def test_whoever_has_a_conversation_is_somebody_though_they_never_said_to_be_there() -> None:
    assert call("POST", f"{HERE}/take-over", agent="carla", groups="supervisor").status == 200
    assert note("Guarda qui.", mentions=["carla"]).status == 201


def test_a_repeated_note_tells_nobody_again(taken: Desk) -> None:
    for _ in range(2):
        assert note("Che ne dici?", mentions=["bruno"]).status == 201
    assert len(rung(taken)) == 1
    again = note("Che ne dici?", mentions=[])
    assert (again.status, again.problem) == (422, "idempotency-key-reused")


def test_another_note_of_the_same_key_at_once_is_refused_also_where_the_conversation_moved(
    taken: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = builders.receive(builders.an_item("b" * 32))
    taken.act(ELSEWHERE, lambda _: Step(command=received, terms=TERMS), NOW)
    other = other_conversation(ELSEWHERE, taken.table.load(ELSEWHERE).state)
    linked = LinkHandles(aliases=("fake:x",), joins=other)
    taken.act(CONVERSATION, lambda _: Step(command=linked, terms=TERMS), NOW)
    moved = MoveTo(conversation_id=CONVERSATION)
    taken.act(ELSEWHERE, lambda _: Step(command=moved, terms=TERMS), NOW)
    load, due = DeskTable.load_going_on, ["Altro."]

    def load_torn(self: DeskTable, *args: Any, **keys: Any) -> Conversation:
        """Read the effects before another has written, and the state behind."""
        effects: Any = {}
        if due:
            effects = {"effects": ()}
            assert note(due.pop(), of=ELSEWHERE).status == 201
        return load(self, *args, **keys).model_copy(update=effects)

    monkeypatch.setattr(DeskTable, "load_going_on", load_torn)
    assert note("Eccomi.", of=ELSEWHERE).problem == "idempotency-key-reused"
    assert [each["text"] for each in notes()["notes"]] == ["Altro."]


@pytest.mark.parametrize(
    ("mentions", "pointer"),
    [
        (["bruno", "nobody"], "/mentions/1"),
        (["not a name"], "/mentions/0"),
        ([f"agent-{number}" for number in range(6)], "/mentions"),
    ],
)
def test_nobody_is_mentioned_who_is_not_there(
    taken: Desk, mentions: list[str], pointer: str
) -> None:
    answer = note("Che ne dici?", mentions=mentions)
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0]["pointer"] == pointer
    assert notes()["notes"] == []
    assert rung(taken) == []


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"before": "0"}])
def test_a_page_that_cannot_be_is_refused(query: dict[str, str]) -> None:
    answer = call("GET", f"{HERE}/notes", query=query)
    assert (answer.status, answer.problem) == (422, "validation")
