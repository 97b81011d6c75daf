"""What nothing in the code is called: a participle that stands for a noun.

`told` or `found` says that something happened, not what the thing is, so every reader has to look
it up. Compound names say enough (`closed_period_told`), and so does a predicate (`is_known`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PARTICIPLES = {"told", "found", "known", "wanted", "seen", "said", "asked", "kept", "left"}
EXCEPTIONS = {
    "ClockEnding.KEPT": "how a clock ended, as the stored events of every conversation call it",
}
"""Members of our classes and attributes of foreign objects, as `Owner.name`, and the reason."""

NAMING_FIELDS = {"id", "arg", "attr", "name", "asname", "rest", "names", "kwd_attrs"}
"""The fields in which the nodes of a syntax tree hold names; texts stand in `value`."""

FILES = sorted(path for root in ("layers", "functions") for path in (ROOT / root).rglob("*.py"))


class Identifier(NamedTuple):
    name: str
    line: int
    qualified: str = ""
    """As `Owner.name`, for an attribute and for a member of a class."""

    @property
    def is_participle(self) -> bool:
        return self.name.strip("_").lower() in PARTICIPLES


def identifiers(tree: ast.AST) -> Iterator[Identifier]:
    """Yield every name that a module defines or uses, with the line it stands on."""
    members = qualified_members(tree)
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if field not in NAMING_FIELDS:
                continue
            for name in value if isinstance(value, list) else [value]:
                if isinstance(name, str):
                    yield Identifier(name, line_of(node), members.get(node, qualified(node)))


def qualified_members(tree: ast.AST) -> dict[ast.AST, str]:
    return {
        node: f"{owner.name}.{node.id}"
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for statement in owner.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def qualified(node: ast.AST) -> str:
    if not isinstance(node, ast.Attribute):
        return ""
    return ".".join(ast.unparse(node).split(".")[-2:])


def line_of(node: ast.AST) -> int:
    """Return where the name itself stands: an attribute ends with it, all else begins with it."""
    line: int = getattr(node, "end_lineno" if isinstance(node, ast.Attribute) else "lineno")
    return line


def participles(source: str) -> list[Identifier]:
    return [name for name in identifiers(ast.parse(source)) if name.is_participle]


def offenders(source: str) -> list[Identifier]:
    return [name for name in participles(source) if name.qualified not in EXCEPTIONS]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_nothing_is_named_by_a_participle(path: Path) -> None:
    lines = sorted({(line, name) for name, line, _ in offenders(path.read_text(encoding="utf-8"))})
    places = "\n".join(f"{relative(path)}:{line}: {name}" for line, name in lines)
    assert not places, f"call each what it is, by a noun:\n{places}"


def test_every_exception_is_in_use() -> None:
    in_use = {
        name.qualified for path in FILES for name in participles(path.read_text(encoding="utf-8"))
    }
    assert in_use >= EXCEPTIONS.keys()


@pytest.mark.parametrize(
    "source",
    [
        "told = 1",
        "_found_ = 1",
        "KNOWN = 1",
        "wait.seen",
        "call(asked=1)",
        "def kept(): pass",
        "async def kept(): pass",
        "class Told: pass",
        "def wait(left): pass",
        "def wait(*said, **others): pass",
        "wait = lambda known: known",
        "def wait():\n    global left",
        "from rooms import name as found",
        "from rooms import told",
        "try: pass\nexcept ValueError as said: pass",
        "match wait:\n    case found: pass",
        "match wait:\n    case {'wait': found}: pass",
        "match wait:\n    case {'wait': 1, **left}: pass",
        "match wait:\n    case [1, *left]: pass",
        "match wait:\n    case Wait(left=1): pass",
        "type Told = int",
        "def wait[Told](): pass",
        "class Clock:\n    kept: int",
        "KEPT = 'kept'",
    ],
)
def test_a_participle_is_seen_wherever_a_name_may_stand(source: str) -> None:
    assert offenders(source)


@pytest.mark.parametrize(
    "source",
    [
        "is_known = closed_period_told = left_out = 1",
        "'''What was told and found.'''",
        "wait = {'kept': f'{name} left'}",
        "class ClockEnding:\n    KEPT = 'kept'",
        "end(events.ClockEnding.KEPT)",
    ],
)
def test_compounds_texts_and_exceptions_are_no_offence(source: str) -> None:
    assert not offenders(source)
