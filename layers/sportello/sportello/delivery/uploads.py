"""Files of agents' replies: put into the bucket by them, looked at, and kept with the message.

An agent's browser writes to the bucket by a form that was signed for one key, size and type. What
is there when the reply comes may still be anything, and may be exchanged meanwhile: it is read as
the content that the bucket has then, and kept only as that content.
"""

import hashlib
import secrets
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from sportello.errors import Rejected
from sportello.media.inspection import inspect
from sportello.media.kept_file import Findings, KeptFile, MediaState
from sportello.media.limits import TYPES, FileRefused
from sportello.media.names import MediaName, read_media_id
from sportello.media.store import MediaStore, StoredObject, UploadForm
from sportello.table.desk_table import DeskTable
from sportello.table.files.upload_table import Upload

USABLE = timedelta(days=1)
"""As long as the bucket keeps what no message holds."""

OGG, OPUS = "audio/ogg", b"OpusHead"
"""No channel plays an Ogg file of another codec."""

_HEAD_BYTES = 128

type Scan = Callable[[str, str, str, int], None]
"""Looks an object through: bucket, key, type, size. Raises FileRefused."""


class UploadRefused(Rejected):
    """A file that no reply gets; `position` is where the reply names it, `reason` a stable word.

    Besides those of `FileRefused`: `unknown` for what is none, or not this agent's, or not of this
    conversation; `expired`, `used`, `not_uploaded`, `not_opus`, `size_mismatch`,
    `checksum_mismatch`.
    """

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"upload refused: {reason}")
        self.position = position
        self.reason = reason


class NamedUpload(NamedTuple):
    name: MediaName
    upload: Upload


class Looked(NamedTuple):
    """An upload with what was found in it; `etag` is of that content, empty once it is kept."""

    named: NamedUpload
    findings: Findings
    etag: str


class KeptUpload(NamedTuple):
    """A file in its lasting place."""

    name: MediaName
    file_name: str
    findings: Findings


class Uploads:
    def __init__(self, table: DeskTable, store: MediaStore, scan: Scan | None = None) -> None:
        self._table = table
        self._store = store
        self._scan = scan

    def begin(
        self, conversation_id: str, upload: Upload, now: datetime
    ) -> tuple[MediaName, UploadForm]:
        """Let an agent put one file there, of the size and type that they say it has."""
        name = MediaName(conversation_id, secrets.token_hex(16), 0)
        self._table.uploads.put(name, upload)
        form = self._store.upload_form(name.upload_key, upload.mime_type, upload.size_bytes, now)
        return name, form

    def named(
        self,
        media_ids: Sequence[str],
        conversations: Collection[str],
        agent_id: str,
        effect_key: str,
        now: datetime,
    ) -> list[NamedUpload]:
        """Return the uploads of an agent in a conversation; raises UploadRefused for any other."""
        named = []
        for position, media_id in enumerate(media_ids):
            name = read_media_id(media_id)
            upload = None
            if name and name.conversation_id in conversations:
                upload = self._table.uploads.upload(name)
            if name is None or upload is None or upload.agent_id != agent_id:
                raise UploadRefused(position, "unknown")
            if upload.used_by not in {"", effect_key}:
                raise UploadRefused(position, "used")
            if upload.usable_until <= now:
                raise UploadRefused(position, "expired")
            named.append(NamedUpload(name, upload))
        return named

    def keep(
        self, named: Sequence[NamedUpload], effect_key: str, now: datetime
    ) -> list[KeptUpload]:
        """Look at all of them, and keep them if all are taken.

        Raises UploadRefused, with nothing kept of what is refused.
        """
        files: list[KeptUpload] = []
        looked: list[Looked] = []
        for position, each in enumerate(named):
            with _refusing(position):
                looked.append(Looked(each, *self._look_at(each, effect_key)))
        for position, each_looked in enumerate(looked):
            (name, upload), findings, _ = each_looked
            try:
                with _refusing(position):
                    self._move(each_looked, effect_key, now)
            except UploadRefused:
                self.drop(files)
                raise
            files.append(KeptUpload(name, upload.file_name, findings))
        return files

    def drop(self, files: Iterable[KeptUpload]) -> None:
        """Keep nothing of a reply that was not sent after all."""
        for each in files:
            self._table.media.forget(each.name)
            self._store.drop(each.name.key)
            self._store.drop(each.name.upload_key)

    def _look_at(self, each: NamedUpload, effect_key: str) -> tuple[Findings, str]:
        """Return what was found, and of which content; of none if it is kept already."""
        name, upload = each
        if upload.used_by == effect_key and (file := self._table.media.file(name)):
            # An earlier attempt at the same reply ended here.
            return Findings.model_validate(file.model_dump(include=set(Findings.model_fields))), ""
        there = self._store.look(name.upload_key)
        if there is None:
            raise FileRefused("not_uploaded")
        try:
            return self._inspected(name, upload, there), there.etag
        except FileRefused:
            self._store.drop(name.upload_key)
            raise

    def _inspected(self, name: MediaName, upload: Upload, there: StoredObject) -> Findings:
        if there.size_bytes != upload.size_bytes:
            raise FileRefused("size_mismatch")
        with tempfile.TemporaryFile() as file:
            if not self._store.read(name.upload_key, file, upload.size_bytes, etag=there.etag):
                raise FileRefused("changed")
            findings = inspect(file, TYPES[upload.mime_type].family)
            if findings.mime_type == OGG and OPUS not in file.read(_HEAD_BYTES):
                raise FileRefused("not_opus")
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if findings.mime_type != upload.mime_type:
            raise FileRefused("type_mismatch")
        if upload.sha256 not in {"", digest}:
            raise FileRefused("checksum_mismatch")
        if self._scan:
            self._have_scanned(self._scan, name, findings, there.etag)
        return findings

    def _have_scanned(self, scan: Scan, name: MediaName, findings: Findings, etag: str) -> None:
        """Have just this content looked through, apart: where it lies it may be exchanged."""
        store, apart = self._store, name.quarantine_key
        store.copy(name.upload_key, apart, findings.mime_type, etag=etag)
        try:
            scan(store.bucket, apart, findings.mime_type, findings.size_bytes)
        finally:
            store.drop(apart)

    def _move(self, looked: Looked, effect_key: str, now: datetime) -> None:
        (name, upload), findings, etag = looked
        if not etag:
            return
        if not self._table.uploads.use(name, effect_key):
            raise FileRefused("used")
        try:
            self._store.copy(name.upload_key, name.key, findings.mime_type, etag=etag)
        except FileRefused:
            self._store.drop(name.upload_key)
            raise
        file = KeptFile(
            state=MediaState.STORED,
            at=now,
            kind=TYPES[findings.mime_type].family,
            file_name=upload.file_name,
            **dict(findings),
        )
        self._table.media.keep(name, file)
        # Only now: an attempt that ended before finds its upload again.
        self._store.drop(name.upload_key)


@contextmanager
def _refusing(position: int) -> Iterator[None]:
    try:
        yield
    except FileRefused as refused:
        raise UploadRefused(position, refused.reason) from None
