from datetime import date
from zoneinfo import ZoneInfo

import pytest

from sportello.hours.closed_days import Closure
from sportello.hours.ical_closures import (
    MAX_RECURRING_EVENTS,
    FoundClosures,
    closures_in,
    new_among,
)
from sportello.hours.icalendar_text import MAX_BYTES, MAX_EVENTS, BadCalendar
from support.template import ROOT

ROME = ZoneInfo("Europe/Rome")
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def file_of(*events: str, between: str = "") -> bytes:
    """Write events, given by their lines, as a file with the line ends RFC 5545 asks for."""
    bodies = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{between}{bodies}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def found_in(*events: str, between: str = "", zone: ZoneInfo = ROME) -> FoundClosures:
    return closures_in(file_of(*events, between=between), zone, FIRST, LAST)


def closed(*events: str, zone: ZoneInfo = ROME) -> list[tuple[str, str, str]]:
    """Return first and last closed date and label, of a file in which nothing is skipped."""
    found = found_in(*events, zone=zone)
    assert not found.skipped
    return [spelled(closure) for closure in found.closures]


def spelled(closure: Closure) -> tuple[str, str, str]:
    return closure.first.isoformat(), (closure.last or closure.first).isoformat(), closure.label


def skipped(*events: str, between: str = "") -> list[str]:
    found = found_in(*events, between=between)
    assert not found.closures
    return [each.reason for each in found.skipped]


def test_an_all_day_event_ends_the_day_before_its_dtend() -> None:
    ferie = "SUMMARY:Ferie\nDTSTART;VALUE=DATE:20260810\nDTEND;VALUE=DATE:20260822"
    assert closed(ferie) == [("2026-08-10", "2026-08-21", "Ferie")]


@pytest.mark.parametrize("end", ["", "\nDTEND;VALUE=DATE:20261207", "\nDURATION:P1D"])
def test_an_all_day_event_without_an_end_of_its_own_is_one_day(end: str) -> None:
    assert closed(f"DTSTART;VALUE=DATE:20261207{end}") == [("2026-12-07", "2026-12-07", "")]


def test_days_that_follow_one_another_under_one_name_are_one_closure() -> None:
    monday, tuesday, other = (
        f"SUMMARY:{name}\nDTSTART:202608{day}" for name, day in (("A", 10), ("A", 11), ("B", 12))
    )
    assert closed(tuesday, other, monday) == [
        ("2026-08-10", "2026-08-11", "A"),
        ("2026-08-12", "2026-08-12", "B"),
    ]


def test_a_timed_event_closes_the_days_it_covers_and_tells_those_it_only_touches() -> None:
    found = found_in(
        "SUMMARY:Trasloco\nDTSTART;TZID=Europe/Rome:20260508T130000\n"
        "DTEND;TZID=Europe/Rome:20260511T090000"
    )
    assert [spelled(closure) for closure in found.closures] == [
        ("2026-05-09", "2026-05-10", "Trasloco")
    ]
    assert [skip.model_dump(mode="json") for skip in found.skipped] == [
        {
            "label": "Trasloco",
            "reason": "partly_covered",
            "line": 4,
            "first": "2026-05-08",
            "days": 2,
        }
    ]


@pytest.mark.parametrize("end", ["20260512T000000", "20260511T235900", "20260511T235959"])
def test_an_end_in_the_last_minute_is_the_end_of_the_day(end: str) -> None:
    assert closed(f"DTSTART:20260511T000000\nDTEND:{end}") == [("2026-05-11", "2026-05-11", "")]


def test_days_are_those_of_the_calendars_zone_wherever_times_are_given() -> None:
    a_day_in_utc = "DTSTART:20260510T220000Z\nDTEND:20260511T220000Z"
    a_day_in_new_york = (
        "DTSTART;TZID=America/New_York:20260510T180000\nDTEND;TZID=America/New_York:20260511T180000"
    )
    for event in (a_day_in_utc, a_day_in_new_york):
        assert closed(event) == [("2026-05-11", "2026-05-11", "")]
    # In Karachi the same event ends at three in the morning.
    found = found_in(a_day_in_utc, zone=ZoneInfo("Asia/Karachi"))
    assert (found.closures, found.skipped[0].days) == ((), 2)


