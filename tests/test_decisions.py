"""The index of the decisions holds each of them, and where it leads is true."""

import re

from support.template import ROOT
from test_import_direction import ROOMS

PAGE = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
_BEFORE, INDEX, *SECTIONS = re.split(r"^(?=## )", PAGE, flags=re.MULTILINE)
AROUND = {
    *("channels", "notifiers", "answers", "agent_api", "statemachines", "template", "web"),
    *("local", "tools", "tests", "docs"),
}
"""What has a place in the index beside the rooms."""


def anchor(section: str) -> str:
    """The fragment under which a page shows a heading."""
    heading = section.splitlines()[0].removeprefix("## ").lower()
    return re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")


def leads() -> list[tuple[str, str]]:
    """Every decision, by its bold lead, with the anchor of its section."""
    return [
        (lead.rstrip(".,:"), anchor(section))
        for section in SECTIONS
        for lead in re.findall(r"^\*\*(.+?)\*\*", section, re.MULTILINE)
    ]


def test_the_index_comes_first() -> None:
    assert INDEX.startswith("## By room\n")


def test_no_two_decisions_begin_alike() -> None:
    names = [lead for lead, _ in leads()]
    assert len(names) == len(set(names))


def test_every_decision_is_in_the_index_and_nothing_else_is() -> None:
    entries = re.findall(r"^- (.*)$", INDEX, re.MULTILINE)
    assert set(entries) == {f"[{lead}](#{section})" for lead, section in leads()}


def test_the_index_goes_by_rooms_and_names_no_decision_twice_in_one() -> None:
    blocks = re.split(r"^### `(\w+)`$", INDEX, flags=re.MULTILINE)[1:]
    names = blocks[::2]
    assert set(names) == ROOMS.keys() | AROUND
    assert len(names) == len(set(names))
    for name, entries in zip(names, blocks[1::2], strict=True):
        stated = re.findall(r"^- .*$", entries, re.MULTILINE)
        assert len(stated) == len(set(stated)) > 0, name
