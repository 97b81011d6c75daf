"""Every channel's webhook under damaged, foreign and forged calls."""

import base64
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sportello.aws.logs import Metric
from sportello.intake.receiving import MAX_BODY_BYTES, MAX_ELEMENTS
from sportello.messaging.items import Parsed, ParseResult
from support.experiments.hostile import (
    CANARY,
    KINDS,
    KINDS_OF_ELEMENTS,
    TEXTS,
    Damage,
    Payload,
    bodies,
    poisoned,
)
from support.front_door import MODULES, FrontDoor, Outcome, event_of, front_door
from support.webhooks import PROVIDERS, as_sent, cases, recorded, signed

every_channel = pytest.mark.parametrize("channel", sorted(MODULES))

# The same attack twice: a slice of it in every run of the tests, all of it in `make prove`.
extents = pytest.mark.parametrize(
    "share",
    [pytest.param(0.03, id="slice"), pytest.param(1.0, id="all", marks=pytest.mark.experiment)],
)
THOROUGH = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1

damages = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2**48)), min_size=1, max_size=6)
element_damages = st.lists(
    st.tuples(st.sampled_from(KINDS_OF_ELEMENTS), st.integers(0, 2**48)), min_size=1, max_size=4
)

type Measured = Callable[[str], None]


@pytest.fixture
def door() -> Iterator[FrontDoor]:
    with front_door() as opened:
        yield opened


def extent(examples: int, share: float) -> settings:
    return settings(
        max_examples=max(10, int(examples * share * THOROUGH)),
        suppress_health_check=list(HealthCheck),
    )


# --- what must hold for any call --------------------------------------------------------------


def leaves_a_trace(door: FrontDoor, outcome: Outcome) -> None:
    """A genuine call is answered 200, and all that it holds is stored, set aside or ignored."""
    assert outcome.status == 200
    counts = outcome.counts
    assert sum(counts.values()) >= 1, "lost without a trace"
    assert len(door.shelf.records()) == counts.get(Metric.RECEIVED, 0)
    assert len(door.shelf.quarantined()) == counts.get(Metric.QUARANTINED, 0)


def leaves_none(door: FrontDoor, outcome: Outcome) -> None:
    """A forged call is refused, counted, and nothing of it is stored."""
    assert outcome.status == 403
    assert not door.shelf.items
    assert outcome.counts == {Metric.REJECTED: 1}


def tells_nobody(door: FrontDoor) -> None:
    """No log line quotes a customer or outgrows what CloudWatch takes."""
    lines = door.log.getvalue().splitlines()
    assert not [line[:300] for line in lines if CANARY in line]
    assert max(map(len, lines), default=0) < 4_000


# --- forgeries --------------------------------------------------------------------------------


def _each_proof(change: Callable[[str], str]) -> Callable[[str, bytes], dict[str, str]]:
    def forge(channel: str, body: bytes) -> dict[str, str]:
        genuine = PROVIDERS[channel].proof(body, PROVIDERS[channel].key)
        return {
            name: value if name == "content-type" else change(value)
            for name, value in genuine.items()
        }

    return forge


def _of_other_bytes(channel: str, body: bytes) -> dict[str, str]:
    provider = PROVIDERS[channel]
    if not provider.proof_covers_body:
        return _with_another_key(channel, body)
    return provider.proof(body + b" ", provider.key)


def _with_another_key(channel: str, body: bytes) -> dict[str, str]:
    return PROVIDERS[channel].proof(body, "somebody else's secret")


