"""JSON Schemas (2020-12) of what callers send and get, as the models have it."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
    models_json_schema,
)
from pydantic_core import core_schema

from sportello.settings_document import SettingsDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_WITHIN_A_PARAGRAPH = re.compile(r"(?<!\n)\n(?!\n)")

type ModelIn = tuple[type[BaseModel], JsonSchemaMode]
"""A model, in `validation` as callers send it, in `serialization` as they get it."""


class Schemas(GenerateJsonSchema):
    """Without titles, which repeat names; an answer has all its fields, and may have more one day.

    So may it have a word that is in no enumeration yet: a later version wrote it. Whatever a
    function of ours reads is text, in a query and in an unknown word.
    """

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 -- as Pydantic asks
        return False

    def function_plain_schema(
        self, schema: core_schema.PlainValidatorFunctionSchema
    ) -> JsonSchemaValue:
        if self.mode == "serialization" and (serialization := schema.get("serialization")):
            return self.ser_schema(serialization) or {}
        return {"type": "string"}

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        described = super().enum_schema(schema)
        described.pop("title", None)
        if self.mode == "validation":
            return described
        words = {"description": described.pop("description")} if "description" in described else {}
        return {**words, "anyOf": [described, {"type": "string"}]}

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: FBT001 -- as Pydantic asks
    ) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        described = super().model_schema(schema)
        described.pop("title", None)
        if "description" in described:
            described["description"] = _WITHIN_A_PARAGRAPH.sub(" ", described["description"])
        if self.mode == "serialization" and described.get("additionalProperties") is False:
            del described["additionalProperties"]
        return described


def components(
    models: Iterable[ModelIn], template: str
) -> tuple[Mapping[Any, JsonSchemaValue], JsonSchemaValue]:
    """Return references to some models by `template`, and what they refer to by its name."""
    inputs = list(dict.fromkeys(models))
    references, described = models_json_schema(
        inputs, ref_template=template, schema_generator=Schemas
    )
    return references, described.get("$defs", {})


@cache
def settings_schema(shape: type[SettingsDocument]) -> str:
    """Return the schema of a document as it is written."""
    schema = shape.model_json_schema(schema_generator=Schemas)
    return json.dumps({"$schema": DIALECT, "title": shape.kind, **schema})
