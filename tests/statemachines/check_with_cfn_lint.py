"""Has cfn-lint read the state machines; part of `make check`, since it takes seconds."""

import copy
import json

from cfnlint.api import lint

from support.clouds.workflows import Json, definition_json, machine_names


def deployable(machine: Json) -> Json:
    """Build the machine as cfn-lint can read it; it takes no expression for TimeoutSeconds."""
    known = copy.deepcopy(machine)
    for state in known["States"].values():
        if str(state.get("TimeoutSeconds", "")).startswith("{%"):
            state["TimeoutSeconds"] = 1
    role = "arn:aws:iam::123456789012:role/state-machine"
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": role, "Definition": known},
    }


def definition_errors(machines: dict[str, Json]) -> list[str]:
    resources = {name.title().replace("_", ""): deployable(each) for name, each in machines.items()}
    matches = lint(json.dumps({"Resources": resources}), config={"ignore_checks": ["W", "I"]})
    return [f"{match.rule.id}: {match.message}" for match in matches]


def test_cfn_lint_accepts_every_definition_and_refuses_a_field_of_the_other_query_language() -> (
    None
):
    broken = json.loads(definition_json("triage"))
    broken["States"]["RunBot"]["ResultPath"] = "$.bot"
    machines = {name: json.loads(definition_json(name)) for name in machine_names()}
    assert definition_errors(machines | {"broken": broken}) == [
        "E3601: Additional properties are not allowed ('ResultPath' was unexpected)"
    ]