@pytest.mark.parametrize(("day", "following"), [("20260329", "20260330"), ("20261025", "20261026")])
def test_a_day_of_23_or_25_hours_is_a_whole_day(day: str, following: str) -> None:
    event = f"DTSTART;TZID=Europe/Rome:{day}T000000\nDTEND;TZID=Europe/Rome:{following}T000000"
    iso = date.fromisoformat(day).isoformat()
    assert closed(event) == [(iso, iso, "")]


def test_a_yearly_event_recurs_within_the_window_only() -> None:
    patron = "SUMMARY:Patrono\nDTSTART;VALUE=DATE:20190624\nRRULE:FREQ=YEARLY"
    assert [first for first, _, _ in closed(patron)] == ["2026-06-24", "2027-06-24", "2028-06-24"]


def test_a_recurring_closure_that_began_before_the_window_still_closes_its_rest() -> None:
    winter = (
        "SUMMARY:Inverno\nDTSTART;VALUE=DATE:20191229\nDTEND;VALUE=DATE:20200104\nRRULE:FREQ=YEARLY"
    )
    assert closed(winter)[0] == ("2026-01-01", "2026-01-03", "Inverno")


def test_weekly_events_leave_out_exceptions_and_end_with_until() -> None:
    weekly = (
        "DTSTART;TZID=Europe/Rome:20260502T000000\nDTEND;TZID=Europe/Rome:20260503T000000\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20260522T220000Z\nEXDATE;TZID=Europe/Rome:20260509T000000"
    )
    assert [first for first, _, _ in closed(weekly)] == ["2026-05-02", "2026-05-16", "2026-05-23"]
    earlier = weekly.replace("T220000Z", "T215959Z")
    assert [first for first, _, _ in closed(earlier)] == ["2026-05-02", "2026-05-16"]


def test_an_occurrence_that_begins_after_until_on_its_day_is_not_one() -> None:
    evenings = (
        "DTSTART;TZID=America/New_York:20260501T180000\nDURATION:P1D\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20260508T"
    )
    at_five, at_six = (f"{evenings}{until}" for until in ("210000Z", "220000Z"))
    assert [first for first, _, _ in closed(at_five)] == ["2026-05-02"]
    assert [first for first, _, _ in closed(at_six)] == ["2026-05-02", "2026-05-09"]


def test_an_exception_may_be_a_date_or_an_instant_in_another_zone() -> None:
    days = "DTSTART;VALUE=DATE:20260502\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260503"
    assert [first for first, _, _ in closed(days)] == ["2026-05-02", "2026-05-04"]
    timed = (
        "DTSTART;TZID=Europe/Rome:20260502T000000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=2\n"
        "EXDATE:20260501T220000Z,20200101T000000Z"
    )
    assert [first for first, _, _ in closed(timed)] == ["2026-05-09"]


def test_a_moved_occurrence_counts_where_it_was_moved_to() -> None:
    every_monday = "UID:a\nDTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = "UID:a\nRECURRENCE-ID;VALUE=DATE:20260511\nDTSTART;VALUE=DATE:20260513"
    another = "UID:b\nRECURRENCE-ID;VALUE=DATE:20260518\nDTSTART;VALUE=DATE:20260520"
    assert [first for first, _, _ in closed(every_monday, moved, another)] == [
        *("2026-05-04", "2026-05-13", "2026-05-18", "2026-05-20")
    ]


