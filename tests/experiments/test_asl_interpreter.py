"""The small interpreter of crash experiments walks the real machines as moto does, step by step."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from sportello.errors import Retryable
from support.clouds.one_process import asl
from support.clouds.workflows import (
    Json,
    ServiceError,
    Task,
    TaskTimedOut,
    recorded_input,
    run_machine,
    scripted,
    send_success,
)

type Succeed = Callable[[str, Json], None]
type Steps = tuple[Json | Exception, ...]

THROTTLED = ServiceError("Lambda.TooManyRequestsException")
KILLED = ServiceError("Runtime.ExitError")
TURN: Json = {"turn_started": True, "collect_seconds": 4}
LATER = "2026-11-17T09:20:00Z"


def answer(outcome: str = "answered", *, more: bool = False, reason: str = "") -> Json:
    return {"outcome": outcome, "more": more, "reason": reason}


ANSWERED = answer()


@dataclass(frozen=True)
class Case:
    """A machine, what its tasks do call by call, and changes to its recorded input.

    The step of an offer is its answer: an outcome, None for silence, or an error.
    """

    machine: str
    steps: Mapping[str, tuple[Any, ...]]
    changes: Mapping[str, Any]

    def tasks(self, succeed: Succeed) -> Mapping[str, Task]:
        return {
            name: _offers(steps, succeed) if name.startswith("Offer") else scripted(*steps)
            for name, steps in self.steps.items()
        }


def _offers(steps: tuple[Any, ...], succeed: Succeed) -> Task:
    remaining: Iterator[Any] = iter(steps)

    def offer(payload: Json) -> Json:
        step = next(remaining)
        if isinstance(step, Exception):
            raise step
        if step is not None:
            succeed(payload["task_token"], {"outcome": step})
        return {}

    return offer


def triage(receive: Steps = (TURN,), bot: Steps = (ANSWERED,), human: Steps = ({},)) -> Case:
    steps = {
        "ReceiveMessagesFunction": receive,
        "RunBotFunction": bot,
        "RequestHumanFunction": human,
    }
    return Case("triage", steps, {})


def timer(*steps: Json | Exception, **changes: Any) -> Case:
    return Case("sla_timer", {"TickFunction": steps}, changes)


def ladder(*offers: str | Exception | None, exhaust: Steps = ({},), **changes: Any) -> Case:
    steps = {"OfferConversationFunction": offers, "ExhaustLadderFunction": exhaust}
    return Case("escalation", steps, changes)


def running(wake_at: str = LATER) -> Json:
    return {"running": True, "wake_at": wake_at}


ENDED: Json = {"running": False, "wake_at": ""}

QUICK = {
    "silence, refusal, nobody": ladder(None, "declined"),
}

ALL = {
    "answered after a second look": triage(bot=(THROTTLED, answer(more=True), answer())),
    "held elsewhere": triage(receive=({"turn_started": False, "collect_seconds": 0},)),
    "handed over": triage(bot=(answer("handoff", reason="asked_for_person"),)),
    "bot defect": triage(bot=(ValueError("no flow"),)),
    "bot killed once": triage(bot=(KILLED, answer())),
    "bot killed each time": triage(bot=(KILLED,) * 9),
    "bot too slow": triage(bot=(TaskTimedOut(),) * 9),
    "unreadable answer": triage(bot=({"outcome": "answered"},)),
    "not received": triage(receive=(Retryable(),) * 9),
    "not handed over": triage(bot=(answer("handoff"),), human=(THROTTLED,) * 9),
    "nothing to evaluate": Case("triage", triage().steps, {"conversation_id": None}),
    "a timer of three wakes": timer(running(), running("2026-11-18T09:20:00Z"), ENDED),
    "a tick that fails": timer(ValueError("clock")),
    "a tick that is late": timer(*[TaskTimedOut()] * 9),
    "a tick retried": timer(THROTTLED, KILLED, Retryable(), ENDED),
    "accepted": ladder("accepted"),
    "accepted after silence": ladder(None, "accepted"),
    "withdrawn": ladder("withdrawn"),
    "an offer killed": ladder(KILLED, "accepted"),
    "a tier that cannot be asked": ladder(ValueError("settings"), "accepted"),
    "no tiers": ladder(tiers=[]),
    "one tier": ladder("accepted", tiers=[{"name": "only", "ring_seconds": 5}]),
    "exhausting fails": ladder(None, None, exhaust=(ValueError("settings"),)),
    "exhausting retried": ladder(None, None, exhaust=(THROTTLED, {})),
}


def walked_here(case: Case) -> Json:
    """What one execution did, and how it ended."""
    answers: Json = {}
    tasks = case.tasks(answers.__setitem__)
    calls: list[Any] = []
    waited_for: list[Any] = []

    def of_task(wish: asl.Invoke) -> Any:
        calls.append(_without_token(wish.payload))
        try:
            result = tasks[wish.function](wish.payload)
        except TaskTimedOut as error:
            raise asl.StateFailed("States.Timeout") from error
        except AssertionError:
            raise
        except Exception as error:
            name = str(error) if isinstance(error, ServiceError) else type(error).__name__
            raise asl.StateFailed(name, str(error)) from error
        if wish.token and wish.token not in answers:
            waited_for.append(wish.timeout_seconds)
            raise asl.StateFailed("States.Timeout")
        return answers[wish.token] if wish.token else result

    def give(wish: asl.Wish) -> Any:
        if isinstance(wish, asl.Sleep) and wish.rests is not None:
            waited_for.append(wish.rests)
        return of_task(wish) if isinstance(wish, asl.Invoke) else {}

    document = recorded_input(case.machine, **case.changes)
    execution = asl.run(asl.Execution(case.machine, "run-1", document), give)
    return {
        "path": execution.path,
        "calls": calls,
        "waited_for": waited_for,
        "status": execution.status,
        "output": execution.output,
        "error": execution.error or None,
        "cause": execution.cause or None,
    }


def walked_by_moto(case: Case) -> Json:
    execution = run_machine(
        case.machine,
        tasks=case.tasks(send_success),
        workflow_input=recorded_input(case.machine, **case.changes),
        name="run-1",
    )
    return {
        "path": execution.path,
        "calls": [_without_token(call.payload) for call in execution.calls],
        "waited_for": execution.waited_for,
        "status": execution.status,
        "output": execution.output,
        "error": execution.error,
        "cause": execution.cause,
    }


def _without_token(payload: Json) -> Json:
    return {name: value for name, value in payload.items() if name != "task_token"}


@pytest.mark.parametrize("case", QUICK.values(), ids=QUICK.keys())
def test_a_machine_takes_the_same_way_as_in_moto(case: Case) -> None:
    assert walked_here(case) == walked_by_moto(case)


@pytest.mark.experiment
@pytest.mark.parametrize("case", ALL.values(), ids=ALL.keys())
def test_every_way_through_a_machine_is_the_same_as_in_moto(case: Case) -> None:
    assert walked_here(case) == walked_by_moto(case)
