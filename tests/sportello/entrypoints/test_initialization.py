"""What a function does while Lambda starts it, and leaves for its first call anywhere else."""

import json
import os
import subprocess
import sys

import pytest

from support.template import ROOT
from tools.imports import handlers, site_packages

HANDLERS = handlers()

STATE = """
import json
import {module}
from sportello.aws import clients
from sportello.model import Model

def all_of(model):
    for each in model.__subclasses__():
        yield each
        yield from all_of(each)

models = [model for model in all_of(Model)]
clients = clients.aws_client.cache_info().currsize
print(json.dumps([clients, sum(m.__pydantic_complete__ for m in models), len(models)]))
"""


def state_after_import(handler: str, **variables: str) -> tuple[int, int, int]:
    """Return how many clients there are, how many models are built, and of how many."""
    path = [ROOT / "functions", ROOT / "layers/sportello", *site_packages()]
    output = subprocess.run(  # noqa: S603 -- this Python, with lines of our own
        [sys.executable, "-S", "-P", "-c", STATE.format(module=handler.rpartition(".")[0])],
        env={
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "AWS_DEFAULT_REGION": "eu-south-1",
            **variables,
        },
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    clients, built, models = json.loads(output)
    return clients, built, models


ONE_OF_EACH_KIND = [
    "WhatsAppReceiveFunction",
    "WhatsAppDeliverFunction",
    "WebhookNotifyFunction",
    "RunBotFunction",
    "DispatchFunction",
    "AgentApiFunction",
]


@pytest.mark.parametrize("name", ["WhatsAppReceiveFunction", "AgentApiFunction"])
def test_clients_are_made_and_most_models_built_on_first_use(name: str) -> None:
    clients, built, models = state_after_import(HANDLERS[name])
    assert clients == 0
    assert built < models / 2


@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_while_lambda_starts_it_a_function_makes_and_builds_everything(name: str) -> None:
    starting = {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
    clients, built, models = state_after_import(HANDLERS[name], **starting)
    assert clients >= 1
    assert built == models > 0
