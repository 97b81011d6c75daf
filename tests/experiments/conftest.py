"""Experiments try to break a promise and say at the end of the run how hard they tried."""

from collections.abc import Callable

import pytest

from support.experiments import measurements


def pytest_configure(config: pytest.Config) -> None:
    # For a run of this folder alone; in a run of everything tests/conftest.py came first.
    measurements.install(config)


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """`measured("crash points: 1,234 runs, 0 differences")` is printed when the run ends."""

    def note(line: str) -> None:
        request.node.user_properties.append((measurements.PROPERTY, line))

    return note
