"""Running clocks follow changed settings: conversation by conversation, shard after shard.

So do agents at work, who are in the same index: settings say where each of them has a seat.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field, ValidationError

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.conversation.commands import FitClocks
from sportello.errors import SportelloError, StorageBusy
from sportello.settings.kinds import KINDS
from sportello.stored import Stored
from sportello.table.desk import Desk
from sportello.table.keys import PENDING_SHARDS
from sportello.table.settings.settings_store import SettingsStore

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

CLOCK_SETTINGS = frozenset(kind for kind, shape in KINDS.items() if shape.times_clocks)
"""The settings that due times are computed from."""

LOOKED_AT_IN_A_RUN = 1_000
"""Entries of the index; a run has five minutes."""


class FitClocksEnvironment(Environment):
    fit_clocks_queue: str = Field(min_length=1)


class FitClocksRequest(Stored):
    """Where in the index of what will be woken a run begins; `start` is a key of that shard."""

    shard: int = Field(ge=0, lt=PENDING_SHARDS)
    start: dict[str, str] | None = None

    def next(self, start: dict[str, str] | None) -> "FitClocksRequest | None":
        """Return what comes after a page that ended at `start`; None behind the last shard."""
        if start is not None:
            return FitClocksRequest(shard=self.shard, start=start)
        if self.shard + 1 < PENDING_SHARDS:
            return FitClocksRequest(shard=self.shard + 1)
        return None


class FittingClocks:
    def __init__(self, desk: Desk, settings: SettingsStore, queue_url: str) -> None:
        self._desk = desk
        self._settings = settings
        self._queue_url = queue_url

    def fit(self, request: FitClocksRequest, now: datetime) -> None:
        """Fit as many conversations as there is time for, and leave the others to the next run."""
        self._settings.forget()
        looked_at = 0
        rest: FitClocksRequest | None = request
        while rest is not None and looked_at < LOOKED_AT_IN_A_RUN:
            room = LOOKED_AT_IN_A_RUN - looked_at
            entries, start = self._desk.table.pending_page(rest.shard, room, rest.start)
            for entry in entries:
                if entry.entity == "state":
                    self._fit(entry.conversation_id, now)
                elif entry.entity == "agent":
                    self._seat(entry.agent_id, now)
            looked_at += len(entries)
            rest = rest.next(start)
        logger.info("clocks fitted", looked_at=looked_at)
        if rest is not None:
            self._go_on(rest)

    def _fit(self, conversation_id: str, now: datetime) -> None:
        """Fit one so that its failure keeps no other from it; it follows at its next event."""
        logger.append_keys(conversation_id=conversation_id)
        try:
            plan = self._settings.under_terms(lambda _conversation, _terms: FitClocks())
            self._desk.act(conversation_id, plan, now)
        except (ClientError, BotoCoreError, SportelloError, ValidationError) as error:
            logger.error("clocks could not be fitted", error=type(error).__name__)

    def _seat(self, agent_id: str, now: datetime) -> None:
        """Have an agent settled; where that fails, the sweep looks at them in their time."""
        try:
            self._desk.table.agents.ask(agent_id, now)
        except (ClientError, BotoCoreError, StorageBusy) as error:
            logger.error("agent could not be asked to settle", error=type(error).__name__)

    def _go_on(self, request: FitClocksRequest) -> None:
        sqs: SQSClient = aws_client("sqs")
        sqs.send_message(QueueUrl=self._queue_url, MessageBody=request.model_dump_json())