FORGERIES: Mapping[str, Callable[[str, bytes], dict[str, str]]] = {
    "unsigned": lambda _channel, _body: {},
    "of other bytes": _of_other_bytes,
    "with another key": _with_another_key,
    "with an empty key": lambda channel, body: PROVIDERS[channel].proof(body, ""),
    "empty": _each_proof(lambda _: ""),
    "cut": _each_proof(lambda proof: proof[:-1]),
    "half": _each_proof(lambda proof: proof[: len(proof) // 2]),
    "spaced": _each_proof(lambda proof: f"{proof[:8]} {proof[8:]}"),
    "repeated": _each_proof(lambda proof: f"{proof},{proof}"),
    "swapped": _each_proof(str.swapcase),
    "prefixed": _each_proof(lambda proof: f"sha1={proof}"),
    "not ASCII": _each_proof(lambda proof: f"{proof[:-1]}é"),
    "half an emoji": _each_proof(lambda proof: f"{proof[:-1]}\ud83d"),
    "with NUL": _each_proof(lambda proof: f"{proof}\x00"),
    "huge": _each_proof(lambda proof: proof * 2_000),
}


@extents
@every_channel
def test_a_damaged_genuine_call_leaves_a_trace_and_a_forged_one_none(
    channel: str, share: float, door: FrontDoor, measured: Measured
) -> None:
    came_to: Counter[str] = Counter()

    @extent(700, share)
    @given(st.sampled_from(cases(channel)), damages, st.sampled_from(sorted(FORGERIES)))
    def attack(case: str, damage: list[Damage], forgery: str) -> None:
        for body in bodies(recorded(channel, case), damage):
            genuine = door.post(channel, body)
            leaves_a_trace(door, genuine)
            came_to.update({str(metric): 1 for metric in genuine.counts})
            leaves_none(door, door.post(channel, body, FORGERIES[forgery](channel, body)))

    attack()
    tells_nobody(door)
    # A damage that breaks everything, or nothing, would prove little. A slice may miss the few
    # cases that are ignored.
    kinds = ("Received", "Quarantined", *(("Ignored",) if share == 1 else ()))
    assert min(came_to[kind] for kind in kinds) > 0
    measured(f"hostile webhooks, {channel}: {door.spent}, {_told(came_to)}")


def _told(came_to: Counter[str]) -> str:
    return ", ".join(f"{number:,} {kind.lower()}" for kind, number in came_to.most_common())


@extents
@every_channel
def test_a_damaged_call_that_comes_again_is_known_again(
    channel: str, share: float, door: FrontDoor, measured: Measured
) -> None:
    @extent(200, share)
    @given(st.sampled_from(cases(channel)), damages)
    def attack(case: str, damage: list[Damage]) -> None:
        for body in bodies(recorded(channel, case), damage):
            first = door.post(channel, body).counts
            again = door.post(channel, body, keep=True).counts
            stored = first.get(Metric.RECEIVED, 0) + first.get(Metric.DUPLICATE, 0)
            assert again.get(Metric.RECEIVED, 0) == 0
            assert again.get(Metric.DUPLICATE, 0) == stored

    attack()
    measured(f"hostile redeliveries, {channel}: {door.spent}")


# --- batches ----------------------------------------------------------------------------------


def _read(channel: str, body: bytes) -> list[ParseResult]:
    return list(PROVIDERS[channel].inbound().parse(signed(channel, body)))


def _ids(channel: str, document: Any) -> Counter[str]:
    results = _read(channel, as_sent(document))
    return Counter(r.item.provider_item_id for r in results if isinstance(r, Parsed))


def _no_network(*_: Any) -> Any:
    raise AssertionError("reading makes no call")


def _is_json(body: bytes) -> bool:
    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    try:
        json.loads(body.decode(), parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return True


def batches(channel: str, document: Any) -> list[int]:
    """Return which lists of a payload are batches: one element more is one item more."""
    before = sum(_ids(channel, document).values())
    found = []
    for number, (parent, key) in enumerate(Payload(document).places()):
        if not isinstance(parent[key], list) or not parent[key]:
            continue
        parent[key].append(parent[key][-1])
        if sum(_ids(channel, document).values()) > before:
            found.append(number)
        parent[key].pop()
    return found


@extents
@every_channel
def test_a_damaged_element_of_a_batch_costs_no_neighbour(
    channel: str, share: float, door: FrontDoor, measured: Measured
) -> None:
    batched = {case: batches(channel, recorded(channel, case)) for case in cases(channel)}
    places = [(case, place) for case, found in batched.items() for place in found]
    if not places:
        pytest.skip("one item a call: there is no neighbour")

    @extent(500, share)
    @given(st.sampled_from(places), element_damages, st.integers(0, 9))
    def attack(where: tuple[str, int], damage: list[Damage], at: int) -> None:
        case, batch = where
        whole = recorded(channel, case)
        body = poisoned(whole, batch, damage, at)
        leaves_a_trace(door, door.post(channel, body))
        if _is_json(body):
            stored = {record.item.provider_item_id for record in door.shelf.records()}
            # What is too much for one call is kept whole, good and bad together.
            too_much = len(body) > MAX_BODY_BYTES or len(_read(channel, body)) > MAX_ELEMENTS
            assert set(_ids(channel, whole)) <= stored or too_much

    attack()
    measured(f"poisoned batches, {channel}: {door.spent}")


# --- the rest of the door ---------------------------------------------------------------------


@extents
@every_channel
def test_no_bytes_and_no_dress_of_a_call_break_the_door(
    channel: str, share: float, door: FrontDoor, measured: Measured
) -> None:
    """Random bodies, plain and in base64, under headers as proxies and senders may leave them."""

    @extent(1_000, share)
    @given(st.binary(max_size=200), st.sampled_from(sorted(DRESSES)), st.booleans())
    def attack(body: bytes, dress: str, genuine: bool) -> None:  # noqa: FBT001 -- drawn
        key = PROVIDERS[channel].key if genuine else "somebody else's secret"
        event = event_of(channel, body, PROVIDERS[channel].proof(body, key))
        outcome = door.call(channel, event | DRESSES[dress](event))
        if outcome.status == 403 and (not genuine or dress in REFUSED):
            leaves_none(door, outcome)
        else:
            assert genuine
            leaves_a_trace(door, outcome)

    attack()
    measured(f"bytes and dresses, {channel}: {door.spent}")


REFUSED = {"no headers", "empty headers", "broken base64", "half an emoji"}
"""Ways that leave nothing of what proves a call, or of what was proved."""

DRESSES: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "plain": lambda _: {},
    "in base64": lambda event: (
        {}
        if event["isBase64Encoded"]
        else {
            "body": base64.b64encode(event["body"].encode()).decode(),
            "isBase64Encoded": True,
        }
    ),
    "loud headers": lambda event: {
        "headers": {name.upper(): value for name, value in event["headers"].items()}
    },
    "more headers": lambda event: {
        "headers": event["headers"]
        | {f"x-{number}": "é\x00\u2028" * 10 for number in range(60)}
        | {"content-length": "-1", "content-encoding": "gzip", "": "nameless"}
    },
    "a header without a value": lambda event: {"headers": event["headers"] | {"x-empty": None}},
    "repeated headers": lambda event: {
        "multiValueHeaders": {name: [v, "forged"] for name, v in event["headers"].items()}
    },
    "no lists of headers": lambda _: {"multiValueHeaders": None},
    "a query": lambda _: {"queryStringParameters": {"hub.mode": "subscribe", "a": None}},
    "another method": lambda _: {"httpMethod": "DELETE"},
    "no headers": lambda _: {"headers": None, "multiValueHeaders": None},
    "empty headers": lambda _: {"headers": {}, "multiValueHeaders": {}},
    "broken base64": lambda _: {"body": "abcde", "isBase64Encoded": True},
    "half an emoji": lambda _: {"body": "\ud83d", "isBase64Encoded": False},
}


@extents
@every_channel
def test_no_handshake_breaks_the_door_or_opens_it(
    channel: str, share: float, door: FrontDoor, measured: Measured
) -> None:
    names = st.sampled_from(["hub.mode", "hub.verify_token", "hub.challenge", "", "token", "é"])
    values = st.none() | st.sampled_from(["subscribe", *TEXTS[:30]])

    @extent(400, share)
    @given(st.none() | st.dictionaries(names, values))
    def attack(query: dict[str, str | None] | None) -> None:
        event = event_of(channel, b"", {})
        changes = {"httpMethod": "GET", "body": None, "queryStringParameters": query}
        outcome = door.call(channel, event | changes)
        assert outcome.status in {403, 405}
        assert outcome.body == ""
        assert not door.shelf.items

    attack()
    measured(f"handshakes, {channel}: {door.spent}")


@every_channel
def test_while_the_table_is_down_a_damaged_call_is_asked_for_again(
    channel: str, door: FrontDoor
) -> None:
    door.shelf.down = True
    answers = Counter(
        door.post(channel, body).status
        for number, case in enumerate(cases(channel))
        for body in bodies(recorded(channel, case), [("replace", number), ("truncate", number)])
    )
    assert set(answers) == {200, 503}, "ignored, or to be sent again"
