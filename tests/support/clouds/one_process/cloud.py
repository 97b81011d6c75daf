"""A cloud in one process: the real handlers, the real template, and chance from a seed.

Everything that Lambda, SQS, DynamoDB streams and Step Functions would do again is done again here.
"""

import importlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Protocol
from unittest.mock import patch

import urllib3
from botocore.client import BaseClient
from botocore.exceptions import ReadTimeoutError
from urllib3._request_methods import RequestMethods

from sportello.aws.logs import logger
from sportello.settings_document import SettingsDocument
from sportello.table.desk_table import DeskTable
from sportello.table.items import StoredSettings, settings_sort_key
from sportello.table.settings.settings_store import SettingsStore
from support.clouds.one_process import deployment
from support.clouds.one_process.callers import Callers
from support.clouds.one_process.numbered_calls import Fault, NumberedCalls
from support.clouds.one_process.outside import Outside, Taken
from support.clouds.one_process.queue_reader import QueueReader
from support.clouds.one_process.scheduling import Handler, Part, World
from support.clouds.one_process.step_functions import StepFunctions
from support.clouds.one_process.stream import Stream
from support.clouds.one_process.sweeps import Sweeps
from support.clouds.one_process.versions import PRESENT, Version
from support.clouds.small.dynamodb import SmallDynamoDB, error
from support.clouds.small.live import SmallConnections, SmallFunctions
from support.clouds.small.services import SmallBucket, SmallBus, SmallSecrets
from support.clouds.small.sqs import SmallSqs
from support.webhooks import TELEGRAM_SECRET, WHATSAPP_SECRET

CONVERSATION_KEY = "a made-up key of the deployment"
SECRETS = {
    "ConversationKey": CONVERSATION_KEY,
    "WhatsAppSecret": json.dumps(WHATSAPP_SECRET),
    "TelegramSecret": json.dumps(TELEGRAM_SECRET),
    "AgentEndpointSecret": json.dumps(
        {"signing_key": "bWFkZSB1cCBmb3IgdGVzdHMsIG9wZW5zIG5vdGhpbmc="}
    ),
    "sportello/subscriptions/crm": json.dumps(
        {"signing_key": "bWFkZSB1cCBmb3Igc3Vic2NyaWJlcnMsIG9wZW5zIG5vdGhpbmc="}
    ),
    "AnswerLinkSecret": json.dumps({"signing_key": "made up for tests, it opens nothing at all"}),
    "SlackSecret": json.dumps({"bot_token": "xoxb-made-up", "signing_secret": "made-up"}),
    "PushSecret": json.dumps({"key_seed": "made up for tests, the key of no browser"}),
}

type Written = Callable[[str, dict[str, Any]], None]
type Service = Callable[[str, Mapping[str, Any]], dict[str, Any]]


class VersionsInForce(Protocol):
    """Which version of the code a call of a function meets."""

    @property
    def all(self) -> Sequence[Version]: ...

    def version_of(self, function: str, now: datetime) -> Version: ...


class OneVersion:
    all = (PRESENT,)

    def version_of(self, _function: str, _now: datetime) -> Version:
        return PRESENT


