"""What only Meta and the business know; each step reads what it needs, the rest may be missing."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from sportello.aws.credentials import Token, read_secret
from sportello.aws.environment import Environment
from sportello.model import Model


class WhatsAppSecretEnvironment(Environment):
    whatsapp_secret: str


class SecretPart(Model):
    model_config = ConfigDict(extra="ignore")


class VerifyToken(SecretPart):
    """All that Meta's check of the address needs, which comes before anything else."""

    verify_token: SecretStr = Field(min_length=1)


class AppSecrets(SecretPart):
    """`previous_app_secret` still proves calls made while the app secret is being rotated."""

    app_secret: Token
    previous_app_secret: SecretStr = SecretStr("")


class AccessToken(SecretPart):
    access_token: Token


def whatsapp_secret[S: BaseModel](part: type[S]) -> S:
    return read_secret(WhatsAppSecretEnvironment.load().whatsapp_secret, part)
