"""What is repeated is what happened: the same calls, at the same instant, in any number."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from support.template import functions
from tools.bench.recorded.journeys import AFTERWARDS, cold_steps, recording_cloud, warm_steps
from tools.bench.recorded.recording import Step
from tools.bench.recorded.replay import Strayed
from tools.bench.warm import Stage


@pytest.fixture
def stage_and_steps() -> Iterator[tuple[Stage, list[Step]]]:
    cloud = recording_cloud()
    with cloud.in_place():
        steps = [step for step in warm_steps(cloud) if step.name != AFTERWARDS]
        with Stage(cloud).set() as stage:
            yield stage, steps


def test_every_invocation_of_a_journey_can_be_repeated(
    stage_and_steps: tuple[Stage, list[Step]],
) -> None:
    stage, steps = stage_and_steps
    for step in steps:
        assert step.invocations, step.name
        for _ in range(2):
            stage.repeat(step.invocations)()


def test_a_repetition_that_calls_more_or_less_is_noticed(
    stage_and_steps: tuple[Stage, list[Step]],
) -> None:
    stage, steps = stage_and_steps
    invocation = next(each for step in steps for each in step.invocations if len(each.tape) > 1)
    tape = invocation.tape
    for wrong in (tape[:-1], (*tape, tape[-1])):
        with pytest.raises(Strayed):
            stage.repeat([replace(invocation, tape=wrong)])()


def test_the_journeys_come_by_every_function() -> None:
    invoked = {each.function for step in cold_steps() for each in step.invocations}
    assert invoked == functions().keys() - {"DeskPageFunction"}  # that a deployment calls
