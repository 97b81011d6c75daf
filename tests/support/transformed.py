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


def _packaged() -> dict[str, Any]:
    """Return the template as `sam package` leaves it: what it names lies in a bucket."""
    document = copy.deepcopy(template())
    document["Globals"]["Function"]["CodeUri"] = "s3://bucket/code"
    for resource in document["Resources"].values():
        for uri in ("ContentUri", "DefinitionUri"):
            if uri in resource.get("Properties", {}):
                resource["Properties"][uri] = "s3://bucket/content"
    return document
