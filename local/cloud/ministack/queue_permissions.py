"""How MiniStack's SQS differs: a batch needs a permission of its own, which AWS does not have.

docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
"""

from importlib import import_module
from typing import Any

# Imported by name: the package lives in the emulator's virtual environment only.
iam_actions: Any = import_module("ministack.core.iam_actions")


def install() -> None:
    permit_batches_as_single_calls()


def permit_batches_as_single_calls() -> None:
    extract = iam_actions.extract_iam_action

    def of_a_single_call(*arguments: Any, **others: Any) -> str | None:
        action: str | None = extract(*arguments, **others)
        if action and action.startswith("sqs:"):
            return action.removesuffix("Batch")
        return action

    iam_actions.extract_iam_action = of_a_single_call
