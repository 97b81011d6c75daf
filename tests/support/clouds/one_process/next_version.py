"""A next version of the code, made of this one: it writes everywhere what this one does not know.

Every stored model has a field more, in each place where one is nested, and so has the item of the
state. Each commit has an event and an effect of new types besides, and the state counts these
commits. Of two kinds of items the schema is the second, with an upcaster from the first.
"""

import shutil
from pathlib import Path

from support.clouds.one_process.versions import SOURCES
from support.template import ROOT

LAYER = Path("layers/sportello/sportello")
CHANGES = (
    (
        "stored.py",
        '    model_config = ConfigDict(extra="allow")\n',
        (
            '    written_by: str = ""\n\n    @model_validator(mode="after")\n'
            "    def _signed(self) -> Any:\n"
            '        self.__dict__["written_by"] = "next"\n        return self\n'
        ),
    ),
    ("stored.py", "from pydantic import ConfigDict", ", model_validator"),
    ("conversation/state.py", "    sequence: int = 0\n", "    stamps: int = 0\n"),
    (
        "conversation/evolution.py",
        '    update = {"sequence": state.sequence + 1, "decided_at": event.at}\n',
        '    update["stamps"] = state.stamps + (event.type == "Stamped")\n',
    ),
    (
        "conversation/events.py",
        "class UnknownEvent(Remark):\n",
        (
            "    pass\n\n\nclass Stamped(Remark):\n"
            '    type: Literal["Stamped"] = "Stamped"\n    ink: dict[str, str]\n\n\n'
            "class UnknownEvent(Remark):\n"
        ),
    ),
    ("conversation/events.py", "    | ConversationReturned", "\n    | Stamped"),
    ("conversation/events.py", "    hidden = event.confidential", " | {'written_by'}"),
    (
        "conversation/effects.py",
        "class PublishEvent(Stored):\n",
        (
            '    """."""\n\n\nclass KeepStamp(Stored):\n'
            '    type: Literal["KeepStamp"] = "KeepStamp"\n'
            "    key: str\n    ink: dict[str, str]\n\n\n"
            "class PublishEvent(Stored):\n"
        ),
    ),
    ("conversation/effects.py", "    | PublishEvent", " | KeepStamp"),
    (
        "conversation/decision.py",
        "        effects = list(self._effects)\n",
        (
            "        if self._events:\n"
            "            from sportello.conversation.effects import KeepStamp\n"
            "            from sportello.conversation.events import Stamped\n"
            '            self.record(Stamped(at=self.now, ink={"colour": "blue"}))\n'
            '            key = f"stamp:{self.before.sequence}"\n'
            '            effects.append(KeepStamp(key=key, ink={"colour": "blue"}))\n'
        ),
    ),
    (
        "dispatch/dispatcher.py",
        "            case UnknownEffect():\n                return\n",
        (
            "            case _:\n"
            "                key = record.effect.key\n"
            "                self._table.mark_notified(record.conversation_id, key)\n"
        ),
    ),
    (
        "table/upcasters.py",
        "UPCASTERS: Mapping[str, tuple[Upcaster, ...]] = {",
        '"state": (lambda document: document | {"upcast": True},), "address": (dict,)',
    ),
    ("table/items.py", '        "entity": {"S": "state"},\n', '        "mood": {"S": "sunny"},\n'),
)
"""In which file what is put in behind which place."""


def next_version(folder: Path) -> Path:
    """Write the sources of the next version into a folder."""
    _copy_sources(folder)
    for name, place, addition in CHANGES:
        replace_in(folder, name, place, place + addition)
    return folder


def version_without(folder: Path, name: str, guard: str, instead: str) -> Path:
    """Write the sources of this version into a folder, with something else for a guard."""
    _copy_sources(folder)
    replace_in(folder, name, guard, instead)
    return folder


def _copy_sources(folder: Path) -> None:
    for source in SOURCES:
        without_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / source, folder / source, ignore=without_caches)


def replace_in(folder: Path, name: str, place: str, instead: str) -> None:
    path = folder / LAYER / name
    text = path.read_text(encoding="utf-8")
    assert text.count(place) == 1, f"{name} has no longer one place {place!r}"
    path.write_text(text.replace(place, instead), encoding="utf-8")
