"""What `make chaos` found, for people as a table and for machines as build/chaos.json."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.chaos.evidence import FATAL, TRIED, Verdict
from local.chaos.webhooks import Acknowledgements
from local.cloud.emulator import ROOT
from local.cloud.fault_proxy import WireCounts
from local.providers.provider_calls import Call

FILE = ROOT / "build" / "chaos.json"
_WIDTH = 44


@dataclass
class Run:
    """What was asked for, and how it went; `held` are the conversations that were begun in time."""

    conversations: int
    seed: int
    fault_rate: float
    held: int = 0
    killed: int = 0
    dead_letters: int = 0
    redriven: int = 0
    backlog: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    webhooks: Acknowledgements = field(default_factory=Acknowledgements)
    wire: WireCounts = field(default_factory=lambda: WireCounts(0, {}))
    provider_calls: list[Call] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - started
        print(f"{self.seconds[name]:6.1f} s  {name}", flush=True)


@dataclass(frozen=True)
class Report:
    run: Run
    verdict: Verdict

    @property
    def complaints(self) -> list[str]:
        """Why the experiment has failed, each in words; empty when it has not."""
        run, figures = self.run, self.verdict.figures
        complaints = [f"{rule}: {figures[rule]}" for rule in FATAL if figures[rule]]
        if run.held < run.conversations:
            complaints.append(
                f"time ran out: {run.held} of {run.conversations} conversations were held"
            )
        complaints += [
            f"never met: {name}"
            for size, names in TRIED.items()
            for name in names
            if run.conversations >= size and not figures[name]
        ]
        if run.backlog:
            complaints.append(f"not settled in time: {len(run.backlog)} things are left to do")
        return complaints

    @property
    def good(self) -> bool:
        return not self.complaints

    def document(self) -> dict[str, Any]:
        run = self.run
        return {
            "good": self.good,
            "complaints": self.complaints,
            "seed": run.seed,
            "fault_rate": run.fault_rate,
            "conversations": {"asked": run.conversations, "held": run.held},
            "seconds": {name: round(spent, 1) for name, spent in run.seconds.items()},
            **self._sections(),
            "offences": dict(self.verdict.offences),
            "details": self.verdict.details,
            "left": run.backlog,
        }

    def write(self, file: Path = FILE) -> None:
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(self.document(), indent=2) + "\n")

    def print(self) -> None:
        for title, figures in self._sections().items():
            print(f"\n{title}")
            for name, figure in figures.items():
                print(f"  {name:<{_WIDTH}}{figure:>10}")
        for detail in self.verdict.details[:40]:
            print(detail)
        for item in self.run.backlog[:20]:
            print(f"left: {item}")
        print()
        for complaint in self.complaints:
            print(f"FAILED  {complaint}")
        if self.good:
            print("Nothing lost, nothing doubled, nobody talked over.")

    def _sections(self) -> dict[str, Mapping[str, int | str]]:
        run = self.run
        return {
            "faults on the wire": self._wire(),
            "faults at the providers": self._providers(),
            "load": {
                **dict(sorted(run.tally.items())),
                "webhook calls": run.webhooks.calls,
                "webhook calls not acknowledged": run.webhooks.refused,
                "webhook calls delivered again": run.webhooks.redelivered,
                "function processes killed": run.killed,
            },
            "outcome": {
                **self.verdict.figures,
                "dead letters": run.dead_letters,
                "dead letters redriven": run.redriven,
                "left to do": len(run.backlog),
            },
        }

    def _wire(self) -> dict[str, int | str]:
        wire = self.run.wire
        rate = wire.faulted / wire.requests if wire.requests else 0.0
        return {
            "calls of functions to AWS": wire.requests,
            "calls that met a fault": wire.faulted,
            "rate": f"{rate:.1%}",
            **{f"as {kind}": count for kind, count in sorted(wire.by_kind().items())},
            **{f"to {service}": count for service, count in sorted(wire.by_service().items())},
        }

    def _providers(self) -> dict[str, int | str]:
        calls = self.run.provider_calls
        met = Counter(call.fault for call in calls if call.fault)
        return {
            "calls to providers and agents": len(calls),
            "calls that met a fault": met.total(),
            **{f"as {fault}": count for fault, count in sorted(met.items())},
        }
