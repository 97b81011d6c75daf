"""One person with several handles, and the desk that finds out: everything but the bot."""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from sportello.conversation.commands import Accept, Command, RequestHuman
from sportello.conversation.events import (
    ConversationEvent,
    ConversationMoved,
    MessageReceived,
)
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.intake.applying import Applying
from sportello.intake.joining import Joining
from sportello.intake.receiving import Receiving
from sportello.messaging.identifiers import conversation_id
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.items import (
    Echo,
    FromCustomer,
    HandleChange,
    InboundItem,
    Receipt,
    wants_answer,
)
from sportello.table.desk import Desk, Step
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import SettingsStore
from support.builders import ACCOUNT, CHANNEL, KEY, NOW, a_message, a_receipt
from support.clouds.table import all_items, desk
from support.fakes import SIGNATURE, FakeAdapter

PHONE = "fake:393330000101"
SPELLED_OTHERWISE = "fake:3933300001019"
USER = "fake_user:IT.1"
PARENT = "fake_user:IT.ENT.9"
NEW_USER = "fake_user:IT.2"
NEW_PHONE = "fake:393330000202"


def derived(handle: str) -> str:
    return conversation_id(KEY, CHANNEL, ACCOUNT, handle)


def written(text: str, number: int, *handles: str, after: float = 0) -> InboundItem:
    return a_message(text, number, **_named(handles, after))


def echo(text: str, number: int, *handles: str, after: float = 0) -> InboundItem:
    ids = {"account_id": ACCOUNT, "provider_item_id": f"echo-{number}"}
    return Echo.model_validate(
        {**ids, "provider_message_id": f"echo-{number}", "text": text, **_named(handles, after)}
    )


def receipt(tracker: str, number: int, *handles: str) -> Receipt:
    first, *others = handles
    return a_receipt("delivered", tracker, number, handle=first, other_handles=tuple(others))  # type: ignore[arg-type] # validated


def handle_change(number: int, *handles: str, after: float = 0, reply_to: str = "") -> InboundItem:
    ids = {"account_id": ACCOUNT, "provider_item_id": f"change-{number}"}
    fields = {**ids, **_named(handles, after)}
    return HandleChange.model_validate(fields | {"reply_to": reply_to or fields["reply_to"]})


def _named(handles: Sequence[str], after: float) -> dict[str, Any]:
    first, *others = handles
    return {
        "handle": first,
        "other_handles": tuple(others),
        "reply_to": handles[-1],
        "sent_at": NOW + timedelta(seconds=after),
    }


