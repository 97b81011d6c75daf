"""The bot over a whole turn: what it answers, when it hands over, and when it keeps silent."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from sportello.bot.bot import BotOutcome
from sportello.bot.settings import BotSettings, FaqSettings
from sportello.bot.triage import TALK_TO_PERSON, HandoffReason
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import REPLY_BUDGET
from sportello.language.settings import TextSettings
from sportello.language.texts import packaged_texts
from sportello.messaging.items import Unsupported
from sportello.queues.settings import QueueSettings
from support.builders import ACCOUNT, CONVERSATION, HANDLE, NOW, accept, seconds
from support.clouds.table import desk
from support.clouds.working_desk import WorkingDesk, texts, working_desk

QUESTION = "Quanto tempo ci vuole per la consegna?"
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        yield empty


def answered(*, more: bool = False) -> BotOutcome:
    return BotOutcome(outcome="answered", more=more)


def handed_over(reason: HandoffReason) -> BotOutcome:
    return BotOutcome(outcome="handoff", reason=reason)


SUPERSEDED = BotOutcome(outcome="superseded")


# --- answering --------------------------------------------------------------------------------


def test_a_known_question_is_answered_by_a_bot_that_says_it_is_one(office: WorkingDesk) -> None:
    assert office.say(QUESTION) == answered()
    (message,) = office.messages()
    assert message.text.startswith(packaged_texts("it")["bot_disclosure"])
    assert [button.id for button in message.buttons] == [TALK_TO_PERSON]
    assert office.state.turn is None


def test_people_of_another_queue_to_which_it_overflows_are_somebody(office: WorkingDesk) -> None:
    overflows = {"tiers": [{"name": "colleagues", "queues": ["sales"]}]}
    sales = {"tiers": [{"name": "shop", "endpoints": ["desk"]}]}
    office.configure(QueueSettings, queues={"default": overflows, "sales": sales})
    office.say(QUESTION)
    (message,) = office.messages()
    assert [button.id for button in message.buttons] == [TALK_TO_PERSON]


def test_the_second_answer_of_a_stretch_comes_without_introduction(office: WorkingDesk) -> None:
    office.say(QUESTION)
    office.pass_time(seconds(1))
    office.say("Quanto costa la spedizione?", turn_id="turn-2")
    first, second = texts(office.messages())
    assert first.startswith(packaged_texts("it")["bot_disclosure"])
    assert not second.startswith(packaged_texts("it")["bot_disclosure"])


def test_a_question_is_answered_in_its_own_language(office: WorkingDesk) -> None:
    assert office.say("How long does delivery take, please?") == answered()
    (message,) = office.messages()
    assert message.text.startswith(packaged_texts("en")["bot_disclosure"])


def test_a_burst_is_answered_once(office: WorkingDesk) -> None:
    item_ids = [
        office.write(text) for text in ("Buongiorno", "Quanto tempo ci vuole", "per la consegna?")
    ]
    assert office.receive(*item_ids[:1], turn_id="turn-1").turn_started
    for number, item_id in enumerate(item_ids[1:], 2):
        assert office.triage(item_id, turn_id=f"turn-{number}") is None
    assert office.run("turn-1") == answered()
    assert len(office.messages()) == 1


@pytest.mark.parametrize("hint", [[], [0], [1], [0, 1], [1, 0, 1]])
def test_a_turn_is_read_whole_whatever_of_it_was_hinted_at(
    office: WorkingDesk, hint: list[int]
) -> None:
    item_ids = [office.write(text) for text in ("Quanto tempo ci vuole", "per la consegna?")]
    office.receive(*item_ids)
    assert office.run(hint=[item_ids[number] for number in hint]) == answered()


def test_what_a_hint_names_beyond_the_turn_is_not_in_it(office: WorkingDesk) -> None:
    earlier = office.write(QUESTION)
    office.triage(earlier)
    question = office.write("Quanto costa la spedizione?")
    office.receive(question, turn_id="turn-2")
    elsewhere = office.write("Vorrei parlare con un operatore")
    assert office.run("turn-2", ["no-such-item", earlier, question, elsewhere]) == answered()


def test_a_hint_may_be_longer_than_what_is_read_at_once(office: WorkingDesk) -> None:
    item_ids = [office.write(QUESTION, sent_at=NOW + seconds(n)) for n in range(150)]
    office.receive(*item_ids)
    assert office.run(hint=item_ids) == answered()


def test_the_business_answers_in_its_own_words(office: WorkingDesk) -> None:
    entry = {
        "id": "opening",
        "questions": ["A che ora aprite?"],
        "answer": "Apriamo alle sette.",
    }
    office.configure(FaqSettings, entries={"it": [entry]})
    office.configure(TextSettings, texts={"it": {"bot_disclosure": "Sono un robot."}})
    assert office.say("A che ora aprite?") == answered()
    assert texts(office.messages()) == ["Sono un robot.\n\nApriamo alle sette."]


def test_an_empty_list_switches_the_packaged_answers_of_its_language_off(
    office: WorkingDesk,
) -> None:
    office.configure(FaqSettings, entries={"it": []})
    assert office.say(QUESTION) == handed_over(HandoffReason.UNKNOWN_QUESTION)


def test_a_language_left_out_keeps_the_packaged_answers(office: WorkingDesk) -> None:
    office.configure(FaqSettings, entries={"it": []})
    assert office.say("How long does delivery take, please?") == answered()


# --- handing over -----------------------------------------------------------------------------


def test_an_unknown_question_goes_to_a_person_at_once(office: WorkingDesk) -> None:
    assert office.say(UNKNOWN) == handed_over(HandoffReason.UNKNOWN_QUESTION)
    assert office.state.owner.kind is OwnerKind.QUEUE


def test_who_asks_for_a_person_gets_one(office: WorkingDesk) -> None:
    outcome = office.say("Vorrei parlare con un operatore")
    assert outcome == handed_over(HandoffReason.ASKED_FOR_PERSON)


def test_the_button_asks_for_a_person(office: WorkingDesk) -> None:
    outcome = office.say("", button_id=TALK_TO_PERSON)
    assert outcome == handed_over(HandoffReason.ASKED_FOR_PERSON)


def test_what_the_bot_cannot_read_goes_to_a_person(office: WorkingDesk) -> None:
    picture = {"kind": "image", "provider_media_id": "picture-1"}
    assert office.say("", media=[picture]) == handed_over(HandoffReason.NOTHING_TO_READ)


def test_a_message_of_an_unsupported_kind_goes_to_a_person(office: WorkingDesk) -> None:
    item = Unsupported(
        account_id=ACCOUNT,
        provider_item_id="poll-1",
        provider_message_id="poll-1",
        sent_at=NOW,
        handle=HANDLE,
        reply_to=HANDLE,
        provider_kind="poll",
    )
    assert office.triage(office.keep(item)) == handed_over(HandoffReason.NOTHING_TO_READ)


def test_a_bot_that_is_switched_off_answers_nothing(office: WorkingDesk) -> None:
    office.configure(BotSettings, enabled=False)
    assert office.say(QUESTION) == handed_over(HandoffReason.BOT_DISABLED)


def test_after_many_answers_in_a_row_a_person_takes_over(office: WorkingDesk) -> None:
    office.configure(BotSettings, answers_per_stretch=2)
    outcomes = [office.say(QUESTION, turn_id=f"turn-{number}") for number in range(3)]
    assert outcomes == [answered(), answered(), handed_over(HandoffReason.TOO_MANY_ANSWERS)]


def test_two_machines_that_talk_to_each_other_are_stopped(office: WorkingDesk) -> None:
    office.configure(BotSettings, answers_per_stretch=20)
    outcomes = []
    for number in range(REPLY_BUDGET + 1):
        office.pass_time(seconds(1))
        outcomes.append(office.say(QUESTION, turn_id=f"turn-{number}"))
    assert outcomes[-1] == handed_over(HandoffReason.REPLY_BUDGET)
    assert len(office.messages()) == REPLY_BUDGET
    assert office.state.owner.kind is OwnerKind.QUEUE


# --- while things change around a run ---------------------------------------------------------


def during_the_run(office: WorkingDesk, happens: Callable[[], Any]) -> BotOutcome:
    """Run the bot, and let something happen between its reading and its answer."""
    act, first = office.desk.act, [True]

    def act_after_it_happened(*arguments: Any, **named: Any) -> Any:
        if first.pop() if first else False:
            happens()
        return act(*arguments, **named)

    with patch.object(office.desk, "act", act_after_it_happened):
        return office.run()


def test_what_the_customer_writes_during_a_run_keeps_the_turn_going(office: WorkingDesk) -> None:
    office.receive(office.write(QUESTION))

    def customer_goes_on() -> None:
        office.receive(office.write("E quanto costa?", sent_at=NOW + seconds(1)), turn_id="turn-2")

    assert during_the_run(office, customer_goes_on) == answered(more=True)
    turn = office.state.turn
    assert turn is not None
    assert (len(turn.items), turn.leased_to) == (1, "turn-1")


def test_a_bot_never_speaks_over_the_agent_who_came_meanwhile(office: WorkingDesk) -> None:
    office.receive(office.write(QUESTION))

    def agent_comes() -> None:
        office.hand_over()
        office.ask(accept())

    assert during_the_run(office, agent_comes) == SUPERSEDED
    office.deliver()
    assert [message.author for message in office.messages()] == ["system"]
    assert office.adapter.sent == []  # the text for the wait came too late as well


def test_a_run_that_lost_its_turn_says_nothing(office: WorkingDesk) -> None:
    office.receive(office.write(QUESTION), turn_id="turn-1")
    office.pass_time(seconds(90))
    office.receive(turn_id="turn-2")
    assert office.run("turn-1") == SUPERSEDED
    assert office.run("turn-2") == answered()


def test_a_repeated_run_finds_nothing_to_answer(office: WorkingDesk) -> None:
    office.say(QUESTION)
    assert office.run() == SUPERSEDED
    assert len(office.messages()) == 1


def test_two_runs_of_one_turn_answer_once(office: WorkingDesk) -> None:
    office.receive(office.write(QUESTION))
    assert during_the_run(office, office.run) == SUPERSEDED
    assert len(office.messages()) == 1


def test_a_conversation_nobody_began_needs_no_bot() -> None:
    with desk() as empty:
        assert WorkingDesk(empty).bot.run(CONVERSATION, "turn-1", NOW) == SUPERSEDED


def test_a_burst_longer_than_the_turns_memory_is_looked_at_again(office: WorkingDesk) -> None:
    office.receive(*(office.write(QUESTION, sent_at=NOW + seconds(n)) for n in range(40)))

    def customer_goes_on() -> None:
        office.receive(
            *(office.write(QUESTION, sent_at=NOW + seconds(n)) for n in range(40, 60)),
            turn_id="turn-2",
        )

    assert during_the_run(office, customer_goes_on) == answered(more=True)
    assert office.messages() == []
    assert office.run() == answered()
    assert len(office.messages()) == 1