def test_a_cancelled_occurrence_is_not_closed() -> None:
    every_monday = "UID:a\nDTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=2"
    gone = "UID:a\nRECURRENCE-ID;VALUE=DATE:20260511\nDTSTART;VALUE=DATE:20260511\nSTATUS:CANCELLED"
    found = found_in(every_monday, gone)
    assert [spelled(closure)[0] for closure in found.closures] == ["2026-05-04"]
    assert [skip.reason for skip in found.skipped] == ["cancelled"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("DTSTART;VALUE=DATE:20260504\nSTATUS:CANCELLED", "cancelled"),
        ("DTSTART;VALUE=DATE:20251231", "outside_window"),
        ("DTSTART;VALUE=DATE:20290101", "outside_window"),
        ("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY;COUNT=9", "outside_window"),
        ("DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=YEARLY;UNTIL=20251231", "outside_window"),
        ("DTSTART:20260504T090000\nDTEND:20260504T170000", "partly_covered"),
        ("DTSTART:20260504T000000", "partly_covered"),
        ("DTSTART;TZID=Ora di Roma:20260504T000000\nDURATION:P1D", "unknown_time_zone"),
        ("DTSTART;TZID=../../etc/passwd:20260504T000000", "unknown_time_zone"),
        ("DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=SECONDLY", "unsupported_recurrence"),
        ("DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=MONTHLY;BYSETPOS=-1", "unsupported_recurrence"),
        ("DTSTART;VALUE=DATE:20260504\nRRULE:nonsense", "unsupported_recurrence"),
        ("DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=DAILY;INTERVAL=0", "unsupported_recurrence"),
        ("DTSTART;VALUE=DATE:20260504\nRDATE;VALUE=DATE:20260506", "unsupported_recurrence"),
        ("DTSTART;VALUE=DATE:19700101\nRRULE:FREQ=YEARLY;COUNT=99", "unsupported_recurrence"),
        (
            "DTSTART:20260101\nDTEND:20280101\nRRULE:FREQ=DAILY",
            "unsupported_recurrence",
        ),
        ("SUMMARY:no start", "not_understood"),
        ("DTSTART;VALUE=DATE:20260230", "not_understood"),
        ("DTSTART;VALUE=DATE:99991231", "not_understood"),
        ("DTSTART:20260504T250000", "not_understood"),
        ("DTSTART:tomorrow", "not_understood"),
        ("DTSTART:20260504\nDTEND:20260503", "not_understood"),
        ("DTSTART:20260504\nDTEND:20260505T000000", "not_understood"),
        ("DTSTART:20260504\nDTEND:21000101", "not_understood"),
        ("DTSTART:20260504\nDURATION:-P1D", "not_understood"),
        ("DTSTART:20260504\nDURATION:a while", "not_understood"),
    ],
)
def test_what_is_not_taken_over_says_why(event: str, reason: str) -> None:
    assert skipped(event) == [reason]


@pytest.mark.parametrize("duration", ["P2D", "PT48H", "P1DT24H", "PT2880M", "PT172800S"])
def test_a_length_may_be_said_instead_of_an_end(duration: str) -> None:
    event = f"DTSTART;TZID=Europe/Rome:20260504T000000\nDURATION:{duration}"
    assert closed(event) == [("2026-05-04", "2026-05-05", "")]


def test_a_name_is_unfolded_unescaped_and_kept_to_one_short_line() -> None:
    assert closed("SUMMARY:Ferie\\, tutti\n  al mare\\; forse\\n\\\\o/\nDTSTART:20260504") == [
        ("2026-05-04", "2026-05-04", "Ferie, tutti al mare; forse \\o/")
    ]
    assert closed(f"SUMMARY:{'x' * 500}\nDTSTART:20260504")[0][2] == "x" * 120


def test_a_fold_may_lie_within_a_character() -> None:
    folded = file_of("SUMMARY:Natività\nDTSTART:20260908").replace("à".encode(), b"\xc3\r\n \xa0")
    assert closures_in(folded, ROME, FIRST, LAST).closures[0].label == "Natività"


def test_other_components_parameters_and_line_ends_do_no_harm() -> None:
    text = """\
BEGIN:VCALENDAR
X-WR-CALNAME;X-NOTE="a:b;c":Chiusure
BEGIN:VTIMEZONE
TZID:Europe/Rome
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
begin:vevent
DTSTART;VALUE=DATE;X-A="x;y",z:20260504
summary;LANGUAGE=it:Santo patrono
BEGIN:VALARM
SUMMARY:Suona
DTSTART:20260101
END:VALARM
end:vevent
END:VCALENDAR
"""
    for content in (text, text.replace("\n", "\r"), "\ufeff" + text, text + "\n\n"):
        found = closures_in(content.encode(), ROME, FIRST, LAST)
        assert [spelled(closure) for closure in found.closures] == [
            ("2026-05-04", "2026-05-04", "Santo patrono")
        ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\n", "empty"),
        (b"hello", "line 1: not a property"),
        (b"BEGIN:VEVENT\nEND:VEVENT", "line 1: a calendar begins"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "ends within VEVENT"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", "line 3: this END"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR", "line 3: a calendar begins"),
        (b"\xff\xfb\x90\x00", "line 1: not a property"),
        (b"<html>\n<body>", "line 1: not a property"),
        (file_of(*["DTSTART:20260504"] * (MAX_EVENTS + 1)), f"at most {MAX_EVENTS} events"),
        (b"BEGIN:VCALENDAR\n" + b" " * MAX_BYTES, f"at most {MAX_BYTES} bytes"),
        (
            file_of(*["DTSTART:20260504\nRRULE:FREQ=YEARLY"] * (MAX_RECURRING_EVENTS + 1)),
            "events that recur",
        ),
        (
            file_of(*["DTSTART:20260101\nRRULE:FREQ=DAILY"] * 50),
            "at most 50000 days",
        ),
        (
            file_of(
                *(
                    f"SUMMARY:{day}\nDTSTART:20260101\nRRULE:FREQ=WEEKLY;BYDAY={day}"
                    for day in "MO TU WE TH FR SA SU MO,TH MO,WE MO,FR TU,SA WE,SU TH,SU".split()
                )
            ),
            "at most 2000 closures",
        ),
    ],
)
def test_what_is_no_calendar_or_too_large_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(BadCalendar, match=complaint):
        closures_in(content, ROME, FIRST, LAST)


