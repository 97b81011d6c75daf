"""Faults on the wire between the functions and AWS: microburst, a proxy that speaks AWS's errors.

A lost answer is a call that took effect and whose caller never learns it; a reset comes before
any effect.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

import urllib3

from local.cloud.emulator import LOGS, ROOT, VENVS
from local.cloud.processes import Failed, Service, clean_environment, free_port
from local.cloud.web import call, call_json

START_SECONDS = 30.0
HELD_MS = 3_500
"""How long a call is held that is never answered: longer than our functions wait for AWS."""

type Rule = dict[str, Any]

EVERY_CALL_REFUSED: Rule = {
    "error": {"code": "ServiceUnavailable", "status": HTTPStatus.SERVICE_UNAVAILABLE}
}

THROTTLES: Mapping[str, str] = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sqs": "RequestThrottled",
    "stepfunctions": "ThrottlingException",
    "events": "ThrottlingException",
    "secretsmanager": "ThrottlingException",
}
"""The services that functions call, and how each says that it is asked too often."""

_METRIC = re.compile(
    r'microburst_faults_total\{service="(?P<service>[^"]*)",operation="(?P<operation>[^"]*)",'
    r'action="(?P<action>[^"]*)"\} (?P<count>\d+)'
)


@dataclass(frozen=True)
class Share:
    """A fault and how often it is the one, among all faults of a service."""

    name: str
    weight: float
    fault: Mapping[str, Any]


def shares_of(service: str) -> tuple[Share, ...]:
    return (
        Share("throttle", 0.25, {"error": {"code": THROTTLES[service]}}),
        Share("internal error", 0.14, {"error": {"code": "InternalServerError", "status": 500}}),
        Share("unavailable", 0.14, {"error": {"code": "ServiceUnavailable", "status": 503}}),
        Share("latency", 0.20, {"latency": {"min": 50, "max": 600}}),
        Share("reset", 0.13, {"reset": True}),
        Share("lost answer", 0.12, {"response": {"abort_bytes": 0}}),
        Share("timeout", 0.02, {"timeout_ms": HELD_MS}),
    )


def rules(fault_rate: float) -> list[Rule]:
    """Return microburst's rules by which this part of all calls meets one fault each.

    The rules of a service are tried in turn and the first that fires is the one, so each
    probability is among the calls that the rules before it let through.
    """
    if not 0 <= fault_rate < 1:
        raise ValueError(f"a fault rate is at least 0 and less than 1, not {fault_rate}")
    faults: list[Rule] = []
    for service in THROTTLES:
        remainder = 1.0
        for share in shares_of(service):
            chance = fault_rate * share.weight
            faults.append({"service": service, "probability": chance / remainder, **share.fault})
            remainder -= chance
    return faults


@dataclass(frozen=True)
class WireCounts:
    """What passed: all requests, and the faults by (service, operation, action)."""

    requests: int
    faults: Mapping[tuple[str, str, str], int]

    def since(self, before: "WireCounts") -> "WireCounts":
        faults = {what: count - before.faults.get(what, 0) for what, count in self.faults.items()}
        return WireCounts(self.requests - before.requests, faults)

    @property
    def faulted(self) -> int:
        return sum(self.faults.values())

    def by_service(self) -> Counter[str]:
        return _summed((service, count) for (service, _, _), count in self.faults.items())

    def by_kind(self) -> Counter[str]:
        return _summed((kind_of(action), count) for (_, _, action), count in self.faults.items())


def _summed(pairs: Iterator[tuple[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for name, count in pairs:
        total[name] += count
    return total


def kind_of(action: str) -> str:
    """Return our name of what microburst says it did, e.g. `error:ThrottlingException`."""
    head, _, rest = action.partition(":")
    match head, rest:
        case "response", _:
            return "lost answer"
        case "error", "InternalServerError":
            return "internal error"
        case "error", "ServiceUnavailable":
            return "unavailable"
        case "error", _:
            return "throttle"
        case _:
            return head


class FaultProxy:
    """`url` is where the functions are to find AWS; it answers while `to` is open."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    @contextmanager
    def to(self, upstream: str) -> Iterator[Self]:
        """Pass calls on to `upstream`, without faults until some are injected."""
        command = [
            str(VENVS / "chaos/bin/python"),
            "-m",
            "local.cloud.fault_proxy_server",
            str(self._seed),
            "--upstream",
            upstream,
            "--port",
            str(self._port),
        ]
        with Service(
            command,
            environment=clean_environment(),
            folder=ROOT,
            log=LOGS / "fault-proxy.log",
        ) as service:
            self._wait_until_healthy(service)
            yield self

    def inject(self, chosen: Sequence[Rule]) -> None:
        call_json("POST", f"{self.url}/_microburst/rules", list(chosen)).expect(200, 201)

    def heal(self) -> None:
        self.inject([])

    @contextmanager
    def severed(self) -> Iterator[None]:
        """Let no call pass while the context is open, and all of them afterwards."""
        self.inject([EVERY_CALL_REFUSED])
        try:
            if call("GET", f"{self.url}/").status != HTTPStatus.SERVICE_UNAVAILABLE:
                raise Failed("calls still pass the wire that was cut")
            yield
        finally:
            self.heal()

    def counts(self) -> WireCounts:
        stats = call("GET", f"{self.url}/_microburst/stats").expect(200).document()
        metrics = call("GET", f"{self.url}/_microburst/metrics").expect(200).body.decode()
        return WireCounts(
            requests=stats["requests"]["total"],
            faults={
                (match["service"], match["operation"], match["action"]): int(match["count"])
                for match in _METRIC.finditer(metrics)
            },
        )

    def _wait_until_healthy(self, service: Service) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            service.check()
            try:
                call("GET", f"{self.url}/_microburst/health", timeout=2)
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise Failed(f"the proxy did not answer within {START_SECONDS:.0f} s, see {service.log}")
