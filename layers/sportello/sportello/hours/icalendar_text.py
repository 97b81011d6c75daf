"""The text of an iCalendar file (RFC 5545): its lines, its events, their properties. Pure."""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_BYTES = 262_144
MAX_EVENTS = 2_000

_NAME = r"[A-Za-z0-9-]+"
_PARAMETER = rf';({_NAME})=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)'
_LINE = re.compile(rf"(?P<name>{_NAME})(?P<parameters>(?:{_PARAMETER})*):(?P<value>.*)", re.DOTALL)
_PARAMETERS = re.compile(_PARAMETER)
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPED = re.compile(r"\\([\\;,nN])")


class BadCalendar(Exception):
    """The text is not an iCalendar file, or larger than an office's calendar could be."""


class Property(NamedTuple):
    """One property; `parameters` and `name` are in capitals, quotes around values are gone."""

    name: str
    parameters: dict[str, str]
    value: str
    line: int = 0


type Component = dict[str, list[Property]]
"""The properties of an event, say, by name, its BEGIN among them; those inside it are left out."""


class MalformedLine(NamedTuple):
    """A line that is no property; `name` is what it seems to be, in capitals."""

    line: int
    name: str


class Event(NamedTuple):
    properties: Component
    malformed: list[MalformedLine]

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.properties["BEGIN"][0].line


class TimeZoneDefinition(NamedTuple):
    """A `VTIMEZONE`: `observances` are its STANDARD and DAYLIGHT parts."""

    properties: Component
    observances: list[Component]
    malformed: list[MalformedLine]


class CalendarFile(NamedTuple):
    """`malformed` are the lines outside events."""

    properties: Component
    events: list[Event]
    zones: list[TimeZoneDefinition]
    malformed: list[MalformedLine]


def calendar_file(content: bytes) -> CalendarFile:
    """Read a file, in order; raises BadCalendar with the line at which it makes no sense.

    A line inside it that is none is kept with what it stands in: the others say what they say.
    """
    calendar = CalendarFile({}, [], [], [])
    opened: list[str] = []
    for number, raw in _content_lines(content):
        entry = _property(number, _decoded(raw))
        if entry is None and opened:
            _keep_malformed(calendar, opened[1:], MalformedLine(number, _name_in(raw)))
            continue
        if entry is None:
            raise BadCalendar(f"line {number}: not a property such as NAME:value")
        if entry.name == "BEGIN":
            opened.append(entry.value.strip().upper())
        if not opened or opened[0] != "VCALENDAR":
            raise BadCalendar(f"line {number}: a calendar begins with BEGIN:VCALENDAR")
        if entry.name == "END":
            if opened.pop() != entry.value.strip().upper():
                raise BadCalendar(f"line {number}: this END ends something else")
            continue
        _add(calendar, opened[1:], entry)
        if len(calendar.events) > MAX_EVENTS:
            raise BadCalendar(f"line {number}: at most {MAX_EVENTS} events")
    if opened:
        raise BadCalendar(f"the file ends within {opened[-1]}")
    return calendar


def _keep_malformed(calendar: CalendarFile, inside: list[str], line: MalformedLine) -> None:
    match inside:
        case ["VEVENT", *_]:
            calendar.events[-1].malformed.append(line)
            return
        case ["VTIMEZONE", *_]:
            calendar.zones[-1].malformed.append(line)
    calendar.malformed.append(line)


def _add(calendar: CalendarFile, inside: list[str], entry: Property) -> None:
    begins = entry.name == "BEGIN"
    match inside:
        case []:
            component = calendar.properties
        case ["VEVENT"]:
            if begins:
                calendar.events.append(Event({}, []))
            component = calendar.events[-1].properties
        case ["VTIMEZONE"]:
            if begins:
                calendar.zones.append(TimeZoneDefinition({}, [], []))
            component = calendar.zones[-1].properties
        case ["VTIMEZONE", _]:
            if begins:
                calendar.zones[-1].observances.append({})
            component = calendar.zones[-1].observances[-1]
        case _:
            return
    component.setdefault(entry.name, []).append(entry)


def text_of(component: Component, name: str) -> str:
    """Return the value of a property as written, empty if there is none."""
    return component[name][0].value if name in component else ""


def plain_text(value: str) -> str:
    """Undo the escapes of a text value, on one line."""
    unescaped = _ESCAPED.sub(lambda match: match[1] if match[1] not in "nN" else " ", value)
    return "".join(filter(str.isprintable, " ".join(unescaped.split())))


def _content_lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Join folded lines; with each, the number of the line that it begins on."""
    if len(content) > MAX_BYTES:
        raise BadCalendar(f"at most {MAX_BYTES} bytes")
    if content.startswith(_UTF_16_MARKS):
        content = content.decode("utf-16", errors="replace").encode()
    if not content.strip():
        raise BadCalendar("the file is empty")
    # Unfolded as bytes: a fold may lie within a character.
    folded = re.sub(rb"\r\n?", b"\n", content.removeprefix(codecs.BOM_UTF8))
    number = 1
    lines = 0
    for raw in re.split(rb"\n(?![ \t])", folded):
        number, lines = number + lines, raw.count(b"\n") + 1
        if raw.strip():
            yield number, re.sub(rb"\n[ \t]", b"", raw)


def _decoded(raw: bytes) -> str:
    """Decode a line; what is said in another encoding than UTF-8 is taken for Windows'."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _property(number: int, line: str) -> Property | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    parameters = {
        name.upper(): value.replace('"', "")
        for name, value in _PARAMETERS.findall(match["parameters"])
    }
    return Property(match["name"].upper(), parameters, match["value"], number)


def _name_in(raw: bytes) -> str:
    match = re.match(rb"\s*([A-Za-z0-9-]+)", raw)
    return match[1].decode().upper() if match else ""
