"""Which way the code may depend: functions on the domain, the domain on nothing but itself."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOMAIN = ROOT / "layers/sportello/sportello"
FUNCTIONS = ROOT / "functions"
MODULES = sorted(
    ".".join(path.relative_to(DOMAIN).with_suffix("").parts)
    for path in DOMAIN.rglob("*.py")
    if path.name != "__init__.py"
)
OUTSIDE = {"boto3", "botocore", "aws_lambda_powertools", "urllib3", "moto"}


def path_of(module: str) -> Path:
    return DOMAIN.joinpath(*module.split(".")).with_suffix(".py")


def source(module: str) -> str:
    return path_of(module).read_text(encoding="utf-8")


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module a file imports, by its dotted name, imports for type checkers left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            module = node.module or ""
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def domain_imports(module: str) -> set[str]:
    names = {name.removeprefix("sportello.") for name in imports(path_of(module))}
    return names & set(MODULES)


def reaches(module: str) -> dict[str, str]:
    """Every domain module that importing this one loads, with the module that imports it."""
    through: dict[str, str] = {}
    waiting = [module]
    while waiting:
        current = waiting.pop()
        for name in sorted(domain_imports(current) - through.keys()):
            through[name] = current
            waiting.append(name)
    return through


def is_pure(module: str) -> bool:
    document = ast.get_docstring(ast.parse(source(module))) or ""
    return document.split("\n\n", maxsplit=1)[0].replace("\n", " ").endswith(" Pure.")


PURE = [module for module in MODULES if is_pure(module)]


@pytest.mark.parametrize("module", MODULES)
def test_the_domain_imports_no_function(module: str) -> None:
    names = {name.split(".")[0] for name in imports(path_of(module))}
    packages = {path.name for path in FUNCTIONS.iterdir() if path.is_dir()}
    assert not names & (packages | {"functions", "local", "tests", "support"})


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_reaches_nothing_outside(module: str) -> None:
    for loaded in {module, *reaches(module)}:
        packages = {name.split(".")[0] for name in imports(path_of(loaded))}
        assert not packages & OUTSIDE, f"{module} loads {loaded}"


def test_the_rules_are_among_the_pure_modules() -> None:
    rules = {"turns", "handoffs", "clocks", "decision", "promises", "triage"}
    assert rules <= {module.split(".")[-1] for module in PURE}


def makes_client(path: Path, service: str) -> bool:
    return any(
        isinstance(argument, ast.Constant) and argument.value == service
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for argument in node.args
    )


def test_only_the_desk_table_talks_to_dynamodb() -> None:
    speakers = {
        path.name
        for folder in (DOMAIN, FUNCTIONS)
        for path in folder.rglob("*.py")
        if "DynamoDBClient" in path.read_text(encoding="utf-8") or makes_client(path, "dynamodb")
    }
    assert speakers == {"desk_table.py", "queue_table.py"}


def test_no_module_of_the_domain_needs_itself() -> None:
    for module in MODULES:
        assert module not in reaches(module), f"{module} is imported by what it imports"


def test_domain_names_no_channel() -> None:
    channels = {"whatsapp", "telegram", "messenger", "instagram"}
    for module in MODULES:
        strings = {
            node.value
            for node in ast.walk(ast.parse(source(module)))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not strings & channels, f"{module} asks for a channel by name"
