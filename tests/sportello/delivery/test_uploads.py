"""Files that agents put into the bucket: looked at as what is there, kept or refused whole."""

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sportello.delivery.kept_files import content_of
from sportello.delivery.uploads import USABLE, KeptUpload, UploadRefused, Uploads
from sportello.errors import FileNotKept
from sportello.media.limits import FileRefused
from sportello.media.names import MediaName, read_media_id
from sportello.media.scanning import NotScanned
from sportello.media.store import MediaStore, UploadForm
from sportello.table.desk_table import DeskTable
from sportello.table.files.media_table import MediaTable
from sportello.table.files.upload_table import Upload
from support import files
from support.builders import CONVERSATION, NOW, a_file
from support.clouds.bucket import keys_in, media_bucket
from support.clouds.table import table

ELSEWHERE = "0" * 32


class Counter:
    """Where agents upload; what they put there is put there whatever their form says."""

    def __init__(self, desk_table: DeskTable, store: MediaStore) -> None:
        self.table = desk_table
        self.store = store
        self.scanned: list[str] = []
        self.verdict: Exception | None = None
        self.uploads = Uploads(desk_table, store, self._scan)

    def _scan(self, _bucket: str, key: str, _mime_type: str, _size: int) -> None:
        self.scanned.append(key)
        if self.verdict:
            raise self.verdict

    def begin(self, content: bytes, mime_type: str, **changes: Any) -> tuple[str, UploadForm]:
        upload = Upload.model_validate(
            {
                "agent_id": "anna",
                "file_name": "foto",
                "mime_type": mime_type,
                "size_bytes": len(content),
                "usable_until": NOW + USABLE,
                **changes,
            }
        )
        name, form = self.uploads.begin(CONVERSATION, upload, NOW)
        return name.media_id, form

    def put(self, media_id: str, content: bytes) -> None:
        name = named(media_id)
        self.store.put(name.upload_key, io.BytesIO(content), "application/octet-stream")

    def uploaded(self, content: bytes, mime_type: str = "image/png", **changes: Any) -> str:
        media_id, _ = self.begin(content, mime_type, **changes)
        self.put(media_id, content)
        return media_id

    def keep(self, *media_ids: str, effect: str = "reply:1", **who: Any) -> list[KeptUpload]:
        asked = {"conversations": {CONVERSATION}, "agent_id": "anna", "now": NOW, **who}
        found = self.uploads.named(media_ids, effect_key=effect, **asked)
        return self.uploads.keep(found, effect, asked["now"])

    def refused(self, *media_ids: str, **who: Any) -> tuple[int, str]:
        with pytest.raises(UploadRefused) as raised:
            self.keep(*media_ids, **who)
        return raised.value.position, raised.value.reason


