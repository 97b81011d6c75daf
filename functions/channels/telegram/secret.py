"""What only Telegram and the business know; each step reads what it needs."""

from pydantic import BaseModel, ConfigDict, SecretStr

from sportello.aws.credentials import Token, read_secret
from sportello.aws.environment import Environment
from sportello.model import Model


class TelegramSecretEnvironment(Environment):
    telegram_secret: str


class SecretPart(Model):
    model_config = ConfigDict(extra="ignore")


class SecretTokens(SecretPart):
    """`secret_token` is what setWebhook was told; `previous_secret_token` during a rotation."""

    secret_token: Token
    previous_secret_token: SecretStr = SecretStr("")


class BotToken(SecretPart):
    bot_token: Token

    @property
    def bot_id(self) -> str:
        """The bot's user id, which the token begins with: the account that customers write to."""
        return self.bot_token.get_secret_value().partition(":")[0]


def telegram_secret[S: BaseModel](part: type[S]) -> S:
    return read_secret(TelegramSecretEnvironment.load().telegram_secret, part)
