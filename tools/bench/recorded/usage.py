"""What invocations use besides time: calls, units of the table, events on the bus, bytes logged."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Self

from tools.bench.recorded.metering import Units
from tools.bench.recorded.recording import Invocation
from tools.bench.recorded.tape import Call


@dataclass(frozen=True)
class Usage:
    invocations: int
    calls: Counter[str]
    units: Units
    bus_events: int
    logged_bytes: int

    @classmethod
    def of(cls, invocations: Iterable[Invocation]) -> Self:
        every = list(invocations)
        calls = [call for invocation in every for call in invocation.tape]
        return cls(
            invocations=len(every),
            calls=Counter(call.operation for call in calls),
            units=reduce(Units.plus, (invocation.units for invocation in every), Units()),
            bus_events=sum(map(_bus_events, calls)),
            logged_bytes=sum(invocation.logged_bytes for invocation in every),
        )

    @property
    def calls_by_operation(self) -> str:
        """Name the operations of the table without the word that all of them end in."""
        return ", ".join(
            (f"{amount} " if amount > 1 else "") + re.sub("Items?$", "", operation)
            for operation, amount in self.calls.most_common()
        )


def _bus_events(call: Call) -> int:
    return len(json.loads(call.body)["Entries"]) if call.operation == "PutEvents" else 0
