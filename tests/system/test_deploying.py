"""What docs/deploying.md promises of `sam deploy`, done by sam beside the tests' own stack."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from local.cloud.deployment import local_url
from local.cloud.emulator import ROOT, VENVS
from local.cloud.observing import wait_until
from local.cloud.web import call
from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.system

BUILT = ROOT / ".aws-sam" / "build"
ANOTHER, BROKEN = "another-desk", "broken-desk"
ENTER = "\n" * 200

type Left = dict[str, set[str]]


def sam_deploy(desk: DrivenDesk, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Answer every question by pressing Enter."""
    environment = desk.laptop.emulator.environment_for_tools()
    return subprocess.run(  # noqa: S603 -- sam, with arguments of our own
        [os.fspath(VENVS / "sam/bin/sam"), "deploy", *arguments],
        cwd=ROOT,
        env=environment,
        input=ENTER,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    """The repository's own, in a copy: the guide writes into it what it was told."""
    return os.fspath(shutil.copy(ROOT / "samconfig.toml", tmp_path))


def outputs(desk: DrivenDesk, stack: str) -> dict[str, str]:
    described = desk.laptop.client("cloudformation").describe_stacks(StackName=stack)
    return {each["OutputKey"]: each["OutputValue"] for each in described["Stacks"][0]["Outputs"]}


def what_is_there(desk: DrivenDesk) -> Left:
    client = desk.laptop.client
    pools = client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    return {
        "tables": set(client("dynamodb").list_tables()["TableNames"]),
        "pools": {pool["Id"] for pool in pools},
        "secrets": {each["ARN"] for each in client("secretsmanager").list_secrets()["SecretList"]},
        "queues": set(client("sqs").list_queues().get("QueueUrls", ())),
    }


def since(before: Left, now: Left) -> Left:
    return {kind: names - before[kind] for kind, names in now.items()}


def delete_stack(desk: DrivenDesk, stack: str) -> None:
    formation = desk.laptop.client("cloudformation")
    formation.delete_stack(StackName=stack)
    formation.get_waiter("stack_delete_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 240}
    )


def test_pressing_enter_deploys_a_second_stack_that_meta_can_check_at_once(
    desk: DrivenDesk, configuration: str
) -> None:
    before = what_is_there(desk)
    guided = sam_deploy(desk, "--guided", "--stack-name", ANOTHER, "--config-file", configuration)
    assert guided.returncode == 0, guided.stdout[-3_000:] + guided.stderr[-3_000:]
    assert "has no authentication" not in guided.stdout

    told = outputs(desk, ANOTHER)
    secret = desk.laptop.client("secretsmanager").get_secret_value(
        SecretId=told["WhatsAppSecretArn"]
    )
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": json.loads(secret["SecretString"])["verify_token"],
        "hub.challenge": "1158201444",
    }
    webhook = f"{local_url(told['WebhookBase'], desk.stack.aws_endpoint)}/whatsapp"
    checked = call("GET", f"{webhook}?{urlencode(query)}")
    assert (checked.status, checked.body) == (200, b"1158201444")
    assert call("POST", webhook, b"{}").status == 503

    again = sam_deploy(desk, "--config-file", configuration)
    assert again.returncode == 0, again.stdout[-3_000:] + again.stderr[-3_000:]

    delete_stack(desk, ANOTHER)
    kept = since(before, what_is_there(desk))
    assert {kind: len(names) for kind, names in kept.items()} == {
        "tables": 1,
        "pools": 1,
        "secrets": 1,
        "queues": 0,
    }


CANNOT_BE_MADE = """
Resources:
  Broken:
    Type: AWS::Lambda::EventInvokeConfig
    DependsOn: [DeskTable, AgentPool, ConversationKey, WhatsAppDeliveryQueue]
    Properties: {FunctionName: nobody, Qualifier: $LATEST}
"""


@pytest.fixture
def broken_template() -> Iterator[Path]:
    """What was built, with a resource that cannot be made once others are there."""
    built = (BUILT / "template.yaml").read_text()
    file = BUILT / "broken.yaml"
    file.write_text(built.replace("\nResources:\n", CANNOT_BE_MADE, 1))
    yield file
    file.unlink()


def test_a_failed_creation_leaves_nothing_behind(
    desk: DrivenDesk, broken_template: Path, configuration: str
) -> None:
    before = what_is_there(desk)
    failed = sam_deploy(
        desk,
        *("--stack-name", BROKEN, "--config-file", configuration),
        *("--template-file", os.fspath(broken_template)),
    )
    assert failed.returncode != 0
    formation = desk.laptop.client("cloudformation")
    wait_until(
        lambda: (
            formation.describe_stacks(StackName=BROKEN)["Stacks"][0]["StackStatus"]
            == "ROLLBACK_COMPLETE"
        ),
        seconds=240,
        what="the end of the rollback",
    )
    assert not any(since(before, what_is_there(desk)).values())
    delete_stack(desk, BROKEN)
