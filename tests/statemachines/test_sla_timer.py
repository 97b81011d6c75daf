from typing import Any

import pytest

from support.workflows import (
    Execution,
    Json,
    ServiceError,
    Task,
    TaskTimedOut,
    recorded_input,
    run_machine,
    scripted,
)

CONVERSATION = recorded_input("sla_timer")["conversation_id"]
FIRST_DUE = recorded_input("sla_timer")["wake_at"]
LATER = "2026-11-16T11:00:00Z"
LATEST = "2026-11-16T16:30:00Z"
FIRST_WAKE = ["SleepUntilFirstDue", "Tick", "ClocksRunning?"]
WAKE = ["SleepUntilDue", "Tick", "ClocksRunning?"]
ENDED: Json = {"running": False, "wake_at": ""}


def running_until(wake_at: str) -> Json:
    return {"running": True, "wake_at": wake_at}


def sla_timer(tick: Task, **changes: Any) -> Execution:
    return run_machine(
        "sla_timer",
        tasks={"TickFunction": tick},
        workflow_input=recorded_input("sla_timer", **changes),
        name="timer-1",
    )


def test_a_timer_ends_with_the_last_clock() -> None:
    execution = sla_timer(scripted(ENDED))
    assert execution.path == [*FIRST_WAKE, "AllClocksEnded"]
    assert execution.output == {"outcome": "all_clocks_ended", "wakes": 1}
    assert execution.calls[0].payload == recorded_input("sla_timer")


def test_a_timer_sleeps_until_each_due_time_in_turn() -> None:
    execution = sla_timer(scripted(running_until(LATER), running_until(LATEST), ENDED))
    assert execution.path == [*FIRST_WAKE, *WAKE * 2, "AllClocksEnded"]
    assert execution.waited_for == [FIRST_DUE, LATER, LATEST]
    assert execution.continued_as is None


@pytest.mark.parametrize("instant", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123456Z"])
def test_an_instant_already_past_wakes_at_once(instant: str) -> None:
    execution = sla_timer(scripted(ENDED), wake_at=instant)
    assert execution.path == [*FIRST_WAKE, "AllClocksEnded"]


def test_a_timer_that_woke_often_enough_continues_as_a_new_execution() -> None:
    ticks = scripted(running_until(LATER), running_until(LATEST), running_until(FIRST_DUE), ENDED)
    execution = sla_timer(ticks, wakes_per_execution=2)
    assert execution.path == [*FIRST_WAKE, *WAKE, "ContinueAsNew", "Continued"]
    assert execution.output == {"outcome": "continued", "wakes": 2}
    following = execution.continued_as
    assert following is not None
    assert following.name == "timer-1.2"
    assert following.input == {
        "conversation_id": CONVERSATION,
        "wake_at": LATEST,
        "wakes_per_execution": 2,
        "timer": "timer-1",
        "leg": 2,
    }
    assert following.waited_for == [LATEST, FIRST_DUE]
    assert following.path == [*FIRST_WAKE, *WAKE, "AllClocksEnded"]


def test_the_names_of_a_timer_that_continues_for_long_do_not_grow() -> None:
    ticks = scripted(running_until(LATER), running_until(LATER), ENDED)
    execution = sla_timer(ticks, wakes_per_execution=1)
    names = []
    leg: Execution | None = execution
    while leg is not None:
        names.append(leg.name)
        leg = leg.continued_as
    assert names == ["timer-1", "timer-1.2", "timer-1.3"]


def test_clocks_that_end_on_the_last_wake_need_no_new_execution() -> None:
    execution = sla_timer(scripted(running_until(LATER), ENDED), wakes_per_execution=2)
    assert execution.path == [*FIRST_WAKE, *WAKE, "AllClocksEnded"]
    assert execution.continued_as is None


def test_a_continuation_that_was_already_started_is_not_started_again() -> None:
    execution = run_machine(
        "sla_timer",
        tasks={"TickFunction": scripted(running_until(LATER))},
        # The only other execution of this name is the running one, with another input.
        workflow_input=recorded_input("sla_timer", wakes_per_execution=1, timer="timer-1", leg=1),
        name="timer-1.2",
    )
    assert execution.path == [*FIRST_WAKE, "ContinueAsNew", "Continued"]
    assert execution.continued_as is None


def start_continuation(*refusals: str) -> Execution:
    return run_machine(
        "sla_timer",
        tasks={"TickFunction": scripted(running_until(LATER), ENDED)},
        workflow_input=recorded_input("sla_timer", wakes_per_execution=1),
        refused_starts=refusals,
    )


def test_a_continuation_that_is_refused_in_passing_is_retried() -> None:
    execution = start_continuation(*["ExecutionLimitExceeded"] * 5)
    assert execution.path == [*FIRST_WAKE, "ContinueAsNew", "Continued"]
    assert execution.continued_as is not None


@pytest.mark.parametrize(
    ("refusals", "error"),
    [
        (["ExecutionLimitExceeded"] * 6, "StepFunctions.ExecutionLimitExceededException"),
        (["StateMachineDeleting"], "StepFunctions.StateMachineDeletingException"),
    ],
)
def test_a_continuation_that_cannot_start_fails_the_execution(
    refusals: list[str], error: str
) -> None:
    execution = start_continuation(*refusals)
    assert execution.path[-2:] == ["ContinueAsNew", "ContinueFailed"]
    assert (execution.status, execution.error) == ("FAILED", "ContinueFailed")
    assert execution.cause == f"ContinueAsNew ended with {error}"
    assert execution.continued_as is None


def test_a_passing_trouble_of_the_tick_is_retried() -> None:
    throttled = ServiceError("Lambda.TooManyRequestsException")
    execution = sla_timer(scripted(*[throttled] * 5, ENDED))
    assert execution.path == [*FIRST_WAKE, "AllClocksEnded"]
    assert len(execution.calls) == 6
    assert execution.output == {"outcome": "all_clocks_ended", "wakes": 1}


@pytest.mark.parametrize(
    ("tick", "attempts", "cause"),
    [
        pytest.param(
            [ServiceError("Lambda.ServiceException")] * 6,
            6,
            "Lambda.ServiceException",
            id="retries-exhausted",
        ),
        pytest.param([TaskTimedOut()] * 6, 6, "States.Timeout", id="timeouts"),
        pytest.param([ValueError("clock")], 1, "ValueError", id="defect"),
    ],
)
def test_a_tick_that_fails_fails_the_execution(
    tick: list[Exception], attempts: int, cause: str
) -> None:
    execution = sla_timer(scripted(*tick))
    assert execution.path == ["SleepUntilFirstDue", "Tick", "TickFailed"]
    assert len(execution.calls) == attempts
    assert (execution.status, execution.error) == ("FAILED", "TickFailed")
    assert execution.cause == f"Tick ended with {cause}"
