"""What handing a conversation on, consulting and promising take from settings and table."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sportello.conversation.commands import AccompanyingText, OfferToAgent
from sportello.conversation.handing_over.ladders import MOST_AHEAD
from sportello.conversation.people_commands import (
    Consult,
    Mention,
    PromiseOtherWay,
    TransferToAgent,
    TransferToQueue,
    WriteDown,
)
from sportello.conversation.terms import ServiceTerms
from sportello.errors import NotAllowed, SportelloError
from sportello.language.spoken_time import deadline_in_words
from sportello.model import Model
from sportello.people.away import out_of_hours
from sportello.people.story_packets import story_packet
from sportello.routing.endpoints import own_bells
from sportello.sla.clocks import PromiseTerms
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import SettingsStore

if TYPE_CHECKING:
    from sportello.language.texts import TextName

LONGER_OFFER = 4
"""How many times as long a colleague who was chosen by hand may take to answer."""


class Asker(Model):
    """Who asks, and the note that goes with it."""

    agent_id: str
    supervisor: bool = False
    owner_version: int | None = None
    seen_up_to: int | None = None
    note: str = ""


class OtherWay(Model):
    """What is to be promised: a call where no `channel` is named, as its customer calls it.

    `name` is who will do it, empty for a colleague.
    """

    key: str
    channel: str = ""
    name: str = ""
    promise: PromiseTerms


class UnknownTarget(SportelloError):
    """There is no such queue or agent; `field` is where it was named."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class _Closed(Model):
    away: AccompanyingText | None
    waiting_ahead: int


class HandingOn:
    def __init__(self, table: DeskTable, settings: SettingsStore) -> None:
        self._table = table
        self._settings = settings

    def to_queue(
        self,
        asker: Asker,
        queue: str,
        conversation: Conversation,
        terms: ServiceTerms,
        now: datetime,
    ) -> TransferToQueue:
        if queue not in terms.queues.queues:
            raise UnknownTarget("queue")
        closed = self._closed(conversation, terms, queue, now)
        return TransferToQueue(
            **dict(asker),
            queue=queue,
            away=closed.away,
            waiting_ahead=closed.waiting_ahead,
        )

    def to_agent(
        self,
        asker: Asker,
        colleague: str,
        conversation: Conversation,
        terms: ServiceTerms,
        now: datetime,
    ) -> TransferToAgent:
        endpoints = self._bells_of(colleague)
        queue = conversation.state.queue or terms.queues.handoff_queue
        seconds = terms.queue(queue).routing.offer_seconds * LONGER_OFFER
        closed = self._closed(conversation, terms, queue, now)
        return TransferToAgent(
            **dict(asker),
            queue=queue,
            away=closed.away,
            waiting_ahead=closed.waiting_ahead,
            offer=OfferToAgent(
                handoff_id="",  # the one that the transfer makes
                agent_id=colleague,
                endpoints=endpoints,
                units=terms.units,
                expires_at=now + timedelta(seconds=seconds),
                packet={**story_packet(self._table, conversation), "note": asker.note},
            ),
        )

    def consult(self, asker: Asker, colleague: str, conversation: Conversation) -> Consult:
        return Consult(
            agent_id=asker.agent_id,
            supervisor=asker.supervisor,
            colleague=colleague,
            endpoints=self._bells_of(colleague),
            note=asker.note,
            packet=story_packet(self._table, conversation),
        )

    def mention(
        self, command: WriteDown, names: Sequence[str], conversation: Conversation
    ) -> WriteDown:
        """Have a note tell colleagues; raises UnknownTarget for one nobody has heard of."""
        mentions = []
        for number, name in enumerate(dict.fromkeys(names)):
            bells = self._bells_of(name, field=f"mentions/{number}")
            mentions.append(Mention(agent_id=name, endpoints=bells))
        update = {
            "mentions": tuple(mentions),
            "packet": story_packet(self._table, conversation),
        }
        return command.model_copy(update=update)

    def promise(
        self,
        asker: Asker,
        other: OtherWay,
        conversation: Conversation,
        terms: ServiceTerms,
        now: datetime,
    ) -> PromiseOtherWay:
        """Say in the customer's language who gets back to them, how and by when."""
        address = conversation.address
        if address is None:
            raise NotAllowed("the customer has not written yet")
        queue = conversation.state.queue
        due_at = terms.promised_by(other.promise, queue, now)
        language = self._settings.language_of(address)
        text_name: TextName = "channel_change" if other.channel else "call_back"
        values = {
            "who": other.name or self._settings.text("colleague", address),
            "by": deadline_in_words(due_at, now, language, terms.zone(queue)),
            **({"channel": other.channel} if other.channel else {}),
        }
        return PromiseOtherWay(
            agent_id=asker.agent_id,
            supervisor=asker.supervisor,
            key=other.key,
            text=self._settings.text(text_name, address, **values),
            way="channel" if other.channel else "call",
            promise=other.promise,
            note=asker.note,
        )

    def _bells_of(self, agent_id: str, field: str = "agent_id") -> tuple[str, ...]:
        """Return an agent's own endpoints; raises UnknownTarget for one nobody has heard of."""
        record = self._table.agents.record(agent_id)
        if not record.is_known:
            raise UnknownTarget(field)
        return own_bells(agent_id, record.agent.profile.endpoints)

    def _closed(
        self, conversation: Conversation, terms: ServiceTerms, queue: str, now: datetime
    ) -> _Closed:
        address = conversation.address
        if address is None or terms.staffing(queue, now).closed is None:
            return _Closed(away=None, waiting_ahead=0)
        since = conversation.state.waiting_since or now
        return _Closed(
            away=out_of_hours(self._settings, terms, queue, address, now),
            waiting_ahead=self._table.queues.length_before(queue, since, MOST_AHEAD),
        )
