"""What a message of ours is in the words of the Cloud API."""

from typing import Any

from sportello.messaging.outbound_channel import OutboundMessage
from sportello.messaging.outbound_media import MediaKind, OutboundMedia
from sportello.messaging.outbound_template import OutboundTemplate


def content_of(message: OutboundMessage, uploaded: str) -> dict[str, Any]:
    """Return the type and its object; `uploaded` is the id of the message's file."""
    if message.template:
        return {"type": "template", "template": _template(message.template)}
    if message.file:
        return _file(message.file.media, uploaded, message.text)
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


def _file(media: OutboundMedia, uploaded: str, caption: str) -> dict[str, Any]:
    shown = "audio" if media.kind is MediaKind.VOICE else str(media.kind)
    fields: dict[str, Any] = {"id": uploaded}
    if media.kind is MediaKind.VOICE:
        fields["voice"] = True
    if caption:
        fields["caption"] = caption
    if media.kind is MediaKind.DOCUMENT and media.file_name:
        fields["filename"] = media.file_name
    return {"type": shown, shown: fields}


def _template(template: OutboundTemplate) -> dict[str, Any]:
    """Places have a name, or are counted: then their order says which is which."""
    parameters = [
        {
            "type": "text",
            **({} if place.name.isdigit() else {"parameter_name": place.name}),
            "text": place.text,
        }
        for place in template.places
    ]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    return {
        "name": template.name,
        "language": {"code": template.language},
        **({"components": components} if components else {}),
    }
