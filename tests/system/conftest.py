"""One deployed stack for all tests here; each test has customers of its own."""

from collections.abc import Callable, Iterator

import pytest

from local.laptop import Laptop
from support.driven_desk import DrivenDesk

FIGURES = pytest.StashKey[list[str]]()
LAST_FILE = "test_traces_left.py"

type Measured = Callable[[str], None]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the other tests leave behind is looked at when they are done."""
    items.sort(key=lambda item: item.path.name == LAST_FILE)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.stash[FIGURES]:
        terminalreporter.section("measured")
        for figure in config.stash[FIGURES]:
            terminalreporter.write_line(figure)


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> Measured:
    """Takes a line for the end of the report: what was measured, never a verdict."""
    return pytestconfig.stash[FIGURES].append


@pytest.fixture(scope="session")
def laptop(measured: Measured) -> Iterator[Laptop]:
    with Laptop(say=measured) as laptop:
        yield laptop


@pytest.fixture(scope="session")
def desk(laptop: Laptop) -> DrivenDesk:
    return DrivenDesk(laptop)


@pytest.fixture(autouse=True)
def providers_behave_again(desk: DrivenDesk) -> Iterator[None]:
    yield
    desk.calls.heal()
