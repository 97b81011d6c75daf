"""What a newcomer's ten tasks may take, as docs/desk.md tells it and nothing else."""

import re
from dataclasses import dataclass
from typing import Self

from support.template import ROOT

HEADING = "\n## A newcomer's ten tasks\n"

_ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Effort:
    """A text is whatever is written into a field at once, however long."""

    clicks: int
    keys: int
    texts: int

    def __sub__(self, before: Self) -> "Effort":
        return Effort(
            self.clicks - before.clicks, self.keys - before.keys, self.texts - before.texts
        )


@dataclass(frozen=True)
class Task:
    number: int
    name: str
    where: str
    effort: Effort


def ten_tasks() -> dict[str, Task]:
    """Return the rows of the table, by name."""
    told = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8").split(HEADING)[1]
    rows = _ROW.findall(told.split("\n## ")[0])
    return {
        name: Task(int(number), name, where, Effort(int(clicks), int(keys), int(texts)))
        for number, name, where, clicks, keys, texts in rows
    }
