"""What a new stack needs to adopt what an old one left: true for the template as it is."""

import json
from typing import Any

import pytest

from support.template import template
from tools.kept_resources import (
    IDENTIFIERS,
    import_template,
    kept_resources,
    main,
    resources_to_import,
)

NAMES = {
    "DeskTable": "restored",
    "MediaBucket": "files-1",
    "ConversationKey": "arn:secret",
    "AgentPool": "pool-1",
}


def references(value: Any) -> set[str]:
    """Every logical id or parameter that a part of a template names."""
    match value:
        case {"Ref": str(name)}:
            return {name}
        case {"Fn::GetAtt": [name, *_]}:
            return {name}
        case {"Fn::If": [condition, *rest]}:
            return {condition} | references(rest)
        case dict():
            return {name for part in value.values() for name in references(part)}
        case list():
            return {name for part in value for name in references(part)}
        case _:
            return set()


def test_the_data_the_key_and_the_people_are_kept() -> None:
    assert set(kept_resources()) == set(NAMES)
    assert {resource["Type"] for resource in kept_resources().values()} == set(IDENTIFIERS)


def test_an_import_finds_nothing_in_its_template_that_would_have_to_be_made() -> None:
    document = import_template()
    assert "Transform" not in document
    assert "Outputs" not in document
    there = {*document["Parameters"], *document["Conditions"], *document["Resources"]}
    assert references(document["Resources"]) <= there | {"AWS::StackName", "AWS::NoValue"}
    assert all("DeletionPolicy" in resource for resource in document["Resources"].values())


def test_a_kept_resource_is_the_same_in_both_templates() -> None:
    for name, resource in import_template()["Resources"].items():
        assert resource == template()["Resources"][name]


def test_every_kept_resource_is_named_as_cloudformation_wants_it() -> None:
    assert resources_to_import(NAMES) == [
        {
            "ResourceType": "AWS::DynamoDB::Table",
            "LogicalResourceId": "DeskTable",
            "ResourceIdentifier": {"TableName": "restored"},
        },
        {
            "ResourceType": "AWS::S3::Bucket",
            "LogicalResourceId": "MediaBucket",
            "ResourceIdentifier": {"BucketName": "files-1"},
        },
        {
            "ResourceType": "AWS::SecretsManager::Secret",
            "LogicalResourceId": "ConversationKey",
            "ResourceIdentifier": {"Id": "arn:secret"},
        },
        {
            "ResourceType": "AWS::Cognito::UserPool",
            "LogicalResourceId": "AgentPool",
            "ResourceIdentifier": {"UserPoolId": "pool-1"},
        },
    ]


def test_the_command_writes_both_files(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.kept_resources.ROOT", tmp_path)
    arguments = [part for name, value in NAMES.items() for part in (f"--{name}", value)]
    monkeypatch.setattr("sys.argv", ["kept_resources", *arguments])
    main()
    assert capsys.readouterr().out.split() == ["build/kept.json", "build/kept-names.json"]
    written = json.loads((tmp_path / "build/kept-names.json").read_text())
    assert written == resources_to_import(NAMES)
