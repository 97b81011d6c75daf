"""One folder more and Sportello knows German: read, understood, answered and said."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from sportello.bot.bot import BotOutcome
from sportello.bot.faq import content_stems, packaged_entries, packaged_index
from sportello.bot.human_request import asks_for_a_person
from sportello.bot.settings import FaqSettings
from sportello.bot.triage import HandoffReason
from sportello.channel_kinds import Tone
from sportello.hours.settings import OpeningHoursSettings
from sportello.language.detection import detect
from sportello.language.languages import REQUIRED_PARTS, languages
from sportello.language.settings import TextSettings
from sportello.language.spoken_duration import duration_in_words, wait_in_words
from sportello.language.spoken_time import deadline_in_words, opening_in_words
from sportello.language.texts import text
from sportello.language.thanks import is_thanks
from support.builders import CONVERSATION, seconds
from support.clouds.working_desk import WorkingDesk, texts, working_desk
from support.german import german_in

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY_NOON = datetime(2026, 11, 25, 12, tzinfo=BERLIN)
QUESTION = "Hallo, wie lange dauert die Lieferung?"
MINUTE, HOUR = 60, 3_600


@pytest.fixture(autouse=True)
def german(tmp_path: Path) -> Iterator[Path]:
    with german_in(tmp_path) as folder:
        yield folder


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        yield empty


def test_its_folder_makes_it_a_language() -> None:
    assert languages() == ("de", "en", "it")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Wo ist mein Paket?", "de"),
        ("ich möchte mit jemandem sprechen", "de"),
        ("Where is my parcel?", "en"),
        ("dove il mio pacco", "it"),
        ("ok", "de"),
    ],
)
def test_german_is_recognised_among_the_others(said: str, language: str) -> None:
    assert detect(said, hints=["pl", "de-CH"]) == language


@pytest.mark.parametrize(
    ("at", "opening", "deadline"),
    [
        ("2026-11-25 15:40", "um 15:40 Uhr", "bis 15:40 Uhr"),
        ("2026-11-26 00:00", "um Mitternacht", "bis Mitternacht"),
        ("2026-11-26 09:00", "morgen um 9:00 Uhr", "bis morgen um 9:00 Uhr"),
        (
            "2026-11-27 09:00",
            "am Freitag, dem 27., um 9:00 Uhr",
            "bis Freitag, den 27., um 9:00 Uhr",
        ),
        (
            "2026-12-01 09:00",
            "am Dienstag, dem 1. Dezember, um 9:00 Uhr",
            "bis Dienstag, den 1. Dezember, um 9:00 Uhr",
        ),
        (
            "2027-03-01 13:05",
            "am Montag, dem 1. März 2027, um 13:05 Uhr",
            "bis Montag, den 1. März 2027, um 13:05 Uhr",
        ),
    ],
)
def test_times_are_told_in_german(at: str, opening: str, deadline: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=BERLIN)
    assert opening_in_words(instant, WEDNESDAY_NOON, "de", BERLIN) == opening
    assert deadline_in_words(instant, WEDNESDAY_NOON, "de", BERLIN) == deadline


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 60, "weniger als 1 Minute"),
        (120, 300, "zwischen 2 und 5 Minuten"),
        (300, 300, "etwa 5 Minuten"),
        (HOUR, 2 * HOUR, "zwischen 1 und 2 Stunden"),
        (HOUR, 90 * MINUTE, "zwischen 1 Stunde und 1 Stunde und 30 Minuten"),
        (HOUR, 5 * HOUR, "mehr als 1 Stunde"),
    ],
)
def test_waits_are_told_in_german(low: float, high: float, words: str) -> None:
    assert wait_in_words(low, high, "de") == words
    assert duration_in_words(90 * MINUTE, "de") == "1 Stunde und 30 Minuten"


def test_a_text_is_said_in_german_and_in_the_tone_of_the_channel() -> None:
    assert text("promise_made", "de", by="bis 15:40 Uhr") == "Wir melden uns bis 15:40 Uhr."
    assert text("handoff", "de").startswith("Ich verbinde Sie")
    assert text("handoff", "de", tone=Tone.INFORMAL).startswith("Ich verbinde dich")
    assert text("bot_failed", "de", tone=Tone.INFORMAL) == text("bot_failed", "de")


@pytest.mark.parametrize(
    "said", ["Danke!", "Vielen Dank, tschüss 👍", "alles klar, danke", "grazie"]
)
def test_german_thanks_are_understood_wherever_they_are_said(said: str) -> None:
    assert [is_thanks(said, language) for language in languages()] == [True] * 3
    assert not is_thanks(f"{said} aber", "de")


def test_a_request_for_a_person_is_heard_in_german() -> None:
    assert asks_for_a_person("Ich möchte bitte mit einer Person sprechen!", "de")
    assert asks_for_a_person("MÖCHTE EINEN MITARBEITER, es geht um Lieferung 12", "de")
    assert asks_for_a_person("Mitarbeiter bitte", "de")
    assert asks_for_a_person(text("talk_to_person_button", "de"), "de")
    assert not asks_for_a_person("Ich will nicht mit einer Person sprechen", "de")
    assert not asks_for_a_person("Ihr Mitarbeiter hat mir geholfen", "de")


def test_a_question_is_found_by_its_german_words() -> None:
    match = packaged_index("de").best("Lieferzeiten?")
    assert match is not None
    assert match.entry.id == "delivery_times"
    broken = packaged_index("de").best("Ihre GERÄTE! Es funktioniert nicht")
    assert broken is not None
    assert broken.entry.id == "defective_item"
    assert content_stems("Hallo, kein Gerät?", "de") == ["not", "gerat"]


def test_a_capital_letter_makes_no_name_of_a_german_noun() -> None:
    assert packaged_index("de").best("Wie lange dauert die Lieferung der Krokodile?") is None


def test_settings_take_german_and_offer_it() -> None:
    entry = {"id": "park", "questions": ["Wo kann ich parken?"], "answer": "Im Hof."}
    assert FaqSettings.model_validate({"entries": {"de": [entry]}}).entries["de"][0].id == "park"
    document = {"default_language": "de", "texts": {"de": {"handoff": "Einen Moment."}}}
    assert TextSettings.model_validate(document).texts["de"]["handoff"] == "Einen Moment."
    schema = TextSettings.model_json_schema()
    assert schema["properties"]["default_language"]["enum"] == ["de", "en", "it"]
    with pytest.raises(ValidationError, match="no value for name"):
        TextSettings.model_validate({"texts": {"de": {"handoff": "Guten Tag {name}"}}})


def test_a_german_customer_is_answered_in_german(office: WorkingDesk) -> None:
    assert office.say(QUESTION) == BotOutcome(outcome="answered")
    (message,) = office.messages()
    assert message.text == (
        "Guten Tag, hier antwortet der automatische Assistent.\n\n"
        "Die Lieferzeit steht in der Bestätigung."
    )
    assert [button.title for button in message.buttons] == ["Mit jemandem reden"]
    address = office.table.load(CONVERSATION).address
    assert address is not None
    assert address.language == "de"


def test_a_german_customer_is_handed_over_in_german(office: WorkingDesk) -> None:
    outcome = office.say("Ich möchte mit jemandem sprechen")
    assert outcome == BotOutcome(outcome="handoff", reason=HandoffReason.ASKED_FOR_PERSON)
    assert texts(office.messages()) == [text("handoff", "de")]


def test_the_closed_desk_tells_its_opening_in_german(office: WorkingDesk) -> None:
    hours = {"time_zone": "Europe/Berlin", "special": {}, "weekly": {"sun": [["09:00", "10:00"]]}}
    office.configure(OpeningHoursSettings, calendars={"default": hours})
    office.say("Ich möchte mit jemandem sprechen")
    (said,) = texts(office.messages())
    assert said.startswith("Wir haben gerade geschlossen und sind am Sonntag, dem ")
    assert said.endswith("um 9:00 Uhr wieder da.")


def test_for_whom_nobody_knows_a_language_the_business_may_choose_german(
    office: WorkingDesk,
) -> None:
    office.configure(TextSettings, default_language="de")
    office.say("12345")
    assert texts(office.messages()) == [text("handoff", "de")]
    address = office.table.load(CONVERSATION).address
    assert address is not None
    assert address.language == ""


# --- as much of a language as there is --------------------------------------------------------


def test_a_folder_without_a_required_part_is_no_language(tmp_path: Path) -> None:
    for part in REQUIRED_PARTS:
        with german_in(tmp_path / part, set(REQUIRED_PARTS) - {part}):
            assert languages() == ("en", "it")
            assert detect("Wo ist mein Paket?", ["de"]) is None


def test_without_the_optional_parts_people_answer_what_the_bot_cannot(
    tmp_path: Path, office: WorkingDesk
) -> None:
    with german_in(tmp_path / "small", REQUIRED_PARTS):
        assert packaged_entries("de") == ()
        assert not is_thanks("danke", "de")
        assert is_thanks("grazie", "de")
        assert office.say(QUESTION) == BotOutcome(
            outcome="handoff", reason=HandoffReason.UNKNOWN_QUESTION
        )
        assert texts(office.messages()) == [text("handoff", "de")]


def test_the_business_s_own_entries_need_no_optional_part(
    tmp_path: Path, office: WorkingDesk
) -> None:
    entry = {"id": "park", "questions": ["Wo kann ich parken?"], "answer": "Im Hof."}
    with german_in(tmp_path / "small", REQUIRED_PARTS):
        office.configure(FaqSettings, entries={"de": [entry]})
        assert office.say("Wo kann ich parken?") == BotOutcome(outcome="answered")
        outcome = office.say("Wo kann ich meine Lieferung parken?", turn_id="turn-2")
        assert outcome == BotOutcome(outcome="handoff", reason=HandoffReason.UNKNOWN_QUESTION)


def test_what_nobody_uses_of_a_language_is_not_read(german: Path) -> None:
    for path in german.iterdir():
        if path.stem not in {"evidence", "thanks"}:  # what a message is looked up in, any message
            path.write_text("{")
    assert text("handoff", "it")
    assert wait_in_words(120, 300, "it") == "tra 2 e 5 minuti"
    assert asks_for_a_person("operatore", "it")
    assert packaged_index("it").best("tempi di consegna") is not None
    assert is_thanks("danke", "it")
    assert detect("Wo ist mein Paket?") == "de"
    with pytest.raises(ValueError, match="Expecting"):
        text("handoff", "de")


def test_the_address_of_a_removed_language_is_read_and_written_to_in_the_default(
    office: WorkingDesk, tmp_path: Path
) -> None:
    office.say(QUESTION)
    address = office.table.load(CONVERSATION).address
    assert address is not None
    assert office.settings.language_of(address) == "de"
    with german_in(tmp_path / "removed", ()):
        assert office.table.load(CONVERSATION).address == address
        assert office.settings.language_of(address) == "it"
        office.pass_time(seconds(60))
        office.say("12345", turn_id="turn-2")
        assert texts(office.messages())[-1] == text("handoff", "it")
