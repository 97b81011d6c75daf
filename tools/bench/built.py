"""What `sam build` made of the template: each function's code, handler, variables and layers."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.cloud.deployment import CONFIGURATION
from local.cloud.emulator import LOGS, ROOT, VENVS
from local.cloud.processes import clean_environment, run

FOLDER = ROOT / ".aws-sam" / "build"


@dataclass(frozen=True)
class BuiltFunction:
    """`folders` are where Python looks first for modules, in Lambda's order.

    `routes` are the paths at API Gateway that it answers.
    """

    name: str
    handler: str
    folders: tuple[Path, ...]
    variables: frozenset[str]
    routes: frozenset[str]


def build() -> None:
    """Build as a deployment of the laptop does; raises Failed with the end of the log."""
    environment = clean_environment(SAM_CLI_TELEMETRY="0")
    environment["PATH"] = f"{VENVS / 'sam/bin'}{os.pathsep}{environment['PATH']}"
    run(
        [str(VENVS / "sam/bin/sam"), "build", "--config-env", CONFIGURATION],
        environment=environment,
        folder=ROOT,
        log=LOGS / "sam-build.log",
    )


def built_functions(folder: Path = FOLDER) -> list[BuiltFunction]:
    document = yaml.safe_load((folder / "template.yaml").read_text())
    return functions_of(document, folder)


def functions_of(template: Mapping[str, Any], folder: Path) -> list[BuiltFunction]:
    shared = template.get("Globals", {}).get("Function", {})
    resources = template["Resources"]
    return [
        _function(name, shared, resource["Properties"], resources, folder)
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def _function(
    name: str,
    shared: Mapping[str, Any],
    own: Mapping[str, Any],
    resources: Mapping[str, Any],
    folder: Path,
) -> BuiltFunction:
    layers = [*shared.get("Layers", ()), *own.get("Layers", ())]
    contents = [resources[layer["Ref"]]["Properties"]["ContentUri"] for layer in layers]
    return BuiltFunction(
        name=name,
        handler=own["Handler"],
        folders=(
            folder / own.get("CodeUri", shared.get("CodeUri")),
            *(folder / content / "python" for content in contents),
        ),
        variables=_variables(shared) | _variables(own),
        routes=frozenset(
            event["Properties"]["Path"]
            for event in own.get("Events", {}).values()
            if event["Type"] == "Api"
        ),
    )


def _variables(properties: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(properties.get("Environment", {}).get("Variables", {}))
