"""Where nobody can be rung no customer is promised a colleague, and somebody is told of it."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from sportello.bot.settings import BotSettings
from sportello.bot.triage import HandoffReason
from sportello.channel_kinds import Tone
from sportello.dispatch.daily_look import HOUR, look_once_a_day
from sportello.hours.settings import OpeningHoursSettings
from sportello.language.languages import languages
from sportello.language.settings import TextSettings
from sportello.language.texts import TEXT_NAMES, UNATTENDED, packaged_texts
from sportello.people.reachability import queues_without_people, rings_nobody
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import Queue, QueueSettings, QueueTier
from sportello.queues.waits import REFRESH_GAP
from sportello.table.items import wait_attributes
from support.builders import CONVERSATION, NIGHT, NOW, seconds
from support.clouds.working_desk import PEOPLE, WorkingDesk, texts, working_desk
from support.waits import a_wait

QUESTION = "Quanto tempo ci vuole per la consegna?"
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"
UNKNOWN_IN_ENGLISH = "My plush crocodile sings out of tune on Sundays"
ALWAYS = {"time_zone": "Europe/Rome", "weekly": {"mon-sun": [["00:00", "24:00"]]}}

PROMISES_SOMEBODY = re.compile(
    r"colleg|colleague|rispond|answer|get back|persona|person|contatto|passing|passo|attesa|queue",
    re.IGNORECASE,
)


@pytest.fixture
def deserted() -> Iterator[WorkingDesk]:
    """A fresh deployment: nobody has set an endpoint."""
    with working_desk(people=()) as office:
        yield office


def counted(capsys: pytest.CaptureFixture[str]) -> float:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return sum(sum(line.get("NobodyToRing", [])) for line in lines)


def some_waits(office: WorkingDesk) -> None:
    """Let customers have waited lately, so that a wait can be estimated."""
    for number in range(8):
        ended_at = office.now - seconds(number * 90)
        wait = a_wait(240, ended_at=ended_at, wait_id=str(number), announced_low=None)
        office.table._client.put_item(TableName=office.table._name, Item=wait_attributes(wait))


# --- what customers hear --------------------------------------------------------------------------


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize("tone", [None, *Tone])
def test_no_text_for_a_desk_without_people_speaks_of_any(language: str, tone: Tone | None) -> None:
    wordings = packaged_texts(language, tone)
    for name in TEXT_NAMES:
        if name.endswith("_unattended"):
            assert not PROMISES_SOMEBODY.search(wordings[name]), wordings[name]


@pytest.mark.parametrize("question", [UNKNOWN, UNKNOWN_IN_ENGLISH])
@pytest.mark.parametrize("at", [NOW, NIGHT])
@pytest.mark.parametrize("reason", [HandoffReason.UNKNOWN_QUESTION, HandoffReason.BOT_FAILED])
def test_nobody_is_promised_whatever_the_hour_and_the_reason(
    deserted: WorkingDesk, question: str, at: datetime, reason: HandoffReason
) -> None:
    deserted.now = at
    deserted.receive(deserted.write(question))
    deserted.hand_over(reason)
    (heard,) = texts(deserted.messages())
    assert not PROMISES_SOMEBODY.search(heard)


def test_the_opening_is_told_all_the_same(deserted: WorkingDesk) -> None:
    deserted.now = NIGHT
    deserted.say(UNKNOWN)
    (heard,) = texts(deserted.messages())
    assert "domani alle 9:00" in heard


def test_who_writes_again_after_the_closing_is_promised_nobody(deserted: WorkingDesk) -> None:
    deserted.say(UNKNOWN)
    deserted.now = NIGHT
    deserted.receive(deserted.write("Ci siete?"), turn_id="turn-2")
    heard = texts(deserted.messages())
    assert len(heard) == 2
    assert not PROMISES_SOMEBODY.search(heard[-1])


def test_no_wait_is_announced_for_nobody(deserted: WorkingDesk) -> None:
    some_waits(deserted)
    deserted.say(UNKNOWN)
    (heard,) = texts(deserted.messages())
    assert not PROMISES_SOMEBODY.search(heard)
    assert deserted.state.announced is None


def test_a_wait_is_not_told_anew_once_the_endpoints_are_gone() -> None:
    with working_desk() as office:
        office.configure(OpeningHoursSettings, calendars={"default": ALWAYS})
        some_waits(office)
        office.say(UNKNOWN)
        assert office.state.announced is not None
        office.configure(AgentEndpointSettings)
        before = texts(office.messages())
        office.pass_time(timedelta(hours=2) + REFRESH_GAP)
        office.ticking.tick(CONVERSATION, office.now, office.now)
        assert not any("attesa" in heard for heard in texts(office.messages())[len(before) :])


def test_a_promise_of_the_queue_is_not_made_for_nobody(deserted: WorkingDesk) -> None:
    queue = {"promise_when_unanswered": {"within_seconds": 3_600}}
    deserted.configure(QueueSettings, queues={"default": queue})
    deserted.say(UNKNOWN)
    deserted.escalating.exhaust(CONVERSATION, deserted.state.handoff_id, deserted.now)
    assert len(deserted.messages()) == 1
    assert not any(clock.kind == "promise" for clock in deserted.state.clocks)


def test_the_bot_offers_no_person(deserted: WorkingDesk) -> None:
    deserted.say(QUESTION)
    (message,) = deserted.messages()
    assert message.buttons == ()
    assert message.text.startswith("Buongiorno, sono l'assistente automatico.\n\n")


@pytest.mark.parametrize(("sign", "name"), [("start", "greeting"), ("help", "help")])
@pytest.mark.parametrize("enabled", [True, False])
def test_a_greeting_offers_no_person(
    deserted: WorkingDesk, sign: str, name: str, *, enabled: bool
) -> None:
    deserted.configure(BotSettings, enabled=enabled)
    deserted.say("", platform_sign=sign, language_hint="it")
    (heard,) = texts(deserted.messages())
    assert heard.endswith(str(packaged_texts("it")[UNATTENDED[name]]))  # type: ignore[index] # a name of a text
    assert not PROMISES_SOMEBODY.search(heard)


def test_a_business_that_looks_into_its_queue_itself_may_say_so(deserted: WorkingDesk) -> None:
    own = "Leggiamo la coda due volte al giorno."
    deserted.configure(TextSettings, texts={"it": {"handoff_unattended": own}})
    deserted.say(UNKNOWN)
    assert texts(deserted.messages()) == [own]


def test_with_the_first_endpoint_colleagues_are_spoken_of(deserted: WorkingDesk) -> None:
    deserted.say(UNKNOWN)
    for document in PEOPLE:
        deserted.configure(type(document), **document.model_dump(mode="json"))
    deserted.receive(deserted.write(UNKNOWN), turn_id="turn-2")
    deserted.now = NIGHT
    deserted.receive(deserted.write("Ci siete?"), turn_id="turn-3")
    assert "risponderemo" in texts(deserted.messages())[-1]


# --- who can be rung ------------------------------------------------------------------------------

ENDPOINTS = AgentEndpointSettings.model_validate({"endpoints": {"desk": {"notifier": "webhook"}}})


@pytest.mark.parametrize(
    ("queue", "nobody"),
    [
        (Queue(), True),
        (Queue(tiers=()), True),
        (Queue(tiers=(QueueTier(name="all", agents=("anna",)),)), True),
        (Queue(tiers=(QueueTier(name="all", endpoints=("removed",)),)), True),
        (Queue(tiers=(QueueTier(name="all", endpoints=("removed", "desk")),)), False),
        (Queue(tiers=(QueueTier(name="one"), QueueTier(name="two", endpoints=("desk",)))), False),
        (Queue(alert_endpoints=("desk",)), False),
        (Queue(alert_endpoints=("removed",)), True),
    ],
)
def test_a_queue_rings_whom_it_names_and_the_settings_have(queue: Queue, nobody: bool) -> None:  # noqa: FBT001 -- a table of truth
    queues = QueueSettings(queues={"default": queue})
    assert rings_nobody(queues, "default", ENDPOINTS) is nobody
    assert rings_nobody(queues, "default", AgentEndpointSettings())


def test_whom_a_queue_overflows_to_is_somebody() -> None:
    overflow = Queue(tiers=(QueueTier(name="all", queues=("sales",)),))
    sales = Queue(tiers=(QueueTier(name="all", endpoints=("desk",)),))
    queues = QueueSettings(queues={"default": overflow, "sales": sales})
    assert not rings_nobody(queues, "default", ENDPOINTS)


def test_agents_at_work_are_somebody_and_asked_for_only_without_endpoints() -> None:
    queues = QueueSettings(queues={"default": Queue(alert_endpoints=("desk",))})
    asked = []

    def has_agents() -> bool:
        asked.append("default")
        return True

    assert not rings_nobody(queues, "default", ENDPOINTS, has_agents)
    assert not asked
    assert not rings_nobody(queues, "default", AgentEndpointSettings(), has_agents)
    assert asked


def test_a_tier_overflows_to_a_queue_that_there_is() -> None:
    with pytest.raises(ValueError, match="overflows to 'sales'"):
        QueueSettings(queues={"default": Queue(tiers=(QueueTier(name="a", queues=("sales",)),))})


def test_queues_are_judged_one_by_one() -> None:
    queues = QueueSettings(queues={"default": Queue(alert_endpoints=("desk",)), "vip": Queue()})
    assert queues_without_people(queues, ENDPOINTS) == ("vip",)


# --- who is told ----------------------------------------------------------------------------------


def test_a_handoff_to_nobody_is_counted(
    deserted: WorkingDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    deserted.say(UNKNOWN)
    assert counted(capsys) == 1


def test_a_handoff_to_somebody_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with working_desk() as office:
        office.say(UNKNOWN)
    assert counted(capsys) == 0


def test_it_is_told_once_a_day(
    deserted: WorkingDesk,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for minute in range(24 * 60):
        look_once_a_day(deserted.table, deserted.settings, NOW + timedelta(minutes=minute))
    assert caplog.messages == ["nobody can be rung"]
    assert counted(capsys) == 1


def test_an_endpoint_that_says_it_is_gone_rings_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with working_desk() as office:
        endpoint = office.settings.get(AgentEndpointSettings).endpoints["desk"]
        office.table.endpoints.mark_gone("desk", endpoint.hash, office.now)
        look_once_a_day(office.table, office.settings, NOW.replace(hour=HOUR, minute=0))
        assert counted(capsys) == 1
        office.configure(AgentEndpointSettings, endpoints={"desk": {"notifier": "pager"}})
        look_once_a_day(office.table, office.settings, NOW.replace(hour=HOUR, minute=0))
        assert counted(capsys) == 0


def test_a_desk_with_people_has_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    with working_desk() as office:
        look_once_a_day(office.table, office.settings, NOW.replace(hour=HOUR, minute=0))
    assert counted(capsys) == 0
