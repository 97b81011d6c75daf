"""What a settings document would come to: asked of a draft, or of what is in force."""

from datetime import date
from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import AfterValidator, Field, StringConstraints

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import read_body
from agent_api.calls.route_declaration import NothingNew, answer_with, route
from sportello.bot.probed_question import ProbedQuestion
from sportello.bot.settings import BotSettings, FaqSettings
from sportello.channel_kinds import Tone
from sportello.entrypoints import runtime
from sportello.hours.day_probe import (
    OpenMoment,
    OpenStretch,
    RuleName,
    RuleOfDay,
    moment_on,
    probe_day,
    probe_moment,
)
from sportello.hours.opening_hours import OpeningHours
from sportello.hours.opening_windows import OpeningTime, clock_time
from sportello.hours.settings import OpeningHoursSettings
from sportello.language.languages import Language, languages
from sportello.language.settings import TextSettings
from sportello.language.spoken_time import opening_in_words
from sportello.language.text_samples import PreviewedText, TextPlaceName, preview
from sportello.language.texts import UNATTENDED, TextName, text
from sportello.model import Model
from sportello.people.reachability import rings_nobody
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.settings_document import DEFAULT, Name
from sportello.table.settings.settings_store import SettingsStore

routes = Blueprint(__name__)


# --- opening hours ----------------------------------------------------------------------------


def _within_reach(on: date) -> date:
    if not 2000 <= on.year < 2200:  # noqa: PLR2004 -- years that a desk may ask about
        raise ValueError("long ago, or far ahead")
    return on


class HoursProbe(Model):
    """`at` is what the clock on the wall shows; `document` a draft, else it is what is in force."""

    date: Annotated[date, AfterValidator(_within_reach)]
    at: OpeningTime = "12:00"
    calendar: Name = DEFAULT
    document: OpeningHoursSettings | None = None


class CustomerText(Model):
    language: Language
    text: str


class ProbedHours(Model):
    """`rule`, `label` and `windows` are what holds on the date, `overruled` would otherwise.

    `closed_texts` are what somebody hears who writes at `moment`, in each language; none while it
    is open, and of a calendar that never opens.
    """

    calendar: str
    time_zone: str
    date: date
    rule: RuleName
    label: str
    windows: tuple[tuple[str, str], ...]
    overruled: tuple[RuleOfDay, ...]
    open: tuple[OpenStretch, ...]
    moment: OpenMoment
    closed_texts: tuple[CustomerText, ...]


@route(
    routes,
    "POST",
    "/settings/opening_hours/probe",
    Permission.READ_SETTINGS,
    body=HoursProbe,
    answers={200: ProbedHours},
    problems=("unknown-calendar",),
)
def probe_opening_hours(request: Request, _agent: Agent) -> Response:
    """Tell what a calendar makes of a date, and why; nothing is written."""
    probe, settings = read_body(request, HoursProbe, strict=False), _as_written()
    document = probe.document or settings.get(OpeningHoursSettings)
    hours = document.calendars.get(probe.calendar)
    if hours is None:
        raise Problem(404, "unknown-calendar", "The document has no calendar of this name.")
    day = probe_day(hours, probe.date)
    moment = probe_moment(hours, moment_on(hours, probe.date, clock_time(probe.at)))
    answer = ProbedHours(
        calendar=probe.calendar,
        time_zone=hours.time_zone,
        date=probe.date,
        **dict(day.holds),
        overruled=day.overruled,
        open=day.open,
        moment=moment,
        closed_texts=tuple(_closed_texts(settings, probe.calendar, hours, moment)),
    )
    return _nothing_new(answer)


def _closed_texts(
    settings: SettingsStore, calendar: str, hours: OpeningHours, moment: OpenMoment
) -> list[CustomerText]:
    opening = moment.next_opening
    if opening is None:
        return []
    name: TextName = "out_of_hours"
    wording = UNATTENDED[name] if _rings_nobody(settings, calendar) else name
    overrides = settings.get(TextSettings).texts
    return [
        CustomerText(
            language=language,
            text=text(
                wording,
                language,
                overrides=overrides,
                opening=opening_in_words(opening, moment.at, language, hours.zone),
            ),
        )
        for language in languages()
    ]


def _rings_nobody(settings: SettingsStore, calendar: str) -> bool:
    """Tell whether queues keep the calendar, and not one of them rings anybody."""
    queues, endpoints = settings.get(QueueSettings), settings.get(AgentEndpointSettings)
    names = [name for name, queue in queues.queues.items() if queue.calendar == calendar]
    return bool(names) and all(rings_nobody(queues, name, endpoints) for name in names)


# --- frequent questions -----------------------------------------------------------------------


class FaqProbe(Model):
    """A question as a customer writes it; without a language it is the one that it is in."""

    question: str = Field(min_length=1, max_length=4_000)
    language: Language | None = None
    document: FaqSettings | None = None


@route(
    routes,
    "POST",
    "/settings/faq/probe",
    Permission.READ_SETTINGS,
    body=FaqProbe,
    answers={200: ProbedQuestion},
)
def probe_faq(request: Request, _agent: Agent) -> Response:
    """Tell what the bot would make of a question, and which entries are near; nobody is asked."""
    from sportello.bot.faq_probe import probe_question  # noqa: PLC0415 -- no other route searches
    from sportello.language.conversation_language import language_of_message  # noqa: PLC0415

    probe, settings = read_body(request, FaqProbe, strict=False), _as_written()
    language = probe.language or language_of_message(probe.question, "", "")
    return _nothing_new(
        probe_question(
            probe.question,
            language or settings.get(TextSettings).default_language,
            probe.document or settings.get(FaqSettings),
            settings.get(BotSettings),
        )
    )


# --- texts ------------------------------------------------------------------------------------


class TextsProbe(Model):
    """Without a name all texts; `values` stand in place of the samples."""

    language: Language | None = None
    tone: Tone = Tone.NEUTRAL
    name: TextName | None = None
    values: dict[TextPlaceName, Annotated[str, StringConstraints(max_length=200)]] = Field(
        default_factory=dict
    )
    document: TextSettings | None = None


class ProbedTexts(Model):
    language: Language
    tone: Tone
    texts: tuple[PreviewedText, ...]


@route(
    routes,
    "POST",
    "/settings/texts/probe",
    Permission.READ_SETTINGS,
    body=TextsProbe,
    answers={200: ProbedTexts},
)
def probe_texts(request: Request, _agent: Agent) -> Response:
    """Say what customers would read, with something in each place of it."""
    probe = read_body(request, TextsProbe, strict=False)
    document = probe.document or _as_written().get(TextSettings)
    language = probe.language or document.default_language
    texts = preview(document, language, probe.tone, probe.values, probe.name)
    return _nothing_new(ProbedTexts(language=language, tone=probe.tone, texts=tuple(texts)))


def _as_written() -> SettingsStore:
    """Read settings as they are now: a probe that comes after a change is about the change."""
    return SettingsStore(runtime.table(), max_age_seconds=0)


def _nothing_new(answer: Model) -> Response:
    response = answer_with(answer)
    return NothingNew(response.body, response.headers)
