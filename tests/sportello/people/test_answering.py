"""An answer from outside the desk counts while its offer is open to whoever gives it."""

from collections.abc import Iterator

import pytest

from sportello.conversation.commands import Command, OfferToAgent
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.people.notifying.answering import Answered, Answering
from sportello.table.desk import Desk, Step
from sportello.table.settings.settings_store import SettingsStore
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    accept,
    an_address,
    decline,
    offer,
    receive,
    request_human,
    resolve,
    seconds,
)
from support.clouds.table import desk


class OpenOffer:
    """A conversation that was offered to a tier, of which Anna and Bruno are."""

    def __init__(self, empty: Desk) -> None:
        self._desk = empty
        settings = SettingsStore(empty.table, max_age_seconds=0)
        self._answering = Answering(empty, settings)
        for command in (receive(), request_human(), offer(agents=("anna", "bruno"))):
            self.do(command)
        open_offer = self.state.offer
        assert open_offer is not None
        self.offer_id = open_offer.offer_id

    @property
    def state(self) -> ConversationState:
        return self._desk.table.load(CONVERSATION).state

    def do(self, command: Command) -> None:
        step = Step(command=command, terms=TERMS, address=an_address())
        self._desk.act(CONVERSATION, lambda _: step, NOW)

    def accept(self, agent_id: str = "anna", offer_id: str = "") -> Answered:
        return self._answering.accept(CONVERSATION, offer_id or self.offer_id, agent_id, NOW)

    def decline(self, agent_id: str = "anna", offer_id: str = "") -> Answered:
        return self._answering.decline(CONVERSATION, offer_id or self.offer_id, agent_id, NOW)


@pytest.fixture
def opened() -> Iterator[OpenOffer]:
    with desk() as empty:
        yield OpenOffer(empty)


def test_who_accepts_has_the_conversation(opened: OpenOffer) -> None:
    assert opened.accept() is Answered.ACCEPTED
    assert (opened.state.owner.kind, opened.state.owner.name) == (OwnerKind.AGENT, "anna")


def test_who_accepts_twice_is_told_the_same_and_changes_nothing(opened: OpenOffer) -> None:
    opened.accept()
    before = opened.state
    assert opened.accept() is Answered.ACCEPTED
    assert opened.state == before


def test_who_comes_second_is_told_that_somebody_else_has_it(opened: OpenOffer) -> None:
    opened.accept("bruno")
    before = opened.state
    assert opened.accept() is Answered.TAKEN
    assert opened.decline() is Answered.TAKEN
    assert opened.state == before


def test_who_declines_is_asked_no_more(opened: OpenOffer) -> None:
    assert opened.decline() is Answered.DECLINED
    assert opened.state.offer is not None
    assert opened.state.offer.declined_by == ("anna",)
    assert opened.decline() is Answered.DECLINED


@pytest.mark.parametrize("end", [resolve(), decline("anna")])
def test_an_answer_to_an_offer_that_is_over_changes_nothing(
    opened: OpenOffer, end: Command
) -> None:
    for command in (end, decline("bruno")) if end == decline("anna") else (end,):
        opened.do(command)
    before = opened.state
    assert opened.accept() is Answered.OVER
    assert opened.decline() is Answered.OVER
    assert opened.state == before


def test_an_answer_to_an_earlier_offer_is_no_answer_to_the_next(opened: OpenOffer) -> None:
    first = opened.offer_id
    for command in (decline("anna"), decline("bruno"), offer(tier=1)):
        opened.do(command)
    before = opened.state
    assert before.offer is not None
    assert opened.accept(offer_id=first) is Answered.OVER
    assert opened.state == before


class PersonalOfferToAnna(OpenOffer):
    """A conversation that Anna alone is asked for."""

    def __init__(self, empty: Desk) -> None:
        super().__init__(empty)
        for command in (decline("anna"), decline("bruno"), ask("anna", self.state.handoff_id)):
            self.do(command)
        personal = self.state.personal_offer
        assert personal is not None
        self.offer_id = personal.offer_id


def ask(agent_id: str, handoff_id: str) -> OfferToAgent:
    return OfferToAgent(
        handoff_id=handoff_id,
        agent_id=agent_id,
        endpoints=(f"@{agent_id}/phone",),
        units=1,
        expires_at=NOW + seconds(30),
    )


@pytest.fixture
def asked() -> Iterator[PersonalOfferToAnna]:
    with desk() as empty:
        yield PersonalOfferToAnna(empty)


def test_who_is_asked_alone_accepts(asked: PersonalOfferToAnna) -> None:
    assert asked.accept() is Answered.ACCEPTED
    assert asked.state.owner.name == "anna"


def test_who_is_asked_alone_declines(asked: PersonalOfferToAnna) -> None:
    assert asked.decline() is Answered.DECLINED
    assert asked.state.personal_offer is None
    assert asked.state.owner.kind is OwnerKind.QUEUE


def test_nobody_else_answers_for_who_is_asked(asked: PersonalOfferToAnna) -> None:
    before = asked.state
    assert asked.accept("bruno") is Answered.OVER
    assert asked.decline("bruno") is Answered.OVER
    assert asked.state == before


def test_what_another_agent_has_cannot_be_taken_by_a_late_answer(opened: OpenOffer) -> None:
    opened.do(accept("bruno"))
    assert opened.accept() is Answered.TAKEN
    assert opened.state.owner.name == "bruno"
