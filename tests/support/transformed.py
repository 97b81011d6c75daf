"""The template as CloudFormation gets it: what SAM makes of it, made by SAM's own translator.

The translator lives with the SAM CLI, because it holds Pydantic at an older version than Lambda
gets: `make tools` installs it.
"""

import copy
import json
import os
import subprocess
from functools import cache
from typing import Any

from support.template import ROOT, template

PYTHON = ROOT / ".local" / "venvs" / "sam" / "bin" / "python"

_TRANSLATE = """
import json, sys
from samtranslator.translator.transform import transform

class ManagedPolicies:
    def load(self):
        return {}

json.dump(transform(json.load(sys.stdin), {}, ManagedPolicies()), sys.stdout)
"""

type Resource = dict[str, Any]


@cache
def transformed() -> dict[str, Any]:
    """Return the template with every resource that SAM adds."""
    done = subprocess.run(  # noqa: S603 -- the translator's own interpreter, and a text of ours
        [PYTHON, "-c", _TRANSLATE],
        input=json.dumps(_packaged()),
        env={**os.environ, "AWS_DEFAULT_REGION": "eu-south-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def made(kind: str) -> dict[str, Resource]:
    """Return every resource of a type, SAM's included, by logical id: all of it, not only its
    properties.
    """
    resources = transformed()["Resources"]
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def properties(kind: str) -> dict[str, dict[str, Any]]:
    return {name: each.get("Properties", {}) for name, each in made(kind).items()}


def deployed(**chosen: str) -> dict[str, dict[str, Any]]:
    """Return the properties of what a deployment with these parameters makes, by logical id.

    Conditions are decided and parameters filled in; what names a resource stays as it is.
    """
    choice = _Choice(chosen)
    return {
        name: choice.settled(resource.get("Properties", {}))
        for name, resource in transformed()["Resources"].items()
        if "Condition" not in resource or choice.holds(resource["Condition"])
    }


def rules_broken(**chosen: str) -> set[str]:
    """Return the rules that keep these parameters from being deployed."""
    choice = _Choice(chosen)
    return {
        name
        for name, rule in transformed().get("Rules", {}).items()
        if choice.is_true(rule["RuleCondition"])
        and not all(choice.is_true(each["Assert"]) for each in rule["Assertions"])
    }


_GONE: Any = object()


class _Choice:
    """Values for parameters, and what follows from them."""

    def __init__(self, chosen: dict[str, str]) -> None:
        declared = transformed()["Parameters"]
        assert chosen.keys() <= declared.keys()
        defaults = {name: parameter.get("Default") for name, parameter in declared.items()}
        self._values = defaults | chosen

    def holds(self, condition: str) -> bool:
        return self.is_true(transformed()["Conditions"][condition])

    def is_true(self, expression: Any) -> bool:
        match expression:
            case {"Condition": str(name)}:
                return self.holds(name)
            case {"Fn::Equals": [one, other]}:
                return bool(self.settled(one) == self.settled(other))
            case {"Fn::Not": [one]}:
                return not self.is_true(one)
            case {"Fn::And": list(all_of)}:
                return all(map(self.is_true, all_of))
            case {"Fn::Or": list(some_of)}:
                return any(map(self.is_true, some_of))
            case _:
                raise ValueError(f"not understood: {expression}")

    def settled(self, value: Any) -> Any:
        match value:
            case {"Ref": "AWS::NoValue"}:
                return _GONE
            case {"Ref": str(name)}:
                return self._values.get(name, value)
            case {"Fn::If": [condition, then, otherwise]}:
                return self.settled(then if self.holds(condition) else otherwise)
            case dict():
                settled = {name: self.settled(each) for name, each in value.items()}
                return {name: each for name, each in settled.items() if each is not _GONE}
            case list():
                return [each for each in map(self.settled, value) if each is not _GONE]
            case _:
                return value


def _packaged() -> dict[str, Any]:
    """Return the template as `sam package` leaves it: what it names lies in a bucket."""
    document = copy.deepcopy(template())
    document["Globals"]["Function"]["CodeUri"] = "s3://bucket/code"
    for resource in document["Resources"].values():
        for uri in ("ContentUri", "DefinitionUri"):
            if uri in resource.get("Properties", {}):
                resource["Properties"][uri] = "s3://bucket/content"
    return document
