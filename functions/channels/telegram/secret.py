"""What only Telegram and the business know."""

from pydantic import ConfigDict, Field, SecretStr

from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.model import Model


class TelegramSecretEnvironment(Environment):
    telegram_secret: str


class TelegramSecret(Model):
    """`secret_token` is what setWebhook was told; `previous_secret_token` during a rotation."""

    model_config = ConfigDict(extra="ignore")

    secret_token: SecretStr = Field(min_length=1)
    bot_token: SecretStr = Field(min_length=1)
    previous_secret_token: SecretStr = SecretStr("")

    @property
    def bot_id(self) -> str:
        """The bot's user id, which the token begins with: the account that customers write to."""
        return self.bot_token.get_secret_value().partition(":")[0]


def telegram_secret() -> TelegramSecret:
    return read_secret(TelegramSecretEnvironment.load().telegram_secret, TelegramSecret)
