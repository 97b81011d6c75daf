"""What goes wrong in `make chaos`: on the wire to AWS, at the providers, and with processes."""

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import override

from local.beside import Beside
from local.cloud.fault_proxy import FaultProxy, WireCounts, rules
from local.cloud.laptop import Laptop
from local.providers.provider_calls import HANG_UP, TIMEOUT, Chance, Fault

GATEWAY_ERROR = {"message": "bad gateway"}
"""An answer that is not the provider's own: nobody can tell what became of the message."""


def provider_chances() -> list[Chance]:
    """An eighth of all calls to a provider fail, in every way that providers fail."""
    chances = []
    for channel in ("whatsapp", "telegram", "agents"):
        chances += [
            Chance(0.035, Fault(channel, 1, status=429)),
            Chance(0.035, Fault(channel, 1, status=503)),
            Chance(0.025 if channel == "agents" else 0.015, Fault(channel, 1, status=500)),
            Chance(0.01, Fault(channel, 1, status=502, body=GATEWAY_ERROR)),
            Chance(0.015, Fault(channel, 1, fault=HANG_UP)),
            Chance(0.005, Fault(channel, 1, fault=TIMEOUT)),
        ]
    chances += [Chance(0.01, Fault(channel, 1, status=400)) for channel in ("whatsapp", "telegram")]
    return chances


@dataclass
class Trouble:
    """How much there was of it; known when it is over."""

    killed: int = 0
    wire: WireCounts = field(default_factory=lambda: WireCounts(0, {}))


@contextmanager
def trouble(
    laptop: Laptop, wire: FaultProxy, *, fault_rate: float, kills: int, seconds: float, seed: int
) -> Iterator[Trouble]:
    """Let everything fail at its rate while the context is open, then heal it.

    `kills` processes die within `seconds`.
    """
    met, before = Trouble(), wire.counts()
    wire.inject(rules(fault_rate))
    if fault_rate:
        laptop.calls.fail_by_chance(provider_chances(), seed=seed)
    try:
        with Killer(laptop.emulator.scratch, kills, seconds / (kills + 1), seed) as killer:
            yield met
        met.killed = killer.killed
        met.wire = wire.counts().since(before)
    finally:
        wire.heal()
        laptop.calls.heal()


class Killer(Beside):
    """Ends function processes one by one, chosen at random, in the midst of what they do."""

    def __init__(self, scratch: str, kills: int, every_seconds: float, seed: int) -> None:
        super().__init__("killer")
        self.killed = 0
        self._scratch = scratch
        self._kills = kills
        self._every_seconds = every_seconds
        self._dice = random.Random(seed)  # noqa: S311 - chaos to be repeated, no secret

    @override
    def _run(self) -> None:
        while self.killed < self._kills and not self._stopping.wait(self._every_seconds):
            processes = function_processes(self._scratch)
            if processes:
                try:
                    os.kill(self._dice.choice(processes), signal.SIGKILL)
                except ProcessLookupError:
                    continue  # it was being ended anyway
                self.killed += 1


def function_processes(scratch: str) -> list[int]:
    """Return the processes of functions that run out of an emulator's own folder."""
    listed = subprocess.run(
        ["/bin/ps", "-axww", "-o", "pid=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 1) for line in listed.stdout.splitlines())
    return sorted(int(pid) for pid, command in rows if f"{scratch}/ministack-lambda-" in command)
