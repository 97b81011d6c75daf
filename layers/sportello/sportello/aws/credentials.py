"""Secrets, read from Secrets Manager when first needed and kept for five minutes."""

import json
from functools import cache

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError
from pydantic import BaseModel, ValidationError

from sportello.aws.clients import aws_client
from sportello.errors import NotConfigured, SecretsUnavailable

SECRET_MAX_AGE_SECONDS = 300
_FAULTS_OF_CONFIGURATION = {
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidParameterException",
    "InvalidRequestException",
    "ResourceNotFoundException",
    "ValidationException",
}


@cache
def _provider() -> SecretsProvider:
    return SecretsProvider(boto3_client=aws_client("secretsmanager"))


def read_secret_text(secret_id: str) -> str:
    """Return a secret as it stands.

    Raises NotConfigured when there is none or it may not be read, SecretsUnavailable when Secrets
    Manager could not be asked.
    """
    try:
        return str(_provider().get(secret_id, max_age=SECRET_MAX_AGE_SECONDS))
    except GetParameterError as error:
        # Powertools turns every error into this one; what it was is the context.
        cause = error.__context__
        if isinstance(cause, ClientError):
            code = cause.response["Error"]["Code"]
            if code in _FAULTS_OF_CONFIGURATION:
                raise NotConfigured(f"secret {secret_id} cannot be read: {code}") from None
            raise SecretsUnavailable(f"secret {secret_id} was not given: {code}") from None
        raise SecretsUnavailable(
            f"secret {secret_id} was not given: {type(cause).__name__}"
        ) from None


def read_secret[S: BaseModel](secret_id: str, shape: type[S]) -> S:
    """Return the secret's JSON document as `shape`; raises as `read_secret_text` does.

    Raises NotConfigured too when its fields are wrong; the message never holds a value.
    """
    text = read_secret_text(secret_id)
    try:
        return shape.model_validate(json.loads(text))
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise NotConfigured(f"secret {secret_id}: check the fields {fields}") from None
    except ValueError:
        raise NotConfigured(f"secret {secret_id} cannot be read as a JSON document") from None
