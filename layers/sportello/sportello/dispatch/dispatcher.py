"""The one way out of the table: what a commit intended is handed to the service that does it.

Every hand-over is safe to repeat: queues drop the same key for five minutes and deliveries are
claimed, workflow names are used once, a task token is answered once.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.aws.logs import Metric, count, logger
from sportello.conversation.effects import (
    FetchMedia,
    FileOfItem,
    Machine,
    NotifyAgents,
    PublishEvent,
    ResumeWorkflow,
    SendMessage,
    StartWorkflow,
    UnknownEffect,
    WriteNote,
    is_known,
)
from sportello.conversation.published_events import published_events
from sportello.dispatch.named_queues import NamedQueues
from sportello.dispatch.settle_request import SettleRequest
from sportello.errors import NotConfigured, Retryable
from sportello.model import written
from sportello.people.notifying.endpoints import endpoint_named
from sportello.routing.endpoints import personal
from sportello.subscriptions.publishing import Publishing
from sportello.table.desk_table import DeskTable
from sportello.table.items import EffectRecord
from sportello.table.settings.settings_store import SettingsStore

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

PUT_EVENTS_LIMIT = 10
MAX_EXECUTION_NAME = 80
MAX_SQS_DELAY = 900
EVENT_SOURCE = "sportello"


class DispatchEnvironment(Environment):
    """`queue_url_base` is what the URLs of channels' and notifiers' queues begin with."""

    queue_url_base: str
    triage_machine: str
    sla_timer_machine: str
    escalation_machine: str
    bus_name: str
    fit_clocks_queue: str
    routing_queue: str
    settings_cache_seconds: float


class Dispatcher:
    def __init__(
        self,
        environment: DispatchEnvironment,
        table: DeskTable,
        settings: SettingsStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._clock = clock
        self._environment = environment
        self._table = table
        self._settings = settings
        self._queues = NamedQueues(environment.queue_url_base)

    @property
    def _sqs(self) -> "SQSClient":
        client: SQSClient = aws_client("sqs")
        return client

    @property
    def _step_functions(self) -> "SFNClient":
        client: SFNClient = aws_client("stepfunctions")
        return client

    @property
    def _events(self) -> "EventBridgeClient":
        client: EventBridgeClient = aws_client("events")
        return client

    def carry_out(self, record: EffectRecord) -> None:
        """Hand an effect over and take it off the pending index.

        A message stays pending until its delivery is claimed: the claim takes it off. What only a
        later version can carry out stays for its sweep.
        """
        if not is_known(record.effect):
            self._leave_to_later_version(record)
            return
        match record.effect:
            case SendMessage():
                self._send(record)
                return
            case NotifyAgents() as notice:
                self._notify(record, notice)
            case StartWorkflow() as start:
                self._start(record.conversation_id, start)
            case ResumeWorkflow() as resume:
                self._resume(resume)
            case PublishEvent() as publish:
                self._publish(record, publish)
            case FetchMedia(files=files):
                self._fetch(record, files)
            case WriteNote():
                pass  # it is read where it stands
            case UnknownEffect():
                return
        self._table.mark_carried_out(record.conversation_id, record.effect.key)

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None:
        """Run triage over inbound items; `name` makes a repeated start recognisable."""
        self._start_execution(
            self._environment.triage_machine,
            f"{conversation_id}-{name}",
            {"conversation_id": conversation_id, "item_ids": item_ids},
        )

    def acknowledge(self, channel: str, conversation_id: str, item_id: str) -> None:
        """Have a button press acknowledged by the channel, ahead of any answer."""
        self._queues.deliver(
            channel,
            conversation_id,
            {"acknowledge": item_id},
            deduplication_id=f"acknowledge-{item_id}",
        )

    def have_clocks_fitted(self) -> None:
        """Have running clocks follow changed settings, and once more when no cache is older."""
        after_caches = min(int(self._environment.settings_cache_seconds) + 5, MAX_SQS_DELAY)
        for delay in (0, after_caches):
            self._sqs.send_message(
                QueueUrl=self._environment.fit_clocks_queue,
                MessageBody=json.dumps({"shard": 0}),
                DelaySeconds=delay,
            )

    def have_agent_settled(self, agent_id: str, *, unasked: bool = False) -> None:
        """Have an agent given what waits, as far as they have room; see `Assigning.settle`."""
        self._sqs.send_message(
            QueueUrl=self._environment.routing_queue,
            MessageBody=SettleRequest(agent_id=agent_id, unasked=unasked).model_dump_json(),
        )

    def set_aside(self, queue_url: str, body: str) -> None:
        self._sqs.send_message(QueueUrl=queue_url, MessageBody=body)

    def _leave_to_later_version(self, record: EffectRecord) -> None:
        logger.warning(
            "effect left to a later version", effect_key=record.effect.key, type=record.effect.type
        )
        count(Metric.OF_A_LATER_VERSION, record.channel)

    def _send(self, record: EffectRecord) -> None:
        self._queues.deliver(
            record.channel,
            record.conversation_id,
            {"effect_key": record.effect.key},
            deduplication_id=f"{record.conversation_id}-{record.effect.key}",
        )

    def _fetch(self, record: EffectRecord, files: Iterable[FileOfItem]) -> None:
        asked_at = written(record.decided_at)
        jobs = [
            {
                "conversation_id": file.conversation_id or record.conversation_id,
                "item_id": file.item_id,
                "number": str(file.number),
                "asked_at": asked_at,
            }
            for file in files
        ]
        self._queues.fetch(record.channel, jobs)

    def _notify(self, record: EffectRecord, notice: NotifyAgents) -> None:
        endpoint = endpoint_named(notice.endpoint, self._table, self._settings)
        if endpoint is None:
            logger.error("agent endpoint is not configured", endpoint=notice.endpoint)
            return
        try:
            self._queues.notify(endpoint.notifier, record.conversation_id, notice.key)
        except NotConfigured:
            if not personal(notice.endpoint):
                raise
            # What an agent wrote into their own profile is no matter for operators.
            logger.warning(
                "own endpoint has a notifier that is not deployed",
                endpoint=notice.endpoint,
                notifier=endpoint.notifier,
            )

    def _start(self, conversation_id: str, start: StartWorkflow) -> None:
        machine = {
            Machine.TRIAGE: self._environment.triage_machine,
            Machine.SLA_TIMER: self._environment.sla_timer_machine,
            Machine.ESCALATION: self._environment.escalation_machine,
        }[start.machine]
        self._start_execution(
            machine,
            f"{conversation_id}-{start.key}",
            {"conversation_id": conversation_id, **start.input},
        )

    def _start_execution(self, machine: str, name: str, document: dict[str, Any]) -> None:
        try:
            self._step_functions.start_execution(
                stateMachineArn=machine,
                name=execution_name(name),
                input=json.dumps(document),
            )
        except self._step_functions.exceptions.ExecutionAlreadyExists:
            logger.info("workflow was started before", execution=execution_name(name))

    def _resume(self, resume: ResumeWorkflow) -> None:
        try:
            self._step_functions.send_task_success(
                taskToken=resume.task_token, output=json.dumps(resume.output)
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}:
                raise
            logger.info("workflow waits no more", effect_key=resume.key, reason=code)

    def _publish(self, record: EffectRecord, publish: PublishEvent) -> None:
        """Tell the bus first: what is wrong with a subscription is no matter of the bus."""
        events = published_events(record.conversation_id, record.channel, publish)
        entries: list[PutEventsRequestEntryTypeDef] = [
            {
                "EventBusName": self._environment.bus_name,
                "Source": EVENT_SOURCE,
                "DetailType": event.type,
                "Time": event.at,
                "Detail": json.dumps(event.data),
            }
            for event in events
        ]
        for start in range(0, len(entries), PUT_EVENTS_LIMIT):
            answer = self._events.put_events(Entries=entries[start : start + PUT_EVENTS_LIMIT])
            if answer["FailedEntryCount"]:
                raise Retryable(f"the bus refused {answer['FailedEntryCount']} events")
        cause = f"{record.conversation_id}#{publish.key}"
        Publishing(self._table, self._settings).publish(cause, events, self._clock())


def execution_name(text: str) -> str:
    """Return a Step Functions name: letters, digits, dashes, 80 at most."""
    name = "".join(letter if letter.isalnum() else "-" for letter in text)
    return name[:MAX_EXECUTION_NAME]
