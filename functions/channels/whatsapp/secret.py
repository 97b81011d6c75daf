"""What only Meta and the business know."""

from pydantic import ConfigDict, Field, SecretStr

from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.model import Model


class WhatsAppSecretEnvironment(Environment):
    whatsapp_secret: str


class WhatsAppSecret(Model):
    """`previous_app_secret` still proves calls made while the app secret is being rotated."""

    model_config = ConfigDict(extra="ignore")

    app_secret: SecretStr = Field(min_length=1)
    verify_token: SecretStr = Field(min_length=1)
    access_token: SecretStr = Field(min_length=1)
    previous_app_secret: SecretStr = SecretStr("")


def whatsapp_secret() -> WhatsAppSecret:
    return read_secret(WhatsAppSecretEnvironment.load().whatsapp_secret, WhatsAppSecret)
