from typing import Any

import pytest

from support.clouds.workflows import (
    Execution,
    Json,
    ServiceError,
    Task,
    TaskTimedOut,
    recorded_input,
    run_machine,
    scripted,
    send_failure,
    send_success,
)

HANDOFF = recorded_input("escalation")
WHICH = {"conversation_id": HANDOFF["conversation_id"], "handoff_id": HANDOFF["handoff_id"]}
TO_THE_LADDER = ["WaitForOpening", "TiersLeft?"]
SILENT_TIER = ["OfferConversation", "ClimbLadder", "TiersLeft?"]
DECLINING_TIER = ["OfferConversation", "OfferOutcome?", "ClimbLadder", "TiersLeft?"]
TWO_TIERS = HANDOFF["tiers"]
TO_START = 3
"""Seconds in which the function starts and rings, before the time that a tier has begins."""
EXHAUSTED = ["ExhaustLadder", "SomebodyWaits?", "LadderExhausted"]
AGAIN = ["ExhaustLadder", "SomebodyWaits?", "RestBetweenRounds", "TiersLeft?"]


def tiers(*answers: str | Json | Exception | None) -> Task:
    """Each offer's answer in turn: an outcome, a whole result, a failed offer, or silence."""
    remaining = iter(answers)

    def offer(payload: Json) -> Json:
        answer = next(remaining)
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            result = answer if isinstance(answer, dict) else {"outcome": answer}
            send_success(payload["task_token"], result)
        return {}

    return offer


def escalation(offer: Task, exhaust: Task | None = None, **changes: Any) -> Execution:
    return run_machine(
        "escalation",
        tasks={
            "OfferConversationFunction": offer,
            "ExhaustLadderFunction": exhaust or scripted({}),
        },
        workflow_input=recorded_input("escalation", **changes),
    )


def offered_tiers(execution: Execution) -> list[int]:
    return [payload["tier"] for payload in execution.payloads("OfferConversation")]


def test_the_first_tier_accepts() -> None:
    execution = escalation(tiers("accepted"))
    assert execution.path == [*TO_THE_LADDER, "OfferConversation", "OfferOutcome?", "Accepted"]
    assert execution.output == {"outcome": "accepted", "tier": 0, "last_error": ""}
    assert execution.waited_for == [HANDOFF["start_at"]]
    (offer,) = execution.payloads("OfferConversation")
    assert offer.pop("task_token")
    assert offer == WHICH | {"round": 0, "tier": 0}


def test_nobody_is_rung_before_the_opening() -> None:
    execution = escalation(tiers("accepted"), start_at="2031-01-02T07:30:00Z")
    assert execution.waited_for == ["2031-01-02T07:30:00Z"]


def test_a_declined_offer_goes_to_the_next_tier() -> None:
    execution = escalation(tiers("declined", "accepted"))
    assert execution.path == [
        *TO_THE_LADDER,
        *DECLINING_TIER,
        *("OfferConversation", "OfferOutcome?", "Accepted"),
    ]
    assert execution.output == {"outcome": "accepted", "tier": 1, "last_error": ""}


def test_silence_goes_to_the_next_tier_after_its_own_ringing_time() -> None:
    execution = escalation(tiers(None, "accepted"))
    assert execution.path == [
        *TO_THE_LADDER,
        *SILENT_TIER,
        *("OfferConversation", "OfferOutcome?", "Accepted"),
    ]
    assert execution.waited_for == [HANDOFF["start_at"], 45 + TO_START]


def test_each_offer_has_a_token_of_its_own() -> None:
    execution = escalation(tiers(None, None))
    first, second = (offer["task_token"] for offer in execution.payloads("OfferConversation"))
    assert first != second


