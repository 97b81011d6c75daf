"""Kills the real handlers at every call to AWS or over HTTP; nobody outside may tell.

A run is a story of `support.clouds.one_process.stories` under a seed: what is ready happens in any
order, what may come twice does, and at one call something goes wrong. Then Lambda, SQS, the stream,
Step Functions, providers and clients do again what they would do again.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest

from support.clouds.one_process import broken_guards as guards
from support.clouds.one_process import scheduling
from support.clouds.one_process.experiment import (
    Findings,
    deaths_alike,
    faultless,
    kill_everywhere,
    run,
    storm,
    strike,
    strike_twice,
)
from support.clouds.one_process.moto_dynamodb import moto_table
from support.clouds.one_process.numbered_calls import ERRORS, KILLS, Fault
from support.clouds.one_process.stories import STORIES

type Measured = Callable[[str], None]

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
SEEDS = range(1, 6) if THOROUGH else range(1, 2)
SHORT = "answered by the bot"
LONG = frozenset({"left by a silent agent", "given less time"})
"""Stories of several hundred calls: of these a third, unless there is time."""


def none_differ(findings: Findings) -> bool:
    assert findings.runs
    assert not findings.differing, "\n".join(findings.differing[:5])
    return True


# --- without faults -----------------------------------------------------------------------------


@pytest.mark.parametrize("story", [SHORT, "overtaken by a person", "not delivered"])
def test_what_comes_of_a_story_does_not_depend_on_order_or_repetition(story: str) -> None:
    assert run(story, seed=2).differences(faultless(story)) == []


@pytest.mark.experiment
@pytest.mark.parametrize("story", STORIES)
def test_twenty_orders_of_a_story_come_to_the_same(story: str, measured: Measured) -> None:
    findings = Findings()
    for seed in range(1, 21):
        findings.add(run(story, seed))
    assert none_differ(findings)
    measured(f"{story}, shuffled: {findings}")


def test_a_run_can_be_repeated() -> None:
    plan = {20: Fault.DIES_AFTER, 33: Fault.REFUSED}
    once, again = run(SHORT, 7, plan), run(SHORT, 7, plan)
    assert once.calls == again.calls
    assert once.outcome == again.outcome


@pytest.mark.experiment
@pytest.mark.parametrize("story", STORIES)
def test_over_moto_a_crash_changes_nothing_either(story: str, measured: Measured) -> None:
    findings = Findings()
    for points in deaths_alike(story, 1)[:: 72 if story in LONG else 24]:
        number, fault = points[0]
        with moto_table() as make_table:
            findings.add(run(story, 1, {number: fault}, make_table=make_table))
    assert none_differ(findings)
    measured(f"{story}, killed at some points, over moto: {findings}")


# --- one fault ----------------------------------------------------------------------------------


def test_a_crash_at_one_call_in_twenty_changes_nothing(measured: Measured) -> None:
    findings = strike(SHORT, 3, KILLS, every=20)
    assert none_differ(findings)
    measured(f"{SHORT}, killed at one call in twenty: {findings}")


@pytest.mark.experiment
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("story", STORIES)
def test_a_crash_at_any_call_changes_nothing(story: str, seed: int, measured: Measured) -> None:
    every = 3 if story in LONG and not THOROUGH else 1
    findings = kill_everywhere(story, seed, every=every)
    assert none_differ(findings)
    where = "every call" if every == 1 else f"one call in {every}"
    measured(f"{story}, seed {seed}, killed before and after {where}: {findings}")


@pytest.mark.experiment
def test_points_of_death_without_an_effect_between_them_are_one() -> None:
    for points in deaths_alike(SHORT, 2)[::4]:
        ends = [run(SHORT, 2, {number: fault}) for number, fault in points]
        assert all(end.outcome == ends[0].outcome for end in ends), points


@pytest.mark.experiment
@pytest.mark.parametrize("seed", [seed + 100 for seed in SEEDS])
@pytest.mark.parametrize("story", STORIES)
def test_an_error_of_aws_changes_nothing(story: str, seed: int, measured: Measured) -> None:
    every = 33 if story in LONG else 11
    findings = strike(story, seed, ERRORS, every=1 if THOROUGH else every)
    assert none_differ(findings)
    measured(f"{story}, seed {seed}, refused, lost, repeated, held up: {findings}")


@pytest.mark.experiment
@pytest.mark.parametrize("story", STORIES)
def test_two_faults_change_nothing(story: str, measured: Measured) -> None:
    findings = strike_twice(story, 200, amount=500 if THOROUGH else 20)
    assert none_differ(findings)
    measured(f"{story}, two faults: {findings}")


@pytest.mark.experiment
@pytest.mark.parametrize("story", STORIES)
def test_a_storm_of_faults_loses_and_doubles_nothing(story: str, measured: Measured) -> None:
    findings = Findings()
    for seed in range(1000, 1200 if THOROUGH else 1006):
        findings.add_by_itself(storm(story, seed, share=0.2))
    assert none_differ(findings)
    measured(f"{story}, a fifth of all calls goes wrong: {findings}")


# --- the provider's door ------------------------------------------------------------------------


@pytest.mark.parametrize("fault", KILLS)
def test_a_death_at_the_providers_door_is_told_as_unknown(fault: Fault) -> None:
    findings = strike(SHORT, 1, [fault], where="TelegramDeliverFunction: POST")
    assert none_differ(findings)
    assert findings.unknown == findings.runs


# --- the harness notices ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "story", "fault", "where", "noticed"),
    [
        (
            guards.an_interrupted_send_is_sent_again,
            SHORT,
            Fault.DIES_AFTER,
            "TelegramDeliverFunction: POST",
            "sent again",
        ),
        (
            guards.items_are_not_known_again,
            SHORT,
            Fault.DIES_AFTER,
            "ReceiveFunction: PutItem",
            "too many",
        ),
        (
            guards.the_dispatcher_forgets,
            SHORT,
            Fault.REFUSED,
            "DispatchFunction: PutEvents",
            "bus and log differ",
        ),
        (
            guards.workflows_have_no_name_of_their_own,
            "handed to people",
            Fault.DIES_AFTER,
            "DispatchFunction: StartExecution",
            "started again",
        ),
        (
            guards.commits_check_nothing,
            SHORT,
            Fault.HELD_UP,
            "WhatsAppDeliverFunction: TransactWriteItems",
            "one id, two bus events",
        ),
        (
            guards.a_killed_task_is_not_tried_again,
            SHORT,
            Fault.DIES_BEFORE,
            "RunBotFunction: BatchGetItem",
            "missing",
        ),
        (
            guards.claims_ignore_the_owner,
            "overtaken by a person",
            Fault.REPEATED,
            "UpdateItem",
            "ended",
        ),
        (
            guards.a_ladder_goes_round_no_more,
            "written at night",
            Fault.REPEATED,
            "ExhaustLadderFunction: TransactWriteItems",
            "rings no more",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_guard_is_noticed(
    broken: Callable[[], Any],
    story: str,
    fault: Fault,
    where: str,
    noticed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faultless(story)
    # Ten times as many as a story has: without its guard a desk may ring for ever.
    monkeypatch.setattr(scheduling, "MOST_ACTIONS", 1_000)
    differing: list[str] = []
    for seed in range(1, 5):
        with broken():
            differing += strike(story, seed, [fault], where=where, until_noticed=True).differing
        if any(noticed in each for each in differing):
            return
    pytest.fail(f"not noticed: {differing}")


def test_only_the_sweep_helps_where_every_attempt_dies() -> None:
    dying = {"ReceiveMessagesFunction": 30}
    assert run(SHORT, 5, dying=dying).differences(faultless(SHORT)) == []
    assert run(SHORT, 5, dying=dying, sweeping=False).wrong


def test_the_relief_sees_whether_anybody_was_rung_until_it_came() -> None:
    dying = {"ExhaustLadderFunction": 30}
    assert run("written at night", 5, dying=dying, relieved=True).wrong == []
    unswept = run("written at night", 5, dying=dying, sweeping=False, relieved=True)
    assert any("rings no more" in wrong for wrong in unswept.wrong)
