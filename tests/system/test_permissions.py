"""Who may do what: functions under their own roles, people under their groups."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.system

PROBE = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    client = boto3.client(event["service"])
    try:
        getattr(client, event["operation"])(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"
"""

type Probe = Callable[..., str]


@pytest.fixture
def probe(desk: DrivenDesk) -> Iterator[Probe]:
    """Makes one AWS call under the role of a function of the template, and returns its outcome."""
    functions = desk.laptop.client("lambda")
    probes: dict[str, str] = {}

    def run(of: str, service: str, operation: str, **arguments: Any) -> str:
        if of not in probes:
            role = functions.get_function_configuration(FunctionName=desk.resource(of))["Role"]
            probes[of] = f"probe-{of}"
            functions.create_function(
                FunctionName=probes[of],
                Role=role,
                Runtime="python3.13",
                Handler="probe.handler",
                Timeout=30,
                Code={"ZipFile": _zipped(PROBE)},
            )
            functions.get_waiter("function_active_v2").wait(FunctionName=probes[of])
        event = {"service": service, "operation": operation, "arguments": arguments}
        answer = functions.invoke(FunctionName=probes[of], Payload=json.dumps(event))
        outcome = json.loads(answer["Payload"].read())
        assert isinstance(outcome, str), outcome
        return outcome.removesuffix("Exception")

    yield run
    for name in probes.values():
        functions.delete_function(FunctionName=name)


def _zipped(source: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("probe.py", source)
    return archive.getvalue()


def test_receive_may_put_into_the_table_and_do_nothing_else(desk: DrivenDesk, probe: Probe) -> None:
    of, table = "WhatsAppReceiveFunction", desk.stack.table
    key = {"pk": {"S": "PROBE"}, "sk": {"S": "PROBE"}}
    put = {"Item": key, "ConditionExpression": "attribute_exists(pk)"}
    # A condition that fails is one that was allowed to be tried.
    assert probe(of, "dynamodb", "put_item", TableName=table, **put) == "ConditionalCheckFailed"
    assert probe(of, "dynamodb", "get_item", TableName=table, Key=key) == "AccessDenied"
    assert probe(of, "dynamodb", "delete_item", TableName=table, Key=key) == "AccessDenied"
    assert probe(of, "dynamodb", "scan", TableName=table) == "AccessDenied"
    own, foreign = desk.resource("WhatsAppSecret"), desk.resource("TelegramSecret")
    assert probe(of, "secretsmanager", "get_secret_value", SecretId=own) == "done"
    assert probe(of, "secretsmanager", "get_secret_value", SecretId=foreign) == "AccessDenied"


def test_the_bot_can_reach_no_queue_no_secret_and_no_machine(
    desk: DrivenDesk, probe: Probe
) -> None:
    of = "RunBotFunction"
    queue, secret = desk.resource("WebhookNotifierQueue"), desk.resource("WhatsAppSecret")
    machine = desk.resource("TriageStateMachine")
    assert probe(of, "sqs", "send_message", QueueUrl=queue, MessageBody="{}") == "AccessDenied"
    assert probe(of, "secretsmanager", "get_secret_value", SecretId=secret) == "AccessDenied"
    assert probe(of, "stepfunctions", "start_execution", stateMachineArn=machine) == "AccessDenied"


def test_who_brings_conversations_to_agents_reaches_the_table_by_key_and_nothing_else(
    desk: DrivenDesk, probe: Probe
) -> None:
    of, table = "SettleAgentFunction", desk.stack.table
    key = {"pk": {"S": "AGENT#PROBE"}, "sk": {"S": "PROBE"}}
    assert probe(of, "dynamodb", "delete_item", TableName=table, Key=key) == "done"
    assert probe(of, "dynamodb", "scan", TableName=table) == "AccessDenied"
    assert probe(of, "dynamodb", "delete_table", TableName=table) == "AccessDenied"
    queue, secret = desk.resource("WebhookNotifierQueue"), desk.resource("AgentEndpointSecret")
    assert probe(of, "sqs", "send_message", QueueUrl=queue, MessageBody="{}") == "AccessDenied"
    assert probe(of, "secretsmanager", "get_secret_value", SecretId=secret) == "AccessDenied"


def test_a_link_reaches_the_key_of_links_and_no_other_secret(
    desk: DrivenDesk, probe: Probe
) -> None:
    of, table = "AnswerLinkFunction", desk.stack.table
    own, foreign = desk.resource("AnswerLinkSecret"), desk.resource("AgentEndpointSecret")
    assert probe(of, "secretsmanager", "get_secret_value", SecretId=own) == "done"
    assert probe(of, "secretsmanager", "get_secret_value", SecretId=foreign) == "AccessDenied"
    assert probe(of, "dynamodb", "scan", TableName=table) == "AccessDenied"
    queue = desk.resource("WebhookNotifierQueue")
    assert probe(of, "sqs", "send_message", QueueUrl=queue, MessageBody="{}") == "AccessDenied"


@pytest.mark.parametrize("of", ["DispatchFunction", "SweepFunction"])
def test_queues_of_channels_and_notifiers_are_filled_by_their_names_and_no_others(
    desk: DrivenDesk, probe: Probe, of: str
) -> None:
    functions = desk.laptop.client("lambda")
    found = functions.get_function_configuration(FunctionName=desk.resource(of))
    base = found["Environment"]["Variables"]["QUEUE_URL_BASE"]
    assert desk.resource("WhatsAppDeliveryQueue").endswith(
        f"{base.rpartition('/')[2]}deliver-whatsapp.fifo"
    )

    def fill(url: str) -> str:
        return probe(of, "sqs", "send_message", QueueUrl=url, MessageBody="{}")

    for nobody in ("deliver-telex", "notify-pager"):
        assert fill(f"{base}{nobody}") == "AWS.SimpleQueueService.NonExistentQueue"
    for logical_id in ("WhatsAppDeliveryDeadLetters", "WebhookNotifierDeadLetters"):
        assert fill(desk.resource(logical_id)) == "AccessDenied"
    assert fill(f"{base.rpartition('/')[0]}/another-stack-deliver-whatsapp.fifo") == "AccessDenied"


def test_settings_are_read_by_agents_and_written_by_supervisors_only(desk: DrivenDesk) -> None:
    current = desk.ask("GET", "/settings/bot").expect(200).document()
    refused = desk.ask("PUT", "/settings/bot", current["document"]).expect(403).document()
    assert refused["type"] == "/problems/forbidden"
    assert desk.ask("GET", "/settings/bot").document() == current
    desk.ask("PUT", "/settings/bot", current["document"], role="supervisor").expect(200)
