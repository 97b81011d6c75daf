"""A plugin of pytest: one deployed stack for a run, and at its end what was measured of it."""

from collections.abc import Iterator

import pytest

from local.cloud.laptop import Laptop
from support.clouds.driven_desk import Measured

FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


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
