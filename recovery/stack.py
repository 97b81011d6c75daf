"""A deployed stack as CloudFormation knows it: its queues, its table, its functions' environment.

Clients are made as any AWS tool makes them, so that AWS_PROFILE, AWS_REGION and AWS_ENDPOINT_URL
mean here what they mean everywhere.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sportello.aws.clients import aws_client
from sportello.table.desk_table import DeskTable


@dataclass(frozen=True)
class DeadLetterQueue:
    """`source_url` is the queue its letters come from; None where they are stream records."""

    name: str
    url: str
    source_url: str | None


class Depth(NamedTuple):
    """How many letters are in a queue; those `held` somebody is looking at, or was when he died."""

    waiting: int
    held: int

    @property
    def total(self) -> int:
        return self.waiting + self.held


class NotDeployed(Exception):
    """The stack is not there, or it lacks what Sportello deploys."""


class Stack:
    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def sqs(self) -> Any:
        return aws_client("sqs")

    @cached_property
    def table(self) -> DeskTable:
        return DeskTable(self._only("AWS::DynamoDB::Table"))

    @cached_property
    def resources(self) -> Mapping[str, Mapping[str, str]]:
        """The physical id of each resource, by type and logical id."""
        resources: dict[str, dict[str, str]] = {}
        pages = aws_client("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=self.name):
            for resource in page["StackResourceSummaries"]:
                of_type = resources.setdefault(resource["ResourceType"], {})
                of_type[resource["LogicalResourceId"]] = resource.get("PhysicalResourceId", "")
        return resources

    def _only(self, resource_type: str) -> str:
        ids = list(self.resources.get(resource_type, {}).values())
        if len(ids) != 1:
            raise NotDeployed(f"stack {self.name} has {len(ids)} resources {resource_type}")
        return ids[0]

    def dead_letter_queues(self) -> list[DeadLetterQueue]:
        """Return every queue that no redrive policy empties: the last stop of what is in it."""
        urls = self.resources.get("AWS::SQS::Queue", {})
        attributes_by_name = {name: self._attributes(url) for name, url in urls.items()}
        sources = {
            json.loads(policy)["deadLetterTargetArn"]: urls[name]
            for name, attributes in attributes_by_name.items()
            if (policy := attributes.get("RedrivePolicy"))
        }
        return [
            DeadLetterQueue(name, urls[name], sources.get(attributes["QueueArn"]))
            for name, attributes in sorted(attributes_by_name.items())
            if not attributes.get("RedrivePolicy")
        ]

    def depth(self, queue: DeadLetterQueue) -> Depth:
        attributes = self._attributes(queue.url)
        return Depth(
            waiting=int(attributes["ApproximateNumberOfMessages"]),
            held=int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        )

    def _attributes(self, url: str) -> Mapping[str, str]:
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        attributes: dict[str, str] = answer["Attributes"]
        return attributes

    def function_environment(self, handler: str) -> Mapping[str, str]:
        """Return the variables that the function with this handler is deployed with."""
        functions = aws_client("lambda")
        for name in self.resources.get("AWS::Lambda::Function", {}).values():
            configuration = functions.get_function_configuration(FunctionName=name)
            if configuration["Handler"] == handler:
                variables: dict[str, str] = configuration.get("Environment", {})["Variables"]
                return variables
        raise NotDeployed(f"stack {self.name} has no function {handler}")
