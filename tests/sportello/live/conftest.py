from collections.abc import Iterator

import pytest

from support.clouds.table import table
from support.live import LiveDesk


@pytest.fixture
def live() -> Iterator[LiveDesk]:
    with table() as empty:
        yield LiveDesk(empty)
