"""Where the operator has Telegram's API."""

from sportello.aws.environment import Environment


class TelegramApiEnvironment(Environment):
    telegram_api_url: str


def api_url() -> str:
    return TelegramApiEnvironment.load().telegram_api_url.rstrip("/")
