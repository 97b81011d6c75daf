"""What the provider stand-ins remember of each call, and the faults they are told to show."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from threading import Condition
from typing import Any, Self

CHANNELS = (
    *("whatsapp", "telegram", "agents", "slack", "teams", "push", "files"),
    *("subscribers", "slow"),
)
TIMEOUT = "timeout"
HANG_UP = "hang_up"
FAULTS = (TIMEOUT, HANG_UP)


class BadRequest(Exception):
    """The test asked the stand-ins for something they cannot do."""


@dataclass(frozen=True)
class Call:
    """One call as received; `body` is its text, `fault` what went wrong on purpose, else None.

    `message_id` is the provider's name for what it was sent, whether it could still tell or not.
    """

    at: str
    channel: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: str
    fault: str | None
    message_id: str = ""

    @property
    def taken(self) -> bool:
        """Whether the provider acts on the call: it may, without ever answering."""
        return self.fault in (None, *FAULTS)


@dataclass(frozen=True)
class Fault:
    """How the next `times` calls of a channel fail: an HTTP status, a timeout or a hang-up.

    Without an answer the provider took the message all the same; with a status it did not.
    """

    channel: str
    times: int
    status: int | None = None
    fault: str | None = None
    body: Any = None
    """What to answer with the status, for a provider's own error code; None: a usual one."""
    holding: str = ""
    """Only calls whose path or body holds this, as one customer's address; "": any call."""

    @classmethod
    def from_document(cls, document: Any) -> Self:
        if not isinstance(document, dict):
            raise BadRequest("a fault is a JSON object")
        unknown = document.keys() - {"mode", *(each.name for each in fields(cls))}
        if unknown:
            raise BadRequest(f"unknown field {', '.join(sorted(unknown))}")
        channel, times = document.get("channel"), document.get("times", 1)
        status, fault = document.get("status"), document.get("fault", document.get("mode"))
        if channel not in CHANNELS:
            raise BadRequest(f"channel must be one of {', '.join(CHANNELS)}, not {channel!r}")
        if type(times) is not int or times < 1:
            raise BadRequest(f"times must be a positive number, not {times!r}")
        if (status is None) == (fault is None):
            raise BadRequest("give either a status or a fault")
        if fault is not None and fault not in FAULTS:
            raise BadRequest(f"fault must be one of {', '.join(FAULTS)}, not {fault!r}")
        if status is not None and (type(status) is not int or not 400 <= status <= 599):  # noqa: PLR2004 - HTTP's
            raise BadRequest(f"status must be from 400 to 599, not {status!r}")
        holding = document.get("holding", "")
        if not isinstance(holding, str):
            raise BadRequest(f"holding must be a text, not {holding!r}")
        return cls(channel, times, status, fault, document.get("body"), holding)

    @property
    def label(self) -> str:
        return self.fault or f"status_{self.status}"


@dataclass(frozen=True)
class Chance:
    """How often a fault is met, among all calls of its channel."""

    probability: float
    fault: Fault


@dataclass
class CallLog:
    """Calls in the order received, safe to use from many threads."""

    _calls: list[Call] = field(default_factory=list)
    _faults: list[Fault] = field(default_factory=list)
    _chances: list[Chance] = field(default_factory=list)
    _dice: random.Random = field(default_factory=random.Random)
    _changed: Condition = field(default_factory=Condition)

    def receive(
        self,
        channel: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        message_id: str = "",
    ) -> Fault | None:
        """Record a call and return the fault it meets, if one is due."""
        with self._changed:
            text = body.decode(errors="replace")
            fault = self._ordered_fault(channel, path, text) or self._fault_by_chance(channel)
            self._calls.append(
                Call(
                    at=datetime.now(UTC).isoformat(),
                    channel=channel,
                    method=method,
                    path=path,
                    headers=dict(headers),
                    body=text,
                    fault=fault.label if fault else None,
                    message_id=message_id,
                )
            )
            self._changed.notify_all()
            return fault

    def _ordered_fault(self, channel: str, *told: str) -> Fault | None:
        for position, fault in enumerate(self._faults):
            if fault.channel == channel and any(fault.holding in part for part in told):
                rest = replace(fault, times=fault.times - 1)
                self._faults[position : position + 1] = [rest] if rest.times else []
                return fault
        return None

    def _fault_by_chance(self, channel: str) -> Fault | None:
        chances = [chance for chance in self._chances if chance.fault.channel == channel]
        drawn = self._dice.random() if chances else 1.0
        for chance in chances:
            if drawn < chance.probability:
                return chance.fault
            drawn -= chance.probability
        return None

    def calls(self, channel: str | None = None) -> list[Call]:
        with self._changed:
            return [call for call in self._calls if channel in (None, call.channel)]

    def since(self, position: int, *, seconds: float) -> list[Call]:
        """Return the calls from a position on, waiting for one if there is none yet."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._calls) > position, timeout=seconds)
            return self._calls[position:]

    def wait_for(self, condition: Callable[[Call], bool], *, seconds: float, what: str) -> Call:
        """Return the first call of this condition, as soon as it is there; raises TimeoutError."""

        def first() -> Call | None:
            return next((call for call in self._calls if condition(call)), None)

        with self._changed:
            call = self._changed.wait_for(first, timeout=seconds)
            if call is None:
                raise TimeoutError(f"no {what} within {seconds} s; got {len(self._calls)} calls")
            return call

    def forget(self) -> None:
        with self._changed:
            self._calls.clear()

    def inject(self, fault: Fault) -> None:
        with self._changed:
            self._faults.append(fault)

    def fail_by_chance(self, chances: Sequence[Chance], *, seed: int) -> None:
        """Let calls fail at these odds until healed; faults that are ordered come first."""
        with self._changed:
            self._chances = list(chances)
            self._dice = random.Random(seed)  # noqa: S311 - chaos to be repeated, no secret

    def heal(self) -> None:
        with self._changed:
            self._faults.clear()
            self._chances.clear()
