"""What stands around the agent API in experiments: variables, and a bucket that is empty."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from os import environ
from unittest.mock import patch

from agent_api.inbox import search
from sportello.entrypoints import runtime
from sportello.media.store import UploadForm
from support.builders import KEY

ENVIRONMENT = {
    "AUDIT_RETENTION_DAYS": "365",
    "CONVERSATION_KEY_SECRET": "ConversationKey",
    "DESK_TABLE": "desk",
    "EVENT_RETENTION_DAYS": "7",
    "SUBSCRIPTIONS_QUEUE": "https://sqs.example/subscriptions",
    "LIVE_ENDPOINT": "https://live.example/v1",
}
"""Of the variables of the template those without which some route breaks."""


class EmptyBucket:
    """A bucket that signs forms, and in which nobody ever puts anything."""

    bucket = "empty"

    def upload_form(self, key: str, _mime_type: str, _size: int, now: datetime) -> UploadForm:
        return UploadForm(url="https://empty.example/", fields={"key": key}, expires_at=now)

    def look(self, _key: str) -> None:
        return None


@contextmanager
def surroundings() -> Iterator[None]:
    with (
        patch.dict(environ, ENVIRONMENT),
        patch.object(search, "read_secret_text", lambda _: KEY.decode()),
        patch.object(runtime, "media_store", EmptyBucket),
    ):
        yield
