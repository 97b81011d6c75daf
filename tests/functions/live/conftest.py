import math
from collections.abc import Iterator

import pytest

from live import services
from sportello.entrypoints import runtime
from sportello.table.settings.settings_store import SettingsStore
from support.clouds.table import table
from support.live import LiveDesk


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveDesk]:
    """A desk on which the functions work; what they push is recorded."""
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "30")
    with table() as empty:
        desk = LiveDesk(empty)
        settings = SettingsStore(empty, math.inf)
        monkeypatch.setattr(runtime, "table", lambda: empty)
        monkeypatch.setattr(runtime, "settings", lambda: settings)
        monkeypatch.setattr(runtime, "utc_now", lambda: desk.now)
        monkeypatch.setattr(services, "gateway", lambda: desk.connections)
        yield desk
