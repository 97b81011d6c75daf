"""Where the operator has WhatsApp's API."""

from sportello.aws.environment import Environment


class WhatsAppApiEnvironment(Environment):
    whatsapp_api_url: str


def api_url() -> str:
    return WhatsAppApiEnvironment.load().whatsapp_api_url.rstrip("/")