class PersonsDesk:
    """Receives payloads, and hands in what is pending as the stream's reader or the sweep do."""

    def __init__(self, empty: Desk) -> None:
        self.desk, self.table = empty, empty.table
        self.settings = SettingsStore(empty.table, max_age_seconds=math.inf)
        self.applying = Applying(empty, self.settings)
        self.now = NOW
        self._receiving = Receiving(FakeAdapter(), empty.table, lambda: KEY)
        self._runs = 0

    # --- what happens -----------------------------------------------------------------------

    def receive(self, *items: InboundItem) -> None:
        body = json.dumps([item.model_dump(mode="json") for item in items]).encode()
        headers = {"x-fake-signature": SIGNATURE}
        at = max(self.now, *(item.sent_at for item in items))
        request = WebhookRequest(
            method="POST", headers=headers, query={}, body=body, received_at=at
        )
        assert self._receiving.receive(request).status == 200

    def hand_in(self, conversation: str) -> None:
        """Apply what is pending in one conversation."""
        records = [r for r in self.inbound(conversation) if not r.applied]
        answerable = [r.item_id for r in records if wants_answer(r.item)]
        others = [r for r in records if not wants_answer(r.item)]
        self._runs += 1
        if answerable:
            self.applying.receive(conversation, answerable, f"turn-{self._runs}", self.now)
        if others:
            self.applying.note(conversation, others, self.now)

    def hand_in_all(self) -> None:
        for _ in range(20):
            waiting = self.pending()
            if not waiting:
                return
            for conversation in waiting:
                self.hand_in(conversation)
        raise AssertionError(f"never settled: {self.pending()}")

    def say(self, *items: InboundItem) -> None:
        self.receive(*items)
        self.hand_in_all()

    def ask(self, conversation: str, command: Command) -> None:
        def plan(loaded: Conversation) -> Step:
            return Step(command=command, terms=self.settings.terms(loaded))

        self.desk.act(conversation, plan, self.now, follow=True)

    def hand_over(self, conversation: str) -> None:
        state = self.state(conversation)
        assert state.turn is not None
        self.ask(
            conversation,
            RequestHuman(
                turn_id=state.turn.leased_to,
                owner_version=state.owner.version,
                reason="asked_for_person",
                queue="default",
                accompanying_text=None,
            ),
        )

    def accept(self, conversation: str, agent: str = "anna") -> None:
        self.hand_over(conversation)
        self.ask(conversation, Accept(agent_id=agent))

    # --- what is there ----------------------------------------------------------------------

    def state(self, conversation: str) -> ConversationState:
        return self.table.load(conversation).state

    def inbound(self, conversation: str = "") -> list[InboundRecord]:
        items = (item for item in all_items(self.table) if item["entity"]["S"] == "inbound")
        records = [InboundRecord.from_attributes(item) for item in items]
        return [r for r in records if conversation in {"", r.conversation_id}]

    def pending(self) -> list[str]:
        return sorted({r.conversation_id for r in self.inbound() if not r.applied})

    def conversations(self) -> list[str]:
        states = (item for item in all_items(self.table) if item["entity"]["S"] == "state")
        return sorted(str(item["pk"]["S"]).removeprefix("CONV#") for item in states)

    def going_on(self) -> list[str]:
        return [name for name in self.conversations() if not self.state(name).moved_to]

    def log(self, conversation: str) -> list[ConversationEvent]:
        commits = reversed(self.table.log_page(conversation, 1_000))
        return [event for commit in commits for event in commit.events]

    def faults(self, messages: Sequence[InboundItem]) -> list[str]:
        """What is wrong with a desk that has come to rest."""
        return list(_faults(self, messages))


def _faults(office: PersonsDesk, messages: Sequence[InboundItem]) -> Iterator[str]:
    going_on = office.going_on()
    if len(going_on) != 1:
        yield f"{len(going_on)} conversations go on"
    if office.pending():
        yield "items are left"
    recorded: list[str] = []
    for name in office.conversations():
        log = office.log(name)
        if fold(log) != office.state(name):
            yield "a state is not what its log says"
        recorded += _recorded(log)
        if office.table.load_going_on(name).conversation_id not in going_on:
            yield "a pointer leads nowhere"
    answerable = [m for m in messages if wants_answer(m)]
    if len(recorded) != len(answerable) or len(set(recorded)) != len(recorded):
        yield f"{len(answerable)} messages are recorded {len(recorded)} times"
    for name in going_on:
        turn = office.state(name).turn
        if turn is not None and [i.item_id for i in turn.items] != [
            i.item_id for i in sorted(turn.items, key=lambda item: item.place)
        ]:
            yield "a turn is out of order"


def _recorded(log: Sequence[ConversationEvent]) -> list[str]:
    """Return the messages of a log; those handed on are recorded where they went."""
    own: list[str] = []
    for event in log:
        if isinstance(event, MessageReceived):
            own.append(event.item_id)
        elif isinstance(event, ConversationMoved):
            own = [item_id for item_id in own if item_id not in event.handed_on]
    return own


@contextmanager
def persons_desk() -> Iterator[PersonsDesk]:
    with desk() as empty:
        yield PersonsDesk(empty)


@contextmanager
def earlier_version() -> Iterator[None]:
    """A version that knows of no moving is back for a while."""
    nowhere = property(lambda _: "")
    with (
        patch.object(Joining, "settle", lambda _self, home, _now: home),
        patch.object(ConversationState, "goes_on_in", nowhere),
        patch.object(ConversationState, "leads_to", nowhere, create=True),
    ):
        yield


def customers(items: Sequence[InboundItem]) -> list[InboundItem]:
    return [item for item in items if isinstance(item, FromCustomer)]


def at(after: float) -> datetime:
    return NOW + timedelta(seconds=after)
