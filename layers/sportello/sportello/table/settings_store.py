"""Settings as the functions read them: from the table, validated, kept for a while."""

import time
from collections.abc import Callable

from pydantic import ValidationError

from sportello.errors import NotConfigured
from sportello.settings_document import SettingsDocument
from sportello.table.desk_table import DeskTable
from sportello.table.items import StoredSettings


class SettingsStore:
    def __init__(
        self,
        table: DeskTable,
        max_age_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table = table
        self._max_age_seconds = max_age_seconds
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, int, SettingsDocument]] = {}
        self._past: dict[tuple[str, int], SettingsDocument] = {}

    def get[D: SettingsDocument](self, shape: type[D]) -> D:
        """Return the current document of a kind, or its packaged default.

        Raises NotConfigured when the stored document no longer fits its model.
        """
        return self.current(shape)[1]

    def current[D: SettingsDocument](self, shape: type[D]) -> tuple[int, D]:
        """Return version and document; version 0 is the packaged default."""
        now = self._monotonic()
        kept = self._kept.get(shape.kind)
        if kept and now - kept[0] < self._max_age_seconds and isinstance(kept[2], shape):
            return kept[1], kept[2]
        stored = self._table.settings(shape.kind)
        version = stored.version if stored else 0
        document = _parsed(shape, stored) if stored else shape()
        self._kept[shape.kind] = (now, version, document)
        return version, document

    def past[D: SettingsDocument](self, shape: type[D], version: int) -> D:
        """Return a document as it was in a version; what was not kept is the packaged default."""
        known = self._past.get((shape.kind, version))
        if isinstance(known, shape):
            return known
        stored = self._table.settings(shape.kind, version) if version else None
        document = _parsed(shape, stored) if stored else shape()
        self._past[shape.kind, version] = document
        return document

    def forget(self) -> None:
        """Read anew what is current, whatever its age."""
        self._kept.clear()


def _parsed[D: SettingsDocument](shape: type[D], stored: StoredSettings) -> D:
    try:
        return shape.model_validate(stored.document)
    except ValidationError as error:
        raise NotConfigured(f"settings {shape.kind} version {stored.version}: {error}") from None
