"""How the table's stream is read: in order, each record to its place, a bad one set aside."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field

from sportello.aws.environment import Environment
from sportello.aws.logs import Metric, count, logger
from sportello.conversation.handing_over.audience import Audience
from sportello.dispatch.fit_clocks import CLOCK_SETTINGS
from sportello.errors import Retryable
from sportello.messaging.items import Message, UnknownItem, wants_answer
from sportello.table.agents.agent_items import agent_of
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import EffectRecord, settings_kind
from sportello.table.keys import Attributes, conversation_of
from sportello.table.outward.live_items import read_former_audience

_TOLD_TOGETHER = frozenset({"agent", "state"})
"""What is told of once in a batch, however often it changed."""


class DeadLetterEnvironment(Environment):
    set_aside_queue: str = Field(min_length=1)


class StreamPort(Protocol):
    """Where the stream's reader hands on what it reads."""

    def carry_out(self, record: EffectRecord) -> None: ...

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None: ...

    def acknowledge(self, channel: str, conversation_id: str, item_id: str) -> None: ...

    def have_clocks_fitted(self) -> None: ...

    def have_agent_settled(self, agent_id: str) -> None: ...

    def set_aside(self, queue_url: str, body: str) -> None: ...


class ApplyingPort(Protocol):
    """Who applies the items that nobody answers."""

    def note(
        self, conversation_id: str, records: Sequence[InboundRecord], now: datetime
    ) -> None: ...


class ShowingPort(Protocol):
    """Who shows changes to agents who are connected; it never fails."""

    def show(
        self, conversations: Mapping[str, Audience], agents: Collection[str], now: datetime
    ) -> None: ...


