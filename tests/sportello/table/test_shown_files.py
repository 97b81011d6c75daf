"""What people see of files in a story: what was sent, and what became of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from sportello.media.kept_file import KeptFile, MediaState
from sportello.media.names import MediaName
from sportello.messaging.items import Media
from sportello.table.stories.timeline import read_timeline
from support.builders import CONVERSATION, NOW
from support.clouds.metered import metered
from support.clouds.working_desk import WorkingDesk, working_desk

PHOTO = Media(kind="image", provider_media_id="photo-1", mime_type="image/png", size_bytes=9)
INVOICE = Media(kind="document", provider_media_id="doc-1", file_name="fattura.pdf")


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as desk:
        yield desk


def shown(office: WorkingDesk) -> list[dict[str, Any]]:
    entries = read_timeline(office.table, CONVERSATION, 50).entries
    (media,) = [entry.detail["media"] for entry in entries if "media" in entry.detail]
    return list(media)


def test_a_file_is_pending_until_it_is_here(office: WorkingDesk) -> None:
    item_id = office.write("Ecco", media=(PHOTO, INVOICE))
    office.receive(item_id)
    photo, invoice = (MediaName(CONVERSATION, item_id, number) for number in range(2))
    before = shown(office)
    assert [(m["media_id"], m["state"]) for m in before] == [
        (photo.media_id, "pending"),
        (invoice.media_id, "pending"),
    ]
    assert (before[0]["size_bytes"], before[1]["file_name"]) == (9, "fattura.pdf")
    office.table.media.keep(
        photo,
        KeptFile(
            state=MediaState.STORED,
            at=NOW,
            mime_type="image/jpeg",
            size_bytes=51_200,
            width=1280,
            height=960,
        ),
    )
    refused = KeptFile(state=MediaState.REFUSED, at=NOW, reason="macros")
    office.table.media.keep(invoice, refused)
    assert shown(office) == [
        {
            "kind": "image",
            "provider_media_id": "photo-1",
            "media_id": photo.media_id,
            "state": "stored",
            "mime_type": "image/jpeg",
            "size_bytes": 51_200,
            "width": 1280,
            "height": 960,
        },
        {
            "kind": "document",
            "provider_media_id": "doc-1",
            "file_name": "fattura.pdf",
            "media_id": invoice.media_id,
            "state": "refused",
            "reason": "macros",
        },
    ]


def test_a_story_without_files_costs_no_call_more(office: WorkingDesk) -> None:
    office.receive(office.write("Ciao"))
    with metered(office.table) as without:
        read_timeline(office.table, CONVERSATION, 50)
    office.receive(office.write("", media=(PHOTO,)))
    with metered(office.table) as with_one:
        read_timeline(office.table, CONVERSATION, 50)
    assert with_one.calls.total() == without.calls.total() + 1
