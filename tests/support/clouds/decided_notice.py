"""A notice that was decided and is still to be rung, at a desk of its own."""

from datetime import datetime, timedelta
from typing import Any

from sportello.conversation.commands import Command
from sportello.conversation.decision import Decision
from sportello.conversation.effects import NotifyAgents
from sportello.messaging.items import DeliveryStatus
from sportello.people.notifying.ringing import Ringing
from sportello.people.settings import AgentEndpointSettings
from sportello.routing.breaker import Breaker
from sportello.table.desk import Desk, Step
from sportello.table.settings.settings_store import SettingsStore
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    an_address,
    decline,
    offer,
    receive,
    request_human,
)
from support.clouds.profiles import keep_endpoints
from support.clouds.table import configure
from support.fakes import RecordingNotifier

ENDPOINT = {"notifier": "recording", "topic": "desk"}
OWN = "@anna/phone"
"""What effects call an endpoint of Anna's own."""


def commit(empty: Desk, command: Command, now: datetime = NOW) -> Decision:
    step = Step(command=command, terms=TERMS, address=an_address())
    return empty.act(CONVERSATION, lambda _: step, now).decision


class DecidedNotice:
    """A notice `key` to an endpoint, decided at `now` and not yet rung."""

    def __init__(
        self, empty: Desk, endpoint: str = "desk", notices: frozenset[str] | None = None
    ) -> None:
        self.desk, self.table, self.now = empty, empty.table, NOW
        self.notifier = RecordingNotifier(notices)
        self.settings = SettingsStore(empty.table, max_age_seconds=0)
        self._endpoint = endpoint
        self._tiers = iter(range(1, 9))
        self._ringing = Ringing(self.notifier, empty.table, self.settings, lambda: self.now)
        self.configure({"desk": ENDPOINT})
        for command in (receive(), request_human(), offer(endpoints=(endpoint,))):
            self.key = commit(empty, command).effects[0].key

    def configure(self, endpoints: dict[str, dict[str, Any]]) -> None:
        document = AgentEndpointSettings.model_validate({"endpoints": endpoints})
        configure(self.table, document)

    def keep_profile(self, **endpoints: dict[str, Any]) -> None:
        """Write what Anna's profile has of endpoints."""
        keep_endpoints(self.table, "anna", endpoints)

    def end_offer(self, command: Command | None = None) -> str:
        """Decide that the offer is over; returns the notice of it."""
        return self._decided(command or decline())

    def decide_another(self) -> str:
        """Decide one more notice to the endpoint: the next offer."""
        self.end_offer()
        return self._decided(offer(tier=next(self._tiers), endpoints=(self._endpoint,)))

    def _decided(self, command: Command) -> str:
        decision = commit(self.desk, command, self.now)
        (notice,) = [effect for effect in decision.effects if isinstance(effect, NotifyAgents)]
        return notice.key

    def outcome(self, key: str = "") -> tuple[DeliveryStatus, str]:
        (record,) = self.table.content(CONVERSATION, effect_keys=[key or self.key]).effects
        return record.status, record.error_code

    def breaker(self) -> Breaker | None:
        (mark,) = self.table.endpoints.marks()
        return mark.breaker

    def ring(self, key: str = "", after: timedelta = timedelta(0)) -> None:
        self.now += after
        self._ringing.notify(CONVERSATION, key or self.key)
