"""The cloud in one process, with a tape of every invocation: what came in, what it called."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, override
from unittest.mock import patch

from botocore.exceptions import ClientError

from sportello.aws.logs import logger
from sportello.table.settings.settings_store import SettingsStore
from support.agent_calls import LambdaContext
from support.clouds.one_process.cloud import Cloud, Written
from support.clouds.one_process.scheduling import Handler
from support.clouds.small.expressions import NotSpoken
from tools.bench.recorded.metering import MeteredDynamoDB, Units
from tools.bench.recorded.printing import printing
from tools.bench.recorded.tape import PROVIDER_CALL, Call, Tape, answer_of, refusal_of


@dataclass(frozen=True)
class Invocation:
    """One call of a function: `at` is the virtual time, `logged_bytes` all that it printed."""

    function: str
    event: Any
    at: datetime
    tape: Tape
    units: Units
    logged_bytes: int


@dataclass(frozen=True)
class Step:
    """A part of a story: what was invoked, and the states that machines entered."""

    name: str
    invocations: list[Invocation] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)


class RecordingCloud(Cloud):
    """Everything happens once and in order; in a forgetful one, every process is a new one.

    Only what follows the first `begin` is recorded, in a step of that name.
    """

    def __init__(self, start: datetime, *, forgetful: bool = False) -> None:
        super().__init__(start, 0, shuffled=False, sweeping=False, make_table=self._make_table)
        self._forgetful = forgetful
        self._calls: list[Call] = []
        self._states: Counter[str] = Counter()
        self._forgotten: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.steps: list[Step] = []
        self.handlers = self.world.handlers
        self.world.handlers = {
            name: partial(self._record, name, handler) for name, handler in self.handlers.items()
        }

    def _make_table(self, written: Written) -> MeteredDynamoDB:
        self.metered = MeteredDynamoDB(written)
        return self.metered

    def begin(self, name: str) -> None:
        self.end()
        self.steps.append(Step(name))

    def end(self) -> None:
        """Add to the step under way the states entered since the one before ended."""
        states = Counter[str]()
        for execution in self.workflows.started:
            states[execution.machine] += len(execution.path)
        if self.steps:
            self.steps[-1].states.update(states - self._states)
        self._states = states

    @override
    @contextmanager
    def in_place(self) -> Iterator[None]:
        make, forget = SettingsStore.__init__, SettingsStore.forget

        def make_ageless(store: SettingsStore, *arguments: Any, **options: Any) -> None:
            make(store, *arguments, **options)
            # Virtual time jumps; a warm function is one whose settings are still young.
            vars(store)["_monotonic"] = lambda: 0.0

        def forget_for_once(store: SettingsStore) -> None:
            self._forgotten.append((vars(store), vars(store)["_current"].copy()))
            forget(store)

        with (
            super().in_place(),
            patch.object(SettingsStore, "__init__", make_ageless),
            patch.object(SettingsStore, "forget", forget_for_once),
        ):
            logger.setLevel("INFO")
            yield

    def remember(self) -> None:
        """Bring back the settings that a function did not want to use again.

        On AWS it is a process of its own, and its neighbours go on using theirs.
        """
        for attributes, settings in self._forgotten:
            attributes["_current"] = settings | attributes["_current"]
        self._forgotten.clear()

    def _record(self, name: str, handler: Handler, event: Any, context: LambdaContext) -> Any:
        if self._forgetful:
            self.world.forget()
        self._calls, self.metered.units = [], Units()
        as_it_came = deepcopy(event)
        with printing() as output:
            answer = handler(event, context)
        self.remember()
        if self.steps:
            self.steps[-1].invocations.append(
                Invocation(
                    function=name,
                    event=as_it_came,
                    at=self.world.now,
                    tape=tuple(self._calls),
                    units=self.metered.units,
                    logged_bytes=output.byte_count,
                )
            )
        return answer

    @override
    def call_service(self, client: Any, operation: str, request: Mapping[str, Any]) -> Any:
        model = client.meta.service_model
        if model.resolved_protocol not in {"json", "rest-json"} and model.service_name != "s3":
            raise NotSpoken(f"the protocol {model.resolved_protocol} of {model.service_name}")
        try:
            answer = super().call_service(client, operation, request)
        except ClientError as error:
            self._calls.append(refusal_of(model.service_name, operation, error.response))
            raise
        self._calls.append(answer_of(model.service_name, operation, answer))
        return answer

    @override
    def call_outside(
        self, url: str, body: bytes, headers: Mapping[str, str], method: str = PROVIDER_CALL
    ) -> Any:
        answer = super().call_outside(url, body, headers, method)
        self._calls.append(Call("", method, answer.status, answer.read(sys.maxsize)))
        return answer
