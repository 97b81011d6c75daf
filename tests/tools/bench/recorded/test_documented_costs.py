"""What docs/performance.md says of calls, units and money is what is counted, within a margin."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from support.clouds.one_process import deployment
from support.template import ROOT
from tools.bench.recorded.journeys import (
    ACCEPTANCE,
    HANDOFF,
    REPLY,
    RESOLUTION,
    WARNING,
    bot_step,
    file_step,
    recording_cloud,
    warm_steps,
)
from tools.bench.recorded.recording import Step
from tools.bench.recorded.usage import Usage

PAGE = (ROOT / "docs" / "performance.md").read_text()
DEPLOYING = (ROOT / "docs" / "deploying.md").read_text()
MARGIN = 0.15
"""A field more in an item moves a figure; what makes a bill another one is more."""

BOT = bot_step("whatsapp")
TOLD_OF = {"the bot answers": BOT, "nobody takes the offer": "nobody takes the offer"} | {
    name: name for name in (HANDOFF, ACCEPTANCE, REPLY, RESOLUTION, WARNING)
}
A_THOUSAND = {BOT: 1_700, HANDOFF: 300, ACCEPTANCE: 300, REPLY: 600, RESOLUTION: 300, WARNING: 300}

LOGS = "logs, "
"""The bench counts them; pytest takes what is printed for itself."""

REQUESTS_A_MESSAGE = 3
"""A queue's message is sent, received and deleted."""

GATEWAYS = {"WhatsAppReceiveFunction", "AgentApiFunction"}


@dataclass(frozen=True)
class Bill:
    """What a thousand conversations use, in the order of the page's rows."""

    writes: float = 0
    transitions: float = 0
    gateway_calls: float = 0
    bus_events: float = 0
    invocations: float = 0
    triages: float = 0
    queue_requests: float = 0
    reads: float = 0

    def plus(self, step: Step, times: int) -> "Bill":
        usage = Usage.of(step.invocations)
        standard = sum(amount for name, amount in step.states.items() if name != "triage")
        called = sum(each.function in GATEWAYS for each in step.invocations)
        return Bill(
            writes=self.writes + times * (usage.units.writes + usage.units.index_writes),
            transitions=self.transitions + times * standard,
            gateway_calls=self.gateway_calls + times * called,
            bus_events=self.bus_events + times * usage.bus_events,
            invocations=self.invocations + times * usage.invocations,
            triages=self.triages + times * ("triage" in step.states),
            queue_requests=self.queue_requests
            + times * REQUESTS_A_MESSAGE * usage.calls["SendMessage"],
            reads=self.reads + times * usage.units.reads,
        )


def steps(*, publish: bool) -> Mapping[str, Step]:
    variables = deployment.environment() | {"PUBLISH_EVENTS": str(publish).lower()}
    with patch.object(deployment, "environment", lambda: variables):
        cloud = recording_cloud()
        with cloud.in_place():
            return {step.name: step for step in warm_steps(cloud)}


@pytest.fixture(scope="module")
def with_the_bus() -> Mapping[str, Step]:
    return steps(publish=True)


@pytest.fixture(scope="module")
def without_it() -> Mapping[str, Step]:
    return steps(publish=False)


def number(text: str) -> float:
    return float(text.replace(",", "") or 0)


def rows(section: str) -> list[list[str]]:
    text = PAGE.split(f"\n{section}\n")[1].split("\n#")[0]
    lines = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def about(told: float) -> object:
    return pytest.approx(told, rel=MARGIN, abs=1)


def test_a_journey_uses_what_is_told_of_it(with_the_bus: Mapping[str, Step]) -> None:
    told = {row[0]: row[1:] for row in rows("## What a message costs") if row[0] in TOLD_OF}
    assert told.keys() == TOLD_OF.keys()
    for journey, (invocations, _, calls, reads, writes, index, bus, *_) in told.items():
        usage = Usage.of(with_the_bus[TOLD_OF[journey]].invocations)
        units = usage.units
        assert usage.invocations == about(number(invocations)), journey
        assert usage.calls.total() == about(number(calls)), journey
        assert units.reads == about(number(reads)), journey
        assert units.writes + units.index_writes == about(number(writes)), journey
        assert units.index_writes == about(number(index)), journey
        assert usage.bus_events == about(number(bus)), journey


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
def test_a_file_costs_what_is_told_of_it(with_the_bus: Mapping[str, Step], channel: str) -> None:
    (told,) = (row for row in rows("### What a file costs") if row[0] == "the fetch")
    usage = Usage.of(with_the_bus[file_step(channel)].invocations)
    assert usage.invocations == 1
    assert usage.calls.total() == number(told[1])
    assert (usage.units.reads, usage.units.writes) == (number(told[2]), number(told[3]))


@pytest.mark.parametrize(("bus", "column"), [("with_the_bus", 1), ("without_it", 2)])
def test_a_thousand_conversations_cost_what_is_told(
    request: pytest.FixtureRequest, bus: str, column: int
) -> None:
    counted = Bill()
    for name, times in A_THOUSAND.items():
        counted = counted.plus(request.getfixturevalue(bus)[name], times)
    told = [row for row in rows("### A thousand conversations") if " at " in row[0]]
    counts = iter(vars(counted).values())
    total = 0.0
    for row in told:
        (price,) = re.findall(r"at ([\d.]+) a million", row[0])
        units, dollars = number(row[column]), number(row[column + 2])
        if not row[0].startswith(LOGS):
            assert next(counts) == about(units), row[0]
        assert dollars == pytest.approx(units * float(price) / 1_000_000, abs=0.0006), row[0]
        total += dollars
    assert not list(counts)
    (all_told,) = (row for row in rows("### A thousand conversations") if row[0] == "in all")
    assert number(all_told[column + 2]) == pytest.approx(total, abs=0.006)


def test_the_bus_makes_the_share_of_a_bots_answer_that_is_told(
    with_the_bus: Mapping[str, Step], without_it: Mapping[str, Step]
) -> None:
    with_it, without = (
        (units := Usage.of(each[BOT].invocations).units).writes + units.index_writes
        for each in (with_the_bus, without_it)
    )
    (saved, of_all) = re.findall(r"make (\d+) of the bot's (\d+) units", PAGE)[0]
    assert with_it == about(number(of_all))
    assert with_it - without == about(number(saved))
    (left,) = re.findall(rf"then writes (\d+) units to the table instead of {of_all}\b", DEPLOYING)
    assert number(left) == number(of_all) - number(saved)
    assert Usage.of(without_it[BOT].invocations).bus_events == 0
