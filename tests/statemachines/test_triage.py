import pytest

from sportello.errors import Retryable
from support.clouds.workflows import (
    Execution,
    Json,
    ServiceError,
    Task,
    TaskTimedOut,
    recorded_input,
    run_machine,
    scripted,
)

CONVERSATION = recorded_input("triage")["conversation_id"]
TO_THE_BOT = ["RememberTurn", "ReceiveMessages", "TurnStarted?", "CollectBurst", "RunBot"]
type Steps = list[Json | Exception]

THROTTLED = ServiceError("Lambda.TooManyRequestsException")


def answer(outcome: str = "answered", *, more: bool = False, reason: str = "") -> Json:
    return {"outcome": outcome, "more": more, "reason": reason}


def triage(
    *,
    receive: Task | None = None,
    bot: Task | None = None,
    human: Task | None = None,
    workflow_input: Json | None = None,
) -> Execution:
    started = {"turn_started": True, "collect_seconds": 4}
    return run_machine(
        "triage",
        tasks={
            "ReceiveMessagesFunction": receive or scripted(started),
            "RunBotFunction": bot or scripted(answer()),
            "RequestHumanFunction": human or scripted({}),
        },
        workflow_input=recorded_input("triage") if workflow_input is None else workflow_input,
        name="turn-7",
    )


def test_a_burst_is_collected_and_answered_once() -> None:
    execution = triage()
    assert execution.path == [*TO_THE_BOT, "BotOutcome?", "TurnFinished"]
    assert execution.status == "SUCCEEDED"
    assert execution.output == {"outcome": "answered"}
    assert execution.waited_for == [4]


def test_the_execution_name_is_the_turn() -> None:
    execution = triage(bot=scripted(answer("handoff", reason="asked_for_person")))
    turn = {"conversation_id": CONVERSATION, "turn_id": "turn-7"}
    item_ids = recorded_input("triage")["item_ids"]
    assert execution.payloads("ReceiveMessages") == [turn | {"item_ids": item_ids}]
    assert execution.payloads("RunBot") == [turn | {"item_ids": item_ids}]
    assert execution.payloads("RequestHuman") == [turn | {"reason": "asked_for_person"}]


def test_messages_of_a_turn_that_runs_elsewhere_are_left_to_it() -> None:
    execution = triage(receive=scripted({"turn_started": False, "collect_seconds": 0}))
    assert execution.path == [*TO_THE_BOT[:3], "TurnHeldElsewhere"]
    assert execution.output == {"outcome": "held_elsewhere"}


def test_a_burst_that_needs_no_waiting_is_answered_at_once() -> None:
    execution = triage(receive=scripted({"turn_started": True, "collect_seconds": 0}))
    assert execution.waited_for == [0]
    assert execution.output == {"outcome": "answered"}


def test_the_bot_hands_over_with_its_reason() -> None:
    execution = triage(bot=scripted(answer("handoff", reason="not_understood")))
    assert execution.path == [*TO_THE_BOT, "BotOutcome?", "RequestHuman", "HandedToPeople"]
    assert execution.output == {"outcome": "handed_to_people", "reason": "not_understood"}


def test_messages_that_arrive_while_the_bot_answers_are_answered_in_the_same_turn() -> None:
    execution = triage(bot=scripted(answer(more=True), answer(more=True), answer()))
    looks = ["BotOutcome?", "RunBot"] * 2
    assert execution.path == [*TO_THE_BOT, *looks, "BotOutcome?", "TurnFinished"]


def test_a_bot_that_was_overtaken_by_a_person_ends_the_turn_even_with_messages_left() -> None:
    execution = triage(bot=scripted(answer("superseded", more=True)))
    assert execution.path == [*TO_THE_BOT, "BotOutcome?", "TurnFinished"]
    assert execution.output == {"outcome": "superseded"}