# --- as programs write them -----------------------------------------------------------------------


def test_a_file_of_outlook_is_taken_over_whole() -> None:
    content = (ROOT / "tests/vectors/calendars/outlook_time_zone.ics").read_bytes()
    found = closures_in(content, ROME, FIRST, LAST)
    assert found.skipped == ()
    closed_days = [spelled(closure) for closure in found.closures]
    assert ("2026-08-10", "2026-08-21", "Ferie") in closed_days
    mondays = [first for first, _, label in closed_days if label == "Inventario"]
    assert mondays[:6] == [
        *("2026-01-05", "2026-02-02", "2026-03-02", "2026-04-06", "2026-05-04", "2026-07-06")
    ]
    assert (len(mondays), mondays[-1]) == (11, "2026-12-07")


DAY_IN_ROME = [("2026-05-11", "2026-05-11", "")]


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Rome",
        '"Europe/Rome"',
        "/freeassociation.sourceforge.net/Europe/Rome",
        "/freeassociation.sourceforge.net/Tzfile/Europe/Rome",
        "/mozilla.org/20050126_1/Europe/Rome",
        "/softwarestudio.org/Olson_20011030_5/Europe/Rome",
        "W. Europe Standard Time",
        "Romance Standard Time",
        "w. europe standard time",
    ],
)
def test_a_zone_is_known_by_the_names_programs_give_it(zone: str) -> None:
    timed = f"DTSTART;TZID={zone}:20260510T120000\nDTEND;TZID={zone}:20260512T120000"
    found = found_in(timed)
    assert [spelled(closure) for closure in found.closures] == DAY_IN_ROME
    assert [skip.reason for skip in found.skipped] == ["partly_covered"]


