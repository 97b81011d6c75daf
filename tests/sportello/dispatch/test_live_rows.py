"""Changes are shown behind everything else, and only to somebody."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sportello.conversation.handing_over.audience import Audience
from sportello.dispatch import live_rows
from sportello.dispatch.live_rows import ShowingRows
from sportello.dispatch.stream import StreamReader
from sportello.live.push_request import PushRequest
from sportello.table.desk import Desk, Step
from sportello.table.keys import Attributes
from sportello.table.outward.live_items import Connection
from support.builders import CONVERSATION, NOW, TERMS, an_address, receive, request_human
from support.clouds.table import all_items, desk


class Lambda:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.error: Exception | None = None

    def invoke(self, **call: Any) -> None:
        self.calls.append(call)
        if self.error:
            raise self.error


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Lambda:
    functions = Lambda()
    monkeypatch.setattr(live_rows, "aws_client", {"lambda": functions}.__getitem__)
    return functions


@pytest.fixture
def ours() -> Iterator[Desk]:
    with desk() as empty:
        yield empty


def connect(ours: Desk) -> None:
    connection = Connection(
        connection_id="c-1",
        agent_id="anna",
        opened_at=NOW,
        lives_until=NOW + timedelta(hours=2),
        queues=("default",),
    )
    ours.table.live.open_connection(connection)
    ours.table.live.list_connection(connection)


def show(ours: Desk, agents: Collection[str] = ()) -> None:
    showing = ShowingRows(ours.table, "push")
    showing.show({CONVERSATION: Audience(queues=("sales",))}, agents, NOW)


def test_while_nobody_listens_nobody_is_called(ours: Desk, functions: Lambda) -> None:
    show(ours, ["anna"])
    assert functions.calls == []


def test_who_pushes_is_called_once_and_not_waited_for(ours: Desk, functions: Lambda) -> None:
    connect(ours)
    show(ours, ["anna"])
    (call,) = functions.calls
    assert (call["FunctionName"], call["InvocationType"]) == ("push", "Event")
    assert PushRequest.model_validate_json(call["Payload"]) == PushRequest(
        conversations={CONVERSATION: Audience(queues=("sales",))}, agents=("anna",)
    )


def test_nothing_changed_asks_nothing(ours: Desk, functions: Lambda) -> None:
    connect(ours)
    ShowingRows(ours.table, "push").show({}, (), NOW)
    assert functions.calls == []


def test_what_cannot_be_shown_keeps_nothing_from_going_on(ours: Desk, functions: Lambda) -> None:
    connect(ours)
    functions.error = ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
    show(ours)
    assert functions.calls


# --- what the stream tells ------------------------------------------------------------------------


class Watching:
    """What the reader of the stream hands on; effects leave, and are remembered in their order."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.shown: list[tuple[dict[str, Audience], tuple[str, ...]]] = []

    def carry_out(self, record: Any) -> None:
        self.order.append(record.effect.key)

    def show(
        self, conversations: Mapping[str, Audience], agents: Collection[str], now: datetime
    ) -> None:
        assert now == NOW
        self.order.append("shown")
        self.shown.append((dict(conversations), tuple(agents)))


def read(watching: Watching, *images: Attributes) -> None:
    records = [
        {"eventID": str(number), "dynamodb": {"SequenceNumber": str(number), "NewImage": image}}
        for number, image in enumerate(images, start=1)
    ]
    reader = StreamReader(watching, watching, "set-aside", watching)  # type: ignore[arg-type] # all that is called
    assert reader.read(records, NOW) is None


def a_state(live: str | None) -> Attributes:
    mark = {} if live is None else {"live": {"S": live}}
    pk = {"S": f"CONV#{CONVERSATION}"}
    return {"pk": pk, "sk": {"S": "STATE"}, "entity": {"S": "state"}, **mark}


def test_a_commit_of_peoples_matters_marks_its_state_and_the_bots_does_not(ours: Desk) -> None:
    marks = []
    for command in (receive(), request_human()):
        step = Step(command=command, terms=TERMS, address=an_address())
        ours.act(CONVERSATION, lambda _, step=step: step, NOW)  # type: ignore[misc] # as Desk calls it
        (state,) = [item for item in all_items(ours.table) if item["entity"]["S"] == "state"]
        marks.append(state.get("live"))
    assert marks == [None, {"S": "{}"}]


def test_states_are_shown_last_and_together(ours: Desk) -> None:
    step = Step(command=request_human(), terms=TERMS, address=an_address())
    first = Step(command=receive(), terms=TERMS, address=an_address())
    for each in (first, step):
        ours.act(CONVERSATION, lambda _, each=each: each, NOW)  # type: ignore[misc] # as Desk calls it
    effects = [item for item in all_items(ours.table) if item["entity"]["S"] == "effect"]
    watching = Watching()
    lost = [json.dumps({"queues": ["sales"]}), json.dumps({"queues": ["returns"]})]
    agent = {"pk": {"S": "AGENT#anna"}, "sk": {"S": "WORK"}, "entity": {"S": "agent"}}
    watching.have_agent_settled = lambda _agent: None  # type: ignore[attr-defined] # not looked at here
    read(watching, a_state(lost[0]), *effects, a_state(lost[1]), agent)
    assert watching.order[-1] == "shown"
    assert len(watching.order) == len(effects) + 1
    assert watching.shown == [({CONVERSATION: Audience(queues=("sales", "returns"))}, ("anna",))]


@pytest.mark.parametrize("mark", ["{", "[]", '{"queues": 7}', '{"of_tomorrow": 1}'])
def test_a_mark_that_nobody_here_can_read_shows_it_all_the_same(mark: str) -> None:
    watching = Watching()
    read(watching, a_state(mark))
    ((shown, _),) = watching.shown
    assert list(shown) == [CONVERSATION]
    assert (shown[CONVERSATION].queues, shown[CONVERSATION].agents) == ((), ())
