import pytest

from support.clouds.workflows import (
    Execution,
    ServiceError,
    Task,
    TaskTimedOut,
    recorded_input,
    run_machine,
    scripted,
)

WAKE = ["SleepUntilDue", "Tick"]


def sla_timer(tick: Task, **changes: str) -> Execution:
    return run_machine(
        "sla_timer",
        tasks={"TickFunction": tick},
        workflow_input=recorded_input("sla_timer", **changes),
    )


def test_a_timer_sleeps_until_its_time_ticks_once_and_ends() -> None:
    execution = sla_timer(scripted({}))
    assert execution.path == WAKE
    assert execution.waited_for == [recorded_input("sla_timer")["wake_at"]]
    assert execution.calls[0].payload == recorded_input("sla_timer")
    assert (execution.status, execution.output) == ("SUCCEEDED", {})


def test_a_time_within_a_second_is_slept_for_until_its_end() -> None:
    execution = sla_timer(
        scripted({}), wake_at="2020-01-01T00:00:00.123456Z", sleep_until="2020-01-01T00:00:01Z"
    )
    assert execution.waited_for == ["2020-01-01T00:00:01Z"]
    assert execution.calls[0].payload["wake_at"] == "2020-01-01T00:00:00.123456Z"


@pytest.mark.parametrize("instant", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123456Z"])
def test_an_instant_already_past_wakes_at_once(instant: str) -> None:
    execution = sla_timer(scripted({}), wake_at=instant)
    assert execution.path == WAKE
    assert execution.waited_for == [instant]


def test_a_passing_trouble_of_the_tick_is_retried() -> None:
    throttled = ServiceError("Lambda.TooManyRequestsException")
    execution = sla_timer(scripted(*[throttled] * 5, {}))
    assert execution.path == WAKE
    assert len(execution.calls) == 6
    assert execution.status == "SUCCEEDED"


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
    assert execution.path == [*WAKE, "TickFailed"]
    assert len(execution.calls) == attempts
    assert (execution.status, execution.error) == ("FAILED", "TickFailed")
    assert execution.cause == f"Tick ended with {cause}"
