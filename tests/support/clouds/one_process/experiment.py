"""Runs of a story with faults, and how they differ from the one without."""

import io
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cache

from support.clouds.one_process.agreement import STORY_WITHOUT_END, disagreements
from support.clouds.one_process.cloud import Cloud, VersionsInForce, Written
from support.clouds.one_process.numbered_calls import KILLS, Fault
from support.clouds.one_process.outcome import Outcome, outcome
from support.clouds.one_process.people import Relief, Told
from support.clouds.one_process.scheduling import MOST_ACTIONS, NeverEnds
from support.clouds.one_process.stories import SETTINGS, STORIES
from support.clouds.small.dynamodb import SmallDynamoDB


@dataclass
class Run:
    """`calls` are all calls made, in order: fault number k strikes `calls[k - 1]`."""

    story: str
    seed: int
    plan: Mapping[int, Fault]
    calls: list[str] = field(default_factory=list)
    invocations: list[int] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    wrong: list[str] = field(default_factory=list)

    def differences(self, faultless: Outcome) -> list[str]:
        if self.outcome.unknown and STORIES[self.story].hangs_on_outcomes:
            return self.wrong
        return [*self.wrong, *self.outcome.differences(faultless)]

    @property
    def recipe(self) -> str:
        """What is needed to repeat it."""
        struck = {
            number: f"{fault} at {self.calls[number - 1]}"
            for number, fault in self.plan.items()
            if number <= len(self.calls)
        }
        return f"story {self.story!r}, seed {self.seed}, calls struck {struck}"


def run(  # noqa: PLR0913 -- keyword-only, each a part of the world that an experiment replaces
    story: str,
    seed: int,
    plan: Mapping[int, Fault] | None = None,
    *,
    shuffled: bool = True,
    sweeping: bool = True,
    relieved: bool = False,
    dying: Mapping[str, int] | None = None,
    make_table: Callable[[Written], SmallDynamoDB] = SmallDynamoDB,
    versions: VersionsInForce | None = None,
    audit: Callable[[Told], list[str]] | None = None,
) -> Run:
    """Tell a story; `audit` looks for what is wrong besides with the world it leaves."""
    script, start = STORIES[story].script, STORIES[story].start
    cloud = Cloud(
        start,
        seed,
        plan,
        shuffled=shuffled,
        sweeping=sweeping,
        dying=dying,
        make_table=make_table,
        versions=versions,
    )
    cloud.configure(*SETTINGS)
    told = Told(cloud, script)
    if relieved:
        Relief(told)
    done = Run(story, seed, plan or {})
    # Metrics are printed: that is how CloudWatch gets them.
    with redirect_stdout(io.StringIO()), cloud.in_place():
        try:
            cloud.world.run()
        except NeverEnds as never:
            done.wrong = [str(never)]
    done.calls, done.invocations = cloud.calls.made, cloud.calls.invocations
    done.wrong += disagreements(told) + (audit(told) if audit else [])
    done.outcome = outcome(told)
    return done


@cache
def faultless(story: str) -> Outcome:
    """What comes of a story in which everything comes once and in order."""
    done = run(story, seed=0, shuffled=False)
    assert not done.wrong, done.wrong
    return done.outcome


def calls_of(story: str, seed: int) -> tuple[str, ...]:
    """The calls that a fault can strike: those of the same run without any."""
    return tuple(run(story, seed).calls)


_OF_STORMS = (
    STORY_WITHOUT_END,
    *("in FitClocksDeadLetters", "in RoutingDeadLetters", "in WordsDeadLetters"),
)
"""What so many faults come to. Of a request of several calls, one in five of which is struck, each
of its five tries fails more often than not. The sweep does what wake-ups were for; words are kept
for searching and for nothing else."""


