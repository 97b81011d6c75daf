import re
from typing import Any
from urllib.parse import quote

import pytest
from chalice.app import Chalice
from hypothesis import given
from hypothesis import strategies as st

from agent_api.app import app
from agent_api.calls.routing import LONGEST_PATH, Match, match_route, with_route
from support.agent_calls import event_of

ROUTES = sorted(app.routes)
PARAMETER = re.compile(r"\{(\w+)\}")

short_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
"""What a name may be: no surrogates, which UTF-8 cannot carry."""


def filled(route: str, values: dict[str, str]) -> str:
    return PARAMETER.sub(lambda parameter: quote(values[parameter[1]], safe=""), route)


# Which route


@given(st.data(), st.sampled_from(ROUTES))
def test_every_route_is_found_with_whatever_values_its_segments_hold(
    data: st.DataObject, route: str
) -> None:
    values = {name: data.draw(short_texts, name) for name in PARAMETER.findall(route)}
    assert match_route(filled(route, values), ROUTES) == Match(route, values)


@given(st.lists(short_texts, max_size=7))
def test_no_path_fits_a_route_of_another_length(segments: list[str]) -> None:
    match = match_route("".join(f"/{quote(segment, safe='')}" for segment in segments), ROUTES)
    assert match is None or match.route.count("/") == len(segments)


def test_no_two_routes_are_of_one_shape() -> None:
    assert len({PARAMETER.sub("{}", route) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/queues/all/waiting", "/queues/all/waiting"),
        ("/queues/sales/waiting", "/queues/{queue}/waiting"),
        ("/queues/all/paused", "/queues/{queue}/{what}"),
        ("/queues/%61ll/waiting", "/queues/all/waiting"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_a_literal_segment_wins_whichever_route_was_declared_first(
    path: str, route: str, order: int
) -> None:
    routes = ["/queues/{queue}/waiting", "/queues/all/waiting", "/queues/{queue}/{what}"][::order]
    match = match_route(path, routes)
    assert match is not None
    assert match.route == route


@pytest.mark.parametrize(
    ("segment", "value"),
    [
        ("a%2Fb", "a/b"),
        ("a%252Fb", "a%2Fb"),
        ("front%20desk", "front desk"),
        ("a+b", "a+b"),
        ("perch%C3%A9", "perché"),
        ("..", ".."),
        ("%7Bqueue%7D", "{queue}"),
        ("{queue}", "{queue}"),
    ],
)
def test_a_segment_is_decoded_once_and_stays_one_segment(segment: str, value: str) -> None:
    match = match_route(f"/queues/{segment}/waiting", ROUTES)
    assert match == Match("/queues/{queue}/waiting", {"queue": value})


NOWHERE = {
    "nothing": "",
    "the base alone": "/",
    "no slash in front": "settings/bot",
    "a slash at the end": "/settings/bot/",
    "a slash doubled": "/settings//bot",
    "a slash doubled in front": "//settings/bot",
    "a segment that is empty": "/queues//waiting",
    "a segment too few": "/settings",
    "a segment too many": "/settings/bot/1",
    "an encoded slash": "/settings%2Fbot",
    "another case": "/Settings/bot",
    "escape cut short": "/settings/bot%2",
    "escape of no digits": "/settings/%zz",
    "percent alone": "/settings/%",
    "no UTF-8": "/settings/%ff",
    "UTF-8 cut short": "/settings/%C3",
    "surrogate": "/settings/%ED%A0%80",
    "overlong slash": "/settings/a%C0%AFb",
    "not ASCII": "/settings/perché",
    "a query": "/settings/bot?x/y",
    "too long": f"/settings/{'b' * LONGEST_PATH}",
}


@pytest.mark.parametrize("path", NOWHERE.values(), ids=NOWHERE.keys())
def test_a_path_that_is_not_exactly_a_route_leads_nowhere(path: str) -> None:
    match = match_route(
        path, ["/reports/service-level", "/settings/bot", "/queues/{queue}/waiting"]
    )
    assert match is None


def test_a_path_may_be_as_long_as_its_limit() -> None:
    path = "/settings/".ljust(LONGEST_PATH, "b")
    assert match_route(path, ROUTES) is not None
    assert match_route(path + "b", ROUTES) is None


def test_a_hundred_routes_need_one_resource() -> None:
    def view() -> None:
        """Never called."""

    large = Chalice(app_name="large", configure_logs=False)
    for number in range(100):
        large.route(f"/things/{number}/{{name}}")(view)
    for number in range(100):
        event = with_route(event_of("GET", f"/things/{number}/anna"), large.routes)
        assert event["requestContext"]["resourcePath"] == f"/things/{number}/{{name}}"
        assert event["pathParameters"] == {"name": "anna"}


# The event


def test_an_event_becomes_that_of_its_route_and_the_one_it_came_from_stays() -> None:
    event = event_of("GET", "/queues/front%20desk/waiting", query={"limit": "1"})
    before = event | {"requestContext": dict(event["requestContext"])}
    resolved = with_route(event, ROUTES)
    assert event == before
    changed = {key for key in event if resolved[key] != event[key]}
    assert changed == {"resource", "pathParameters", "requestContext"}
    assert resolved["resource"] == "/queues/{queue}/waiting"
    assert resolved["pathParameters"] == {"queue": "front desk"}
    assert resolved["requestContext"] == event["requestContext"] | {
        "resourcePath": "/queues/{queue}/waiting"
    }


@pytest.mark.parametrize("base", ["", "/desk", "/desk/v2", "/settings"])
def test_the_base_path_of_a_custom_domain_is_no_part_of_the_route(base: str) -> None:
    event = event_of("GET", "/settings/bot") | {"path": f"{base}/settings/bot"}
    assert with_route(event, ROUTES)["pathParameters"] == {"kind": "bot"}


@pytest.mark.parametrize("base", ["", "/desk"])
@pytest.mark.parametrize("path", ["/settings/bot/", "/settings//bot", "/settings/bot//"])
def test_slashes_that_the_gateway_drops_from_its_parameter_are_not_overlooked(
    base: str, path: str
) -> None:
    event = event_of("GET", path) | {"path": base + path}
    assert event["pathParameters"] == {"proxy": "settings/bot"}
    assert with_route(event, ROUTES) is event


@pytest.mark.parametrize(
    "event",
    [
        event_of("GET", "/customers"),
        event_of("GET", "/settings/bot") | {"pathParameters": {"kind": "bot"}},
        event_of("GET", "/") | {"pathParameters": None},
        {"version": "2.0", "rawPath": "/settings/bot", "pathParameters": {"proxy": "settings/bot"}},
        {},
    ],
    ids=["unknown path", "resource of its own", "no parameters", "another kind", "nothing"],
)
def test_an_event_that_fits_no_route_stays_as_it_is(event: dict[str, Any]) -> None:
    assert with_route(event, ROUTES) is event