@pytest.mark.parametrize(
    "error",
    [
        ServiceError("Lambda.ServiceException"),
        ServiceError("Lambda.AWSLambdaException"),
        ServiceError("Lambda.SdkClientException"),
        THROTTLED,
        ServiceError("Lambda.Unknown"),
        ServiceError("Runtime.ExitError"),
        ServiceError("Runtime.ImportModuleError"),
        Retryable(),
    ],
    ids=lambda error: str(error) or type(error).__name__,
)
def test_a_passing_trouble_of_any_step_is_retried(error: Exception) -> None:
    execution = triage(
        receive=scripted(error, {"turn_started": True, "collect_seconds": 1}),
        bot=scripted(error, error, answer("handoff", reason="not_understood")),
        human=scripted(error, error, error, {}),
    )
    assert execution.path == [*TO_THE_BOT, "BotOutcome?", "RequestHuman", "HandedToPeople"]
    assert [call.state for call in execution.calls] == (
        ["ReceiveMessages"] * 2 + ["RunBot"] * 3 + ["RequestHuman"] * 4
    )


@pytest.mark.parametrize(
    ("bot", "attempts"),
    [
        pytest.param([THROTTLED] * 3, 3, id="retries-exhausted"),
        pytest.param([TaskTimedOut()], 1, id="timeout"),
        pytest.param([ValueError("no such flow")], 1, id="defect"),
        pytest.param([{"outcome": "answered"}], 1, id="unreadable-answer"),
        pytest.param([answer(more=True), TaskTimedOut()], 2, id="second-look"),
    ],
)
def test_a_bot_that_fails_hands_over_to_people(bot: Steps, attempts: int) -> None:
    execution = triage(bot=scripted(*bot))
    assert execution.path[-3:] == ["RunBot", "RequestHuman", "HandedToPeople"]
    assert len(execution.payloads("RunBot")) == attempts
    assert execution.payloads("RequestHuman")[0]["reason"] == "bot_failed"
    assert execution.output == {"outcome": "handed_to_people", "reason": "bot_failed"}


@pytest.mark.parametrize(
    ("human", "attempts", "cause"),
    [
        pytest.param([THROTTLED] * 4, 4, "Lambda.TooManyRequestsException", id="retries-exhausted"),
        pytest.param([TaskTimedOut()] * 4, 4, "States.Timeout", id="timeouts"),
        pytest.param([KeyError("owner")], 1, "KeyError", id="defect"),
    ],
)
def test_a_handoff_that_fails_fails_the_execution(human: Steps, attempts: int, cause: str) -> None:
    bot = scripted(answer("handoff", reason="not_understood"))
    execution = triage(bot=bot, human=scripted(*human))
    assert execution.path[-2:] == ["RequestHuman", "HandoffFailed"]
    assert len(execution.payloads("RequestHuman")) == attempts
    assert (execution.status, execution.error) == ("FAILED", "HandoffFailed")
    assert execution.cause == f"RequestHuman ended with {cause}"


@pytest.mark.parametrize(
    ("receive", "attempts"),
    [
        pytest.param([Retryable()] * 4, 4, id="retries-exhausted"),
        pytest.param([TaskTimedOut()] * 4, 4, id="timeouts"),
        pytest.param([KeyError("items")], 1, id="defect"),
    ],
)
def test_messages_that_cannot_be_received_fail_the_execution(receive: Steps, attempts: int) -> None:
    execution = triage(receive=scripted(*receive))
    assert execution.path == ["RememberTurn", "ReceiveMessages", "ReceiveFailed"]
    assert len(execution.payloads("ReceiveMessages")) == attempts
    assert (execution.status, execution.error) == ("FAILED", "ReceiveFailed")


def test_the_text_of_an_error_stays_out_of_the_execution_outcome() -> None:
    execution = triage(receive=scripted(ValueError("call me on 333 1234567")))
    assert (execution.status, execution.error) == ("FAILED", "ReceiveFailed")
    assert "333" not in str(execution.cause)


def test_an_input_without_conversation_is_refused_before_any_call() -> None:
    execution = triage(workflow_input={})
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")
    assert execution.calls == []
