"""Zones that a file defines, held against those that Python knows."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from sportello.hours import icalendar_zones
from sportello.hours.icalendar_text import calendar_file
from sportello.hours.icalendar_zones import ZonesOfFile
from support.template import ROOT

OUTLOOK = (ROOT / "tests/vectors/calendars/outlook_time_zone.ics").read_bytes()
SYDNEY = b"""BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Down under
BEGIN:STANDARD
DTSTART:20080406T030000
TZOFFSETFROM:+1100
TZOFFSETTO:+1000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20081005T020000
TZOFFSETFROM:+1000
TZOFFSETTO:+1100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:Never changes
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
"""


@pytest.mark.parametrize(
    ("content", "name", "zone"),
    [
        (OUTLOOK, "W. Europe Standard Time", "Europe/Rome"),
        (SYDNEY, "Down under", "Australia/Sydney"),
        (SYDNEY, "Never changes", "Asia/Kolkata"),
    ],
)
def test_a_defined_zone_tells_the_time_as_the_zone_it_defines(
    content: bytes, name: str, zone: str
) -> None:
    defined, real = ZonesOfFile(calendar_file(content)).named(name), ZoneInfo(zone)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at.year < 2027:
        local = at.astimezone(real)
        assert at.astimezone(defined).isoformat() == local.isoformat()
        wall = local.replace(tzinfo=None)
        for fold in (0, 1):
            moments = [wall.replace(tzinfo=each, fold=fold) for each in (defined, real)]
            assert moments[0].utcoffset() == moments[1].utcoffset(), wall
        at += timedelta(minutes=30) if at.day < 8 or at.day > 24 else timedelta(days=1)


def test_it_is_read_as_dateutil_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "zones.ics"
    path.write_bytes(SYDNEY.replace(b"BEGIN:VCALENDAR\n", b"").replace(b"END:VCALENDAR\n", b""))
    theirs = tzical(str(path)).get("Down under")
    ours = ZonesOfFile(calendar_file(SYDNEY)).named("Down under")
    for day in range(0, 3_650, 13):
        at = datetime(2024, 1, 1, 12) + timedelta(days=day)  # noqa: DTZ001 -- a wall clock
        assert at.replace(tzinfo=ours).utcoffset() == at.replace(tzinfo=theirs).utcoffset()


def test_every_name_of_windows_leads_to_a_zone() -> None:
    content = json.loads(icalendar_zones._WINDOWS_ZONES.read_text(encoding="utf-8"))
    assert content["source"]
    assert len(content["zones"]) > 130
    zones = ZonesOfFile(calendar_file(b"BEGIN:VCALENDAR\nEND:VCALENDAR"))
    for name, zone in content["zones"].items():
        windows = zones.named(name)
        noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
        assert noon.astimezone(windows).isoformat() == noon.astimezone(ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize("name", ["", "Nowhere", "../../etc/passwd", "/", "/etc/localtime", "Rome"])
def test_a_name_that_tells_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        ZonesOfFile(calendar_file(OUTLOOK)).named(name)
