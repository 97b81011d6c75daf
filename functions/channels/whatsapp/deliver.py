"""Our messages out, one call of the Cloud API each; a file goes ahead of its message."""

from functools import partial
from urllib.parse import quote

from channels.provider_api import ProviderApi
from channels.whatsapp.api_url import api_url
from channels.whatsapp.capabilities import CAPABILITIES, NAME
from channels.whatsapp.content import content_of
from channels.whatsapp.errors import judge, judge_upload
from channels.whatsapp.handles import PHONE_HANDLE, USER_HANDLE
from channels.whatsapp.secret import AccessToken, whatsapp_secret
from sportello.entrypoints.deliverer import deliverer
from sportello.errors import ProviderUnavailable
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.outbound_channel import Delivery, OutboundMessage, Refusal
from sportello.messaging.outbound_http import FormFile, NoAnswer
from sportello.messaging.outbound_media import OutboundFile

CODECS = {"audio/ogg": "audio/ogg; codecs=opus"}
"""Of Ogg alone the API takes nothing: it has to be told what is in it."""


class WhatsAppOutbound(ProviderApi[AccessToken]):
    name: str = NAME
    capabilities: Capabilities = CAPABILITIES

    def send(self, message: OutboundMessage) -> Delivery:
        recipient = _recipient(message.to)
        if recipient is None:
            return Delivery.refused(Refusal.RECIPIENT, "not_a_whatsapp_handle")
        uploaded = self._upload(message.account_id, message.file) if message.file else ""
        if isinstance(uploaded, Delivery):
            return uploaded
        document = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **recipient,
            **content_of(message, uploaded),
        }
        if message.tracker:
            document["biz_opaque_callback_data"] = message.tracker
        try:
            reply = self._post(self._url(message.account_id, "messages"), document, self._head())
        except NoAnswer:
            return Delivery.unknown("no_answer")
        return judge(reply)

    def _upload(self, account_id: str, file: OutboundFile) -> str | Delivery:
        """Hand a file over: no customer sees it before a message names it, so it may be repeated.

        By its id it arrives in its order, and what is wrong with it is said at once; a link, which
        the API takes as well, would be fetched later, by whoever else gets to see it too.
        """
        mime_type = CODECS.get(file.media.mime_type, file.media.mime_type)
        part = FormFile(
            field="file",
            name=file.media.file_name or "file",
            mime_type=mime_type,
            content=file.content,
        )
        fields = {"messaging_product": "whatsapp", "type": mime_type}
        try:
            return judge_upload(
                self._post_form(self._url(account_id, "media"), fields, part, self._head())
            )
        except NoAnswer:
            raise ProviderUnavailable("no answer to the upload") from None

    def _url(self, account_id: str, what: str) -> str:
        return f"{self._api_url()}/{quote(account_id, safe='')}/{what}"

    def _head(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._secret().access_token.get_secret_value()}"}


def _recipient(handle: str) -> dict[str, str] | None:
    if handle.startswith(PHONE_HANDLE):
        return {"to": handle.removeprefix(PHONE_HANDLE)}
    if handle.startswith(USER_HANDLE):
        return {"recipient": handle.removeprefix(USER_HANDLE)}
    return None


adapter = WhatsAppOutbound(partial(whatsapp_secret, AccessToken), api_url)
handler = deliverer(adapter)
