"""What `template.yaml` deploys, read from it: handlers, their environment, queues, the stream.

Every resource is called by its logical id: that is its ARN, its URL and its name. Queues that the
template names have these names and URLs besides.
"""

import importlib
import importlib.util
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from support.clouds.one_process.scheduling import Handler
from support.clouds.small.sqs import Queue
from support.template import (
    events,
    functions,
    referred,
    resources,
    template,
    where_it_is_deployed,
)

_REFERENCE = re.compile(r"\$\{([\w:]+)(?:\.\w+)?\}")
_OF_THE_STACK = {
    "AWS::AccountId": "123456789012",
    "AWS::Region": "eu-south-1",
    "AWS::StackName": "sportello",
    "AWS::URLSuffix": "amazonaws.com",
}

CHANGED_FOR_TESTS = {
    "AllowPrivateEndpoints": "true",
    # Nobody asks too often where a story of days takes milliseconds.
    "AgentReadRateLimit": "0",
    "AgentActRateLimit": "0",
    "WhatsAppApiUrl": "http://127.0.0.1/whatsapp",
    "TelegramApiUrl": "http://127.0.0.1/telegram",
    "SlackApiUrl": "http://127.0.0.1/slack",
    "NotifierEmailFrom": "desk@example.com",
}


@cache
def handlers() -> Mapping[str, Handler]:
    return load_handlers()


def load_handlers() -> Mapping[str, Handler]:
    """Import every function that there is in whichever version of the code is on the path."""
    paths = {name: properties["Handler"] for name, properties in functions().items()}
    return {name: _handler(path) for name, path in paths.items() if _exists(path)}


def _exists(path: str) -> bool:
    package, _, module = path.rpartition(".")[0].rpartition(".")
    try:
        return importlib.util.find_spec(f"{package}.{module}" if package else module) is not None
    except ModuleNotFoundError as missing:
        if missing.name != package:
            raise
        return False


def _handler(path: str) -> Handler:
    module, _, name = path.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), name)
    return handler


@cache
def environment() -> dict[str, str]:
    """The variables of all functions in one: the template gives no name two meanings."""
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    variables: dict[str, Any] = dict(shared)
    for function in functions().values():
        own = function.get("Environment", {}).get("Variables", {})
        for name, given in own.items():
            value = where_it_is_deployed(given)
            assert variables.setdefault(name, value) == value, f"{name} means two things"
    return {name: _resolved(value) for name, value in variables.items()} | {
        "POWERTOOLS_LOG_LEVEL": "CRITICAL"
    }


def _resolved(value: Any) -> str:
    if isinstance(value, dict) and "Fn::If" in value:
        _, _, otherwise = value["Fn::If"]  # nothing is on that somebody has to choose
        return _resolved(otherwise)
    if isinstance(value, dict) and "Fn::Sub" in value:
        return _REFERENCE.sub(lambda found: _named(found[1]), value["Fn::Sub"])
    if isinstance(value, dict) and "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(_resolved(where_it_is_deployed(part)) for part in parts)
    return _named(referred(value)) if isinstance(value, dict) else str(value)


def _named(name: str) -> str:
    if name in CHANGED_FOR_TESTS:
        return CHANGED_FOR_TESTS[name]
    if name in _OF_THE_STACK:
        return _OF_THE_STACK[name]
    parameter = template()["Parameters"].get(name)
    return str(parameter["Default"]) if parameter else name


def queues() -> dict[str, Queue]:
    """Every queue of the template, empty, by its logical id."""
    declared = resources("AWS::SQS::Queue")
    made = {
        name: Queue(
            name=_resolved(properties.get("QueueName", name)),
            fifo=properties.get("FifoQueue", False),
            visibility=timedelta(seconds=properties.get("VisibilityTimeout", 30)),
            max_receive_count=properties.get("RedrivePolicy", {}).get("maxReceiveCount", 0),
        )
        for name, properties in declared.items()
    }
    for name, properties in declared.items():
        if "RedrivePolicy" in properties:
            target = referred(properties["RedrivePolicy"]["deadLetterTargetArn"])
            made[name].dead_letters = made[target]
    return made


def queue_readers() -> dict[str, tuple[str, bool]]:
    """Return by queue the function that reads it, and whether it reports failures one by one."""
    return {
        referred(event["Queue"]): (name, "FunctionResponseTypes" in event)
        for name, function in functions().items()
        for event in events(function, "SQS")
    }


def stream_reader() -> tuple[str, Mapping[str, Any]]:
    """Return the one function that reads the table's stream, and how."""
    ((name, event),) = (
        (name, event)
        for name, function in functions().items()
        for event in events(function, "DynamoDB")
    )
    return name, event | {"ParallelizationFactor": _resolved(event["ParallelizationFactor"])}


def machines() -> dict[str, str]:
    """Return the file of each state machine by its logical id."""
    return {
        name: properties["DefinitionUri"].removeprefix("statemachines/").removesuffix(".asl.yaml")
        for name, properties in resources("AWS::Serverless::StateMachine").items()
    }


def express_machines() -> frozenset[str]:
    declared = resources("AWS::Serverless::StateMachine")
    return frozenset(name for name, machine in declared.items() if machine["Type"] == "EXPRESS")


def scheduled_functions() -> list[str]:
    """Return what runs every minute."""
    return [
        name
        for name, function in functions().items()
        if any(e["ScheduleExpression"] == "rate(1 minute)" for e in events(function, "ScheduleV2"))
    ]
