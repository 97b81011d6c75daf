"""The deployed desk as its neighbours see it: customers, agents, supervisors, ops.

Nothing here sleeps to let something pass: effects are awaited by condition, and that something
does not happen is read once `settled` says that nothing of a conversation is left to do.
"""

import gzip
import json
import random
import secrets
import string
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from local.cloud.first_day import AGENT, SUPERVISOR
from local.cloud.laptop import Laptop
from local.cloud.observing import metric_totals, wait_until
from local.cloud.web import Answer, call_json
from local.providers.customers import TelegramCustomer, WhatsAppCustomer
from local.providers.provider_calls import Call, Fault

PATIENCE_SECONDS = 60.0
"""For one effect; a cold function takes a second, a dozen at once on a small machine many."""

QUESTION = "Quanto tempo ci vuole per la consegna?"
"""One that the packaged FAQ answers."""

UNKNOWN_QUESTION = "Il mio coccodrillo di peluche canta stonato la domenica"

type Measured = Callable[[str], None]
"""Takes a line for the end of the report."""

_random = random.SystemRandom()


class DrivenDesk:
    """`private` collects names and addresses given out: none may ever be logged."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        self.stack = laptop.stack
        self.calls = laptop.calls
        self.private = {AGENT.email, SUPERVISOR.email}
        self.passwords: dict[str, str] = {}
        self.secrets = {
            **self.stack.secrets,
            "tokens": self.stack.tokens,
            "passwords": self.passwords,
        }
        self.secrets["agent_endpoints"] = self._agent_endpoint_secret()

    def _agent_endpoint_secret(self) -> dict[str, str]:
        secret = self.laptop.client("secretsmanager").get_secret_value(
            SecretId=self.resource("AgentEndpointSecret")
        )
        document: dict[str, str] = json.loads(secret["SecretString"])
        return document

    # --- customers ----------------------------------------------------------------------------

    def whatsapp_customer(self) -> WhatsAppCustomer:
        phone = f"393{_random.randrange(10**9, 10**10)}"
        return WhatsAppCustomer(self.stack, phone, f"Giulia {self._surname(phone)}")

    def telegram_customer(self, language: str = "it") -> TelegramCustomer:
        user_id = _random.randrange(10**10, 10**11)
        return TelegramCustomer(self.stack, user_id, self._surname(str(user_id)), language)

    def _surname(self, address: str) -> str:
        surname = "".join(_random.choices(string.ascii_lowercase, k=10)).title()
        self.private |= {address, surname}
        return surname

    def sent_to(self, customer: WhatsAppCustomer | TelegramCustomer) -> list[Call]:
        """Return every call that carried a message to this customer, failed ones too."""
        return [call for call in self.calls.calls() if _goes_to(call, customer)]

    def await_sent(
        self,
        customer: WhatsAppCustomer | TelegramCustomer,
        *,
        containing: str = "",
        seconds: float = PATIENCE_SECONDS,
    ) -> Call:
        return self.calls.wait_for(
            lambda call: _goes_to(call, customer) and containing in said_in(call),
            seconds=seconds,
            what=f"message with {containing!r}" if containing else "message",
        )

    # --- agents -------------------------------------------------------------------------------

    def rings(self, conversation_id: str, notice: str = "") -> list[Call]:
        """Return the calls to agent endpoints about a conversation."""
        return [
            call for call in self.calls.calls("agents") if _rings(call, conversation_id, notice)
        ]

    def await_ring(
        self, conversation_id: str, notice: str, *, seconds: float = PATIENCE_SECONDS
    ) -> Call:
        return self.calls.wait_for(
            lambda call: _rings(call, conversation_id, notice), seconds=seconds, what=notice
        )

    def ask(
        self,
        method: str,
        path: str,
        document: Any = None,
        *,
        role: str = "agent",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the agent API as an agent, a supervisor or, with role "", as nobody."""
        identity = {"Authorization": self.stack.tokens[role]} if role else {}
        url = f"{self.stack.agent_api_base}{path}"
        return call_json(method, url, document, {**identity, **(headers or {})})

    def act(self, conversation_id: str, what: str, *, role: str = "agent") -> Answer:
        return self.ask("POST", f"/conversations/{conversation_id}/{what}", {}, role=role)

    def reply(self, conversation_id: str, text: str, key: str = "") -> Answer:
        return self.ask(
            "POST",
            f"/conversations/{conversation_id}/replies",
            {"text": text},
            headers={"Idempotency-Key": key or secrets.token_hex(8)},
        )

    def conversation(self, conversation_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (
            self.ask("GET", f"/conversations/{conversation_id}").expect(200).document()
        )
        return found

    def timeline(self, conversation_id: str, *, limit: int = 100) -> list[dict[str, Any]]:
        """Return all entries, oldest first, page by page."""
        entries: list[dict[str, Any]] = []
        cursor = ""
        while True:
            path = f"/conversations/{conversation_id}?limit={limit}{cursor}"
            page = self.ask("GET", path).expect(200).document()["timeline"]
            entries = page["entries"] + entries
            if page["older"] is None:
                return entries
            cursor = f"&before={page['older']}"

    def await_entry(
        self,
        conversation_id: str,
        wanted: Callable[[dict[str, Any]], bool],
        *,
        what: str,
        seconds: float = PATIENCE_SECONDS,
    ) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            return next(filter(wanted, self.timeline(conversation_id)), None)

        return wait_until(look, seconds=seconds, what=what) or {}

    def send_home_who_waits(self) -> None:
        """Resolve what nobody has taken: who waits is rung for, and offered, again and again."""
        waiting = self.ask("GET", "/queues/default/waiting?limit=100").expect(200).document()
        for known in waiting["conversations"]:
            # Who has been taken, or left, since the list was read waits no more.
            self.act(known["conversation_id"], "resolve").expect(200, 409)

    # --- supervisors --------------------------------------------------------------------------

    @contextmanager
    def settings(self, **documents: Any) -> Iterator[None]:
        """Put other settings in force, by kind, until the context ends."""
        path = "/settings/{}".format
        before = {
            kind: self.ask("GET", path(kind), role="supervisor").expect(200).document()["document"]
            for kind in documents
        }
        try:
            self._write(documents)
            yield
        finally:
            self._write(before)

    def _write(self, documents: Mapping[str, Any]) -> None:
        for kind, document in documents.items():
            self.ask("PUT", f"/settings/{kind}", document, role="supervisor").expect(200)

    # --- ops ----------------------------------------------------------------------------------

    def items(self) -> list[dict[str, Any]]:
        """Return every item of the table, in DynamoDB's own notation."""
        pages = self.laptop.client("dynamodb").get_paginator("scan")
        return [
            item
            for page in pages.paginate(TableName=self.stack.table, ConsistentRead=True)
            for item in page["Items"]
        ]

    def quarantined(self) -> dict[str, tuple[str, bytes]]:
        """Return by id why a payload was set aside, and the payload as it came."""
        parts = [item for item in self.items() if item["entity"]["S"] == "quarantine"]
        parts.sort(key=lambda item: item["sk"]["S"])
        packed: defaultdict[str, bytes] = defaultdict(bytes)
        for part in parts:
            packed[part["pk"]["S"]] += part["raw"]["B"]
        reasons = {part["pk"]["S"]: part["reason"]["S"] for part in parts}
        return {name: (reasons[name], gzip.decompress(raw)) for name, raw in packed.items()}

    def is_stored(self, text: str) -> bool:
        """Tell whether any item of the table holds a text, in an attribute or in raw material."""
        return any(text in stored for stored in map(_unpacked, self.items())) or any(
            text.encode() in body for _, body in self.quarantined().values()
        )

    def resource(self, logical_id: str) -> str:
        """Return the physical id of a resource of the template."""
        described = self.laptop.client("cloudformation").describe_stack_resource(
            StackName=self.stack.stack_name, LogicalResourceId=logical_id
        )
        physical_id: str = described["StackResourceDetail"]["PhysicalResourceId"]
        return physical_id

    @contextmanager
    def broken(self, *logical_ids: str) -> Iterator[None]:
        """Let every call of these functions fail until the context ends."""
        functions = self.laptop.client("lambda")
        handlers = {
            name: functions.get_function_configuration(FunctionName=name)["Handler"]
            for name in map(self.resource, logical_ids)
        }
        try:
            for name in handlers:
                self._set_handler(name, "not.there")
            yield
        finally:
            for name, handler in handlers.items():
                self._set_handler(name, handler)

    def _set_handler(self, function: str, handler: str) -> None:
        functions = self.laptop.client("lambda")
        functions.update_function_configuration(FunctionName=function, Handler=handler)
        functions.get_waiter("function_updated_v2").wait(FunctionName=function)

    @contextmanager
    def variables(self, logical_id: str, **changes: str) -> Iterator[None]:
        """Let a function have other variables in its environment until the context ends."""
        functions, name = self.laptop.client("lambda"), self.resource(logical_id)
        before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        try:
            self._set_variables(name, before | changes)
            yield
        finally:
            self._set_variables(name, before)

    def _set_variables(self, function: str, variables: dict[str, str]) -> None:
        functions = self.laptop.client("lambda")
        functions.update_function_configuration(
            FunctionName=function, Environment={"Variables": variables}
        )
        functions.get_waiter("function_updated_v2").wait(FunctionName=function)

    def executions(self, machine: str, status: str = "") -> list[str]:
        """Return the names of a machine's executions; the emulator lists Express ones as well."""
        pages = self.laptop.client("stepfunctions").get_paginator("list_executions")
        wanted = {"statusFilter": status} if status else {}
        return [
            execution["name"]
            for page in pages.paginate(stateMachineArn=self.resource(machine), **wanted)
            for execution in page["executions"]
        ]

    def next_calls_fail(self, *faults: Fault) -> None:
        """Have the provider fail its next calls, once those that are under way have been made.

        A fault of certain calls is met by no other: for it nothing needs to be over.
        """
        if not all(fault.holding for fault in faults):
            wait_until(
                lambda: not any(self.queues().values()),
                seconds=PATIENCE_SECONDS,
                what="empty queues",
            )
        for fault in faults:
            self.calls.inject(fault)

    def log(self, conversation_id: str) -> list[dict[str, Any]]:
        """Return the events of a conversation as they are stored, oldest first."""
        pages = self.laptop.client("dynamodb").get_paginator("query")
        events: list[dict[str, Any]] = []
        for page in pages.paginate(
            TableName=self.stack.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": f"CONV#{conversation_id}"},
                ":sk": {"S": "EVT#"},
            },
        ):
            for item in page["Items"]:
                events += json.loads(item["events"]["S"])
        return events

    def metrics(self, **dimensions: str) -> Counter[str]:
        return metric_totals(self.laptop, **dimensions)

    def await_metric(self, name: str, total: int, **dimensions: str) -> None:
        """Wait until a metric has reached a total, and find it there and no further."""
        reached = wait_until(
            lambda: (found := self.metrics(**dimensions)[name]) >= total and found,
            seconds=PATIENCE_SECONDS,
            what=f"{name} of {total}",
        )
        assert reached == total, f"{name} is {reached}, not {total}"

    def queues(self) -> dict[str, int]:
        """Return how many messages each queue of the stack holds, in flight or not."""
        sqs = self.laptop.client("sqs")
        depths = {}
        for url in sqs.list_queues().get("QueueUrls", []):
            name = url.rpartition("/")[2]
            if name.startswith(f"{self.stack.stack_name}-"):
                attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
                depths[name] = sum(
                    int(attributes["Attributes"][f"ApproximateNumberOfMessages{kind}"])
                    for kind in ("", "NotVisible", "Delayed")
                )
        return depths

    def dead_letters(self) -> dict[str, int]:
        return {name: depth for name, depth in self.queues().items() if depth and "Dead" in name}

    def await_settled(self, *conversation_ids: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until all that these conversations received and decided has been carried out."""
        try:
            wait_until(
                lambda: not self._left_to_do(conversation_ids),
                seconds=seconds,
                what="end of work",
            )
        except TimeoutError:
            pytest.fail(f"after {seconds} s still to do: {self._left_to_do(conversation_ids)}")

    def _left_to_do(self, conversation_ids: Iterable[str]) -> list[str]:
        waiting = [f"{depth} in {name}" for name, depth in self.queues().items() if depth]
        return [key for name in conversation_ids for key in self._unfinished(name)] + waiting

    def _unfinished(self, conversation_id: str) -> list[str]:
        page = self.laptop.client("dynamodb").query(
            TableName=self.stack.table,
            KeyConditionExpression="pk = :pk",
            FilterExpression="attribute_exists(pending)",
            ExpressionAttributeValues={":pk": {"S": f"CONV#{conversation_id}"}},
            ConsistentRead=True,
        )
        return [item["sk"]["S"] for item in page["Items"] if _unfinished(item)]


def _unfinished(item: Mapping[str, Any]) -> bool:
    """A snapshot is pending while a clock runs, too: what counts is a turn under way."""
    if item["entity"]["S"] != "state":
        return True
    return "lease_expires_at" in (json.loads(item["state"]["S"]).get("turn") or {})


def _goes_to(call: Call, customer: WhatsAppCustomer | TelegramCustomer) -> bool:
    if isinstance(customer, WhatsAppCustomer):
        return call.channel == "whatsapp" and json.loads(call.body).get("to") == customer.phone
    is_message = call.channel == "telegram" and call.path.endswith("/sendMessage")
    return is_message and json.loads(call.body)["chat_id"] == customer.user_id


def _rings(call: Call, conversation_id: str, notice: str) -> bool:
    if call.channel != "agents":
        return False
    document = json.loads(call.body)
    return document["data"]["conversation_id"] == conversation_id and notice in (
        "",
        document["type"],
    )


def said_in(call: Call) -> str:
    """Return the text of a message as the provider got it."""
    document = json.loads(call.body)
    match document:
        case {"type": "text", "text": {"body": str(text)}}:
            return text
        case {"interactive": {"body": {"text": str(text)}}}:
            return text
        case {"text": str(text)}:
            return text
    return ""


def conversation_in(call: Call) -> str:
    """Return the conversation that a WhatsApp message belongs to, from the tracker it carries."""
    tracker: str = json.loads(call.body)["biz_opaque_callback_data"]
    return tracker.partition("/")[0]


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def _unpacked(item: Mapping[str, Any]) -> str:
    """Return all that a table item holds as one text; quarantined material comes in parts."""
    texts = []
    for name, value in item.items():
        ((kind, content),) = value.items()
        if kind != "B":
            texts.append(str(content))
        elif name == "reopens":
            texts.append(zlib.decompress(content).decode())
        elif item["entity"]["S"] != "quarantine":
            texts.append(gzip.decompress(content).decode())
    return "\n".join(texts)
