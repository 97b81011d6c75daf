"""Who was brought by a link, a QR code or a menu is greeted, and rings nobody."""

from collections.abc import Iterator
from typing import Any

import pytest

from sportello.bot.bot import BotOutcome
from sportello.bot.settings import BotSettings, FaqSettings
from sportello.bot.triage import TALK_TO_PERSON, HandoffReason
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import Lifecycle
from sportello.language.settings import TextSettings
from sportello.language.texts import packaged_texts
from support.builders import CONVERSATION, accept, resolve, seconds
from support.clouds.working_desk import WorkingDesk, texts, working_desk

ORIGIN = {"kind": "link", "reference": "promo-ott24"}
OWN_FAQ = {
    "entries": {
        language: [{"id": "a", "questions": ["Vendete sedie?"], "answer": "Sì."}]
        for language in ("it", "en")
    }
}
ANSWERED = BotOutcome(outcome="answered")


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        yield empty


def start(office: WorkingDesk, turn_id: str = "turn-1", **fields: Any) -> BotOutcome | None:
    return office.say("", turn_id, **{"platform_sign": "start", "language_hint": "it"} | fields)


@pytest.mark.parametrize(
    ("hint", "language"), [("it", "it"), ("it-IT", "it"), ("en", "en"), ("xx", "it"), ("", "it")]
)
@pytest.mark.parametrize(("sign", "name"), [("start", "greeting"), ("help", "help")])
def test_a_sign_is_answered_in_the_language_of_the_customer_s_app(
    office: WorkingDesk, hint: str, language: str, sign: str, name: Any
) -> None:
    assert start(office, platform_sign=sign, language_hint=hint) == ANSWERED
    (message,) = office.messages()
    wording = packaged_texts(language)
    assert message.text == f"{wording['bot_disclosure']}\n\n{wording[name]}"
    assert [button.id for button in message.buttons] == [TALK_TO_PERSON]
    assert office.state.owner.kind is OwnerKind.BOT
    assert office.state.lifecycle is Lifecycle.AWAITING_CUSTOMER


@pytest.mark.parametrize("sign", ["settings", "stop"])
def test_other_entries_of_the_menu_tell_what_one_can_do(office: WorkingDesk, sign: str) -> None:
    start(office, platform_sign=sign)
    assert office.messages()[0].text.endswith(packaged_texts("it")["help"])


def test_a_code_rings_nobody_whatever_the_business_s_own_answers_are(office: WorkingDesk) -> None:
    office.configure(FaqSettings, **OWN_FAQ)
    for number in range(3):
        office.pass_time(seconds(1))
        assert start(office, f"turn-{number}", origin=ORIGIN) == ANSWERED
    assert office.notices() == []


def test_without_a_bot_the_greeting_does_not_pretend_to_be_one(office: WorkingDesk) -> None:
    office.configure(BotSettings, enabled=False)
    assert start(office) == ANSWERED
    assert texts(office.messages()) == [packaged_texts("it")["greeting"]]


def test_after_many_answers_a_greeting_still_rings_nobody(office: WorkingDesk) -> None:
    office.configure(BotSettings, answers_per_stretch=1)
    start(office)
    office.pass_time(seconds(1))
    assert start(office, "turn-2") == ANSWERED


def test_the_business_greets_in_its_own_words(office: WorkingDesk) -> None:
    office.configure(TextSettings, texts={"it": {"greeting": "Benvenuta da Rossi!"}})
    start(office)
    assert office.messages()[0].text.endswith("Benvenuta da Rossi!")


def test_a_question_behind_a_start_is_answered_and_not_greeted(office: WorkingDesk) -> None:
    item_ids = [
        office.write("", platform_sign="start", language_hint="it"),
        office.write("Quanto tempo ci vuole per la consegna?"),
    ]
    assert office.triage(*item_ids) == ANSWERED
    assert packaged_texts("it")["greeting"] not in office.messages()[0].text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Vorrei parlare con una persona", HandoffReason.ASKED_FOR_PERSON),
        ("Il mio coccodrillo di peluche canta stonato", HandoffReason.UNKNOWN_QUESTION),
    ],
)
def test_words_typed_beside_a_sign_are_what_was_said(
    office: WorkingDesk, text: str, reason: HandoffReason
) -> None:
    outcome = office.say(text, platform_sign="start", language_hint="it")
    assert outcome == BotOutcome(outcome="handoff", reason=reason)


def test_people_who_have_the_conversation_owe_no_answer_to_a_command(office: WorkingDesk) -> None:
    office.say("Vorrei parlare con una persona")
    office.pass_time(seconds(1))
    office.ask(accept())
    office.ask(resolve())
    office.say("Vorrei parlare con una persona", "turn-2")
    office.pass_time(seconds(1))
    before, rung = office.state, len(office.notices())
    assert before.owner.is_people
    start(office, "turn-3")
    assert (office.state.turn, office.state.clocks) == (before.turn, before.clocks)
    assert len(office.notices()) == rung


def test_where_the_customer_came_from_is_kept_while_they_talk(office: WorkingDesk) -> None:
    start(office, origin=ORIGIN)
    office.pass_time(seconds(1))
    office.say("Quanto tempo ci vuole per la consegna?", "turn-2")
    address = office.table.load(CONVERSATION).address
    assert address is not None
    assert address.origin is not None
    assert address.origin.reference == "promo-ott24"
    office.pass_time(seconds(1))
    start(office, "turn-3", origin=ORIGIN | {"reference": "vetrina"})
    address = office.table.load(CONVERSATION).address
    assert address is not None
    assert address.origin is not None
    assert address.origin.reference == "vetrina"
