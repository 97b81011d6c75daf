"""What a running function is built from: created on first use, kept for the process's life.

Imports are inside, because `receive` needs none of the desk; the other functions have loaded it by
then, with the room they call.
"""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from pydantic import Field

from sportello.aws.environment import Environment

if TYPE_CHECKING:
    from sportello.media.store import MediaStore
    from sportello.table.desk import Desk
    from sportello.table.desk_table import DeskTable
    from sportello.table.inbound.inbound_table import InboundTable
    from sportello.table.settings.settings_store import SettingsStore


class TableEnvironment(Environment):
    """`publish_events` says whether commits write what goes out on the bus."""

    desk_table: str = Field(min_length=1)
    publish_events: bool = True


class SettingsEnvironment(Environment):
    settings_cache_seconds: float = Field(ge=0)


def utc_now() -> datetime:
    return datetime.now(UTC)


@cache
def inbound_table() -> "InboundTable":
    from sportello.table.inbound.inbound_table import InboundTable  # noqa: PLC0415 -- see above

    return InboundTable(TableEnvironment.load().desk_table)


@cache
def table() -> "DeskTable":
    from sportello.table.desk_table import DeskTable  # noqa: PLC0415 -- see above

    return DeskTable(TableEnvironment.load().desk_table)


@cache
def desk() -> "Desk":
    from sportello.table.desk import Desk  # noqa: PLC0415 -- see above

    return Desk(table(), publishes=TableEnvironment.load().publish_events)


@cache
def settings() -> "SettingsStore":
    from sportello.table.settings.settings_store import SettingsStore  # noqa: PLC0415 -- see above

    return SettingsStore(table(), SettingsEnvironment.load().settings_cache_seconds)


@cache
def media_store() -> "MediaStore":
    from sportello.media.store import MediaEnvironment, MediaStore  # noqa: PLC0415 -- see above

    return MediaStore(MediaEnvironment.load().media_bucket)