def test_a_ladder_on_which_nobody_answers_is_exhausted() -> None:
    execution = escalation(tiers(None, None))
    assert execution.path == [*TO_THE_LADDER, *SILENT_TIER * 2, *EXHAUSTED]
    assert execution.waited_for == [HANDOFF["start_at"], 45 + TO_START, 90 + TO_START]
    assert execution.payloads("ExhaustLadder") == [WHICH | {"round": 0}]
    assert execution.output == {"outcome": "exhausted", "last_error": ""}


def test_a_ladder_that_everybody_declines_is_exhausted() -> None:
    execution = escalation(tiers("declined", "declined"))
    assert execution.path == [*TO_THE_LADDER, *DECLINING_TIER * 2, *EXHAUSTED]


def test_a_ladder_of_one_tier_is_climbed_once() -> None:
    execution = escalation(tiers(None), tiers=[{"name": "owner", "ring_seconds": 20}])
    assert execution.path == [*TO_THE_LADDER, *SILENT_TIER, *EXHAUSTED]
    assert execution.waited_for == [HANDOFF["start_at"], 20 + TO_START]


def test_a_ladder_without_tiers_is_exhausted_at_once() -> None:
    execution = escalation(tiers(), tiers=[])
    assert execution.path == [*TO_THE_LADDER, *EXHAUSTED]


def waits(pause_seconds: int, *tier_seconds: int) -> Json:
    """What ExhaustLadder returns while somebody waits."""
    tiers = [{"name": f"tier {n}", "ring_seconds": s} for n, s in enumerate(tier_seconds)]
    return {"waits": True, "pause_seconds": pause_seconds, "tiers": tiers}


def test_a_ladder_goes_round_again_after_a_pause_while_somebody_waits() -> None:
    execution = escalation(
        tiers(None, None, None, "accepted"), scripted(waits(30, 45, 90)), tiers=TWO_TIERS
    )
    assert execution.path == [
        *TO_THE_LADDER,
        *SILENT_TIER * 2,
        *AGAIN,
        *SILENT_TIER,
        *("OfferConversation", "OfferOutcome?", "Accepted"),
    ]
    assert execution.waited_for[1:] == [45 + TO_START, 90 + TO_START, 30, 45 + TO_START]
    offers = execution.payloads("OfferConversation")
    assert [(o["round"], o["tier"]) for o in offers] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert execution.output == {"outcome": "accepted", "tier": 1, "last_error": ""}


def test_each_round_has_the_tiers_and_the_pause_of_its_time() -> None:
    rounds = scripted(waits(30, 20), waits(60), waits(120, 10, 10), {})
    execution = escalation(tiers(None, None, None, None), rounds, tiers=TWO_TIERS[:1])
    assert execution.path == [
        *TO_THE_LADDER,
        *SILENT_TIER,
        *AGAIN,
        *SILENT_TIER,
        *AGAIN,
        *AGAIN,
        *SILENT_TIER * 2,
        *EXHAUSTED,
    ]
    assert execution.waited_for[2:] == [30, 20 + TO_START, 60, 120, 13, 13]
    assert [asked["round"] for asked in execution.payloads("ExhaustLadder")] == [0, 1, 2, 3]


def test_a_ladder_that_goes_on_counts_its_rounds_on() -> None:
    execution = escalation(tiers(None), scripted(waits(600, 45), {}), round=100, tiers=[])
    assert [asked["round"] for asked in execution.payloads("ExhaustLadder")] == [100, 101]
    assert [offer["round"] for offer in execution.payloads("OfferConversation")] == [101]


def test_a_function_of_an_earlier_version_has_the_ladder_end() -> None:
    execution = escalation(tiers(), scripted({"waits": False}), tiers=[])
    assert execution.path == [*TO_THE_LADDER, *EXHAUSTED]


def test_a_withdrawn_offer_ends_the_escalation() -> None:
    execution = escalation(tiers(None, "withdrawn"))
    assert execution.path == [
        *TO_THE_LADDER,
        *SILENT_TIER,
        *("OfferConversation", "OfferOutcome?", "Withdrawn"),
    ]
    assert execution.output == {"outcome": "withdrawn", "tier": 1, "last_error": ""}