@dataclass
class Findings:
    """What a number of runs came to; `deaths` are the points of dying that they stand for."""

    runs: int = 0
    deaths: int = 0
    calls: int = 0
    unknown: int = 0
    repeats: int = 0
    differing: list[str] = field(default_factory=list)

    def add(self, done: Run) -> None:
        self._count(done, done.differences(faultless(done.story)))

    def add_by_itself(self, done: Run) -> None:
        """Add a run with too many faults to come to the same: nothing lost, nothing twice.

        People may have been asked where the bot failed, so that the story never goes its way; and
        what failed at each of its tries waits for an operator as a dead letter.
        """
        self._count(done, [wrong for wrong in done.wrong if wrong not in _OF_STORMS])

    def _count(self, done: Run, differences: list[str]) -> None:
        self.runs += 1
        self.calls += len(done.calls)
        self.unknown += done.outcome.unknown
        self.repeats += done.outcome.repeats
        if differences:
            self.differing.append("\n  ".join([done.recipe, *differences]))

    def __str__(self) -> str:
        deaths = f"{self.deaths:,} points of death in " if self.deaths else ""
        return (
            f"{deaths}{self.runs:,} runs of {self.calls:,} calls, {len(self.differing)} differ; "
            f"{self.unknown} messages honestly unknown, {self.repeats:,} repeats known by their id"
        )


def strike(
    story: str,
    seed: int,
    faults: Iterable[Fault],
    *,
    every: int = 1,
    where: str = "",
    until_noticed: bool = False,
) -> Findings:
    """Run a story once for each fault at each call (or each nth, or those with a name)."""
    findings = Findings()
    calls = calls_of(story, seed)
    for number in range(1, len(calls) + 1, every):
        for fault in faults:
            if where in calls[number - 1] and not _in_flight(calls[number - 1], fault):
                findings.add(run(story, seed, {number: fault}))
            if until_noticed and findings.differing:
                return findings
    return findings


def kill_everywhere(story: str, seed: int, *, every: int = 1) -> Findings:
    """Kill before and after every call, once for all points that leave the same world behind.

    `every` takes one in so many of these groups.
    """
    findings = Findings()
    for points in deaths_alike(story, seed)[::every]:
        number, fault = points[0]
        findings.add(run(story, seed, {number: fault}))
        findings.deaths += len(points)
    return findings


_WITHOUT_EFFECT = ("BatchGetItem", "GetItem", "Query", "GetSecretValue", "GetQueueUrl")


def deaths_alike(story: str, seed: int) -> list[list[tuple[int, Fault]]]:
    """Group all points of death by the effects that the dying invocation has had until then.

    A process that dies takes along all it knew: what is left is what its calls have done.
    """
    faultless_run = run(story, seed)
    groups: dict[tuple[int, int], list[tuple[int, Fault]]] = {}
    had = 0
    for number, name in enumerate(faultless_run.calls, 1):
        invocation = faultless_run.invocations[number - 1]
        groups.setdefault((invocation, had), []).append((number, Fault.DIES_BEFORE))
        had += not name.endswith(_WITHOUT_EFFECT)
        groups.setdefault((invocation, had), []).append((number, Fault.DIES_AFTER))
    return list(groups.values())


def strike_twice(story: str, seed: int, amount: int) -> Findings:
    """Run a story with two faults drawn by chance, the second soon enough to meet the recovery."""
    findings = Findings()
    chance = random.Random(seed)  # noqa: S311 -- repeatable chance, no secret
    calls = calls_of(story, seed)
    while findings.runs < amount:
        first = chance.randint(1, len(calls))
        plan = {
            number: chance.choice((*KILLS, *KILLS, Fault.REFUSED, Fault.ANSWER_LOST))
            for number in (first, first + chance.randint(1, 40))
        }
        findings.add(run(story, seed, plan))
    return findings


def storm(story: str, seed: int, share: float) -> Run:
    """Run a story in which a share of all calls goes wrong, however long it lasts."""
    chance = random.Random(seed)  # noqa: S311 -- repeatable chance, no secret
    faults = (*KILLS, Fault.REFUSED, Fault.ANSWER_LOST, Fault.REPEATED)
    struck = (number for number in range(1, MOST_ACTIONS) if chance.random() < share)
    plan = {number: chance.choice(faults) for number in struck}
    return run(story, seed, plan, relieved=True)


def _in_flight(call: str, fault: Fault) -> bool:
    """A message under way to its provider can no longer be taken back, however slow it is."""
    return fault is Fault.HELD_UP and call.endswith("DeliverFunction: POST")
