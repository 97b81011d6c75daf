"""The text of an iCalendar file (RFC 5545): its lines, its events, their properties. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_BYTES = 262_144
MAX_EVENTS = 2_000

_NAME = r"[A-Za-z0-9-]+"
_PARAMETER = rf';({_NAME})=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)'
_LINE = re.compile(rf"(?P<name>{_NAME})(?P<parameters>(?:{_PARAMETER})*):(?P<value>.*)", re.DOTALL)
_PARAMETERS = re.compile(_PARAMETER)
_ESCAPED = re.compile(r"\\([\\;,nN])")


class BadCalendar(Exception):
    """The text is not an iCalendar file, or larger than an office's calendar could be."""


class Property(NamedTuple):
    """One property; `parameters` and `name` are in capitals, quotes around values are gone."""

    name: str
    parameters: dict[str, str]
    value: str


type Event = dict[str, list[Property]]
"""The properties of one event by name; those of an alarm inside it are left out."""


def events_in(content: bytes) -> list[Event]:
    """Read the events of a file, in order; raises BadCalendar with the line it stumbled over."""
    events: list[Event] = []
    opened: list[str] = []
    for number, line in _content_lines(content):
        entry = _property(number, line)
        if entry.name == "BEGIN":
            opened.append(entry.value.strip().upper())
            if opened[1:] == ["VEVENT"]:
                events.append({})
        if not opened or opened[0] != "VCALENDAR":
            raise BadCalendar(f"line {number}: a calendar begins with BEGIN:VCALENDAR")
        if entry.name == "END" and opened.pop() != entry.value.strip().upper():
            raise BadCalendar(f"line {number}: this END ends something else")
        if opened[1:] == ["VEVENT"]:
            events[-1].setdefault(entry.name, []).append(entry)
        if len(events) > MAX_EVENTS:
            raise BadCalendar(f"line {number}: at most {MAX_EVENTS} events")
    if opened:
        raise BadCalendar(f"the file ends within {opened[-1]}")
    return events


def text_of(event: Event, name: str) -> str:
    """Return the value of a property as written, empty if there is none."""
    return event[name][0].value if name in event else ""


def plain_text(value: str) -> str:
    """Undo the escapes of a text value, on one line."""
    unescaped = _ESCAPED.sub(lambda match: match[1] if match[1] not in "nN" else " ", value)
    return "".join(filter(str.isprintable, " ".join(unescaped.split())))


def _content_lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Join folded lines; with each, the number of the line that it begins on."""
    if len(content) > MAX_BYTES:
        raise BadCalendar(f"at most {MAX_BYTES} bytes")
    if not content.strip():
        raise BadCalendar("the file is empty")
    # Unfolded as bytes: a fold may lie within a character.
    folded = re.sub(rb"\r\n?", b"\n", content.removeprefix(b"\xef\xbb\xbf"))
    number = 1
    lines = 0
    for raw in re.split(rb"\n(?![ \t])", folded):
        number, lines = number + lines, raw.count(b"\n") + 1
        if not raw.strip():
            continue
        try:
            yield number, re.sub(rb"\n[ \t]", b"", raw).decode()
        except UnicodeDecodeError:
            raise BadCalendar(f"line {number}: not UTF-8") from None


def _property(number: int, line: str) -> Property:
    match = _LINE.fullmatch(line)
    if match is None:
        raise BadCalendar(f"line {number}: not a property such as NAME:value")
    parameters = {
        name.upper(): value.replace('"', "")
        for name, value in _PARAMETERS.findall(match["parameters"])
    }
    return Property(match["name"].upper(), parameters, match["value"])