def test_an_outcome_nobody_knows_counts_as_declined() -> None:
    execution = escalation(tiers("snoozed", "accepted"))
    assert execution.path[2:6] == DECLINING_TIER


@pytest.mark.parametrize(
    ("trouble", "offers", "recorded"),
    [
        pytest.param(
            [ServiceError("Lambda.ServiceException")] * 4,
            [0] * 4,
            "Lambda.ServiceException",
            id="retries-exhausted",
        ),
        pytest.param([KeyError("endpoint")], [0], "KeyError", id="defect"),
        pytest.param([{"accepted": True}], [0], "States.QueryEvaluationError", id="unreadable"),
    ],
)
def test_a_tier_that_cannot_be_asked_is_passed_over_and_recorded(
    trouble: list[Any], offers: list[int], recorded: str
) -> None:
    execution = escalation(tiers(*trouble, "accepted"))
    assert execution.path == [
        *TO_THE_LADDER,
        *SILENT_TIER,
        *("OfferConversation", "OfferOutcome?", "Accepted"),
    ]
    assert offered_tiers(execution) == [*offers, 1]
    assert execution.output == {"outcome": "accepted", "tier": 1, "last_error": recorded}


def test_each_tier_has_all_its_retries() -> None:
    throttled = ServiceError("Lambda.TooManyRequestsException")
    execution = escalation(tiers(*[throttled] * 8))
    assert execution.path == [*TO_THE_LADDER, *SILENT_TIER * 2, *EXHAUSTED]
    assert offered_tiers(execution) == [0] * 4 + [1] * 4
    assert execution.output == {
        "outcome": "exhausted",
        "last_error": "Lambda.TooManyRequestsException",
    }


def test_a_passing_trouble_of_an_offer_is_retried() -> None:
    execution = escalation(tiers(ServiceError("Lambda.SdkClientException"), "accepted"))
    assert execution.path == [*TO_THE_LADDER, "OfferConversation", "OfferOutcome?", "Accepted"]
    assert offered_tiers(execution) == [0, 0]


def test_an_offer_whose_token_is_failed_is_passed_over_and_recorded() -> None:
    def offer(payload: Json) -> Json:
        if payload["tier"] == 0:
            send_failure(payload["task_token"], "EndpointRefused")
        else:
            send_success(payload["task_token"], {"outcome": "accepted"})
        return {}

    execution = escalation(offer)
    assert execution.output == {"outcome": "accepted", "tier": 1, "last_error": "EndpointRefused"}


def test_a_promise_that_is_troubled_in_passing_is_retried() -> None:
    troubles = [ServiceError("Lambda.AWSLambdaException")] * 5
    execution = escalation(tiers(None, None), exhaust=scripted(*troubles, {}))
    assert execution.path[-3:] == EXHAUSTED
    assert execution.payloads("ExhaustLadder") == [WHICH | {"round": 0}] * 6


@pytest.mark.parametrize(
    ("exhaust", "cause"),
    [
        pytest.param([TaskTimedOut()] * 6, "States.Timeout", id="timeouts"),
        pytest.param([ValueError("promise")], "ValueError", id="defect"),
        pytest.param(
            [ServiceError("Lambda.ServiceException")] * 6,
            "Lambda.ServiceException",
            id="retries-exhausted",
        ),
    ],
)
def test_a_promise_that_cannot_be_made_fails_the_execution(
    exhaust: list[Exception], cause: str
) -> None:
    execution = escalation(tiers(), exhaust=scripted(*exhaust), tiers=[])
    assert execution.path == [*TO_THE_LADDER, "ExhaustLadder", "ExhaustFailed"]
    assert (execution.status, execution.error) == ("FAILED", "ExhaustFailed")
    assert execution.cause == f"ExhaustLadder ended with {cause}"
