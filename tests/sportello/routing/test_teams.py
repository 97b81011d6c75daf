from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sportello.routing.teams import Scope, TeamSettings, sees

QUEUES = st.sampled_from(["default", "sales", "billing"])
TEAMS = TeamSettings.model_validate(
    {"teams": {"north": {"queues": ["sales"]}, "south": {"queues": ["billing", "sales"]}}}
)


@pytest.mark.parametrize(
    ("names", "queues"),
    [
        ((), set()),
        (("north",), {"sales"}),
        (("north", "south"), {"sales", "billing"}),
        (("nobody-wrote-it-down",), set()),
        (("nobody-wrote-it-down", "north"), {"sales"}),
    ],
)
def test_the_queues_of_some_teams_are_those_of_each(
    names: tuple[str, ...], queues: set[str]
) -> None:
    assert TEAMS.scope_of(names) == queues


@pytest.mark.parametrize(
    ("scope", "queue", "is_own", "seen"),
    [
        (None, "default", False, True),
        (frozenset(), "default", False, False),
        (frozenset(), "default", True, True),
        (frozenset({"sales"}), "default", False, False),
        (frozenset({"sales"}), "sales", False, True),
    ],
)
def test_a_matter_is_seen_by_its_queue_or_by_whose_it_is(
    scope: Scope, queue: str, *, is_own: bool, seen: bool
) -> None:
    assert sees(scope, queue, is_own=is_own) is seen


@given(st.frozensets(QUEUES), st.frozensets(QUEUES), QUEUES)
def test_whoever_has_more_queues_sees_no_less(
    some: frozenset[str], others: frozenset[str], queue: str
) -> None:
    assert sees(some | others, queue) >= sees(some, queue)


@pytest.mark.parametrize(
    "document",
    [
        {"teams": {"North": {}}},
        {"teams": {"north": {"queues": ["Sales!"]}}},
        {"teams": {"north": {"people": []}}},
        {"teams": {"north": {"queues": ["sales"] * 201}}},
        {"teams": {f"team-{number}": {} for number in range(201)}},
    ],
)
def test_names_are_names_and_there_are_not_too_many(document: Any) -> None:
    with pytest.raises(ValidationError):
        TeamSettings.model_validate(document)
