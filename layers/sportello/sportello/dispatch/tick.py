"""Time acts on a conversation: with the words that its customer may have to hear."""

from datetime import datetime

from sportello.conversation.commands import Tick
from sportello.conversation.handing_over.agent_claims import waits_unasked
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.timing.promises import just_broken
from sportello.language.spoken_time import deadline_in_words
from sportello.model import Instant
from sportello.people.announcing import Announcing
from sportello.people.placement.assigning import Assigning
from sportello.table.desk import Committed, Desk
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import SettingsStore


class Ticking:
    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings
        self._announcing = Announcing(desk.table, settings)
        self._assigning = Assigning(desk, settings)

    def tick(
        self,
        conversation_id: str,
        woken_for: Instant | None,
        now: datetime,
        start: Conversation | None = None,
    ) -> Committed:
        """Let time act on the clocks; `woken_for` is None when the sweep asks.

        Where somebody waits, time may have ended an offer, or let more agents be asked.
        """

        def plan(conversation: Conversation, terms: ServiceTerms) -> Tick:
            return Tick(
                woken_for=woken_for,
                apology=self._apology(conversation, terms, now),
                news=self._announcing.news(conversation, terms, now),
            )

        step = self._settings.under_terms(plan)
        committed = self._desk.act(conversation_id, step, now, start=start)
        if waits_unasked(committed.state):
            self._assigning.place(conversation_id, now, committed.after)
        return committed

    def _apology(self, conversation: Conversation, terms: ServiceTerms, now: datetime) -> str:
        """What to say for the promise that is broken now; empty while none is."""
        state, address = conversation.state, conversation.address
        # Time never runs back: the decision may be a moment later than this function's clock.
        broken = just_broken(state, max(now, state.decided_at or now))
        if not broken or broken[0].promised_by is None:
            return ""
        language = self._settings.language_of(address)
        by = deadline_in_words(broken[0].promised_by, now, language, terms.zone(state.queue))
        return self._settings.text("promise_broken", address, by=by)
