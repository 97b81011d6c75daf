"""The table of `docs/agent-api.md`: which role may do what."""

import re
from collections.abc import Mapping

from support.template import ROOT

ROLES = ("agent", "supervisor", "designer", "analyst", "admin")

_ROW = re.compile(r"^\| `(\w+)` \| (.*?) \|((?: ?x? ?\|){5})$", re.MULTILINE)
_KIND = re.compile(r"`(\w+)`")
_WRITES_KINDS = "write_"


def _rows() -> list[tuple[str, str, list[bool]]]:
    text = (ROOT / "docs/agent-api.md").read_text(encoding="utf-8")
    found = [
        (name, about, [cell.strip() == "x" for cell in cells.split("|")[:-1]])
        for name, about, cells in _ROW.findall(text)
    ]
    assert len(found) > 20, "the table is not where it was"
    return found


def permissions() -> Mapping[str, frozenset[str]]:
    """Return what each role may do."""
    rows = _rows()
    return {
        role: frozenset(name for name, _, cells in rows if cells[column])
        for column, role in enumerate(ROLES)
    }


def writers() -> Mapping[str, str]:
    """Return the permission that each kind of settings asks of who writes it."""
    return {
        kind: name
        for name, about, _ in _rows()
        if name.startswith(_WRITES_KINDS) and name != "write_settings"
        for kind in _KIND.findall(about.partition(":")[0])
    }
