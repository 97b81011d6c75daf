"""Writes what CloudFormation needs to take over what a deleted stack has left behind.

Run `PYTHONPATH=tests:. python -m tools.kept_resources --help`; docs/operating.md says when. An
import takes no resource that is not there yet, and no transform: so the template it gets holds the
kept resources of `template.yaml` alone, and `sam deploy` adds the rest to the stack afterwards.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.template import ROOT, template

IDENTIFIERS = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SecretsManager::Secret": "Id",
    "AWS::Cognito::UserPool": "UserPoolId",
    "AWS::S3::Bucket": "BucketName",
}
"""What names a resource of each type, as `aws cloudformation get-template-summary` tells it."""


def kept_resources() -> dict[str, dict[str, Any]]:
    """Return the resources that stay when their stack goes, by logical id."""
    return {
        name: resource
        for name, resource in template()["Resources"].items()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    }


def import_template() -> dict[str, Any]:
    """Return a template of the kept resources alone, each with the properties it has in ours."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": template()["Parameters"],
        "Conditions": template()["Conditions"],
        "Resources": kept_resources(),
    }


def resources_to_import(names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what `create-change-set --resources-to-import` takes; `names` are by logical id."""
    return [
        {
            "ResourceType": resource["Type"],
            "LogicalResourceId": logical_id,
            "ResourceIdentifier": {IDENTIFIERS[resource["Type"]]: names[logical_id]},
        }
        for logical_id, resource in kept_resources().items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for logical_id, resource in kept_resources().items():
        parser.add_argument(
            f"--{logical_id}",
            required=True,
            metavar=IDENTIFIERS[resource["Type"]],
            help=f"of the {resource['Type']} to adopt",
        )
    names = vars(parser.parse_args())
    folder = Path(ROOT / "build")
    folder.mkdir(exist_ok=True)
    for name, document in (
        ("kept.json", import_template()),
        ("kept-names.json", resources_to_import(names)),
    ):
        (folder / name).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        print(f"build/{name}")


if __name__ == "__main__":
    main()
