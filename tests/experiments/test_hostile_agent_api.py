"""The agent API under strange callers, paths, queries, headers and bodies, on a table in memory."""

import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent_api.app import app, handler
from agent_api.calls.problems import TITLES
from agent_api.calls.route_declaration import DECLARED
from sportello.entrypoints import runtime
from sportello.settings.kinds import KINDS as SETTINGS
from support.agent_calls import LambdaContext, event_of
from support.around_the_api import surroundings
from support.builders import CONVERSATION, NOW
from support.clouds.table import all_items
from support.clouds.working_desk import WorkingDesk, working_desk
from support.experiments.hostile import CANARY, KINDS, NUMBERS, OTHERS, TEXTS, Damage, bodies

extents = pytest.mark.parametrize(
    "share",
    [pytest.param(0.02, id="slice"), pytest.param(1.0, id="all", marks=pytest.mark.experiment)],
)
THOROUGH = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1

ROUTES = sorted((method, path) for path, methods in app.routes.items() for method in methods)
REPORT = "/reports/service-level"
SHORT_TEXTS = tuple(text for text in TEXTS if len(text) < 4_000)
NAMES = (CONVERSATION, CONVERSATION.upper(), "0" * 32, *SETTINGS, *SHORT_TEXTS)

NO_SUBJECTS = tuple(text for text in SHORT_TEXTS if not text.replace("-", "").isalnum())

ANNA = {"sub": "anna", "cognito:groups": "agent,supervisor"}
# What no authorizer of ours hands on, should one ever do so.
STRANGERS: tuple[Any, ...] = (
    *OTHERS,
    *NUMBERS[:9],
    "anna",
    ["anna"],
    *({"claims": other} for other in (*OTHERS, "anna", 7, ["sub", "anna"])),
    *({"claims": ANNA | {"sub": sub}} for sub in (*OTHERS, *NUMBERS[:4], *NO_SUBJECTS)),
    *(
        {"claims": ANNA | {"cognito:groups": groups}}
        for groups in (*OTHERS, *NUMBERS[:4], *SHORT_TEXTS, "agents", {"agent": 1}, ["agents"])
    ),
    {"claims": {"cognito:groups": "agent"}},
    {"claims": {"sub": "anna"}},
    {"principalId": "anna"},
)

DOCUMENTS: tuple[Any, ...] = (
    {},
    {"text": CANARY},
    {"text": CANARY, "promise": {"within_seconds": 600, "kept_by": "hand"}},
    {"until": "2026-03-05T09:00:00Z", "owner_version": 1},
    {"priority": "urgent", "segment": "vip"},
    *(shape().model_dump(mode="json") for shape in SETTINGS.values()),
)

REPORT_QUERIES = ("from", "to", "interval", "queue", "time_zone", "goal")
REPORT_VALUES = ("2026-03-01", "2026-03-04T09:00:00Z", "day", "default", "Europe/Rome", "../x")

damages = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2**48)), min_size=1, max_size=4)
headers = st.dictionaries(
    st.sampled_from(
        [
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Content-Type",
            "content-TYPE",
            "Accept",
            "",
        ]
    ),
    st.sampled_from(
        ["application/json", "application/json; x", "k-1", '"0"', 'W/"1", "2', "*", *SHORT_TEXTS]
    ),
    max_size=4,
)
queries = st.none() | st.dictionaries(
    st.sampled_from(("limit", "before", "Limit", "", "é", "__proto__", *REPORT_QUERIES)),
    st.sampled_from(
        ("1", "0", "101", "-1", "1e3", "9" * 400, "NaN", "1_0", *REPORT_VALUES, *SHORT_TEXTS)
    ),
    max_size=3,
)

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "get", "")
OURS = sorted({segment for _, route in ROUTES for segment in route.split("/")[1:]})
ODD_SEGMENTS = (
    "", ".", "..", "%", "%2", "%2F", "%2e%2e", "%00", "%ff", "%u0041", "{proxy+}", ";a=b",
)  # fmt: skip
paths = st.sampled_from([route for _, route in ROUTES]) | st.lists(
    st.sampled_from((CONVERSATION, *SETTINGS, *OURS, *ODD_SEGMENTS, *SHORT_TEXTS)), max_size=6
).map(lambda segments: "/" + "/".join(segments))

type Measured = Callable[[str], None]


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    """A desk where one customer has written and waits for people."""
    with working_desk() as opened:
        opened.say("Vorrei parlare con un operatore")
        with (
            patch.object(runtime, "desk", lambda: opened.desk),
            patch.object(runtime, "table", lambda: opened.table),
            patch.object(runtime, "settings", lambda: opened.settings),
            patch.object(runtime, "utc_now", lambda: NOW),
            surroundings(),
        ):
            yield opened


