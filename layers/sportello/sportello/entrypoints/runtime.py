"""What a running function is built from: created on first use, kept for the process's life."""

from datetime import UTC, datetime
from functools import cache

from pydantic import Field

from sportello.aws.environment import Environment
from sportello.table.desk import Desk
from sportello.table.desk_table import DeskTable
from sportello.table.settings_store import SettingsStore


class TableEnvironment(Environment):
    desk_table: str = Field(min_length=1)


class SettingsEnvironment(Environment):
    settings_cache_seconds: float = Field(ge=0)


def utc_now() -> datetime:
    return datetime.now(UTC)


@cache
def table() -> DeskTable:
    return DeskTable(TableEnvironment.load().desk_table)


@cache
def desk() -> Desk:
    return Desk(table())


@cache
def settings() -> SettingsStore:
    return SettingsStore(table(), SettingsEnvironment.load().settings_cache_seconds)
