"""A file on its way in: fetched once, in a state that people see, whatever the provider does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sportello.aws.clients import patient_client
from sportello.errors import ConfigurationRefused, ProviderUnavailable
from sportello.fetching.fetching import GIVE_UP_AFTER, Fetching
from sportello.media.kept_file import KeptFile, MediaState
from sportello.media.limits import FileRefused
from sportello.media.names import MediaName
from sportello.media.scanning import NotScanned, Scanner
from sportello.media.store import MediaStore
from sportello.messaging.fetching_channel import FileAddress, FileGone, FileTooLarge
from sportello.messaging.items import Media
from sportello.table.compression import compress
from sportello.table.desk_table import DeskTable
from support import files
from support.builders import CONVERSATION, NOW, a_message, an_inbound_record
from support.clouds.bucket import keys_in, media_bucket
from support.clouds.table import table
from support.file_server import FileServer, file_server

PHOTO = {"kind": "image", "provider_media_id": "photo-1", "file_name": "graffio.jpg"}


class FakeFiles:
    """A channel that keeps files at a server; `outcomes` are raised first, one for each call."""

    name = "fake"

    def __init__(self, url: str) -> None:
        self.url = url
        self.outcomes: list[Exception] = []
        self.asked: list[str] = []

    def fetch_media(self, media: Media, account_id: str) -> FileAddress:
        self.asked.append(f"{account_id} {media.provider_media_id}")
        if self.outcomes:
            raise self.outcomes.pop(0)
        return FileAddress(url=f"{self.url}/file", api_url=self.url)


class Scanning(Scanner):
    """Somebody who looks files through, and says what `says` says."""

    def __init__(self, store: MediaStore) -> None:
        self._store = store
        self.says: Exception | None = None
        self.places: list[str] = []

    def look_through(self, bucket: str, key: str, mime_type: str, size_bytes: int) -> None:
        assert bucket == self._store.bucket
        assert self._store.look(key)
        assert not [k for k in keys_in(self._store) if k.startswith("files/")]
        self.places.append(f"{key} {mime_type} {size_bytes}")
        if self.says:
            raise self.says


class Inbox:
    """A table with one message, a bucket, and a server that has its file."""

    def __init__(self, desk_table: DeskTable, store: MediaStore, server: FileServer) -> None:
        self.table, self.store, self.server = desk_table, store, server
        self.adapter = FakeFiles(server.url)
        self.scanner: Scanning | None = None
        self.now = NOW
        self.name = self.message(PHOTO)

    def message(self, *media: dict[str, Any], number: int = 1, **changes: Any) -> MediaName:
        record = an_inbound_record(a_message("", number, media=media, **changes))
        self.table.put_inbound(record, compress({}))
        return MediaName(CONVERSATION, record.item_id, 0)

    def fetch(self, name: MediaName | None = None, asked_at: datetime = NOW) -> KeptFile | None:
        fetching = Fetching(self.adapter, self.table, self.store, self.scanner, lambda: self.now)
        fetching.fetch(name or self.name, asked_at)
        return self.table.media.file(name or self.name)

    def outcome(self, **changes: Any) -> tuple[str, str]:
        file = self.fetch(**changes)
        assert file
        return file.state, file.reason


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with media_bucket() as store, table() as desk_table, file_server() as server:
        server.has("/file", files.jpeg(640, 480))
        yield Inbox(desk_table, store, server)


def test_a_file_is_kept_as_what_it_is_under_a_name_that_tells_nothing(inbox: Inbox) -> None:
    file = inbox.fetch()
    assert file == KeptFile(
        state=MediaState.STORED,
        at=NOW,
        kind="image",
        file_name="graffio.jpg",
        mime_type="image/jpeg",
        size_bytes=len(files.jpeg(640, 480)),
        width=640,
        height=480,
    )
    assert keys_in(inbox.store) == [inbox.name.key]
    there = inbox.store.look(inbox.name.key)
    assert there
    assert there.mime_type == "image/jpeg"


def test_a_job_that_comes_twice_fetches_once(inbox: Inbox) -> None:
    first = inbox.fetch()
    assert inbox.fetch() == first
    assert len(inbox.adapter.asked) == 1


def test_two_jobs_at_once_leave_one_file(inbox: Inbox) -> None:
    """The second one looked before the first had finished."""
    other = Fetching(inbox.adapter, inbox.table, inbox.store, None, lambda: NOW)
    record = inbox.table.content(CONVERSATION, item_ids=[inbox.name.item_id]).inbound[0]
    media = record.item.media[0]  # type: ignore[union-attr] # a message
    late = other._outcome(inbox.name, record, media, NOW)
    first = inbox.fetch()
    assert not inbox.table.media.keep(inbox.name, late)
    assert inbox.table.media.file(inbox.name) == first
    assert keys_in(inbox.store) == [inbox.name.key]


def test_each_file_of_a_message_is_fetched_by_its_number(inbox: Inbox) -> None:
    media = [{"kind": "image", "provider_media_id": f"p-{number}"} for number in range(3)]
    name = inbox.message(*media, number=2)._replace(number=2)
    inbox.fetch(name)
    assert inbox.adapter.asked == ["account-1 p-2"]
    assert keys_in(inbox.store) == [name.key]


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("image", files.HTML, "dangerous"),
        ("image", files.SVG, "dangerous"),
        ("image", files.jpeg(comment=b"<script>alert(1)</script>"), "dangerous"),
        ("image", files.PDF, "type_mismatch"),
        ("image", files.png(30_000, 30_000), "too_many_pixels"),
        ("sticker", files.TGS, "type_not_allowed"),
        ("document", files.zip_bomb(), "expands_too_far"),
        ("document", b"MZ\x90\x00", "dangerous"),
        ("document", b"", "empty"),
        ("image", b"\xff\xd8\xff" + bytes(25_000_000), "too_large"),
    ],
)
def test_of_a_file_that_is_refused_nothing_is_kept(
    inbox: Inbox, kind: str, content: bytes, reason: str
) -> None:
    inbox.server.has("/file", content, content_length="")
    name = inbox.message({"kind": kind, "provider_media_id": "p"}, number=2)
    assert inbox.outcome(name=name) == ("refused", reason)
    assert keys_in(inbox.store) == []
    assert inbox.outcome(name=name) == ("refused", reason)
    assert len(inbox.adapter.asked) == 1


def test_a_file_that_says_itself_that_it_is_too_large_is_not_asked_for(inbox: Inbox) -> None:
    name = inbox.message({**PHOTO, "size_bytes": 25_000_001}, number=2)
    assert inbox.outcome(name=name) == ("refused", "too_large")
    assert inbox.adapter.asked == []


def test_a_file_that_the_provider_hands_to_nobody_is_refused(inbox: Inbox) -> None:
    inbox.adapter.outcomes = [FileTooLarge("too large")]
    assert inbox.outcome() == ("refused", "too_large")


def test_a_file_that_is_gone_has_failed_and_may_be_asked_for_again(inbox: Inbox) -> None:
    inbox.adapter.outcomes = [FileGone("expired")]
    assert inbox.outcome() == ("failed", "gone")
    assert inbox.outcome() == ("stored", "")


def test_a_redirect_into_a_private_network_fails_visibly(inbox: Inbox) -> None:
    inbox.server.has("/file", b"", status=302, location="http://169.254.169.254/latest/meta-data")
    assert inbox.outcome() == ("failed", "forbidden_address")
    assert keys_in(inbox.store) == []


def test_a_provider_that_is_down_is_asked_again(inbox: Inbox) -> None:
    inbox.server.has("/file", b"", status=503)
    with pytest.raises(ProviderUnavailable):
        inbox.fetch()
    assert inbox.table.media.file(inbox.name) is None
    inbox.server.has("/file", files.jpeg())
    assert inbox.outcome() == ("stored", "")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ProviderUnavailable("busy"), "unavailable"),
        (ConfigurationRefused("token", "190"), "configuration"),
        (ClientError({"Error": {"Code": "SlowDown"}}, "PutObject"), "unavailable"),
    ],
)
def test_what_is_tried_for_hours_is_given_up_visibly(
    inbox: Inbox, error: Exception, reason: str
) -> None:
    inbox.adapter.outcomes = [error, error]
    inbox.now = NOW + GIVE_UP_AFTER - timedelta(seconds=1)
    with pytest.raises(type(error)):
        inbox.fetch()
    inbox.now = NOW + GIVE_UP_AFTER
    assert inbox.outcome() == ("failed", reason)


@pytest.mark.parametrize(
    ("age", "wish", "heeded"),
    [
        (timedelta(), 600, 600),
        (timedelta(), 43_200, GIVE_UP_AFTER.total_seconds()),
        (GIVE_UP_AFTER - timedelta(minutes=1), 600, 60),
    ],
)
def test_a_provider_is_asked_again_before_its_file_is_given_up(
    inbox: Inbox, age: timedelta, wish: int, heeded: float
) -> None:
    inbox.adapter.outcomes = [ProviderUnavailable("busy", retry_after_seconds=wish)]
    inbox.now = NOW + age
    with pytest.raises(ProviderUnavailable) as raised:
        inbox.fetch()
    assert raised.value.retry_after_seconds == heeded


def test_an_item_that_is_gone_needs_no_file(inbox: Inbox) -> None:
    assert inbox.fetch(MediaName(CONVERSATION, "f" * 32, 0)) is None
    assert inbox.fetch(inbox.name._replace(number=1)) is None
    assert inbox.adapter.asked == []


def test_the_files_of_an_item_that_went_elsewhere_are_fetched_there(inbox: Inbox) -> None:
    inbox.table.forward(CONVERSATION, [inbox.name.item_id], "c" * 32)
    assert inbox.fetch() is None
    there = inbox.name._replace(conversation_id="c" * 32)
    assert inbox.outcome(name=there) == ("stored", "")


def test_what_a_later_version_made_of_a_file_is_left_alone(inbox: Inbox) -> None:
    later = KeptFile.model_validate({"state": "archived", "at": NOW})
    inbox.table.media.keep(inbox.name, later)
    assert inbox.fetch() == later
    assert inbox.adapter.asked == []


# --- looked through ---------------------------------------------------------------------------


@pytest.fixture
def scanned(inbox: Inbox) -> Inbox:
    inbox.scanner = Scanning(inbox.store)
    return inbox


def test_a_file_waits_in_quarantine_until_it_is_clean(scanned: Inbox) -> None:
    assert scanned.outcome() == ("stored", "")
    assert scanned.scanner
    size = len(files.jpeg(640, 480))
    assert scanned.scanner.places == [f"{scanned.name.quarantine_key} image/jpeg {size}"]
    assert keys_in(scanned.store) == [scanned.name.key]


def test_an_infected_file_is_refused_and_dropped(scanned: Inbox) -> None:
    assert scanned.scanner
    scanned.scanner.says = FileRefused("infected")
    assert scanned.outcome() == ("refused", "infected")
    assert keys_in(scanned.store) == []


def test_a_file_that_nobody_looks_through_is_given_up_and_dropped(scanned: Inbox) -> None:
    assert scanned.scanner
    scanned.scanner.says = NotScanned("no verdict")
    with pytest.raises(NotScanned):
        scanned.fetch()
    assert keys_in(scanned.store) == [scanned.name.quarantine_key]
    scanned.now = NOW + GIVE_UP_AFTER
    assert scanned.outcome() == ("failed", "not_scanned")
    assert keys_in(scanned.store) == []


def test_a_file_is_given_up_although_the_bucket_takes_nothing(
    scanned: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "S3")

    monkeypatch.setattr(scanned.store, "put", deny)
    monkeypatch.setattr(scanned.store, "drop", deny)
    scanned.now = NOW + GIVE_UP_AFTER
    assert scanned.outcome() == ("failed", "unavailable")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b'{"verdict": "clean"}', None),
        (b'{"verdict": "clean", "engine": "x"}', None),
        (b'{"verdict": "infected"}', FileRefused),
        (b'{"verdict": "too_busy"}', NotScanned),
        (b'{"verdict": 1}', NotScanned),
        (b"{}", NotScanned),
        (b"no JSON", NotScanned),
    ],
)
def test_a_verdict_is_what_the_function_answers(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, error: type[Exception] | None
) -> None:
    questions = []

    class Payload:
        def read(self) -> bytes:
            return answer

    def call(_client: Any, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        questions.append((operation, request))
        return {"Payload": Payload()}

    monkeypatch.setattr(type(patient_client("lambda")), "_make_api_call", call)
    scanner = Scanner("arn:aws:lambda:eu-south-1:123456789012:function:scan")
    if error:
        with pytest.raises(error):
            scanner.look_through("b", "k", "image/png", 3)
    else:
        scanner.look_through("b", "k", "image/png", 3)
    [(operation, request)] = questions
    assert operation == "Invoke"
    assert request["Payload"] == (
        '{"bucket": "b", "key": "k", "mime_type": "image/png", "size_bytes": 3}'
    )


def test_a_function_that_fails_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        type(patient_client("lambda")),
        "_make_api_call",
        lambda *_: {"FunctionError": "Unhandled", "Payload": None},
    )
    with pytest.raises(NotScanned):
        Scanner("arn").look_through("b", "k", "image/png", 3)