ZONE_OF_OUR_OWN = """\
BEGIN:VTIMEZONE
TZID:{name}
{more}BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    "name", ["Customized Time Zone", "(UTC+01:00) Roma", "Ora solare Europa occidentale", "Zone 1"]
)
def test_a_zone_that_the_file_defines_is_read_as_it_is_defined(name: str) -> None:
    a_day = (
        f'DTSTART;TZID="{name}":20260510T180000\nDTEND;TZID="{name}":20260512T080000',
        f'DTSTART;TZID="{name}":20261110T233000\nDTEND;TZID="{name}":20261112T003000',
    )
    definition = ZONE_OF_OUR_OWN.format(name=name, more="")
    found = found_in(*a_day, between=definition)
    assert [spelled(closure)[0] for closure in found.closures] == ["2026-05-11", "2026-11-11"]


def test_a_definition_that_names_its_zone_is_that_zone() -> None:
    named = ZONE_OF_OUR_OWN.format(name="1", more="X-LIC-LOCATION:Asia/Tokyo\n")
    event = "DTSTART;TZID=1:20260511T070000\nDTEND;TZID=1:20260512T070000"
    found = found_in(event, between=named)
    assert [spelled(closure) for closure in found.closures] == DAY_IN_ROME


@pytest.mark.parametrize(
    "broken",
    [
        ("TZOFFSETTO:+0200", "TZOFFSETTO:two"),
        ("BYDAY=-1SU", "BYHOUR=2"),
        ("FREQ=YEARLY", "FREQ=DAILY"),
        ("BYMONTH=3;", "COUNT=999;"),
        ("DTSTART:1981", "DTSTART:x"),
        ("TZID:Ours", "TZID:Theirs"),
    ],
)
def test_a_definition_that_makes_no_sense_defines_nothing(broken: tuple[str, str]) -> None:
    definition = ZONE_OF_OUR_OWN.format(name="Ours", more="").replace(*broken)
    event = "DTSTART;TZID=Ours:20260510T180000\nDURATION:P2D"
    assert skipped(event, between=definition) == ["unknown_time_zone"]


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;TZID=GMT Standard Time:20260511T000000\nDURATION:P1D",
        "DTSTART;TZID=Asia/Tokyo:20260511T000000\nDURATION:P1D",
        "DTSTART;TZID=Europe/London:20260511T000000\nDTEND;TZID=Europe/London:20260511T235959",
        "DTSTART:20260511T000000\nDURATION:PT24H",
        "DTSTART:20260511T000000Z\nDURATION:P1D\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
    ],
)
def test_from_midnight_to_midnight_is_a_day_wherever_it_was_written(event: str) -> None:
    assert closed(event) == DAY_IN_ROME


def test_a_day_of_utc_is_none_of_ours_unless_it_is_said_to_be_one() -> None:
    found = found_in("DTSTART:20260511T000000Z\nDURATION:P1D")
    assert found.closures == ()
    assert [skip.reason for skip in found.skipped] == ["partly_covered"]


def test_times_without_a_zone_are_in_the_one_the_file_is_in() -> None:
    event = "DTSTART:20260511T070000\nDTEND:20260512T070000"
    assert skipped(event) == ["partly_covered"]
    assert found_in(event, between="X-WR-TIMEZONE:Asia/Tokyo\n").closures
    assert skipped(event, between="X-WR-TIMEZONE:Nowhere\n") == ["partly_covered"]


@pytest.mark.parametrize(
    "until",
    ["20260511", "20260511T000000", "20260511T120000", "20260510T220000Z", "20260511T000000Z"],
)
def test_whole_days_recur_until_a_day_however_it_is_written(until: str) -> None:
    days = f"DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;UNTIL={until}"
    assert [first for first, _, _ in closed(days)] == ["2026-05-04", "2026-05-11"]
    timed = f"DTSTART;TZID=W. Europe Standard Time:20260504T000000\nDURATION:P1D\n{days[28:]}"
    assert [first for first, _, _ in closed(timed)] == ["2026-05-04", "2026-05-11"]


@pytest.mark.parametrize(
    "exception",
    [
        "EXDATE;VALUE=DATE:20260511",
        "EXDATE:20260511T000000",
        "EXDATE;TZID=W. Europe Standard Time:20260511T000000",
        "EXDATE;TZID=Nowhere:20260511T000000",
        "EXDATE:20260510T220000Z",
        "EXDATE:20260511T000000Z",
        "EXDATE;TZID=America/New_York:20260511T000000",
        "EXDATE;VALUE=DATE:20260101,20260511,",
    ],
)
def test_an_exception_of_whole_days_is_a_date_whatever_its_zone(exception: str) -> None:
    days = f"DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=3\n{exception}"
    assert [first for first, _, _ in closed(days)] == ["2026-05-04", "2026-05-18"]


def test_an_exception_nobody_understands_leaves_no_working_day_closed() -> None:
    days = "DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:the second"
    found = found_in(days)
    assert found.closures == ()
    assert [(skip.reason, skip.line) for skip in found.skipped] == [("not_understood", 7)]


def test_a_moved_occurrence_may_be_named_in_a_zone_nobody_knows() -> None:
    every_monday = "UID:a\nDTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=2"
    moved = "UID:a\nRECURRENCE-ID;TZID=Nowhere:20260511T000000\nDTSTART;VALUE=DATE:20260513"
    assert [first for first, _, _ in closed(every_monday, moved)] == ["2026-05-04", "2026-05-13"]


def test_occurrences_that_were_all_moved_from_one_on_leave_no_working_day_closed() -> None:
    every_monday = "UID:a\nDTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=3"
    name = "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260511"
    found = found_in(every_monday, f"UID:a\n{name}\nDTSTART;VALUE=DATE:20260513")
    assert [spelled(closure)[0] for closure in found.closures] == ["2026-05-04"]
    assert [skip.reason for skip in found.skipped] == ["unsupported_recurrence"]


def test_a_rule_of_exceptions_leaves_no_working_day_closed() -> None:
    weekly = "DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=WEEKLY;COUNT=3"
    assert skipped(f"{weekly}\nEXRULE:FREQ=WEEKLY;INTERVAL=2") == ["unsupported_recurrence"]


def test_the_first_monday_of_a_month_may_be_written_as_outlook_does() -> None:
    first_mondays = "DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=MONTHLY;COUNT=2;BYDAY=MO;BYSETPOS=1"
    assert [first for first, _, _ in closed(first_mondays)] == ["2026-05-04", "2026-06-01"]
    last_workdays = "DTSTART:20260529\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    assert skipped(last_workdays) == ["unsupported_recurrence"]


def test_a_file_that_withdraws_its_events_closes_nothing() -> None:
    assert skipped("DTSTART:20260511", between="METHOD:CANCEL\n") == ["cancelled"]


def test_one_event_that_makes_no_sense_hurts_no_other_and_is_told_by_its_line() -> None:
    found = found_in(
        "SUMMARY:A\nDTSTART:20260504",
        "SUMMARY:B\nDTSTART;TZID=Nowhere:20260505T120000\nDURATION:P2D",
        "SUMMARY:C\nDTSTART 20260506",
        "SUMMARY:D\nDTSTART:20260507\nRRULE:FREQ=HOURLY",
        "SUMMARY:E\nDTSTART:20260508\nDESCRIPTION:two\nlines of text",
    )
    assert [spelled(closure)[0] for closure in found.closures] == ["2026-05-04", "2026-05-08"]
    assert [(skip.label, skip.reason, skip.line) for skip in found.skipped] == [
        ("B", "unknown_time_zone", 10),
        ("C", "not_understood", 15),
        ("D", "unsupported_recurrence", 20),
        ("E", "not_understood", 26),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_name_is_read_in_the_encodings_of_windows(encoding: str) -> None:
    content = file_of("SUMMARY:Natività\nDTSTART:20260908").decode().encode(encoding)
    (closure,) = closures_in(content, ROME, FIRST, LAST).closures
    assert closure.label == "Natività"


@pytest.mark.parametrize(
    "around",
    [
        "X-WR-CALDESC:two\nlines of text\n",
        "BEGIN:VTODO\nSUMMARY:buy\nbread\nEND:VTODO\n",
        "BEGIN:VTIMEZONE\nTZID:Elsewhere\nno property\nEND:VTIMEZONE\n",
    ],
)
def test_a_line_outside_events_that_makes_no_sense_is_told_and_hurts_no_event(around: str) -> None:
    found = found_in("DTSTART:20260504", between=around)
    assert [spelled(closure)[0] for closure in found.closures] == ["2026-05-04"]
    assert [skip.reason for skip in found.skipped] == ["not_understood"]


def test_a_zone_with_a_line_nobody_understands_is_not_guessed() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE FREQ\n"
        "TZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    found = found_in("DTSTART;TZID=Ours:20260504T000000\nDURATION:P1D", between=zone)
    assert [skip.reason for skip in found.skipped] == ["not_understood", "unknown_time_zone"]


def test_a_calendars_name_is_read_in_the_encoding_of_windows() -> None:
    content = file_of("DTSTART:20260504", between="X-WR-CALNAME:Attività\n").decode()
    assert len(closures_in(content.encode("cp1252"), ROME, FIRST, LAST).closures) == 1


def test_a_zone_is_known_by_its_name_with_and_without_escapes() -> None:
    name = "(UTC+01:00) Amsterdam, Berlin, Rome"
    zone = (
        "BEGIN:VTIMEZONE\nTZID:" + name.replace(",", "\\,") + "\nBEGIN:STANDARD\n"
        "DTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    event = f'DTSTART;TZID="{name}":20260504T000000\nDURATION:P1D'
    assert [skip.reason for skip in found_in(event, between=zone).skipped] == []


def test_only_closures_not_yet_there_are_new() -> None:
    found = found_in("DTSTART:20260504", "SUMMARY:Ferie\nDTSTART:20260810\nDTEND:20260822").closures
    assert new_among(found, ()) == found
    assert new_among(found, found) == ()
    assert new_among(found, [date(2026, 5, 4)]) == found[1:]
    # The same days under another name are another closure.
    assert new_among(found, [(date(2026, 8, 10), date(2026, 8, 21))]) == found
