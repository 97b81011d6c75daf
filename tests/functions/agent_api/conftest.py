import math
from collections.abc import Iterator

import pytest

from sportello.entrypoints import runtime
from sportello.messaging import public_urls
from sportello.table.desk import Desk
from sportello.table.settings.settings_store import SettingsStore
from support.clouds.staffed_desk import StaffedDesk
from support.clouds.table import desk


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look up no host name: what is out there is nothing to these tests."""

    def resolve(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    monkeypatch.setattr(public_urls, "resolve_host", resolve)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk that the agent API works on; what a test does here, the API sees."""
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "365")
    with desk() as ours:
        settings = SettingsStore(ours.table, math.inf)
        monkeypatch.setattr(runtime, "desk", lambda: ours)
        monkeypatch.setattr(runtime, "table", lambda: ours.table)
        monkeypatch.setattr(runtime, "settings", lambda: settings)
        yield ours


@pytest.fixture
def staffed(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> StaffedDesk:
    """The same desk, where agents come to work and customers wait; its time is the API's too."""
    ours = StaffedDesk(counter)
    monkeypatch.setattr(runtime, "settings", lambda: ours.settings)
    monkeypatch.setattr(runtime, "utc_now", lambda: ours.now)
    return ours
