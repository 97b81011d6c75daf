"""The app's secret: what we call Slack with, and what Slack signs its calls with."""

from pydantic import ConfigDict, Field, SecretStr, field_validator

from sportello.aws.credentials import SECRET_MAX_AGE_SECONDS, Token, read_secret
from sportello.aws.environment import Environment
from sportello.model import Model


class SlackEnvironment(Environment):
    slack_secret: str = Field(min_length=1)


class BotToken(Model):
    model_config = ConfigDict(extra="ignore")

    bot_token: Token


class SigningSecrets(Model):
    """`previous_signing_secret` counts too until Slack lets the old one expire; empty for none."""

    model_config = ConfigDict(extra="ignore")

    signing_secret: Token
    previous_signing_secret: Token | None = None

    @field_validator("previous_signing_secret", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None

    @property
    def keys(self) -> list[bytes]:
        """The one in force first."""
        secrets: list[SecretStr] = [self.signing_secret]
        if self.previous_signing_secret is not None:
            secrets.append(self.previous_signing_secret)
        return [secret.get_secret_value().encode() for secret in secrets]


def slack_secret[S: Model](part: type[S], max_age_seconds: float = SECRET_MAX_AGE_SECONDS) -> S:
    return read_secret(SlackEnvironment.load().slack_secret, part, max_age_seconds)
