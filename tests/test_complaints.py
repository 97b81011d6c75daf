"""What docs/desk.md says that keeps other desks' faults away is tried by tests that there are."""

import re

from support.template import ROOT

PAGE = ROOT / "docs" / "desk.md"
TITLE = "## What agents complain of elsewhere"
FEWEST = 10


def test_each_complaint_is_kept_away_by_tests_that_there_are() -> None:
    section = PAGE.read_text(encoding="utf-8").split(TITLE)[1].split("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| ") and "`" in row]
    files = [*(ROOT / "tests/browser").glob("*.py"), *(ROOT / "tests/web").glob("*.js")]
    tests = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert len(rows) >= FEWEST
    for row in rows:
        for name in re.findall(r"`([^`]+)`", row):
            assert f"def {name}(" in tests or f'test("{name}"' in tests, name
