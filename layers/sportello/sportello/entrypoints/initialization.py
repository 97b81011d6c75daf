"""What is done while Lambda starts a function, which would else be done while a customer waits.

Lambda starts functions at full speed whatever their memory, and runs them at the share of a
processor that their memory buys (docs/performance.md): what the first call needs is made before
it. Elsewhere, in tests above all, everything is made when it is first used.
"""

import os
from collections.abc import Iterator

from pydantic import BaseModel

from sportello.aws.clients import aws_client

STARTING = "AWS_LAMBDA_INITIALIZATION_TYPE"
"""Lambda sets it: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html."""


def prepare(*services: str) -> None:
    """Make these clients and build every model that is loaded, if this is Lambda starting."""
    if STARTING not in os.environ:
        return
    for service in services:
        aws_client(service)
    for model in _models(BaseModel):
        model.model_rebuild()


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)