def extent(examples: int, share: float) -> settings:
    return settings(
        max_examples=max(10, int(examples * share * THOROUGH)),
        suppress_health_check=list(HealthCheck),
    )


def malformed(path: str) -> bool:
    """Whether a path has an empty segment or is no ASCII; spelt apart from how the API does it."""
    return "" in path.removeprefix("/").split("/") or any(ord(sign) > 127 for sign in path)


class Caller:
    """Calls the API and checks of every answer what must hold of all."""

    def __init__(self) -> None:
        self.answers: Counter[int] = Counter()
        self._started_at = time.process_time()

    def call(self, event: dict[str, Any]) -> int:
        answer = handler(event, LambdaContext())
        status: int = answer["statusCode"]
        self.answers[status] += 1
        document = json.loads(answer["body"] or "null")
        assert status < 500, document
        if status >= 400:
            assert document["type"].removeprefix("/problems/") in TITLES
            assert document["status"] == status
            assert CANARY not in answer["body"], "a problem quotes what was sent"
        return status

    @property
    def spent(self) -> str:
        spent = time.process_time() - self._started_at
        kinds = ", ".join(f"{count:,} x {status}" for status, count in sorted(self.answers.items()))
        return f"{self.answers.total():,} calls in {spent:.1f} s of processor: {kinds}"


def an_event(
    route: tuple[str, str],
    name: str,
    *,
    body: bytes = b"",
    sent: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A call of a declared route, whatever the path's parameters hold."""
    method, template = route
    segment = quote(name, safe="", errors="surrogatepass")
    path = re.sub(r"\{\w+\}", segment, template)
    event = event_of(method, path, headers=sent, query=query, claims=ANNA)
    return event | {"body": body.decode(errors="surrogateescape") or None}


@extents
def test_no_request_of_a_signed_in_agent_breaks_the_api(
    share: float, office: WorkingDesk, logged: StringIO, measured: Measured
) -> None:
    caller = Caller()

    @extent(1_500, share)
    @given(
        st.sampled_from(ROUTES),
        st.sampled_from((CONVERSATION, *SETTINGS)) | st.sampled_from(NAMES),
        st.sampled_from(DOCUMENTS),
        damages,
        headers,
        queries,
    )
    # A query that is read and refused; a short run may come to none by chance.
    @example(("GET", REPORT), CONVERSATION, {}, [(KINDS[0], 0)], {}, {"from": "../x"})
    def attack(
        route: tuple[str, str],
        name: str,
        document: Any,
        damage: list[Damage],
        sent: dict[str, str],
        query: dict[str, str] | None,
    ) -> None:
        proper = {"Content-Type": "application/json", "Idempotency-Key": "k-1"}
        for body in bodies(document, damage):
            caller.call(an_event(route, name, body=body, sent=proper | sent, query=query))

    attack()
    assert caller.answers.keys() >= {200, 404, 422}
    assert CANARY not in logged.getvalue()
    assert office.state.sequence > 0
    measured(f"hostile agent API: {caller.spent}")


@extents
def test_no_path_breaks_the_api(share: float, office: WorkingDesk, measured: Measured) -> None:
    caller = Caller()

    @extent(900, share)
    @given(st.sampled_from(METHODS), paths)
    def attack(method: str, path: str) -> None:
        event = event_of(method, path, claims=ANNA)
        status = caller.call(event)
        if malformed(path):
            assert status == 404

    attack()
    assert caller.answers.keys() >= {404, 405}
    assert office.state.sequence > 0
    measured(f"strange paths: {caller.spent}")


@extents
def test_nobody_unproved_gets_in_or_changes_anything(
    share: float, office: WorkingDesk, measured: Measured
) -> None:
    caller = Caller()
    before = all_items(office.table)

    @extent(800, share)
    @given(
        st.sampled_from([each for each in ROUTES if DECLARED[each].permission]),
        st.sampled_from((CONVERSATION, *SETTINGS)),
        st.sampled_from(STRANGERS),
        st.sampled_from(DOCUMENTS),
    )
    def attack(route: tuple[str, str], name: str, stranger: Any, document: Any) -> None:
        event = an_event(route, name, body=json.dumps(document).encode(), sent={"If-Match": "0"})
        event["requestContext"] = event["requestContext"] | {"authorizer": stranger}
        assert caller.call(event) in {401, 403}

    attack()
    # Who was refused is written down.
    after = [item for item in all_items(office.table) if item["entity"]["S"] != "audit"]
    assert after == before
    measured(f"strange identities: {caller.spent}")
