"""Settings that a step needs are read at once, and each of them holds as if read alone."""

from collections.abc import Iterator

import pytest

from sportello.bot.settings import BotSettings, FaqSettings
from sportello.errors import NotConfigured
from sportello.language.settings import TextSettings
from sportello.table.desk_table import DeskTable
from sportello.table.items import StoredSettings
from sportello.table.settings.settings_store import SettingsStore
from support.builders import NOW
from support.clouds.metered import metered
from support.clouds.table import configure, table

MAX_AGE = 30.0


class Store(SettingsStore):
    """A store whose time stands still until it is told to pass."""

    def __init__(self, desk_table: DeskTable) -> None:
        self.now = 1_000.0
        super().__init__(desk_table, MAX_AGE, lambda: self.now)


@pytest.fixture
def desk_table() -> Iterator[DeskTable]:
    with table() as empty:
        configure(empty, BotSettings(enabled=False))
        yield empty


def write_unfit(desk_table: DeskTable, version: int = 1) -> None:
    stored = StoredSettings(version=version, document={"texts": "none"})
    desk_table.put_settings("texts", stored, "anna", NOW)


def test_what_was_read_together_is_there_when_asked_for(desk_table: DeskTable) -> None:
    store = Store(desk_table)
    with metered(desk_table) as usage:
        store.read_together(BotSettings, TextSettings)
        assert store.current(BotSettings) == (1, BotSettings(enabled=False))
        assert store.current(TextSettings) == (0, TextSettings())
    assert usage.calls == {"BatchGetItem": 1}


def test_only_what_is_too_old_is_read(desk_table: DeskTable) -> None:
    store = Store(desk_table)
    store.get(FaqSettings)
    store.now += MAX_AGE - 1
    with metered(desk_table) as usage:
        store.read_together(BotSettings, TextSettings, FaqSettings)
    assert (usage.calls, usage.read_units) == ({"BatchGetItem": 1}, 2)
    with metered(desk_table) as usage:
        store.read_together(BotSettings, TextSettings, FaqSettings)
    assert usage.calls == {}


def test_what_is_alone_in_being_too_old_is_read_when_asked_for(desk_table: DeskTable) -> None:
    store = Store(desk_table)
    store.get(TextSettings)
    with metered(desk_table) as usage:
        store.read_together(BotSettings, TextSettings)
        assert usage.calls == {}
        store.get(BotSettings)
    assert usage.calls == {"GetItem": 1}


def test_what_was_read_together_is_kept_for_its_age(desk_table: DeskTable) -> None:
    store = Store(desk_table)
    store.read_together(BotSettings, TextSettings)
    configure(desk_table, BotSettings(enabled=True))
    store.now += MAX_AGE - 1
    store.read_together(BotSettings, TextSettings)
    assert not store.get(BotSettings).enabled
    store.now += 1
    store.read_together(BotSettings, TextSettings)
    assert store.get(BotSettings).enabled


def test_what_is_to_be_forgotten_is_read_anew(desk_table: DeskTable) -> None:
    store = Store(desk_table)
    store.read_together(BotSettings, TextSettings)
    configure(desk_table, BotSettings(enabled=True))
    store.forget()
    store.read_together(BotSettings, TextSettings)
    assert store.get(BotSettings).enabled


def test_a_document_that_no_longer_fits_troubles_only_who_asks_for_it(
    desk_table: DeskTable,
) -> None:
    write_unfit(desk_table)
    store = Store(desk_table)
    store.read_together(BotSettings, TextSettings)
    assert not store.get(BotSettings).enabled
    with pytest.raises(NotConfigured, match="texts version 1"):
        store.get(TextSettings)
    stored = StoredSettings(version=2, document={})
    desk_table.put_settings("texts", stored, "anna", NOW)
    assert store.get(TextSettings) == TextSettings()  # mended, and not a moment later


def test_a_document_that_became_unfit_is_not_read_from_an_older_one(desk_table: DeskTable) -> None:
    store = Store(desk_table)
    store.read_together(BotSettings, TextSettings)
    write_unfit(desk_table)
    store.now += MAX_AGE
    store.read_together(BotSettings, TextSettings)
    with pytest.raises(NotConfigured):
        store.get(TextSettings)


def test_settings_that_are_never_kept_are_read_by_who_asks_for_them(desk_table: DeskTable) -> None:
    store = SettingsStore(desk_table, 0)
    with metered(desk_table) as usage:
        store.read_together(BotSettings, TextSettings)
    assert usage.calls == {}
    assert not store.get(BotSettings).enabled
