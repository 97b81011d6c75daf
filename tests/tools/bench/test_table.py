import json

from tools.bench.spread import Spread
from tools.bench.table import MAX_WIDTH, Goal, Group, Middle, Verdict, lines


def test_figures_stand_below_one_another() -> None:
    group = Group("cold", ("function", "import", "calls"), notes=["a note"])
    group.rows = [("first", 1.5, 10), ("the second", Spread(2, 1, 3), None)]
    assert list(lines([group])) == [
        "",
        "cold",
        "  a note",
        "  function               import  calls",
        "  first                    1.50     10",
        "  the second  2.00 (1.00..3.00)",
    ]


def test_neighbours_with_the_same_columns_share_their_head() -> None:
    groups = [Group(name, ("step", "n"), rows=[("a step", 1)]) for name in ("one", "two")]
    assert sum("step" in line and "n" in line.split() for line in lines(groups)) == 1


def test_a_text_is_broken_into_lines_below_its_column() -> None:
    group = Group("warm", ("function", "calls"), rows=[("one", "Query, " * 30)], text_last=True)
    *_, first, second = lines([group])
    assert first.index("Query") == second.index("Query")
    assert max(map(len, lines([group]))) <= MAX_WIDTH


def test_whole_units_have_no_decimals() -> None:
    group = Group("units", ("step", "read", "write"), rows=[("one", 3.0, 4.5)])
    assert list(lines([group]))[-1].split() == ["one", "3", "4.50"]


def test_a_goal_says_whether_it_was_reached() -> None:
    assert (str(Goal(1.3, 1.3)), str(Goal(1.31, 1.3))) == ("<= 1.3 ok", "<= 1.3 NO")
    assert (str(Verdict(1.04, 1.05)), str(Verdict(2, 1.05))) == ("1.04 ok", "2.00 NO")


def test_the_document_has_what_is_printed() -> None:
    row = ("one", Spread(2, 1, 3), Goal(2, 1.5), Middle(Spread(4, 3, 5)), None)
    group = Group("cold", ("function", "import", "goal", "start", "first"), ["a note"], [row])
    assert json.loads(json.dumps(group.document())) == {
        "notes": ["a note"],
        "rows": [
            {
                "function": "one",
                "import": {"middle": 2, "least": 1, "most": 3},
                "goal": {"figure": 2, "limit": 1.5},
                "start": {"middle": 4, "least": 3, "most": 5},
                "first": None,
            }
        ],
    }
