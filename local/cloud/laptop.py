"""The whole of Sportello on this machine: emulator, stand-ins, the deployed stack, its people."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from local.cloud import deployment, first_day
from local.cloud.emulator import REGION, STATE, Capacity, Emulator
from local.cloud.fault_proxy import FaultProxy
from local.providers.files import Files
from local.providers.provider_calls import CallLog
from local.providers.providers import Providers

STACK_FILE = STATE / "stack.json"


@dataclass(frozen=True)
class Stack:
    """Where everything is, and what is needed to use it; the content of `.local/stack.json`."""

    aws_endpoint: str
    region: str
    stack_name: str
    table: str
    bus: str
    webhook_base: str
    agent_api_base: str
    tokens: dict[str, str]
    secrets: dict[str, dict[str, str]]
    provider_base: str
    live_url: str = ""
    desk_url: str = ""
    desk_client: str = ""
    people: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path = STACK_FILE) -> Self:
        return cls(**json.loads(file.read_text()))

    def write(self, file: Path = STACK_FILE) -> None:
        file.parent.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(self), indent=2) + "\n")


class Laptop:
    """Up and set up while the context is open; nothing is left behind, `.local/logs` aside.

    `say` is given one line for each step. `wait_scale` below 1 shortens the waits of the state
    machines, not the clocks that they wait for. With a `wire`, the functions reach AWS over it.
    `parameters` of the template differ from those of `first_day`.
    """

    stack: Stack

    def __init__(
        self,
        *,
        wait_scale: float = 1.0,
        say: Callable[[str], None] = print,
        capacity: Capacity | None = None,
        wire: FaultProxy | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self.emulator = Emulator(
            wait_scale=wait_scale,
            capacity=capacity,
            functions_call=wire.url if wire else None,
        )
        self._wire = wire
        self._parameters = parameters or {}
        self._providers = Providers()
        self._say = say
        self._outputs: deployment.Outputs | None = None
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as resources:
            self._enter(resources)
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._resources.close()

    @property
    def calls(self) -> CallLog:
        """What the provider stand-ins were sent, and the faults they are to show."""
        return self._providers.log

    @property
    def files(self) -> Files:
        """The files that customers can send; any name is good for a sample."""
        return self._providers.files

    def client(self, service: str) -> Any:
        """Return a boto3 client with all permissions."""
        return self.emulator.client(service)

    def conversation_key(self) -> bytes:
        """Return the secret that names conversations."""
        secrets = self.client("secretsmanager")
        described = self.client("cloudformation").describe_stack_resource(
            StackName=self.stack.stack_name, LogicalResourceId="ConversationKey"
        )
        arn = described["StackResourceDetail"]["PhysicalResourceId"]
        key: str = secrets.get_secret_value(SecretId=arn)["SecretString"]
        return key.encode()

    def engage(self, person: first_day.Person) -> str:
        """Give one more person an account, and return the token of their first sign-in."""
        assert self._outputs is not None, "the laptop is not up"  # noqa: S101 - narrows the type
        first_day.engage(self.emulator, self._outputs, person)
        self.stack.people[person.name] = person.credentials()
        return first_day.sign_in(self.emulator, self._outputs, person)

    def sign_in_again(self) -> None:
        """Renew the tokens, which live for an hour, here and in the file."""
        assert self._outputs is not None, "the laptop is not up"  # noqa: S101 - narrows the type
        self.stack.tokens.update(self._tokens(self._outputs))
        self.stack.write()

    def _enter(self, resources: ExitStack) -> None:
        with self._step("starting the AWS emulator and the provider stand-ins"):
            resources.enter_context(self._providers)
            resources.enter_context(self.emulator)
            if self._wire:
                resources.enter_context(self._wire.to(self.emulator.endpoint))
        with self._step("sam build"):
            deployment.build(self.emulator)
        with self._step("sam deploy"):
            parameters = first_day.template_parameters(self._providers.url)
            deployment.deploy(self.emulator, {**parameters, **self._parameters})
            self._outputs = deployment.Outputs.read(self.emulator)
        with self._step("secrets, people and settings"):
            self._open_for_business(self._outputs)
        resources.callback(STACK_FILE.unlink, missing_ok=True)
        self.stack.write()

    def _open_for_business(self, outputs: deployment.Outputs) -> None:
        secrets = first_day.choose_secrets()
        first_day.keep_secrets(self.emulator, outputs, secrets)
        first_day.verify_sender(self.emulator)
        for person in (first_day.AGENT, first_day.SUPERVISOR):
            first_day.engage(self.emulator, outputs, person)
        if outputs.desk_client:
            first_day.lead_back(
                self.emulator, outputs, [outputs.desk_url, *first_day.preview_addresses()]
            )
        self.stack = Stack(
            aws_endpoint=self.emulator.endpoint,
            region=REGION,
            stack_name=deployment.STACK_NAME,
            table=outputs.table,
            bus=outputs.bus,
            webhook_base=outputs.webhook_base,
            agent_api_base=outputs.agent_api_base,
            live_url=outputs.live_url,
            desk_url=outputs.desk_url,
            desk_client=outputs.desk_client,
            people={
                person.name: person.credentials()
                for person in (first_day.AGENT, first_day.SUPERVISOR)
            },
            tokens=self._tokens(outputs),
            secrets={name: secrets[name] for name in ("whatsapp", "telegram", "slack")},
            provider_base=self._providers.url,
        )
        first_day.write_settings(
            outputs.agent_api_base,
            self.stack.tokens["supervisor"],
            first_day.settings(self._providers.url),
        )

    def _tokens(self, outputs: deployment.Outputs) -> dict[str, str]:
        return {
            "agent": first_day.sign_in(self.emulator, outputs, first_day.AGENT),
            "supervisor": first_day.sign_in(self.emulator, outputs, first_day.SUPERVISOR),
        }

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self._say(f"{time.monotonic() - started:6.1f} s  {name}")
