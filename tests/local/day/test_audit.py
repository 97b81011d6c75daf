"""What the audit of a day complains of: of nothing on a good day, and of each thing gone wrong."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, override

import pytest

from local.cloud.reception import MARK
from local.cloud.web import Answer
from local.day import audit
from local.day.audit import Day, complaints
from local.day.guests import PICTURE, Guest, Guests
from local.day.page import Api, Story
from local.providers.files import Files
from local.providers.provider_calls import CallLog, Fault
from sportello.conversation.events import AnswerLost, ConversationEvent, MessageReceived

NAME = "c" * 32
REPLY = f"Eccomi. {MARK} 0123456789ab."
FACTS: dict[str, Any] = {"item_id": "i"}
"""All that the audit reads of events."""

RECEIVED, LOST = MessageReceived.model_construct(**FACTS), AnswerLost.model_construct(**FACTS)


class DeskOfOne(Api):
    """An agent API that knows one conversation."""

    def __init__(self) -> None:
        super().__init__("", "", lambda _seconds: False)
        self.closed = [{"conversation_id": NAME, "sequence": 9, "lane": "closed"}]
        self.said = ["i"]
        self.hits = [{"row": {"conversation_id": NAME}}]

    @override
    def ask(self, method: str, path: str, document: Any = None, **headers: str) -> Answer:
        entries = [
            {"type": "MessageReceived", "author": "customer", "detail": {"item_id": item}}
            for item in self.said
        ]
        page = {"entries": entries, "sequence": 9, "newer": None, "older": None}
        documents = {
            "inbox": {"rows": self.closed, "cursor": ""},
            "search": {"hits": self.hits},
            "conversations": {"timeline": page if "after" not in path else page | {"entries": []}},
        }
        answer = documents[path.strip("/").partition("?")[0].partition("/")[0]]
        return Answer(200, json.dumps(answer).encode())


@dataclass
class GoodDay:
    """A customer wrote and sent a picture; a reply was refused, said again, and arrived."""

    desk: DeskOfOne = field(default_factory=DeskOfOne)
    calls: CallLog = field(default_factory=CallLog)
    log: list[ConversationEvent] = field(default_factory=lambda: [RECEIVED, LOST])
    arrivals: list[str] = field(default_factory=lambda: [REPLY])
    answered: int = 1
    agent: Any = None

    def __post_init__(self) -> None:
        story = Story(NAME)
        story.read(self.desk)
        counts = {"lines lost": 1, "pictures sent": 1, "lost replies mended": 1}
        self.agent = SimpleNamespace(
            member=SimpleNamespace(name="ada"),
            counts=Counter(counts),
            stories={NAME: story},
            opened={"media": "digest"},
            sent={"key": REPLY},
            live=SimpleNamespace(rows={NAME: dict(self.desk.closed[0])}),
            api=self.desk,
        )

    def complaints(self) -> list[str]:
        customer: Any = None
        guest = Guest(
            *(0, "orders", "telegram", "1", "Clienteaaa", NAME, customer, PICTURE),
            messages=1,
            file="digest",
        )
        guests = Guests([guest], Files())
        guests.counts["answered twice"] = self.answered
        self.calls.inject(Fault("telegram", 1, status=400))
        for text in (REPLY, *self.arrivals):
            self.calls.receive("telegram", "POST", "/", {}, text.encode())
        table: Any = SimpleNamespace(log_since=self._log_since)
        return list(complaints(Day(guests, [self.agent], self.desk, table, self.calls)))

    def _log_since(self, _name: str, _limit: int, sequence: int) -> list[Any]:
        return [] if sequence else [SimpleNamespace(sequence=0, events=self.log)]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SETTLING_SECONDS", 0.0)


def test_of_a_good_day_nothing_is_complained() -> None:
    assert GoodDay().complaints() == []


def _leave_open(day: GoodDay) -> None:
    day.desk.closed = []


def _answer_once(day: GoodDay) -> None:
    day.answered = 0


def _lose(day: GoodDay) -> None:
    day.arrivals = []


def _double(day: GoodDay) -> None:
    day.arrivals *= 2


def _forget_a_message(day: GoodDay) -> None:
    day.log = [LOST]


def _record_it_twice(day: GoodDay) -> None:
    day.log = [RECEIVED, RECEIVED, LOST]


def _show_twice(day: GoodDay) -> None:
    day.agent.stories[NAME].shown["i"] += 1


def _miss(day: GoodDay) -> None:
    day.desk.said = ["i", "j"]


def _push_nothing_new(day: GoodDay) -> None:
    day.agent.live.rows[NAME]["lane"] = "agent"


def _open_nothing(day: GoodDay) -> None:
    day.agent.opened = {}


def _send_no_file(day: GoodDay) -> None:
    del day.agent.counts["pictures sent"]


def _refuse_nothing(day: GoodDay) -> None:
    day.log = [RECEIVED]


def _mend_nothing(day: GoodDay) -> None:
    del day.agent.counts["lost replies mended"]


def _find_nobody(day: GoodDay) -> None:
    day.desk.hits = []


def _keep_the_line(day: GoodDay) -> None:
    del day.agent.counts["lines lost"]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_leave_open, "1 conversations were not resolved"),
        (_answer_once, "1 customers were not answered twice"),
        (_lose, "reply 0123456789ab never left"),
        (_double, "1 replies left twice"),
        (_forget_a_message, "Clienteaaa wrote 1 messages, 0 are recorded"),
        (_record_it_twice, "Clienteaaa wrote 1 messages, 2 are recorded"),
        (_show_twice, "ada was shown 1 words twice"),
        (_miss, "ada missed 1 words of a conversation"),
        (_push_nothing_new, "ada has 1 rows that are not the newest"),
        (_open_nothing, "Clienteaaa sent a picture that nobody could open"),
        (_send_no_file, "no agent sent a file"),
        (_refuse_nothing, "no reply was refused"),
        (_mend_nothing, "1 replies were lost, agents were told of 0 and mended 0"),
        (_find_nobody, "searching for Clienteaaa does not find them"),
        (_keep_the_line, "no line was ever lost"),
    ],
)
def test_what_went_wrong_is_complained_of(spoil: Callable[[GoodDay], None], complaint: str) -> None:
    day = GoodDay()
    spoil(day)
    assert day.complaints() == [complaint]
