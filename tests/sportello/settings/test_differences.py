from typing import Any

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.settings.differences import difference

SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b~/c"])
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "a/b", "~", ""]), inner, max_size=4)
    ),
    max_leaves=12,
)


def changes(before: Any, after: Any) -> list[dict[str, Any]]:
    return [change.model_dump() for change in difference(before, after)]


def same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


@given(DOCUMENTS, DOCUMENTS)
def test_another_implementation_makes_the_second_document_of_the_first(
    before: Any, after: Any
) -> None:
    patched = jsonpatch.apply_patch(
        {"document": before},
        [{**change, "path": f"/document{change['path']}"} for change in changes(before, after)],
    )
    assert patched == {"document": after}


@given(DOCUMENTS)
def test_nothing_changed_between_a_document_and_itself(document: Any) -> None:
    assert changes(document, document) == []


@given(DOCUMENTS, DOCUMENTS)
def test_what_was_is_what_the_way_back_brings(before: Any, after: Any) -> None:
    there = {change["path"]: change.get("was") for change in changes(before, after)}
    back = {change["path"]: change.get("value") for change in changes(after, before)}
    in_place = there.keys() & back.keys()
    replaced = [c["path"] for c in changes(before, after) if c["op"] == "replace"]
    assert set(replaced) <= in_place
    assert all(same(there[path], back[path]) for path in replaced)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([1, 2, 3], [1, 3], [("remove", "/1")]),
        ([1, 3], [1, 2, 3], [("add", "/1")]),
        ([1, 2, 3, 4], [4], [("remove", "/2"), ("remove", "/1"), ("remove", "/0")]),
        ([{"a": 1}, 2], [{"a": 3}, 2], [("replace", "/0/a")]),
        ({"x/y": 1}, {"x~y": 1}, [("remove", "/x~1y"), ("add", "/x~0y")]),
        ({"a": 1}, {"a": True}, [("replace", "/a")]),
        ({"a": None}, {}, [("remove", "/a")]),
        ({}, [], [("replace", "")]),
    ],
)
def test_a_change_is_told_where_it_is(
    before: Any, after: Any, expected: list[tuple[str, str]]
) -> None:
    assert [(each["op"], each["path"]) for each in changes(before, after)] == expected