class Cloud:
    """`plan` says which calls go wrong and how, `dying` which functions' next ones do."""

    def __init__(
        self,
        start: datetime,
        seed: int,
        plan: Mapping[int, Fault] | None = None,
        *,
        shuffled: bool = True,
        sweeping: bool = True,
        dying: Mapping[str, int] | None = None,
        make_table: Callable[[Written], SmallDynamoDB] = SmallDynamoDB,
        versions: VersionsInForce | None = None,
    ) -> None:
        self.calls = NumberedCalls(plan or {}, Counter(dying or {}))
        self.versions = versions or OneVersion()
        handlers = {name: self._handler(name) for name in deployment.handlers()}
        self.world = world = World(start, seed, handlers, self.calls, self._forget, shuffled)
        self.calls.held_up = world.let_others_run
        reader, source = deployment.stream_reader()
        self.stream = Stream(world, reader, source)
        self.table = make_table(self.stream.write)
        self.queues = deployment.queues()
        self.workflows = StepFunctions(world, deployment.machines(), deployment.express_machines())
        self.bus = SmallBus()
        self.connections = SmallConnections()
        self.bucket = SmallBucket()
        self.outside = Outside(self._taken)
        self.callers = Callers(world)
        self.receipts: Callable[[str, Taken], None] = lambda _number, _taken: None
        self._services: Mapping[str, Service] = {
            "dynamodb": self.table.call,
            "sqs": SmallSqs(self.queues, lambda: world.now).call,
            "stepfunctions": self.workflows.call,
            "events": self.bus.call,
            "secretsmanager": SmallSecrets(SECRETS).call,
            "apigatewaymanagementapi": self.connections.call,
            "lambda": SmallFunctions().call,
            "s3": self.bucket.call,
        }
        readers = [
            QueueReader(world, function, self.queues[name], reports_failures=reports)
            for name, (function, reports) in deployment.queue_readers().items()
        ]
        sweeps = Sweeps(
            world, deployment.scheduled_functions() if sweeping else [], self.table.pending
        )
        self.parts: list[Part] = [self.callers, self.stream, *readers, self.workflows]
        if sweeping:
            self.parts.append(sweeps)
        world.parts = self.parts

    def configure(self, *documents: SettingsDocument) -> None:
        for document in documents:
            stored = StoredSettings(version=1, document=document.model_dump(mode="json"))
            for version in (None, stored.version):
                sort_key = settings_sort_key(version)
                item = stored.to_attributes(document.kind, sort_key, "sofia", self.world.now)
                self.table.keep(item)

    def _handler(self, function: str) -> Handler:
        def handle(event: dict[str, Any], context: Any) -> Any:
            version = self.versions.version_of(function, self.world.now)
            return version.invoke(function, event, context)

        return handle

    def _forget(self) -> None:
        for version in self.versions.all:
            with version.active():
                _forget()

    def _taken(self, number: str, taken: Taken) -> None:
        self.receipts(number, taken)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let functions call this cloud instead of AWS and the internet."""
        claims = iter(range(1_000_000))
        names = SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=f"claim-{next(claims)}"))
        cloud = self

        def make_api_call(client: Any, operation: str, request: Mapping[str, Any]) -> Any:
            return cloud.call_service(client, operation, request)

        def request(_pool: Any, method: str, url: str, **given: Any) -> Any:
            return cloud.call_outside(url, given["body"] or b"", given["headers"], method)

        with ExitStack() as replaced:
            for context in (
                patch.dict("os.environ", deployment.environment()),
                patch.object(BaseClient, "_make_api_call", make_api_call),
                patch.object(RequestMethods, "request", request),
                _quiet(),
            ):
                replaced.enter_context(context)
            for version in self.versions.all:
                with version.active():
                    for virtual in self._virtual(names):
                        replaced.enter_context(virtual)
                    _import("sportello.aws.environment")._loaded.clear()
            self._forget()
            yield

    def _virtual(self, names: SimpleNamespace) -> Iterator[AbstractContextManager[Any]]:
        """What the modules in force get instead of time and chance."""
        no_pause = SimpleNamespace(uniform=lambda _least, _most: 0.0)
        stored_settings = _module_of_table("settings.settings_store")
        shape = stored_settings.SettingsStore

        def seconds_passed() -> float:
            return self.world.now.timestamp()

        def settings_store(table: DeskTable, max_age_seconds: float) -> SettingsStore:
            store: SettingsStore = shape(table, max_age_seconds, seconds_passed)
            return store

        yield patch.object(
            _import("sportello.entrypoints.runtime"), "utc_now", lambda: self.world.now
        )
        yield patch.object(stored_settings, "SettingsStore", settings_store)
        yield patch.object(_module_of_claims(), "uuid", names)
        yield patch.object(_module_of_table("inbound.inbound_table"), "uuid", names)
        yield patch.object(_import("sportello.table.desk"), "random", no_pause)

    def call_service(self, client: Any, operation: str, request: Mapping[str, Any]) -> Any:
        name = client.meta.service_model.service_name
        service = self._services[name]

        def call() -> Any:
            try:
                return service(operation, request)
            except client.exceptions.ClientError as refused:
                code = refused.response["Error"]["Code"]
                raise client.exceptions.from_code(code)(refused.response, operation) from None

        def repeat() -> Any:
            # The SDK gives a transaction a token of its own, so that repeating it is safe.
            return {} if operation == "TransactWriteItems" else call()

        return self.calls.make(
            operation,
            call,
            repeat=repeat,
            refusal=lambda: error("ThrottlingException", "slow down", operation),
            loss=lambda: ReadTimeoutError(endpoint_url="https://aws.example"),
        )

    def call_outside(
        self, url: str, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> Any:
        pool = urllib3.HTTPConnectionPool("127.0.0.1")
        return self.calls.make(
            method,
            lambda: self.outside.answer(url, body, headers),
            repeat=None,
            refusal=lambda: urllib3.exceptions.NewConnectionError(pool, "refused"),  # type: ignore[arg-type] # any will do
            loss=lambda: urllib3.exceptions.ReadTimeoutError(pool, url, "no answer"),
        )


def _forget() -> None:
    """What a process keeps for its life is gone with it; AWS's clients know nothing of it."""
    runtime = _import("sportello.entrypoints.runtime")
    for kept in (
        runtime.table,
        runtime.desk,
        runtime.settings,
        _import("sportello.entrypoints.receiver")._conversation_key,
        runtime.inbound_table,
    ):
        kept.cache_clear()
    _import("sportello.aws.credentials")._secrets.clear()


def _import(name: str) -> Any:
    """Return a module of the version in force."""
    return importlib.import_module(name)


@contextmanager
def _quiet() -> Iterator[None]:
    """Thousands of runs log millions of lines; what is logged is another test's matter."""
    level = logger.log_level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _module_of_table(name: str) -> Any:
    """Return a module of the table; in earlier versions all of them lay in front of its rooms."""
    try:
        return _import(f"sportello.table.{name}")
    except ModuleNotFoundError:
        return _import(f"sportello.table.{name.rpartition('.')[2]}")


def _module_of_claims() -> Any:
    """Return the module that names claims; in earlier versions it was the desk table's own."""
    desk_table = _import("sportello.table.desk_table")
    own = hasattr(desk_table, "uuid")
    return desk_table if own else _import("sportello.table.effect_table")
