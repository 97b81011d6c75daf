"""What the other tests of this folder rely on."""

from typing import Any

import pytest

from sportello.errors import StorageBusy
from support.clouds.workflows import Json, recorded_input, run_machine, scripted

TURN: Json = {"turn_started": True, "collect_seconds": 0}
ANSWER: Json = {"outcome": "answered", "more": False, "reason": ""}


def test_tasks_must_be_the_substitutions_of_the_file() -> None:
    with pytest.raises(ValueError, match=r"substitutes \['TickFunction'\], but tasks are"):
        run_machine("sla_timer", tasks={"Tick": scripted({})}, workflow_input={})


def test_an_assertion_that_breaks_inside_a_task_breaks_the_test() -> None:
    with pytest.raises(AssertionError, match="unexpected call 1"):
        run_machine(
            "triage",
            tasks={
                "ReceiveMessagesFunction": scripted(TURN),
                "RunBotFunction": scripted(),
                "RequestHumanFunction": scripted({}),
            },
            workflow_input=recorded_input("triage"),
        )


@pytest.mark.parametrize(
    "value",
    ['a "quoted" \\ back\nslash $x {% y %} è', "", None, 1.5, {"a": [1, None]}, [], ["one"]],
    ids=repr,
)
def test_any_value_survives_the_machine(value: Any) -> None:
    execution = run_machine(
        "triage",
        tasks={
            "ReceiveMessagesFunction": scripted(TURN),
            "RunBotFunction": scripted(ANSWER | {"outcome": "handoff", "reason": value}),
            "RequestHumanFunction": scripted({}),
        },
        workflow_input={"conversation_id": value, "item_ids": ["i1"]},
    )
    assert execution.output == {"outcome": "handed_to_people", "reason": value}
    assert execution.payloads("RequestHuman")[0]["conversation_id"] == value


def test_an_error_is_known_by_its_own_class_name_not_by_its_base() -> None:
    execution = run_machine(
        "sla_timer",
        tasks={"TickFunction": scripted(StorageBusy())},
        workflow_input=recorded_input("sla_timer"),
    )
    assert execution.path[-1] == "TickFailed"
    assert execution.cause == "Tick ended with StorageBusy"
