"""Takes the slowest steps out of moto, without which the suite takes twice as long.

The hooks are private, moto's version is pinned, and this is the only file that touches them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore import useragent
from botocore.config import Config
from moto import mock_aws
from moto.core import models, responses
from moto.core.config import default_user_config
from moto.core.serialize import ResponseSerializer
from moto.core.utils import camelcase_to_underscores
from moto.sqs import models as sqs

from sportello.aws import clients


@contextmanager
def aws() -> Iterator[None]:
    """An empty AWS in moto."""
    _install()
    with mock_aws():
        yield


@cache
def _install() -> None:
    """Done once, before moto starts for the first time."""
    _check_requests()
    _answer_boto3_only()
    _read_attribute_values_as_they_are()
    _keep_what_does_not_change()


def _check_requests() -> None:
    """What functions leave to AWS to refuse is found out here, where its shape is known."""
    clients.CONFIG = clients.CONFIG.merge(Config(parameter_validation=True))
    clients.aws_client.cache_clear()


def _answer_boto3_only() -> None:
    """moto would also set up thousands of answers for plain HTTP requests, at each start."""
    models.RESPONSES_METHODS.clear()


def _read_attribute_values_as_they_are() -> None:
    """DynamoDB's values spell their one member as AWS does; moto tries a dozen ways for each."""
    look_up = ResponseSerializer.get_value

    def quick_look_up(self: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        parent = getattr(shape, "parent", None)
        if parent is not None and parent.name == "AttributeValue" and isinstance(value, dict):
            return value.get(key)
        return look_up(self, value, key, shape)

    ResponseSerializer.get_value = quick_look_up  # type: ignore[method-assign] # the point of it


def _keep_what_does_not_change() -> None:
    """AWS's service models, which boto3 reads anew for a new session; names that are spelled anew
    for every call, moto's of its operations and boto3's of itself."""
    default_user_config["core"]["reset_boto3_session"] = False
    useragent.sanitize_user_agent_string_component = cache(
        useragent.sanitize_user_agent_string_component
    )
    for module in (responses, sqs):
        module.camelcase_to_underscores = cache(camelcase_to_underscores)  # type: ignore[attr-defined] # imported there
    responses.method_names_from_class = cache(responses.method_names_from_class)  # type: ignore[attr-defined] # imported there