class StreamReader:
    """Reads one batch. `set_aside_queue` takes the keys of records that cannot be read."""

    def __init__(
        self,
        dispatcher: StreamPort,
        applying: ApplyingPort,
        set_aside_queue: str,
        showing: ShowingPort,
    ) -> None:
        self._dispatcher = dispatcher
        self._applying = applying
        self._set_aside_queue = set_aside_queue
        self._showing = showing

    def read(self, records: Sequence[dict[str, Any]], now: datetime) -> str | None:
        """Handle a batch; returns the sequence number to retry from, None when all is done.

        The messages of one conversation start one triage, however many the batch holds. Behind
        an effect that failed, those of its conversation wait: what was decided first leaves first.
        An agent is settled once, however often they changed.
        """
        inbound: defaultdict[str, list[InboundRecord]] = defaultdict(list)
        first_of: dict[str, dict[str, Any]] = {}
        failed: list[str] = []
        held_back: set[str] = set()
        agents = {agent_of(_image(r)): r for r in records if _entity(r) == "agent"}
        for record in (record for record in records if _entity(record) not in _TOLD_TOGETHER):
            number = record["dynamodb"]["SequenceNumber"]
            image = _image(record)
            try:
                if image.get("entity", {}).get("S") == "inbound":
                    item = InboundRecord.from_attributes(image)
                    inbound[item.conversation_id].append(item)
                    first_of.setdefault(item.conversation_id, record)
                elif image.get("entity", {}).get("S") == "settings":
                    self._settings_changed(image)
                elif conversation_of(image) not in held_back:
                    self._carry_out(image)
            except (ClientError, BotoCoreError, Retryable) as error:
                logger.warning("effect will be tried again", error=type(error).__name__)
                failed.append(number)
                held_back.add(conversation_of(image))
            except Exception as error:  # noqa: BLE001 -- whatever it is, its shard goes on
                self._set_aside(record, error)
        for conversation_id, items in inbound.items():
            logger.append_keys(conversation_id=conversation_id)
            try:
                self._hand_in(conversation_id, self._leave_unknown(items), now)
            except (ClientError, BotoCoreError, Retryable) as error:
                logger.warning("items will be tried again", error=type(error).__name__)
                failed.append(first_of[conversation_id]["dynamodb"]["SequenceNumber"])
            except Exception as error:  # noqa: BLE001 -- whatever it is, its shard goes on
                # The items stay pending: the sweep hands them in once the settings are mended.
                self._set_aside(first_of[conversation_id], error)
        failed += self._settle(agents)
        self._show(records, agents, now)
        return min(failed, key=int, default=None)

    def _show(
        self, records: Iterable[dict[str, Any]], agents: Collection[str], now: datetime
    ) -> None:
        """Show what has changed, last of all: what customers wait for has left before."""
        changed = (record for record in records if _entity(record) == "state")
        self._showing.show(_former_audiences(changed), agents, now)

    def _settle(self, agents: Mapping[str, dict[str, Any]]) -> list[str]:
        """Have agents settled; returns the sequence numbers of those who are to be tried again."""
        failed = []
        for agent_id, record in agents.items():
            try:
                self._dispatcher.have_agent_settled(agent_id)
            except (ClientError, BotoCoreError) as error:
                logger.warning("agent will be tried again", error=type(error).__name__)
                failed.append(record["dynamodb"]["SequenceNumber"])
        return failed

    def _settings_changed(self, image: Attributes) -> None:
        """Have running clocks follow; the copy kept of a version tells once that it is new."""
        kind = settings_kind(image)
        if kind in CLOCK_SETTINGS and image["sk"]["S"].startswith("V#"):
            logger.info("settings changed", kind=kind, version=image["version"]["N"])
            self._dispatcher.have_clocks_fitted()

    def _carry_out(self, image: Attributes) -> None:
        logger.append_keys(conversation_id=conversation_of(image))
        self._dispatcher.carry_out(EffectRecord.from_attributes(image))

    def _hand_in(
        self, conversation_id: str, records: Sequence[InboundRecord], now: datetime
    ) -> None:
        answerable = [r for r in records if wants_answer(r.item)]
        others = [r for r in records if not wants_answer(r.item)]
        for record in answerable:
            if isinstance(record.item, Message) and record.item.callback_id:
                self._dispatcher.acknowledge(record.channel, conversation_id, record.item_id)
        if answerable:
            item_ids = [record.item_id for record in answerable]
            name = hashlib.sha256("\n".join(item_ids).encode()).hexdigest()[:32]
            self._dispatcher.start_triage(conversation_id, item_ids, name)
        if others:
            self._applying.note(conversation_id, others, now)

    def _leave_unknown(self, records: Iterable[InboundRecord]) -> list[InboundRecord]:
        """Return what we know; the rest stays pending, for the sweep of the version it is of."""
        readable = []
        for record in records:
            if isinstance(record.item, UnknownItem):
                logger.warning("item left to a later version", kind=record.item.kind)
                count(Metric.OF_A_LATER_VERSION, record.channel)
            else:
                readable.append(record)
        return readable

    def _set_aside(self, record: dict[str, Any], error: Exception) -> None:
        """Keep where to find a record that nobody can carry out, and go on with the others."""
        keys = record["dynamodb"].get("Keys", {})
        logger.error("stream record set aside", error=type(error).__name__)
        self._dispatcher.set_aside(
            self._set_aside_queue,
            json.dumps({"keys": keys, "error": type(error).__name__, "event": record["eventID"]}),
        )
        count(Metric.SET_ASIDE, "none")


def _image(record: Mapping[str, Any]) -> Attributes:
    image: Attributes = record["dynamodb"].get("NewImage", {})
    return image


def _entity(record: Mapping[str, Any]) -> str:
    return str(_image(record).get("entity", {}).get("S", ""))


def _former_audiences(records: Iterable[Mapping[str, Any]]) -> Mapping[str, Audience]:
    """Return, of conversations that changed, who was shown them before, through all changes."""
    audiences: dict[str, Audience] = {}
    for image in map(_image, records):
        name = conversation_of(image)
        former = read_former_audience(image)
        audiences[name] = audiences.get(name, Audience()).joined(former)
    return audiences
