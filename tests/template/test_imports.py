"""What a function loads before its first event is known and on purpose: a customer waits for it."""

import json

import pytest

from tools.imports import HELD, OTHERS, Imports, handlers, imports_of

HANDLERS = handlers()
HELD_IMPORTS: dict[str, Imports] = json.loads(HELD.read_text())
RECEIVERS = [name for name, handler in HANDLERS.items() if handler.endswith(".receive.handler")]


def test_the_imports_of_every_function_are_held() -> None:
    assert set(HELD_IMPORTS) == set(HANDLERS)


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_a_function_loads_what_is_held_and_nothing_else(name: str) -> None:
    """After a change on purpose: `PYTHONPATH=tests:. .venv/bin/python -m tools.imports`."""
    assert imports_of(HANDLERS[name]) == HELD_IMPORTS[name]


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_no_function_loads_the_whole_sdk(name: str) -> None:
    assert "boto3" not in HELD_IMPORTS[name][OTHERS].split()


@pytest.mark.parametrize("name", RECEIVERS)
def test_receive_knows_only_what_comes_in(name: str) -> None:
    rooms = {
        package.partition(".")[2]
        for package in HELD_IMPORTS[name]
        if package.startswith("sportello.")
    }
    assert rooms == {"aws", "entrypoints", "intake", "messaging", "table", "table.inbound"}


@pytest.mark.parametrize("name", sorted(set(HANDLERS) - set(RECEIVERS)))
def test_a_function_loads_no_other_trigger(name: str) -> None:
    tops = {package.partition(".")[0] for package in HELD_IMPORTS[name] if package}
    assert tops == {HANDLERS[name].partition(".")[0], "sportello", OTHERS}
