"""The bucket: what is put in is handed out for minutes, under a safe name and as what it is."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from sportello.media.limits import FileRefused
from sportello.media.names import MediaName, read_media_id
from sportello.media.store import MediaStore
from support import files
from support.clouds.bucket import keys_in, media_bucket

NAME = MediaName("a" * 32, "b" * 32, 0)
NOW = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[MediaStore]:
    with media_bucket() as made:
        yield made


def test_a_file_is_there_with_its_type_once_it_was_put(store: MediaStore) -> None:
    store.put(NAME.key, io.BytesIO(files.PDF), "application/pdf")
    store.put(NAME.key, io.BytesIO(files.PDF), "application/pdf")
    there = store.look(NAME.key)
    assert there
    assert (there.size_bytes, there.mime_type) == (len(files.PDF), "application/pdf")
    assert keys_in(store) == [NAME.key]


def test_what_is_not_there_is_none_and_can_be_dropped(store: MediaStore) -> None:
    assert store.look(NAME.key) is None
    assert not store.read(NAME.key, io.BytesIO(), 10)
    store.drop(NAME.key)


def test_a_file_leaves_quarantine_once_and_again(store: MediaStore) -> None:
    store.put(NAME.quarantine_key, io.BytesIO(files.PDF), "application/pdf")
    store.move(NAME.quarantine_key, NAME.key, "application/pdf")
    store.move(NAME.quarantine_key, NAME.key, "application/pdf")
    assert keys_in(store) == [NAME.key]


def test_an_object_is_read_up_to_a_limit(store: MediaStore) -> None:
    store.put(NAME.upload_key, io.BytesIO(b"12345"), "text/plain")
    into = io.BytesIO()
    assert store.read(NAME.upload_key, into, 5)
    assert into.getvalue() == b"12345"
    with pytest.raises(FileRefused, match="too_large"):
        store.read(NAME.upload_key, io.BytesIO(), 4)


def test_a_link_is_good_for_minutes_and_saves_under_a_safe_name(store: MediaStore) -> None:
    link = store.link(NAME.key, "ricevuta è.html", "image/jpeg", NOW)
    asks = {name: value for name, (value,) in parse_qs(urlsplit(link.url).query).items()}
    assert link.expires_at == NOW + timedelta(minutes=5)
    assert asks["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert asks["X-Amz-Expires"] == "300"
    assert asks["response-content-type"] == "image/jpeg"
    assert asks["response-content-disposition"] == (
        "attachment; filename=\"ricevuta e.html.jpg\"; filename*=UTF-8''ricevuta%20%C3%A8.html.jpg"
    )
    assert urlsplit(link.url).path.endswith(f"/{NAME.key}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "../secret",
        NAME.media_id.upper(),
        f"{NAME.media_id}/",
        f"{NAME.media_id}0\n",
        "a" * 32 + "-" + "b" * 32,
        "a" * 32 + "-" + "b" * 32 + "-01",
        "a" * 32 + "-" + "b" * 32 + "-100",
    ],
)
def test_what_is_no_media_id_of_ours_names_nothing(text: str) -> None:
    assert read_media_id(text) is None


def test_a_media_id_names_what_it_was_made_of() -> None:
    assert read_media_id(NAME.media_id) == NAME
