"""What outlives the code that wrote it: read with all that this version does not know. Pure.

Two versions of the code run side by side in every deployment, and after a rollback an older one
reads what a later one has written. It acts on what it knows, and writes the rest back as it was.
"""

from enum import StrEnum
from functools import partial
from typing import Any

from pydantic import ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from sportello.model import Model


class Stored(Model):
    """The base of every model that is written down, or passed between two of our functions.

    Fields that this version does not know are kept, survive `model_copy`, and are written again.
    """

    model_config = ConfigDict(extra="allow")

    @property
    def unknown_fields(self) -> frozenset[str]:
        """Names of fields that a later version has written."""
        return frozenset(self.model_extra or ())


class OrUnknown:
    """Annotates a stored enum or literal: a value of a later version is kept as it is.

    Such a value equals no member, so that every comparison goes the way of "something else".
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        unknown = core_schema.no_info_plain_validator_function(
            partial(_as_unknown, source),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )
        return core_schema.union_schema([handler(source), unknown], mode="left_to_right")


def _as_unknown(source: Any, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004 -- what Pydantic takes for a fault of validation
    if not (isinstance(source, type) and issubclass(source, StrEnum)):
        return value
    member = str.__new__(source, value)
    member._name_ = member._value_ = value
    return member


def is_unknown(value: StrEnum) -> bool:
    """Whether a value was read that only a later version knows."""
    return all(value is not member for member in type(value))
