"""Two versions of the functions run side by side on one table, then a rollback: nobody may tell.

The version before is this one, the next one is made of it; and where the repository's history has
it, the version before is a landed one and the next is this.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from support.clouds.one_process.experiment import Findings, run
from support.clouds.one_process.next_version import next_version, version_without
from support.clouds.one_process.numbered_calls import KILLS
from support.clouds.one_process.rollouts import (
    Rollout,
    half_of_the_functions,
    lost_stamps,
)
from support.clouds.one_process.stories import STORIES
from support.clouds.one_process.versions import PRESENT, Version, unpacked
from support.template import functions

type Measured = Callable[[str], None]

PREDECESSORS = ("d336086", "b7dd40a")
"""The last version before stored records were read tolerantly, and the last before there were
agents to whom work is given."""

STORIES_OF_PREDECESSOR = (
    "answered by the bot",
    "handed to people",
    "written at night",
    "left by a silent agent",
    "given less time",
)
"""Others are about what only later versions can do, or end only once the bot has answered."""

NO_LOSS = (
    "in DispatchDeadLetters",
    "the state is not what the log folds into",
    "bus and log differ: set()",
)
"""Letters name stream records that the sweep has since seen to; the first predecessor puts messages
of one second in another order, which it then writes down; and each event is on the bus once, but
what a predecessor publishes lacks the fields that are new."""

SHORT = "answered by the bot"
PEOPLE = "handed to people"
FUNCTIONS = sorted(functions())
SWEEP = "SweepFunction"


@pytest.fixture(scope="session")
def next_one(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return Version.at(next_version(tmp_path_factory.mktemp("next_version")))


@pytest.fixture(scope="session", params=PREDECESSORS)
def predecessor(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Version]:
    root = unpacked(request.param, tmp_path_factory.mktemp("predecessor"))
    if root is None:
        pytest.skip(f"the history of this checkout does not reach {request.param}")
    return request.param, Version.at(root)


def rollouts(
    later: Version, story: str, seed: int, *, before: Version = PRESENT
) -> dict[str, Rollout]:
    """Every way in which two versions meet in a story."""
    start = STORIES[story].start
    hours = timedelta(minutes=7 * seed % 90)
    half = half_of_the_functions(seed)
    return {
        "any call": Rollout(before, later, start, seed),
        "half of the functions": Rollout(before, later, start, seed, half),
        "the other half": Rollout(before, later, start, seed, frozenset(FUNCTIONS) - half),
        "rolled back": Rollout(before, later, start, seed, rolled_back_after=hours),
    }


def tell(story: str, rollout: Rollout, findings: Findings) -> None:
    stamped = rollout.later is not PRESENT
    done = run(story, rollout.seed, versions=rollout, audit=lost_stamps if stamped else None)
    assert min(rollout.calls[version] for version in rollout.all) > 0
    # What only the later version can do is left to its sweep; everything else is done by then.
    done.wrong += [f"only done later: {name}" for name in rollout.late_calls - {SWEEP}]
    findings.add(done)


def none_differ(findings: Findings) -> bool:
    assert not findings.differing, "\n".join(findings.differing[:5])
    return True


@pytest.mark.parametrize("story", [PEOPLE])
def test_two_versions_side_by_side_come_to_the_same(story: str, next_one: Version) -> None:
    findings = Findings()
    for rollout in rollouts(next_one, story, seed=3).values():
        tell(story, rollout, findings)
    assert none_differ(findings)


@pytest.mark.experiment
@pytest.mark.parametrize("story", STORIES)
def test_rollouts_and_rollbacks_of_a_story_come_to_the_same(
    story: str, next_one: Version, measured: Measured
) -> None:
    findings = Findings()
    for seed in range(1, 11):
        for rollout in rollouts(next_one, story, seed).values():
            tell(story, rollout, findings)
    assert none_differ(findings)
    measured(f"{story}, two versions side by side: {findings}")


@pytest.mark.experiment
@pytest.mark.parametrize("story", [SHORT, PEOPLE])
@pytest.mark.parametrize("alone", ["first", "last"])
def test_one_function_of_another_version_changes_nothing(
    alone: str, story: str, next_one: Version, measured: Measured
) -> None:
    findings = Findings()
    for name in FUNCTIONS:
        replaced = frozenset({name}) if alone == "first" else frozenset(FUNCTIONS) - {name}
        start = STORIES[story].start
        rollout = Rollout(PRESENT, next_one, start, 5, replaced)
        done = run(story, 5, versions=rollout, audit=lost_stamps)
        findings.add(done)
    assert none_differ(findings)
    measured(f"{story}, one function replaced {alone}: {findings}")


@pytest.mark.experiment
@pytest.mark.parametrize("story", [SHORT, PEOPLE])
def test_a_crash_while_two_versions_run_changes_nothing(
    story: str, next_one: Version, measured: Measured
) -> None:
    findings = Findings()
    for seed in range(1, 31):
        rollout = Rollout(PRESENT, next_one, STORIES[story].start, seed)
        killed_at = {7 * seed % 90 + 1: KILLS[seed % 2]}
        findings.add(run(story, seed, killed_at, versions=rollout, audit=lost_stamps))
    assert none_differ(findings)
    measured(f"{story}, killed while two versions run: {findings}")


GUARDS = {
    "unknown fields are kept": ("stored.py", 'extra="allow"', 'extra="ignore"'),
    "unknown fields are no fault": ("stored.py", 'extra="allow"', 'extra="forbid"'),
    "unknown attributes of the state stay in it": (
        "table/writes.py",
        "state_attributes(conversation.conversation_id, after, words) | unknown",
        "state_attributes(conversation.conversation_id, after, words)",
    ),
    "an effect of a later version stays pending": (
        "dispatch/dispatcher.py",
        "            self._leave_to_later_version(record)\n",
        "            self._table.mark_carried_out(record.conversation_id, record.effect.key)\n",
    ),
    "an effect of a later version is no fault": (
        "conversation/effects.py",
        'type Effect = Annotated[KnownEffect | UnknownEffect, Field(union_mode="left_to_right")]',
        "type Effect = KnownEffect",
    ),
}


@pytest.mark.parametrize(
    "guard",
    [
        "unknown fields are kept",
        *(pytest.param(guard, marks=pytest.mark.experiment) for guard in list(GUARDS)[1:]),
    ],
)
def test_a_guard_taken_out_of_the_version_before_is_noticed(
    guard: str, next_one: Version, tmp_path: Path
) -> None:
    before = Version.at(version_without(tmp_path, *GUARDS[guard]))
    findings = Findings()
    tell(SHORT, rollouts(next_one, SHORT, seed=3, before=before)["any call"], findings)
    assert findings.differing


@pytest.mark.experiment
@pytest.mark.parametrize("story", STORIES_OF_PREDECESSOR)
def test_a_deployment_over_the_predecessor_loses_and_doubles_nothing(
    story: str, predecessor: tuple[str, Version], measured: Measured
) -> None:
    """One that reads no field that it does not know fails in the minutes of the deployment.

    What it failed at is done by this version; a bot's turn may have gone to people by then.
    """
    commit, before = predecessor
    findings = Findings()
    for seed in range(1, 11):
        minutes = timedelta(minutes=seed)
        start = STORIES[story].start
        rollout = Rollout(before, PRESENT, start, seed, done_after=minutes)
        done = run(story, seed, versions=rollout, relieved=True)
        assert min(rollout.calls[version] for version in rollout.all) > 0
        done.wrong = [wrong for wrong in done.wrong if not wrong.endswith(NO_LOSS)]
        findings.add_by_itself(done)
    assert none_differ(findings)
    measured(f"{story}, deployed over {commit}: {findings}")
