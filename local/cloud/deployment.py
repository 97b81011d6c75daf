"""Builds and deploys the real template with the real SAM CLI, and reads what came of it."""

import platform
import re
from dataclasses import dataclass
from typing import Self

from local.cloud.emulator import LOGS, REGION, ROOT, VENVS, Emulator
from local.cloud.processes import run

STACK_NAME = "sportello"
# The section of samconfig.toml with what differs from a deployment into a real account.
CONFIGURATION = "laptop"
ARTIFACTS_BUCKET = "sportello-laptop-artifacts"


@dataclass(frozen=True)
class Outputs:
    """The stack's outputs, under the names they have in the template."""

    table: str
    bus: str
    webhook_base: str
    agent_api_base: str
    live_url: str
    user_pool: str
    user_pool_client: str
    whatsapp_secret: str
    telegram_secret: str
    agent_endpoint_secret: str
    slack_secret: str
    desk_client: str
    desk_url: str
    media_bucket: str

    @classmethod
    def read(cls, emulator: Emulator) -> Self:
        stacks = emulator.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
        values = {item["OutputKey"]: item["OutputValue"] for item in stacks[0]["Outputs"]}
        return cls(
            table=values["TableName"],
            bus=values["BusName"],
            webhook_base=local_url(values["WebhookBase"], emulator.endpoint),
            agent_api_base=local_url(values["AgentApiBase"], emulator.endpoint),
            live_url=local_url(values["LiveUrl"], emulator.endpoint.replace("http", "ws", 1)),
            user_pool=values["UserPoolId"],
            user_pool_client=values["UserPoolClientId"],
            whatsapp_secret=values["WhatsAppSecretArn"],
            telegram_secret=values["TelegramSecretArn"],
            agent_endpoint_secret=values["AgentEndpointSecretArn"],
            slack_secret=values.get("SlackSecretArn", ""),
            desk_client=values.get("DeskClientId", ""),
            desk_url=local_page(values.get("DeskUrl", ""), emulator.port),
            media_bucket=values["MediaBucketName"],
        )


def local_url(address: str, endpoint: str) -> str:
    """Turn API Gateway's address of a stage into the emulator's."""
    match = re.fullmatch(r"(?:https|wss)://([a-z0-9]+)\.execute-api\.[^/]+/(.+?)/?", address)
    if match is None:
        raise ValueError(f"{address} is not the address of an API Gateway stage")
    return f"{endpoint}/_aws/execute-api/{match[1]}/{match[2]}"


def local_page(address: str, port: int) -> str:
    """Turn CloudFront's address of a page into the emulator's, which browsers trust as ours."""
    host = address.removeprefix("https://").removesuffix("/").removesuffix(".cloudfront.net")
    return f"http://{host}.cloudfront.localhost:{port}/" if host else ""


def build(emulator: Emulator) -> None:
    run(
        [str(VENVS / "sam/bin/sam"), "build", "--config-env", CONFIGURATION],
        environment=emulator.environment_for_tools(),
        folder=ROOT,
        log=LOGS / "sam-build.log",
    )


def deploy(emulator: Emulator, parameters: dict[str, str]) -> None:
    emulator.client("s3").create_bucket(
        Bucket=ARTIFACTS_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    overrides = {
        "Architecture": architecture(),
        "LiveEndpointBase": f"{emulator.endpoint_of_functions}/_aws/execute-api",
        "DeskEndpoint": emulator.endpoint,
        **parameters,
    }
    run(
        [
            str(VENVS / "sam/bin/sam"),
            "deploy",
            "--config-env",
            CONFIGURATION,
            "--region",
            REGION,
            "--stack-name",
            STACK_NAME,
            "--s3-bucket",
            ARTIFACTS_BUCKET,
            "--parameter-overrides",
            *(f"{name}={value}" for name, value in overrides.items()),
        ],
        environment=emulator.environment_for_tools(),
        folder=ROOT,
        log=LOGS / "sam-deploy.log",
    )


def architecture() -> str:
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
