from collections.abc import Iterator

import pytest

from local.providers.providers import Providers


@pytest.fixture
def providers() -> Iterator[Providers]:
    with Providers() as running:
        yield running
