"""Files and templates on their way out, as each provider wants them.

What is expected was written from the providers' pages: core.telegram.org/bots/api and
developers.facebook.com/documentation/business-messaging/whatsapp.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from channels.telegram.capabilities import MEDIA as TELEGRAM_MEDIA
from channels.whatsapp.capabilities import MEDIA as WHATSAPP_MEDIA
from sportello.errors import ConfigurationRefused, ProviderUnavailable
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_channel import Delivery, OutboundMessage, Refusal
from sportello.messaging.outbound_http import FormFile, NoAnswer, Reply
from sportello.messaging.outbound_media import MediaKind, OutboundFile, kind_of_file
from sportello.messaging.outbound_template import OutboundTemplate
from support.builders import a_file, a_template
from support.webhooks import PROVIDERS, TELEGRAM_SECRET, a_telegram, a_whatsapp

CONTENT = b"\xff\xd8\xff\xe0 made up"
TYPES = {
    MediaKind.IMAGE: "image/jpeg",
    MediaKind.VIDEO: "video/mp4",
    MediaKind.VOICE: "audio/ogg",
    MediaKind.AUDIO: "audio/mpeg",
    MediaKind.DOCUMENT: "application/pdf",
}

every_kind = pytest.mark.parametrize("kind", list(MediaKind))


class Forms:
    """An HTTP port for forms and JSON that gives one answer to each, and remembers the calls."""

    def __init__(self, to_form: Reply | Exception, to_json: Reply | Exception | None = None):
        self.to_form = to_form
        self.to_json = to_json
        self.forms: list[tuple[str, dict[str, str], FormFile, dict[str, str]]] = []
        self.documents: list[tuple[str, Any]] = []

    def post_form(
        self, url: str, fields: Mapping[str, str], file: FormFile, headers: Mapping[str, str]
    ) -> Reply:
        self.forms.append((url, dict(fields), file, dict(headers)))
        return answered(self.to_form)

    def post(self, url: str, document: Any, _headers: Mapping[str, str]) -> Reply:
        self.documents.append((url, document))
        assert self.to_json, "no message follows"
        return answered(self.to_json)


def answered(answer: Reply | Exception) -> Reply:
    if isinstance(answer, Exception):
        raise answer
    return answer


def reply(status: int, document: Any = None) -> Reply:
    return Reply(status=status, headers={}, body=json.dumps(document).encode())


UPLOADED = reply(200, {"id": "media-77"})


def a_message(channel: str, kind: MediaKind, text: str = "", **changes: Any) -> OutboundMessage:
    media = a_file(kind, mime_type=TYPES[kind], **changes)
    return OutboundMessage(
        account_id=PROVIDERS[channel].account_id,
        to=PROVIDERS[channel].to,
        text=text,
        file=OutboundFile(media=media, content=CONTENT),
        tracker="fx-1",
    )


def on_whatsapp(port: Forms, message: OutboundMessage) -> Delivery:
    return a_whatsapp(port.post, port.post_form).send(message)


def on_telegram(port: Forms, message: OutboundMessage) -> Delivery:
    return a_telegram(port.post, port.post_form).send(message)


# WhatsApp


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (MediaKind.IMAGE, "Ecco.", {"image": {"id": "media-77", "caption": "Ecco."}}),
        (MediaKind.VIDEO, "", {"video": {"id": "media-77"}}),
        (MediaKind.AUDIO, "", {"audio": {"id": "media-77"}}),
        (MediaKind.VOICE, "", {"audio": {"id": "media-77", "voice": True}}),
        (
            MediaKind.DOCUMENT,
            "La fattura.",
            {"document": {"id": "media-77", "caption": "La fattura.", "filename": "foto.jpg"}},
        ),
    ],
)
def test_whatsapp_is_handed_the_file_and_then_a_message_that_names_it(
    kind: MediaKind, text: str, expected: dict[str, Any]
) -> None:
    port = Forms(UPLOADED, reply(200, PROVIDERS["whatsapp"].taken))
    delivery = on_whatsapp(port, a_message("whatsapp", kind, text))
    assert delivery == Delivery.accepted("wamid.EXAMPLEaccepted")
    [(upload_url, fields, file, headers)] = port.forms
    assert upload_url == "https://graph.example/v25.0/200300400500601/media"
    spoken = kind is MediaKind.VOICE
    mime_type = "audio/ogg; codecs=opus" if spoken else TYPES[kind]
    assert fields == {"messaging_product": "whatsapp", "type": mime_type}
    assert file == FormFile(field="file", name="foto.jpg", mime_type=mime_type, content=CONTENT)
    assert headers == {"authorization": "Bearer made-up-access-token"}
    [(url, document)] = port.documents
    assert url == "https://graph.example/v25.0/200300400500601/messages"
    (shown,) = expected
    assert document == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "393330000101",
        "type": shown,
        "biz_opaque_callback_data": "fx-1",
        **expected,
    }


@pytest.mark.parametrize(
    "answer",
    [NoAnswer("ReadTimeoutError"), reply(500), reply(200, {}), reply(200, []), reply(503)],
    ids=str,
)
def test_an_upload_that_nobody_knows_of_is_repeated(answer: Reply | Exception) -> None:
    port = Forms(answer)
    with pytest.raises(ProviderUnavailable):
        on_whatsapp(port, a_message("whatsapp", MediaKind.IMAGE))
    assert port.documents == []


def test_a_file_that_whatsapp_does_not_take_is_a_refusal_of_its_message() -> None:
    port = Forms(reply(400, {"error": {"code": 131053}}))
    delivery = on_whatsapp(port, a_message("whatsapp", MediaKind.IMAGE))
    assert delivery == Delivery.refused(Refusal.CONTENT, "131053")
    assert port.documents == []


def test_a_token_that_is_over_is_an_operators_to_cure_at_the_upload_too() -> None:
    port = Forms(reply(401, {"error": {"code": 190}}))
    with pytest.raises(ConfigurationRefused):
        on_whatsapp(port, a_message("whatsapp", MediaKind.IMAGE))


def test_after_the_upload_a_message_without_an_answer_is_unknown() -> None:
    port = Forms(UPLOADED, NoAnswer("ReadTimeoutError"))
    delivery = on_whatsapp(port, a_message("whatsapp", MediaKind.IMAGE))
    assert delivery.status is DeliveryStatus.UNKNOWN


def a_template_message(channel: str, template: OutboundTemplate) -> OutboundMessage:
    provider = PROVIDERS[channel]
    text = "Il pacco 7 è in via Roma."
    return OutboundMessage(
        account_id=provider.account_id, to=provider.to, text=text, template=template, tracker=""
    )


@pytest.mark.parametrize(
    ("template", "components"),
    [
        (a_template(), None),
        (
            a_template(("1", "7"), ("2", "via Roma")),
            [{"type": "text", "text": "7"}, {"type": "text", "text": "via Roma"}],
        ),
        (
            a_template(("parcel", "7")),
            [{"type": "text", "parameter_name": "parcel", "text": "7"}],
        ),
    ],
)
def test_a_template_goes_by_its_name_with_what_fills_its_places(
    template: OutboundTemplate, components: list[Any] | None
) -> None:
    port = Forms(AssertionError("no file"), reply(200, PROVIDERS["whatsapp"].taken))
    on_whatsapp(port, a_template_message("whatsapp", template))
    [(_, document)] = port.documents
    assert document["type"] == "template"
    body = {"components": [{"type": "body", "parameters": components}]} if components else {}
    assert document["template"] == {
        "name": "parcel_arrived",
        "language": {"code": "it"},
        **body,
    }


# Telegram


@pytest.mark.parametrize(
    ("kind", "method", "field"),
    [
        (MediaKind.IMAGE, "sendPhoto", "photo"),
        (MediaKind.VIDEO, "sendVideo", "video"),
        (MediaKind.VOICE, "sendVoice", "voice"),
        (MediaKind.AUDIO, "sendAudio", "audio"),
        (MediaKind.DOCUMENT, "sendDocument", "document"),
    ],
)
def test_telegram_is_handed_the_file_in_the_one_call(
    kind: MediaKind, method: str, field: str
) -> None:
    port = Forms(reply(200, PROVIDERS["telegram"].taken))
    delivery = on_telegram(port, a_message("telegram", kind, "Ecco."))
    assert delivery == Delivery.accepted("500600701:48")
    [(url, fields, file, headers)] = port.forms
    assert url == f"https://telegram.example/bot{TELEGRAM_SECRET['bot_token']}/{method}"
    assert fields == {"chat_id": "500600701", "caption": "Ecco."}
    assert (file.field, file.name, file.content) == (field, "foto.jpg", CONTENT)
    assert headers == {}


def test_a_file_without_a_name_has_one_in_the_form() -> None:
    port = Forms(reply(200, PROVIDERS["telegram"].taken))
    on_telegram(port, a_message("telegram", MediaKind.IMAGE, file_name=""))
    [(_, fields, file, _)] = port.forms
    assert fields == {"chat_id": "500600701"}
    assert file.name == "photo"


def test_a_file_without_an_answer_is_unknown_on_telegram() -> None:
    delivery = on_telegram(Forms(NoAnswer("x")), a_message("telegram", MediaKind.VIDEO))
    assert delivery.status is DeliveryStatus.UNKNOWN


def test_telegram_has_no_templates() -> None:
    delivery = on_telegram(Forms(AssertionError()), a_template_message("telegram", a_template()))
    assert delivery == Delivery.refused(Refusal.CONTENT, "no_templates")


# What is shown as what


@every_kind
@pytest.mark.parametrize("limits", [WHATSAPP_MEDIA, TELEGRAM_MEDIA], ids=["whatsapp", "telegram"])
def test_each_kind_of_file_is_known_by_its_type(kind: MediaKind, limits: Any) -> None:
    assert kind_of_file(TYPES[kind], limits) is kind


@pytest.mark.parametrize(
    ("dimensions", "kind"),
    [
        ((4_000, 3_000), MediaKind.IMAGE),
        ((5_000, 5_000), MediaKind.IMAGE),
        ((5_001, 5_000), MediaKind.DOCUMENT),
        ((2_000, 100), MediaKind.IMAGE),
        ((2_001, 100), MediaKind.DOCUMENT),
        ((100, 2_001), MediaKind.DOCUMENT),
    ],
)
def test_a_picture_that_telegram_shows_not_goes_as_a_document(
    dimensions: tuple[int, int], kind: MediaKind
) -> None:
    assert kind_of_file("image/png", TELEGRAM_MEDIA, dimensions) is kind
    assert kind_of_file("image/png", WHATSAPP_MEDIA, dimensions) is MediaKind.IMAGE


def test_what_is_nothing_else_is_a_document_where_any_is_taken() -> None:
    assert kind_of_file("application/zip", TELEGRAM_MEDIA) is MediaKind.DOCUMENT
    assert kind_of_file("application/zip", WHATSAPP_MEDIA) is None
    assert kind_of_file("image/jpeg", {}) is None


def test_a_file_is_in_nothing_that_is_written_down() -> None:
    message = a_message("telegram", MediaKind.IMAGE)
    assert "made up" not in repr(message)
