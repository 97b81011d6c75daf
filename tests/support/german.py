"""A small German, and how a test lets Sportello find it: by its folder, and by nothing else."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sportello
from sportello.language.languages import _FOLDER

GERMAN: Mapping[str, Any] = {
    "about": {"name": "Deutsch", "stemmer": "german"},
    "evidence": {
        "words": [
            "ich wir der die das ein eine einen einem und oder nicht ist sind habe mein meine",
            "wie wo wann warum für mit bitte danke hallo guten lieferung bestellung paket möchte",
            "schönen noch tschüss sprechen jemand mitarbeiter lange dauert",
        ],
        "in_names": ["der die das von und am zum"],
    },
    "spoken": {
        "weekdays": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
        "months": (
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
        ).split(),
        "day_of_month": "{number}.",
        "clock": {"um": "um {hour}:{minute} Uhr", "bis": "bis {hour}:{minute} Uhr"},
        "opening": {
            "today": "{um}",
            "midnight": "um Mitternacht",
            "yesterday": "gestern {um}",
            "tomorrow": "morgen {um}",
            "day": "am {weekday}, dem {day}, {um}",
            "day_and_month": "am {weekday}, dem {day} {month}, {um}",
            "day_month_and_year": "am {weekday}, dem {day} {month} {year}, {um}",
        },
        "deadline": {
            "today": "{bis}",
            "midnight": "bis Mitternacht",
            "yesterday": "bis gestern {um}",
            "tomorrow": "bis morgen {um}",
            "day": "bis {weekday}, den {day}, {um}",
            "day_and_month": "bis {weekday}, den {day} {month}, {um}",
            "day_month_and_year": "bis {weekday}, den {day} {month} {year}, {um}",
        },
        "duration": {
            "minutes": {"1": "1 Minute", "other": "{number} Minuten"},
            "hours": {"1": "1 Stunde", "other": "{number} Stunden"},
            "hours_and_minutes": "{hours} und {minutes}",
        },
        "wait": {
            "less_than": "weniger als {duration}",
            "about": "etwa {duration}",
            "between": "zwischen {low} und {high}",
            "more_than": "mehr als {duration}",
        },
    },
    "texts": {
        "bot_disclosure": "Guten Tag, hier antwortet der automatische Assistent.",
        "bot_disclosure_unattended": "Guten Tag, hier antwortet ein Automat.",
        "greeting": "Schreiben Sie hier Ihre Frage: Wir antworten so bald wie möglich.",
        "greeting_unattended": "Schreiben Sie hier Ihre Frage.",
        "help": 'Schreiben Sie hier Ihre Frage oder "Mitarbeiter".',
        "help_unattended": "Schreiben Sie hier Ihre Frage.",
        "handoff": {
            "default": "Ich verbinde Sie mit einer Kollegin oder einem Kollegen.",
            "informal": "Ich verbinde dich mit einer Kollegin oder einem Kollegen.",
        },
        "handoff_unattended": "Hier kann ich gerade niemanden rufen.",
        "expected_wait": "Sie sind Nummer {position}. Voraussichtliche Wartezeit: {wait}.",
        "expected_wait_changed": "Sie sind jetzt Nummer {position}. Wartezeit: {wait}.",
        "out_of_hours": "Wir haben gerade geschlossen und sind {opening} wieder da.",
        "out_of_hours_unattended": "Wir haben gerade geschlossen, bis {opening}.",
        "promise_made": "Wir melden uns {by}.",
        "promise_broken": "Wir wollten uns {by} melden. Es tut uns leid.",
        "colleague": "Jemand von uns",
        "call_back": "{who} ruft Sie {by} an.",
        "channel_change": "{who} schreibt Ihnen {by} per {channel}.",
        "bot_failed": "Ich gebe das Gespräch an einen Menschen weiter.",
        "talk_to_person_button": "Mit jemandem reden",
    },
    "human_request": {
        "people": ["mitarbeiter mitarbeiterin mensch"],
        "wrapping": ["bitte einen eine ein echter"],
        "groups": {
            "person": [
                "(?:(?:einem|einer|einen|eine) )?(?:mitarbeiter(?:in)?|menschen|person|jemandem)"
            ],
            "want": ["möchte", "brauche"],
        },
        "asks": ["mit {person} (?:sprechen|reden)", "{want} {person}"],
        "refuses": ["nicht mit {person} (?:sprechen|reden)"],
    },
    "thanks": {
        "slots": {"many": ["vielen", "herzlichen"]},
        "phrases": {
            "thanks": ["danke", "danke schön", "{many} dank"],
            "agreement": ["alles klar"],
            "farewell": ["tschüss", "schönen tag noch"],
        },
    },
    "particulars": {
        "weekdays": [
            "montags mo",
            "dienstags di",
            "mittwochs mi",
            "donnerstags do",
            "freitags fr",
            "samstags sonnabend sa",
            "sonntags so",
        ],
        "days": {
            "today": ["heute"],
            "tomorrow": ["morgen"],
            "weekend": ["wochenende, am wochenende"],
            "12-24": ["heiligabend"],
        },
        "past_days": {"yesterday": ["gestern"]},
        "times": {"evening": ["abends, heute abend"]},
        "before_times": ["um, um etwa, ab, bis"],
        "numerals": {
            "1": ["ein-"],
            "2": ["zwei"],
            "3": ["drei"],
            "4": ["vier"],
            "5": ["fünf"],
            "10": ["zehn"],
            "20": ["zwanzig"],
            "100": ["hundert"],
        },
        "joins": ["und"],
        "units": {
            "gb": ["gigabyte"],
            "hour": ["uhr, stunde, stunden"],
            "day": ["tag, tage, tagen"],
        },
        "ago": ["vor"],
        "references": ["bestellung"],
        "relations": {"without": ["ohne"]},
    },
    "stop_words": {
        "function_words": ["wie lange dauert die der das den nach für es ist sie ich bitte ihre"],
        "greetings_and_thanks": ["hallo danke guten tag"],
        "negations": ["nicht kein keine"],
    },
    "faq": [
        {
            "id": "delivery_times",
            "questions": ["Wie lange dauert die Lieferung?", "Lieferzeit"],
            "answer": "Die Lieferzeit steht in der Bestätigung.",
        },
        {
            "id": "defective_item",
            "questions": ["Das Gerät funktioniert nicht"],
            "answer": "Das tut uns leid.",
        },
    ],
}


@contextmanager
def german_in(folder: Path, parts: Iterable[str] = GERMAN) -> Iterator[Path]:
    """Put German beside the packaged languages, copied into `folder`; yields its own folder."""
    root = folder / "languages"
    shutil.copytree(Path(sportello.__file__).parent / "language/data", root)
    german = root / "de"
    german.mkdir()
    for name in parts:
        content = json.dumps(GERMAN[name], ensure_ascii=False)
        (german / f"{name}.json").write_text(content, encoding="utf-8")
    token = _FOLDER.set(root)
    try:
        yield german
    finally:
        _FOLDER.reset(token)
