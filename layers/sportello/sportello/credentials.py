"""Secrets, read from Secrets Manager when first needed and kept for five minutes."""

from typing import Any

from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from pydantic import BaseModel, ValidationError

from sportello.errors import NotConfigured

SECRET_MAX_AGE_SECONDS = 300


def read_secret[S: BaseModel](secret_id: str, shape: type[S]) -> S:
    """Return the secret's JSON document as `shape`.

    Raises NotConfigured when it is missing or its fields are wrong; the message never holds
    a value.
    """
    try:
        document: Any = parameters.get_secret(
            secret_id, transform="json", max_age=SECRET_MAX_AGE_SECONDS
        )
        return shape.model_validate(document)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, found["loc"])) for found in error.errors())
        raise NotConfigured(f"secret {secret_id}: check the fields {fields}") from None
    except (parameters.exceptions.TransformParameterError, GetParameterError):
        raise NotConfigured(f"secret {secret_id} cannot be read as a JSON document") from None
