"""Our messages out, one call of the Cloud API each."""

from functools import partial
from typing import Any
from urllib.parse import quote

from channels.provider_api import ProviderApi
from channels.whatsapp.api_url import api_url
from channels.whatsapp.capabilities import CAPABILITIES, NAME
from channels.whatsapp.errors import judge
from channels.whatsapp.handles import PHONE_HANDLE, USER_HANDLE
from channels.whatsapp.secret import AccessToken, whatsapp_secret
from sportello.entrypoints.deliverer import deliverer
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.outbound_channel import Delivery, OutboundMessage, Refusal
from sportello.messaging.outbound_http import NoAnswer


class WhatsAppOutbound(ProviderApi[AccessToken]):
    name: str = NAME
    capabilities: Capabilities = CAPABILITIES

    def send(self, message: OutboundMessage) -> Delivery:
        recipient = _recipient(message.to)
        if recipient is None:
            return Delivery.refused(Refusal.RECIPIENT, "not_a_whatsapp_handle")
        token = self._secret().access_token.get_secret_value()
        url = f"{self._api_url()}/{quote(message.account_id, safe='')}/messages"
        document = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **recipient,
            **_content(message),
        }
        if message.tracker:
            document["biz_opaque_callback_data"] = message.tracker
        try:
            reply = self._post(url, document, {"authorization": f"Bearer {token}"})
        except NoAnswer:
            return Delivery.unknown("no_answer")
        return judge(reply)


def _recipient(handle: str) -> dict[str, str] | None:
    if handle.startswith(PHONE_HANDLE):
        return {"to": handle.removeprefix(PHONE_HANDLE)}
    if handle.startswith(USER_HANDLE):
        return {"recipient": handle.removeprefix(USER_HANDLE)}
    return None


def _content(message: OutboundMessage) -> dict[str, Any]:
    if not message.buttons:
        return {"type": "text", "text": {"body": message.text, "preview_url": False}}
    buttons = [
        {"type": "reply", "reply": {"id": button.id, "title": button.title}}
        for button in message.buttons
    ]
    return {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": message.text},
            "action": {"buttons": buttons},
        },
    }


adapter = WhatsAppOutbound(partial(whatsapp_secret, AccessToken), api_url)
handler = deliverer(adapter)
