"""The customers' messages in.

Meta calls the webhook for every number of the app; one call may hold many messages and receipts.
"""

from collections.abc import Iterable

from channels.meta.signature import answer_challenge, check_signature
from channels.reading import decode_object
from channels.whatsapp.capabilities import CAPABILITIES, NAME
from channels.whatsapp.items import OBJECT, read_entry
from channels.whatsapp.secret import AppSecrets, VerifyToken, whatsapp_secret
from sportello.aws.credentials import ReadPart
from sportello.entrypoints.receiver import receiver
from sportello.errors import MalformedPayload
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.items import ParseResult


class WhatsAppInbound:
    name: str = NAME
    capabilities: Capabilities = CAPABILITIES

    def __init__(self, secret: ReadPart) -> None:
        self._secret = secret

    def authenticate(self, request: WebhookRequest) -> None:
        secrets = self._secret(AppSecrets)
        check_signature(
            request.headers, request.body, (secrets.app_secret, secrets.previous_app_secret)
        )

    def handshake(self, request: WebhookRequest) -> str:
        return answer_challenge(request.query, self._secret(VerifyToken).verify_token)

    def parse(self, request: WebhookRequest) -> Iterable[ParseResult]:
        match decode_object(request.body):
            case {"object": str(kind), "entry": list(entries)} if kind == OBJECT:
                return (result for entry in entries for result in read_entry(entry))
            case _:
                raise MalformedPayload("not an envelope of a WhatsApp business account")


adapter = WhatsAppInbound(whatsapp_secret)
handler = receiver(adapter)
