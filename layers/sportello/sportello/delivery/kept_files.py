"""The content of a message's file, as the channel's way out needs it."""

import io

from botocore.exceptions import BotoCoreError, ClientError

from sportello.errors import FileNotKept, ProviderUnavailable
from sportello.media.limits import FileRefused
from sportello.media.store import MediaStore
from sportello.messaging.outbound_media import MAX_FILE_BYTES, OutboundMedia


def content_of(store: MediaStore, media: OutboundMedia) -> bytes:
    """Raises FileNotKept, or ProviderUnavailable where it cannot be read now."""
    content = io.BytesIO()
    try:
        if not store.read(media.key, content, MAX_FILE_BYTES):
            raise FileNotKept
    except FileRefused:
        raise FileNotKept from None
    except (ClientError, BotoCoreError) as error:
        raise ProviderUnavailable(f"the file cannot be read: {type(error).__name__}") from None
    return content.getvalue()
