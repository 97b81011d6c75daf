"""Settings as the functions read them: from the table, validated, kept for a while."""

import time
from collections.abc import Callable

from pydantic import ValidationError

from sportello.desk_table import DeskTable
from sportello.errors import NotConfigured
from sportello.settings import SettingsDocument


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
        self._kept: dict[str, tuple[float, SettingsDocument]] = {}

    def get[D: SettingsDocument](self, shape: type[D]) -> D:
        """Return the current document of a kind, or its packaged default.

        Raises NotConfigured when the stored document no longer fits its model.
        """
        now = self._monotonic()
        kept = self._kept.get(shape.kind)
        if kept and now - kept[0] < self._max_age_seconds and isinstance(kept[1], shape):
            return kept[1]
        document = self._read(shape)
        self._kept[shape.kind] = (now, document)
        return document

    def _read[D: SettingsDocument](self, shape: type[D]) -> D:
        stored = self._table.settings(shape.kind)
        if stored is None:
            return shape()
        try:
            return shape.model_validate(stored.document)
        except ValidationError as error:
            raise NotConfigured(
                f"settings {shape.kind} version {stored.version}: {error}"
            ) from None
