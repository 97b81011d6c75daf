"""The real template, as tests read it."""

from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"


@cache
def template() -> dict[str, Any]:
    """Return the template with short tags in their long form, e.g. {"Fn::GetAtt": [...]}."""
    document, problems = decode(str(TEMPLATE))
    assert not problems
    assert isinstance(document, dict)
    return document


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of every resource of a type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template()["Resources"].items()
        if resource["Type"] == kind
    }


def functions() -> dict[str, dict[str, Any]]:
    return resources("AWS::Serverless::Function")


def environment(function: dict[str, Any]) -> set[str]:
    """Return the names of the variables a function gets, the global ones included."""
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    return set(shared) | set(function.get("Environment", {}).get("Variables", {}))


def events(function: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        event["Properties"]
        for event in function.get("Events", {}).values()
        if event["Type"] == kind
    ]


def referred(value: Any) -> str:
    """Return the logical id that a Ref or GetAtt names."""
    if isinstance(value, dict):
        target = value.get("Ref") or value.get("Fn::GetAtt")
        return str(target[0] if isinstance(target, list) else target).split(".", maxsplit=1)[0]
    return str(value)
