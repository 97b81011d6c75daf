"""Machines and template fit each other: names, substitutions, time limits."""

import re
from typing import Any

import pytest
import yaml

from support.template import ROOT, functions, referred, resources, template

MACHINES = resources("AWS::Serverless::StateMachine")
SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


def definition(machine: str) -> tuple[str, dict[str, Any]]:
    text = (ROOT / MACHINES[machine]["DefinitionUri"]).read_text()
    return text, yaml.safe_load(text)


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_every_substitution_is_given_and_every_given_one_is_used(machine: str) -> None:
    text, _ = definition(machine)
    assert set(SUBSTITUTION.findall(text)) == set(MACHINES[machine]["DefinitionSubstitutions"])


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_a_task_calls_the_function_of_its_own_name(machine: str) -> None:
    _, document = definition(machine)
    for name, state in document["States"].items():
        called = str(state.get("Arguments", {}).get("FunctionName", ""))
        if not called:
            continue
        assert called == f"${{{name}Function}}"
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        assert functions()[f"{name}Function"]["Handler"] == f"workflow.{snake}.handler"


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_a_machine_may_invoke_just_the_functions_it_names(machine: str) -> None:
    given = MACHINES[machine]["DefinitionSubstitutions"].values()
    statements = [s for policy in MACHINES[machine]["Policies"] for s in policy["Statement"]]
    allowed = next(s["Resource"] for s in statements if s["Sid"] == "AskForDecisions")
    allowed = allowed if isinstance(allowed, list) else [allowed]
    assert {referred(arn) for arn in allowed} == {referred(arn) for arn in given}


COLD_START_SECONDS = 5
"""A start takes half a second; its time counts for the task, and not for the function's timeout."""


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_no_task_gives_up_before_its_function_has_started_and_timed_out(machine: str) -> None:
    _, document = definition(machine)
    standard = template()["Globals"]["Function"]["Timeout"]
    for name, state in document["States"].items():
        limit = state.get("TimeoutSeconds")
        if isinstance(limit, int) and f"{name}Function" in functions():
            timeout = functions()[f"{name}Function"].get("Timeout", standard)
            assert timeout + COLD_START_SECONDS <= limit


def test_who_is_rung_has_the_whole_time_of_the_tier_however_long_the_function_starts() -> None:
    _, document = definition("EscalationStateMachine")
    limit = document["States"]["OfferConversation"]["TimeoutSeconds"]
    assert re.fullmatch(r"\{% \$tiers\[\$tier\]\.ring_seconds \+ [3-9] %\}", limit)


def test_machines_that_wait_are_standard_and_the_short_one_is_express() -> None:
    assert {name: machine["Type"] for name, machine in MACHINES.items()} == {
        "TriageStateMachine": "EXPRESS",
        "SlaTimerStateMachine": "STANDARD",
        "EscalationStateMachine": "STANDARD",
    }


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_a_failed_execution_raises_an_alarm_at_the_first_case(machine: str) -> None:
    alarm = resources("AWS::CloudWatch::Alarm")[
        f"{machine.removesuffix('StateMachine')}FailuresAlarm"
    ]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/States", "ExecutionsFailed")
    (dimension,) = alarm["Dimensions"]
    assert dimension["Name"] == "StateMachineArn"
    assert referred(dimension["Value"]) == machine
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)
    assert [referred(action) for action in alarm["AlarmActions"]] == ["AlarmTopic"]


def test_logs_of_executions_hold_no_payloads() -> None:
    assert all(machine["Logging"]["IncludeExecutionData"] is False for machine in MACHINES.values())
