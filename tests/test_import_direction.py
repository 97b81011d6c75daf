"""Which way the code may depend: functions on the domain, a room on rooms of lower levels.

The levels stand in one place, the table of rooms in `docs/conventions.md`.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from support.template import channels_on_disk

ROOT = Path(__file__).parents[1]
DOMAIN = ROOT / "layers/sportello/sportello"
FUNCTIONS = ROOT / "functions"
OUTSIDE = {"boto3", "botocore", "aws_lambda_powertools", "urllib3", "moto"}
LAZY = {("messaging", "urllib3")}
"""What a pure room may import inside a function, for whoever does call the outside."""


class Room(NamedTuple):
    level: int
    pure: bool


def rooms_in_the_table() -> dict[str, Room]:
    text = (ROOT / "docs/conventions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (.+?) \| (yes|no) \|", text, re.MULTILINE)
    return {
        name: Room(int(level), pure == "yes")
        for level, names, pure in rows
        for name in re.findall(r"`(\w+)`", names)
    }


def rooms_of_the_agent_api() -> list[str]:
    """Return them as their table has them, each above those that import it."""
    text = (ROOT / "docs/conventions.md").read_text(encoding="utf-8")
    table = text.partition("| room of `functions/agent_api/` |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


ROOMS = rooms_in_the_table()
AGENT_API = FUNCTIONS / "agent_api"
FILES = sorted(DOMAIN.rglob("*.py"))
DATA = sorted((DOMAIN / "language").rglob("*.json"))
"""What is said to customers; the other data is of holidays."""


def room_of(path: Path) -> str:
    parts = path.relative_to(DOMAIN).parts
    return parts[0] if len(parts) > 1 else "root"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(DOMAIN).with_suffix("").parts)


PURE = [path for path in FILES if ROOMS[room_of(path)].pure]
each_file = pytest.mark.parametrize("path", FILES, ids=name_of)


class Import(NamedTuple):
    module: str
    lazy: bool


@cache
def imports(path: Path) -> frozenset[Import]:
    """Every module a file imports, imports for type checkers left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    lazy = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
    }
    return frozenset(
        Import(module, id(node) in lazy)
        for node in ast.walk(tree)
        if id(node) not in for_types
        for module in modules_of(node, path)
    )


def modules_of(node: ast.AST, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{path.name}: a relative import"
        yield node.module or ""
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def domain_rooms(path: Path) -> set[str]:
    """The rooms whose modules a file imports."""
    parts = [found.module.split(".") for found in imports(path) if found.module != "sportello"]
    names = {part[1] for part in parts if part[0] == "sportello"}
    files = {file.stem for file in DOMAIN.glob("*.py")}
    return {"root" if name in files else name for name in names}


def test_the_table_knows_every_room_and_no_other() -> None:
    folders = {path.name for path in DOMAIN.iterdir() if (path / "__init__.py").exists()}
    assert set(ROOMS) == folders | {"root"}


@each_file
def test_a_room_imports_rooms_of_lower_levels_only(path: Path) -> None:
    here = room_of(path)
    upward = {
        room for room in domain_rooms(path) - {here} if ROOMS[room].level >= ROOMS[here].level
    }
    assert not upward


def test_the_table_knows_every_room_of_the_agent_api_and_no_other() -> None:
    folders = {path.parent.name for path in AGENT_API.glob("*/__init__.py")}
    assert sorted(rooms_of_the_agent_api()) == sorted(folders)


@pytest.mark.parametrize("room", rooms_of_the_agent_api())
def test_a_room_of_the_agent_api_imports_those_above_it_only(room: str) -> None:
    rooms = rooms_of_the_agent_api()
    needs = {
        found.module.split(".")[1]
        for path in (AGENT_API / room).glob("*.py")
        for found in imports(path)
        if found.module.startswith("agent_api.")
    }
    assert needs <= set(rooms[: rooms.index(room) + 1])


@each_file
def test_the_domain_imports_no_function(path: Path) -> None:
    names = {found.module.split(".")[0] for found in imports(path)}
    packages = {folder.name for folder in FUNCTIONS.iterdir() if folder.is_dir()}
    assert not names & (packages | {"functions", "local", "recovery", "tests", "tools", "support"})


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_a_pure_room_imports_nothing_that_reaches_outside(path: Path) -> None:
    here = room_of(path)
    for found in imports(path):
        package = found.module.split(".")[0]
        lazily = found.lazy and (here, package) in LAZY
        assert package not in OUTSIDE or lazily, found.module
    assert all(ROOMS[room].pure for room in domain_rooms(path))


def test_no_module_of_the_domain_needs_itself() -> None:
    known = {name_of(path): path for path in FILES if path.name != "__init__.py"}

    def needs(name: str) -> set[str]:
        found = {one.module.removeprefix("sportello.") for one in imports(known[name])}
        return found & known.keys()

    for module in known:
        reached: set[str] = set()
        waiting = needs(module)
        while waiting:
            current = waiting.pop()
            reached.add(current)
            waiting |= needs(current) - reached
        assert module not in reached, f"{module} is imported by what it imports"


@pytest.mark.parametrize(
    "path",
    sorted([*DOMAIN.glob("*/**/__init__.py"), *AGENT_API.glob("*/__init__.py")]),
    ids=lambda path: path.parent.name,
)
def test_a_room_says_what_it_knows_and_hands_on_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def takes_client(path: Path, service: str) -> bool:
    """Tell whether a file calls a service; having its client made beforehand is no call."""
    return any(
        isinstance(argument, ast.Constant) and argument.value == service
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) != "prepare"
        for argument in node.args
    )


def test_only_the_table_talks_to_dynamodb() -> None:
    speakers = {
        path.name
        for folder in (DOMAIN, FUNCTIONS)
        for path in folder.rglob("*.py")
        if "DynamoDBClient" in path.read_text(encoding="utf-8") or takes_client(path, "dynamodb")
    }
    assert speakers == {
        "agent_list.py",
        "agent_table.py",
        "attempt_table.py",
        "audit_table.py",
        "batch_table.py",
        "channel_table.py",
        "draft_table.py",
        "endpoint_table.py",
        "file_link_table.py",
        "event_feed.py",
        "inbound_table.py",
        "inbox_table.py",
        "line_table.py",
        "link_table.py",
        "live_table.py",
        "media_table.py",
        "queue_table.py",
        "upload_table.py",
        "subscription_tables.py",
    }


@pytest.mark.parametrize("path", [*FILES, *DATA], ids=name_of)
def test_the_domain_names_no_channel(path: Path) -> None:
    channels = "|".join(channels_on_disk())
    named = re.search(rf"\b({channels})", path.read_text(encoding="utf-8"), re.IGNORECASE)
    assert not named, named
