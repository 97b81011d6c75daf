"""Takes the slowest steps out of moto, without which the suite takes twice as long.

The hooks are private, moto's version is pinned, and this is the only file that touches them.
"""

from typing import Any

from moto.core import models
from moto.core.serialize import ResponseSerializer


def install() -> None:
    _answer_boto3_only()
    _read_attribute_values_as_they_are()


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
