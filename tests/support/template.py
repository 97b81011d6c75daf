"""The real template, as tests read it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template.yaml"


class _TemplateLoader(yaml.SafeLoader):
    """Knows CloudFormation's short tags; cfn-lint's own loader takes a second to import."""


def _intrinsic(loader: _TemplateLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            raise ValueError(f"!{name} of a mapping: no such thing in the template so far")
    if name == "GetAtt":
        value = value.split(".", maxsplit=1)
    return {name if name == "Ref" else f"Fn::{name}": value}


_TemplateLoader.add_multi_constructor("!", _intrinsic)


@cache
def template() -> dict[str, Any]:
    """Return the template with short tags in their long form, e.g. {"Fn::GetAtt": [...]}."""
    document: dict[str, Any] = yaml.load(TEMPLATE.read_text(), Loader=_TemplateLoader)  # noqa: S506 -- a SafeLoader
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


def where_it_is_deployed(value: Any) -> Any:
    """Return what a property is in a deployment that has all there is."""
    match value:
        case {"Fn::If": [_, there, _]}:
            return there
        case _:
            return value


def channels_on_disk() -> list[str]:
    """Return the channels that there are: each folder that has a `receive`."""
    folder = ROOT / "functions" / "channels"
    return sorted(file.parent.name for file in folder.glob("*/receive.py"))


def notifiers_on_disk() -> list[str]:
    """Return the notifiers that there are: whatever makes the handler of a notifier's queue."""
    folder = ROOT / "functions" / "notifiers"
    made = (f for f in folder.rglob("*.py") if "= notify_queue(notifier" in f.read_text())
    return sorted(file.relative_to(folder).parts[0].removesuffix(".py") for file in made)
