"""How a file is fetched: at most one attempt at a time, until it is here, refused, or given up.

Whatever happens ends in a state that people see. Coming round again is harmless: what is over with
stays, and the same bytes are put in the same place.
"""

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from sportello.aws.logs import Metric, count, logger
from sportello.errors import (
    ConfigurationRefused,
    ForbiddenUrl,
    NotConfigured,
    ProviderUnavailable,
    Retryable,
)
from sportello.media.downloads import download
from sportello.media.inspection import inspect
from sportello.media.kept_file import UNSETTLED, Findings, KeptFile, MediaState
from sportello.media.limits import FileRefused, most_bytes
from sportello.media.names import MediaName
from sportello.media.scanning import NotScanned, Scanner
from sportello.media.store import MediaStore
from sportello.messaging.fetching_channel import FetchingAdapter, FileGone, FileTooLarge
from sportello.messaging.items import Content, Media
from sportello.messaging.public_urls import Resolve
from sportello.model import Instant
from sportello.table.desk_table import DeskTable
from sportello.table.inbound.inbound_items import InboundRecord

GIVE_UP_AFTER = timedelta(hours=2)
"""A provider that is down comes back within it; after that a person may ask again."""


class Fetching:
    """One channel's files. `scanner` is None where nobody looks them through."""

    def __init__(
        self,
        adapter: FetchingAdapter,
        table: DeskTable,
        store: MediaStore,
        scanner: Scanner | None,
        clock: Callable[[], datetime],
        *,
        resolve: Resolve | None = None,
    ) -> None:
        self._adapter = adapter
        self._table = table
        self._store = store
        self._scanner = scanner
        self._clock = clock
        self._resolve = resolve

    def fetch(self, name: MediaName, asked_at: Instant) -> None:
        """Bring a file to its end.

        Raises what another attempt may cure, until it was tried for long enough since `asked_at`.
        """
        record = self._record(name)
        media = _media_in(record, name.number) if record else None
        if record is None or media is None or record.forwarded_to:
            logger.warning("file is gone, nothing to fetch", number=name.number)
            return
        before = self._table.media.file(name)
        if before and before.state not in UNSETTLED:
            return
        outcome = self._outcome(name, record, media, asked_at)
        sent = {"kind": str(media.kind), "file_name": media.file_name}
        if self._table.media.keep(name, outcome.model_copy(update=sent)):
            logger.info("file settled", state=str(outcome.state), reason=outcome.reason)

    def _record(self, name: MediaName) -> InboundRecord | None:
        content = self._table.content(name.conversation_id, item_ids=[name.item_id])
        return next(iter(content.inbound), None)

    def _outcome(
        self, name: MediaName, record: InboundRecord, media: Media, asked_at: Instant
    ) -> KeptFile:
        now = self._clock()
        try:
            findings = self._bring_in(name, media, record.item.account_id)
        except (FileRefused, FileTooLarge) as error:
            reason = error.reason if isinstance(error, FileRefused) else "too_large"
            count(Metric.FILES_REFUSED, self._adapter.name)
            return KeptFile(state=MediaState.REFUSED, at=now, reason=reason)
        except FileGone:
            return KeptFile(state=MediaState.FAILED, at=now, reason="gone")
        except ForbiddenUrl:
            return KeptFile(state=MediaState.FAILED, at=now, reason="forbidden_address")
        except (Retryable, NotConfigured, ClientError, BotoCoreError) as error:
            patience = asked_at + GIVE_UP_AFTER - now
            if patience > timedelta():
                raise _within(patience, error) from None
            return self._given_up(name, error, now)
        return KeptFile(state=MediaState.STORED, at=now, **dict(findings))

    def _given_up(self, name: MediaName, error: Exception, now: Instant) -> KeptFile:
        if self._scanner:
            self._drop_apart(name)
        count(Metric.FILES_FAILED, self._adapter.name)
        logger.error("file given up", error=type(error).__name__)
        return KeptFile(state=MediaState.FAILED, at=now, reason=_reason_of(error))

    def _drop_apart(self, name: MediaName) -> None:
        """What cannot be dropped expires, and is no reason to leave people without an end."""
        try:
            self._store.drop(name.quarantine_key)
        except (ClientError, BotoCoreError) as error:
            logger.warning("file was not dropped", error=type(error).__name__)

    def _bring_in(self, name: MediaName, media: Media, account_id: str) -> Findings:
        most = most_bytes(media.kind)
        if media.size_bytes is not None and media.size_bytes > most:
            raise FileRefused("too_large")
        address = self._adapter.fetch_media(media, account_id)
        with tempfile.TemporaryFile() as file:
            download(address, file, most, resolve=self._resolve)
            findings = inspect(file, media.kind)
            self._keep(name, file, findings)
        return findings

    def _keep(self, name: MediaName, file: BinaryIO, findings: Findings) -> None:
        """Put a file where it is handed out; before, somebody looks it through, where there is."""
        if self._scanner is None:
            self._store.put(name.key, file, findings.mime_type)
            return
        self._store.put(name.quarantine_key, file, findings.mime_type)
        try:
            self._scanner.look_through(
                self._store.bucket, name.quarantine_key, findings.mime_type, findings.size_bytes
            )
        except FileRefused:
            self._store.drop(name.quarantine_key)
            raise
        self._store.move(name.quarantine_key, name.key, findings.mime_type)


def _media_in(record: InboundRecord, number: int) -> Media | None:
    item = record.item
    if not isinstance(item, Content) or number >= len(item.media):
        return None
    return item.media[number]


def _within(patience: timedelta, error: Exception) -> Exception:
    """Heed a provider's wish as far as somebody asks it again before the file is given up."""
    if not isinstance(error, ProviderUnavailable) or error.retry_after_seconds is None:
        return error
    wish = min(error.retry_after_seconds, patience // timedelta(seconds=1))
    return ProviderUnavailable(str(error), retry_after_seconds=wish)


def _reason_of(error: Exception) -> str:
    match error:
        case ConfigurationRefused() | NotConfigured():
            return "configuration"
        case NotScanned():
            return "not_scanned"
        case _:
            return "unavailable"