class CopyingWithConditions:
    """S3 as it copies; moto copies whatever the condition is."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def copy_object(self, **request: Any) -> Any:
        there = self._s3.head_object(**request["CopySource"])
        if request.get("CopySourceIfMatch", there["ETag"]) != there["ETag"]:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "CopyObject")
        return self._s3.copy_object(**request)


def named(media_id: str) -> MediaName:
    name = read_media_id(media_id)
    assert name
    return name


def cut_off(*_: object) -> None:
    raise ConnectionError


@pytest.fixture
def counter() -> Iterator[Counter]:
    with table() as desk_table, media_bucket() as store:
        yield Counter(desk_table, store)


def test_the_form_is_good_for_one_key_of_this_size_and_type_for_minutes(counter: Counter) -> None:
    media_id, form = counter.begin(files.png(), "image/png")
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    conditions = policy["conditions"]
    size = len(files.png())
    assert form.fields["key"] == named(media_id).upload_key
    assert {"key": form.fields["key"]} in conditions
    assert {"Content-Type": "image/png"} in conditions
    assert ["content-length-range", size, size] in conditions
    assert form.fields["Content-Type"] == "image/png"
    assert form.expires_at == NOW + timedelta(minutes=5)


def test_a_file_that_is_what_it_was_said_to_be_is_kept_and_no_longer_an_upload(
    counter: Counter,
) -> None:
    digest = hashlib.sha256(files.png()).hexdigest()
    media_id = counter.uploaded(files.png(), sha256=digest)
    [kept] = counter.keep(media_id)
    assert kept.name.media_id == media_id
    assert (kept.findings.mime_type, kept.findings.width) == ("image/png", 4)
    assert keys_in(counter.store) == [kept.name.key]
    assert counter.scanned == [kept.name.quarantine_key]
    media = a_file(key=kept.name.key)
    assert content_of(counter.store, media) == files.png()
    file = counter.table.media.file(kept.name)
    assert file is not None
    assert (file.state, file.kind, file.file_name) == ("stored", "image", "foto")


def test_the_same_reply_finds_its_file_kept_already(counter: Counter) -> None:
    media_id = counter.uploaded(files.png())
    assert counter.keep(media_id) == counter.keep(media_id)
    assert len(counter.scanned) == 1


def test_a_reply_that_was_cut_off_before_its_file_was_noted_finds_it_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_id = counter.uploaded(files.png())
    with monkeypatch.context() as cut:
        cut.setattr(MediaTable, "keep", cut_off)
        with pytest.raises(ConnectionError):
            counter.keep(media_id)
    [kept] = counter.keep(media_id)
    assert keys_in(counter.store) == [kept.name.key]
    assert counter.table.media.file(kept.name) is not None


def test_a_file_that_was_sent_goes_with_no_other_reply_even_uploaded_anew(
    counter: Counter,
) -> None:
    media_id = counter.uploaded(files.png())
    [kept] = counter.keep(media_id)
    counter.put(media_id, files.png(8, 8))
    assert counter.refused(media_id, effect="reply:2") == (0, "used")
    assert content_of(counter.store, a_file(key=kept.name.key)) == files.png()


@pytest.mark.parametrize(
    "who",
    [
        {"agent_id": "bruno"},
        {"conversations": {ELSEWHERE}},
    ],
)
def test_what_is_another_s_is_as_unknown_as_what_there_is_not(
    counter: Counter, who: dict[str, Any]
) -> None:
    media_id = counter.uploaded(files.png())
    assert counter.refused(media_id, **who) == (0, "unknown")
    assert counter.table.media.file(named(media_id)) is None


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "../files/x",
        f"{CONVERSATION}-{'f' * 32}-0",
        f"{ELSEWHERE}-{'f' * 32}-0",
        f"{CONVERSATION}-{'f' * 32}-00",
    ],
)
def test_a_forged_name_is_unknown(counter: Counter, forged: str) -> None:
    assert counter.refused(forged) == (0, "unknown")


def test_an_upload_of_yesterday_is_over(counter: Counter) -> None:
    media_id = counter.uploaded(files.png())
    assert counter.refused(media_id, now=NOW + USABLE) == (0, "expired")


def test_where_nothing_was_uploaded_there_is_nothing_to_send(counter: Counter) -> None:
    media_id, _ = counter.begin(files.png(), "image/png")
    assert counter.refused(media_id) == (0, "not_uploaded")


@pytest.mark.parametrize(
    ("mime_type", "content", "reason"),
    [
        ("image/png", files.jpeg(), "type_mismatch"),
        ("image/png", files.PDF, "type_mismatch"),
        ("image/png", files.HTML, "dangerous"),
        ("image/jpeg", files.SVG, "dangerous"),
        ("image/png", b"\x89PNG\r\n\x1a\n<script>", "dangerous"),
        ("image/png", files.png(30_000, 30_000), "too_many_pixels"),
        ("application/pdf", b"MZ\x90\0 a program", "dangerous"),
        ("text/plain", b"\0\1\2", "type_not_allowed"),
        ("audio/ogg", files.ogg(b"\x01vorbis"), "not_opus"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            files.zip_bomb(),
            "expands_too_far",
        ),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            files.xlsx(),
            "type_mismatch",
        ),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            files.docx(**{"word/vbaProject.bin": b"x"}),
            "macros",
        ),
    ],
)
def test_a_poisoned_file_is_refused_and_kept_nowhere(
    counter: Counter, mime_type: str, content: bytes, reason: str
) -> None:
    media_id = counter.uploaded(content, mime_type)
    assert counter.refused(media_id) == (0, reason)
    assert keys_in(counter.store) == []
    assert counter.table.media.file(named(media_id)) is None


def test_a_file_of_another_size_or_content_than_was_said_is_refused(counter: Counter) -> None:
    larger, _ = counter.begin(files.png(), "image/png")
    counter.put(larger, files.png() + b"\0")
    other = counter.uploaded(files.png(), sha256="0" * 64)
    assert counter.refused(larger) == (0, "size_mismatch")
    assert counter.refused(other) == (0, "checksum_mismatch")
    assert keys_in(counter.store) == []


def test_what_a_scan_finds_is_refused_and_kept_nowhere(counter: Counter) -> None:
    counter.verdict = FileRefused("infected")
    assert counter.refused(counter.uploaded(files.png())) == (0, "infected")
    assert keys_in(counter.store) == []


def test_a_scan_without_a_verdict_leaves_the_file_to_the_next_attempt(counter: Counter) -> None:
    media_id = counter.uploaded(files.png())
    counter.verdict = NotScanned("no verdict")
    with pytest.raises(NotScanned):
        counter.keep(media_id)
    assert keys_in(counter.store) == [named(media_id).upload_key]
    counter.verdict = None
    assert len(counter.keep(media_id)) == 1


def test_a_file_exchanged_while_it_is_looked_at_is_refused(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_id = counter.uploaded(files.png())
    monkeypatch.setattr(counter.store, "_s3", CopyingWithConditions(counter.store._s3))

    def exchange(*_: object) -> None:
        counter.put(media_id, files.HTML)

    uploads = Uploads(counter.table, counter.store, exchange)
    found = uploads.named([media_id], {CONVERSATION}, "anna", "reply:1", NOW)
    with pytest.raises(UploadRefused) as raised:
        uploads.keep(found, "reply:1", NOW)
    assert raised.value.reason == "changed"
    assert keys_in(counter.store) == []


def test_what_is_scanned_is_what_was_looked_at_whatever_is_put_there_meanwhile(
    counter: Counter,
) -> None:
    media_id = counter.uploaded(files.png())
    scanned: list[str] = []

    def exchange(_bucket: str, key: str, _mime_type: str, _size: int) -> None:
        counter.put(media_id, files.HTML)
        scanned.append(content_of(counter.store, a_file(key=key)).hex())
        counter.put(media_id, files.png())

    uploads = Uploads(counter.table, counter.store, exchange)
    found = uploads.named([media_id], {CONVERSATION}, "anna", "reply:1", NOW)
    [kept] = uploads.keep(found, "reply:1", NOW)
    assert scanned == [files.png().hex()]
    assert keys_in(counter.store) == [kept.name.key]


def test_one_bad_file_among_good_ones_lets_none_of_them_be_kept(counter: Counter) -> None:
    good, bad = counter.uploaded(files.png()), counter.uploaded(files.HTML)
    assert counter.refused(good, bad) == (1, "dangerous")
    assert keys_in(counter.store) == [named(good).upload_key]
    # The good one is still to be had.
    assert len(counter.keep(good)) == 1


def test_of_two_replies_at_once_one_has_the_file(counter: Counter) -> None:
    media_id = counter.uploaded(files.png())
    found = counter.uploads.named([media_id], {CONVERSATION}, "anna", "reply:1", NOW)
    counter.keep(media_id, effect="reply:2")
    with pytest.raises(UploadRefused):
        counter.uploads.keep(found, "reply:1", NOW)
    assert keys_in(counter.store) == [named(media_id).key]


def test_nothing_is_kept_of_a_reply_that_was_not_sent(counter: Counter) -> None:
    media_id = counter.uploaded(files.png())
    kept = counter.keep(media_id)
    counter.uploads.drop(kept)
    assert keys_in(counter.store) == []
    assert counter.refused(media_id) == (0, "not_uploaded")


def test_a_file_that_is_not_where_it_was_kept_is_gone(counter: Counter) -> None:
    with pytest.raises(FileNotKept):
        content_of(counter.store, a_file(key="files/x/y/0"))
