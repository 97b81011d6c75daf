"""A stack to operate, in moto: its table, its secrets, its queues."""

import json
from collections.abc import Mapping
from typing import Any

from recovery.stack import Stack
from sportello.aws.clients import aws_client
from sportello.table.desk_table import DeskTable
from support.builders import KEY
from support.clouds.table import TABLE_NAME
from support.webhooks import PROVIDERS


class StackInMoto(Stack):
    """What CloudFormation would tell is made here; `queues` are made by the test."""

    def __init__(self, desk_table: DeskTable) -> None:
        super().__init__("sportello")
        self.desk_table = desk_table
        self.resources: dict[str, dict[str, str]] = {
            "AWS::DynamoDB::Table": {"DeskTable": TABLE_NAME},
            "AWS::SQS::Queue": {},
        }
        self._secrets = aws_client("secretsmanager")
        self._secrets.create_secret(Name="key", SecretString=KEY.decode())

    def add_queue(self, name: str, *, dead_letters: str = "", most: int = 3) -> str:
        fifo = {"FifoQueue": "true"} if "Delivery" in name else {}
        redrive = {}
        if dead_letters:
            target = self._attributes(self.url(dead_letters))["QueueArn"]
            policy = {"deadLetterTargetArn": target, "maxReceiveCount": most}
            redrive = {"RedrivePolicy": json.dumps(policy)}
        url: str = aws_client("sqs").create_queue(
            QueueName=f"{name}.fifo" if fifo else name, Attributes={**fifo, **redrive}
        )["QueueUrl"]
        self.resources["AWS::SQS::Queue"][name] = url
        return url

    def url(self, name: str) -> str:
        return self.resources["AWS::SQS::Queue"][name]

    def bodies(self, name: str) -> list[dict[str, Any]]:
        """Take everything out of a queue, in its order."""
        bodies = []
        sqs = aws_client("sqs")
        while found := sqs.receive_message(QueueUrl=self.url(name), MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in found:
                bodies.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.url(name), ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def function_environment(self, handler: str) -> Mapping[str, str]:
        _, channel, *receive = handler.split(".")
        assert receive == ["receive", "handler"]
        name = f"{channel}-secret"
        if not self._secrets.list_secrets(Filters=[{"Key": "name", "Values": [name]}])[
            "SecretList"
        ]:
            document = json.dumps(PROVIDERS[channel].secret)
            self._secrets.create_secret(Name=name, SecretString=document)
        return {
            "DESK_TABLE": TABLE_NAME,
            "CONVERSATION_KEY_SECRET": "key",
            f"{channel.upper()}_SECRET": name,
            f"{channel.upper()}_API_URL": "https://provider.example",
        }
