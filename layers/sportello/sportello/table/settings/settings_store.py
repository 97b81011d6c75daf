"""Settings as the functions read them: from the table, validated, kept for a while."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from pydantic import ValidationError

from sportello.channel_kinds import ChannelKind, Tone
from sportello.conversation.commands import Command
from sportello.conversation.terms import ServiceTerms
from sportello.errors import NotConfigured
from sportello.hours.settings import OpeningHoursSettings
from sportello.language.languages import Language, languages
from sportello.language.settings import TextSettings
from sportello.language.texts import TextName, text
from sportello.queues.settings import QueueSettings
from sportello.routing.settings import RoutingSettings
from sportello.settings_document import SettingsDocument
from sportello.sla.clocks import Clock
from sportello.sla.settings import SlaSettings
from sportello.table.desk import Step
from sportello.table.desk_table import DeskTable
from sportello.table.items import Address, Conversation, StoredSettings

TERMS_OF_SERVICE = (SlaSettings, OpeningHoursSettings, QueueSettings, RoutingSettings)
"""What the terms of service are put together from."""


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
        self._current: dict[str, tuple[float, int, SettingsDocument]] = {}
        self._past: dict[tuple[str, int], SettingsDocument] = {}

    def get[D: SettingsDocument](self, shape: type[D]) -> D:
        """Return the current document of a kind, or its packaged default.

        Raises NotConfigured when the stored document no longer fits its model.
        """
        return self.current(shape)[1]

    def current[D: SettingsDocument](self, shape: type[D]) -> tuple[int, D]:
        """Return version and document; version 0 is the packaged default."""
        now = self._monotonic()
        return self._fresh(shape, now) or self._keep(shape, self._table.settings(shape.kind), now)

    def read_together(self, *shapes: type[SettingsDocument]) -> None:
        """Read at once what a step will ask for one by one, as far as it is too old.

        A document that no longer fits is left to whoever asks for it.
        """
        now = self._monotonic()
        stale = [shape for shape in shapes if self._fresh(shape, now) is None]
        if len(stale) > 1 and self._max_age_seconds > 0:
            stored = self._table.current_settings(shape.kind for shape in stale)
            for shape in stale:
                with suppress(NotConfigured):
                    self._keep(shape, stored.get(shape.kind), now)

    def _fresh[D: SettingsDocument](self, shape: type[D], now: float) -> tuple[int, D] | None:
        entry = self._current.get(shape.kind)
        if entry and now - entry[0] < self._max_age_seconds and isinstance(entry[2], shape):
            return entry[1], entry[2]
        return None

    def _keep[D: SettingsDocument](
        self, shape: type[D], stored: StoredSettings | None, now: float
    ) -> tuple[int, D]:
        version = stored.version if stored else 0
        document = _parsed(shape, stored) if stored else shape()
        self._current[shape.kind] = (now, version, document)
        return version, document

    def past[D: SettingsDocument](self, shape: type[D], version: int) -> D:
        """Return a document as it was in a version; what was not kept is the packaged default."""
        loaded = self._past.get((shape.kind, version))
        if isinstance(loaded, shape):
            return loaded
        stored = self._table.settings(shape.kind, version) if version else None
        document = _parsed(shape, stored) if stored else shape()
        self._past[shape.kind, version] = document
        return document

    def language_of(self, address: Address | None) -> Language:
        """Return the language to write to a customer in: theirs, else the business's default."""
        language = address.language if address else ""
        return language if language in languages() else self.get(TextSettings).default_language

    def text(self, name: TextName, address: Address | None, **values: str) -> str:
        """Say a text to a customer: in the business's own words where it has set them."""
        return text(
            name,
            self.language_of(address),
            tone=address.tone if address else Tone.NEUTRAL,
            overrides=self.get(TextSettings).texts,
            **values,
        )

    def under_terms(
        self, plan: Callable[[Conversation, ServiceTerms], Command | None]
    ) -> Callable[[Conversation], Step | None]:
        """Let a command be planned for a conversation under the terms of service in force."""

        def step(conversation: Conversation) -> Step | None:
            terms = self.terms(conversation)
            command = plan(conversation, terms)
            return Step(command=command, terms=terms) if command else None

        return step

    def terms(
        self,
        conversation: Conversation,
        address: Address | None = None,
        *,
        counting: Iterable[Clock] = (),
    ) -> ServiceTerms:
        """Put together the terms of service that hold for a conversation now.

        `address` is the customer's where the conversation does not know it yet, `counting` are
        clocks that may go on besides those that run.
        """
        address = address or conversation.address
        self.read_together(*TERMS_OF_SERVICE)
        sla_version, sla = self.current(SlaSettings)
        hours_version, opening_hours = self.current(OpeningHoursSettings)
        counted_on = {
            clock.calendar_version
            for clock in (*conversation.state.clocks, *counting)
            if clock.running and clock.calendar and clock.calendar_version != hours_version
        }
        return ServiceTerms(
            channel=address.channel if address else "",
            channel_kind=address.channel_kind if address else ChannelKind.MESSAGING,
            account_id=address.account_id if address else "",
            sla=sla,
            sla_version=sla_version,
            opening_hours=opening_hours,
            hours_version=hours_version,
            past_hours={
                version: self.past(OpeningHoursSettings, version) for version in counted_on
            },
            queues=self.get(QueueSettings),
            routing=self.get(RoutingSettings),
        )

    def forget(self) -> None:
        """Read anew what is current, whatever its age."""
        self._current.clear()


def _parsed[D: SettingsDocument](shape: type[D], stored: StoredSettings) -> D:
    try:
        return shape.as_stored(stored.document)
    except ValidationError as error:
        raise NotConfigured(f"settings {shape.kind} version {stored.version}: {error}") from None
