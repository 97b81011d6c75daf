"""Secrets, read from Secrets Manager when first needed and kept for five minutes."""

import json
import time
from typing import Annotated, NamedTuple, Protocol, cast

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import AfterValidator, BaseModel, SecretStr, ValidationError

from sportello.aws.clients import aws_client
from sportello.errors import NotConfigured, SecretsUnavailable

SECRET_MAX_AGE_SECONDS = 300
UNFINISHED_MAX_AGE_SECONDS = 10
"""Somebody is filling it in, or calls would ask for it without end."""

_FAULTS_OF_CONFIGURATION = {
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidParameterException",
    "InvalidRequestException",
    "ResourceNotFoundException",
    "ValidationException",
}


def _visible(token: SecretStr) -> SecretStr:
    text = token.get_secret_value().strip()
    if not text or not all("!" <= character <= "~" for character in text):
        raise ValueError("something that no token holds was copied with it")
    return SecretStr(text)


type Token = Annotated[SecretStr, AfterValidator(_visible)]
"""What proves who calls; white space around it, a line's end say, is not part of it.

With anything else in it a request cannot be written, which looks like one that was cut off.
"""


class ReadPart(Protocol):
    """Reads of one secret what a model of a part of it names, as `read_secret` does."""

    def __call__[S: BaseModel](self, part: type[S], /) -> S: ...


class _Secret(NamedTuple):
    """A secret's text, until when (monotonic seconds) it is good, and what was made of it."""

    text: str
    good_until: float
    shapes: dict[type[BaseModel], BaseModel]


_secrets: dict[str, _Secret] = {}


def read_secret_text(secret_id: str) -> str:
    """Return a secret as it stands.

    Raises NotConfigured when there is none or it may not be read, SecretsUnavailable when Secrets
    Manager could not be asked.
    """
    return _current(secret_id).text


def read_secret[S: BaseModel](
    secret_id: str, shape: type[S], max_age_seconds: float = SECRET_MAX_AGE_SECONDS
) -> S:
    """Return the secret's JSON document as `shape`; raises as `read_secret_text` does.

    Raises NotConfigured too when its fields are wrong; the message never holds a value.
    """
    secret = _current(secret_id, max_age_seconds)
    if shape not in secret.shapes:
        try:
            secret.shapes[shape] = _shaped(secret_id, secret.text, shape)
        except NotConfigured:
            soon = time.monotonic() + UNFINISHED_MAX_AGE_SECONDS
            _secrets[secret_id] = secret._replace(good_until=min(secret.good_until, soon))
            raise
    return cast("S", secret.shapes[shape])


def _current(secret_id: str, max_age_seconds: float = SECRET_MAX_AGE_SECONDS) -> _Secret:
    secret = _secrets.get(secret_id)
    now = time.monotonic()
    if secret is None or now >= secret.good_until - (SECRET_MAX_AGE_SECONDS - max_age_seconds):
        secret = _Secret(_fetched(secret_id), now + SECRET_MAX_AGE_SECONDS, {})
        _secrets[secret_id] = secret
    return secret


def _fetched(secret_id: str) -> str:
    try:
        return str(
            aws_client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _FAULTS_OF_CONFIGURATION:
            raise NotConfigured(f"secret {secret_id} cannot be read: {code}") from None
        raise SecretsUnavailable(f"secret {secret_id} was not given: {code}") from None
    except BotoCoreError as error:
        reason = type(error).__name__
        raise SecretsUnavailable(f"secret {secret_id} was not given: {reason}") from None
    except KeyError:
        raise NotConfigured(f"secret {secret_id} holds no text") from None


def _shaped[S: BaseModel](secret_id: str, text: str, shape: type[S]) -> S:
    try:
        return shape.model_validate(json.loads(text))
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise NotConfigured(f"secret {secret_id}: check the fields {fields}") from None
    except ValueError:
        raise NotConfigured(f"secret {secret_id} cannot be read as a JSON document") from None
