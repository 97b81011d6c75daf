"""An endpoint is rung with what it chose, and never by what it did not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sportello.priorities import Priority
from sportello.routing.endpoints import (
    AgentEndpoint,
    Circumstances,
    PersonalEndpoint,
    Unwanted,
    endpoint_in,
    personal,
    takes_back,
    unwanted,
)
from support.builders import NOW

OFFERED, WRITTEN = "conversation.offered", "message.received"
HERE = Circumstances(channel="live", queue="sales", priority=Priority.NORMAL)


def an_endpoint(**fields: Any) -> AgentEndpoint:
    return AgentEndpoint.model_validate({"notifier": "pager", "topic": "desk", **fields})


def reason(notice: str = OFFERED, usual: frozenset[str] | None = None, **fields: Any) -> Any:
    return unwanted(an_endpoint(**fields), notice, HERE, NOW, usual)


def test_an_endpoint_that_says_nothing_is_rung_with_everything() -> None:
    assert reason() is None
    assert reason(WRITTEN) is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"notices": [OFFERED]}, None),
        ({"notices": [WRITTEN]}, Unwanted.FILTERED),
        ({"notices": []}, Unwanted.FILTERED),
        ({"queues": ["sales", "returns"]}, None),
        ({"queues": ["returns"]}, Unwanted.FILTERED),
        ({"channels": ["live"]}, None),
        ({"channels": ["mail"]}, Unwanted.FILTERED),
        ({"at_least": "low"}, None),
        ({"at_least": "normal"}, None),
        ({"at_least": "high"}, Unwanted.FILTERED),
    ],
)
def test_each_filter_holds_by_itself(fields: dict[str, Any], expected: Unwanted | None) -> None:
    assert reason(**fields) is expected


def test_what_a_notifier_rings_by_itself_holds_where_its_endpoint_says_nothing() -> None:
    usual = frozenset({OFFERED})
    assert reason(WRITTEN, usual) is Unwanted.FILTERED
    assert reason(WRITTEN, usual, notices=[WRITTEN]) is None
    assert reason(OFFERED, usual, notices=[WRITTEN]) is Unwanted.FILTERED


def test_quiet_hours_silence_what_would_have_rung() -> None:
    quiet = {"time_zone": "UTC", "windows": [{"start": "09:00", "end": "12:00"}]}
    assert reason(quiet_hours=quiet) is Unwanted.QUIET
    assert reason(quiet_hours=quiet, queues=["returns"]) is Unwanted.FILTERED
    assert reason(quiet_hours={**quiet, "except_at_least": "normal"}) is None


some = st.sampled_from
names = some(["sales", "returns", "live", "mail"])
circumstances = st.builds(Circumstances, channel=names, queue=names, priority=some(list(Priority)))
filters = st.fixed_dictionaries(
    {},
    optional={
        "notices": st.lists(some([OFFERED, WRITTEN]), max_size=2),
        "queues": st.lists(names, max_size=2),
        "channels": st.lists(names, max_size=2),
        "at_least": some(list(Priority)),
    },
)


def is_wanted(endpoint: AgentEndpoint, notice: str, here: Circumstances) -> bool:
    return unwanted(endpoint, notice, here, NOW) is None


@given(filters, some([OFFERED, WRITTEN]), circumstances)
def test_a_filter_more_never_rings_more(
    fields: dict[str, Any], notice: str, here: Circumstances
) -> None:
    whole = is_wanted(an_endpoint(**fields), notice, here)
    alone = [
        is_wanted(an_endpoint(**{name: value}), notice, here) for name, value in fields.items()
    ]
    assert whole == all(alone)


@given(filters, some([OFFERED, WRITTEN]), circumstances)
def test_what_rings_would_ring_the_more_if_it_were_more_urgent(
    fields: dict[str, Any], notice: str, here: Circumstances
) -> None:
    urgent = here.model_copy(update={"priority": Priority.URGENT})
    endpoint = an_endpoint(**fields)
    assert is_wanted(endpoint, notice, urgent) >= is_wanted(endpoint, notice, here)


# --- as it is written ---------------------------------------------------------------------------


def test_it_is_written_as_it_was_given() -> None:
    given_fields = {"notifier": "pager", "topic": "desk", "at_least": "high", "loud": None}
    assert AgentEndpoint.model_validate(given_fields).model_dump(mode="json") == given_fields


def test_its_address_is_what_its_notifier_alone_knows() -> None:
    endpoint = an_endpoint(at_least="high", queues=["sales"])
    assert endpoint.address == {"topic": "desk"}


def test_what_it_filters_is_no_part_of_how_it_is_rung() -> None:
    plain = an_endpoint()
    assert plain.hash == an_endpoint(at_least="high", queues=["sales"]).hash
    assert plain.hash != an_endpoint(topic="other").hash


def test_the_hash_of_an_endpoint_without_filters_is_that_of_earlier_versions() -> None:
    earlier = "f17f452f639ed2957c909ed0f73a7bd51a72f7cfbb030810bd1ccf97276cd873"
    endpoint = AgentEndpoint.model_validate({"notifier": "webhook", "url": "https://desk.example"})
    assert endpoint.hash == earlier


@pytest.mark.parametrize(
    "fields",
    [
        {"notices": ["Everything"]},
        {"notices": ["conversation.offered"] * 51},
        {"queues": ["Sales & more"]},
        {"quiet_hours": {"time_zone": "Mars/Olympus", "windows": [{"start": "1", "end": "2"}]}},
        {"quiet_hours": {"time_zone": "UTC", "windows": []}},
    ],
)
def test_what_could_not_be_meant_is_no_endpoint(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        an_endpoint(**fields)


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("@anna-1/phone", PersonalEndpoint("anna-1", "phone")),
        ("desk", None),
        ("@anna", None),
        ("@/phone", None),
        ("@anna/", None),
        ("anna/phone", None),
    ],
)
def test_a_persons_own_endpoint_is_known_by_its_name(
    name: str, expected: PersonalEndpoint | None
) -> None:
    assert personal(name) == expected
    assert expected is None or expected.written == name


def test_the_key_of_a_notice_ends_in_its_endpoint() -> None:
    assert endpoint_in("offer:handoff-2-7:@anna-1/phone") == "@anna-1/phone"
    assert endpoint_in("offer:handoff-2-20260304T100000Z-7:desk") == "desk"


@pytest.mark.parametrize("outcome", ["accepted", "declined", "withdrawn", "expired"])
def test_whatever_ends_an_offer_takes_its_ring_back(outcome: str) -> None:
    assert takes_back(f"offer.{outcome}")
    assert not takes_back(OFFERED)
