"""Files of conversations, as agents' tools open them and ask for them again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from sportello.aws.clients import aws_client
from sportello.aws.environment import _loaded
from sportello.conversation.commands import Command, LinkHandles, MoveTo
from sportello.conversation.effects import FetchMedia
from sportello.conversation.identity import other_conversation
from sportello.entrypoints import runtime
from sportello.media.kept_file import KeptFile, MediaState
from sportello.media.names import MediaName
from sportello.media.store import MediaStore
from sportello.messaging.items import Revoke
from sportello.routing.teams import TeamSettings
from sportello.table.compression import compress
from sportello.table.desk import Desk, Step
from sportello.table.items import Conversation, EffectRecord
from support import builders, files
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, TERMS, a_message, an_inbound_record
from support.clouds.begun_conversation import begin
from support.clouds.bucket import BUCKET, media_bucket
from support.clouds.table import all_items, configure

PHOTO = {"kind": "image", "provider_media_id": "photo-1", "file_name": "graffio.jpg"}
ELSEWHERE = "c" * 32
LATER = NOW + timedelta(minutes=2)


def planned(command: Command, _conversation: Conversation) -> Step:
    return Step(command=command, terms=TERMS)


class Counter:
    """A conversation of anna's with one picture, that is not fetched yet."""

    def __init__(self, desk: Desk, store: MediaStore) -> None:
        self.desk, self.store = desk, store
        self.now = NOW
        begin(desk, builders.request_human(), builders.offer(), builders.accept("anna"))
        self.name = self.message(CONVERSATION)

    def message(self, conversation: str) -> MediaName:
        message = a_message("Ecco", 2, media=[PHOTO])
        record = an_inbound_record(message, conversation=conversation)
        self.desk.table.put_inbound(record, compress({}))
        return MediaName(conversation, record.item_id, 0)

    def take_back(self, message_id: str) -> None:
        of_message = a_message(number=9)
        shared = of_message.model_dump(include={"account_id", "sent_at", "handle", "reply_to"})
        revoke = Revoke(
            **shared, provider_item_id=f"of-{message_id}", original_message_id=message_id
        )
        record = an_inbound_record(revoke)
        self.desk.table.put_inbound(record, compress({}))
        received = builders.receive(builders.an_item(record.item_id, kind="revoke"))
        self.desk.act(CONVERSATION, partial(planned, received), NOW)

    def keep(self, state: MediaState, *, reason: str = "", at: datetime = NOW) -> None:
        file = KeptFile(
            state=state,
            at=at,
            reason=reason,
            kind="image",
            file_name="graffio.jpg",
            mime_type="image/jpeg",
            size_bytes=3,
            width=4,
            height=5,
        )
        assert self.desk.table.media.keep(self.name, file)

    def store_file(self) -> None:
        self.keep(MediaState.STORED)
        aws_client("s3").put_object(Bucket=BUCKET, Key=self.name.key, Body=files.jpeg())

    def open(self, name: MediaName | str = "", of: str = CONVERSATION, **who: Any) -> Answer:
        media_id = name.media_id if isinstance(name, MediaName) else name or self.name.media_id
        return call("GET", f"/conversations/{of}/media/{media_id}", **who)

    def fetch(self, name: MediaName | None = None, of: str = CONVERSATION, **who: Any) -> Answer:
        media_id = (name or self.name).media_id
        return call("POST", f"/conversations/{of}/media/{media_id}/fetch", **who)

    def fetches(self) -> list[FetchMedia]:
        items = (item for item in all_items(self.desk.table) if item["entity"]["S"] == "effect")
        effects = (EffectRecord.from_attributes(item).effect for item in items)
        return [effect for effect in effects if isinstance(effect, FetchMedia)]

    def state(self) -> MediaState | None:
        file = self.desk.table.media.file(self.name)
        return file.state if file else None

    def audits(self) -> int:
        return sum(item["entity"]["S"] == "audit" for item in all_items(self.desk.table))


@pytest.fixture
def desk_with_files(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    monkeypatch.setenv("MEDIA_BUCKET", BUCKET)
    _loaded.clear()
    with media_bucket() as store:
        ours = Counter(counter, store)
        monkeypatch.setattr(runtime, "utc_now", lambda: ours.now)
        yield ours


def test_a_file_is_opened_by_a_link_of_minutes(desk_with_files: Counter) -> None:
    desk_with_files.store_file()
    answer = desk_with_files.open()
    assert answer.status == 200
    document = answer.document
    url = document.pop("url")
    assert document == {
        "media_id": desk_with_files.name.media_id,
        "expires_at": "2026-03-04T10:05:00Z",
        "mime_type": "image/jpeg",
        "size_bytes": 3,
        "width": 4,
        "height": 5,
    }
    assert f"/{desk_with_files.name.key}?" in url
    assert "graffio.jpg" in url
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (None, ""),
        (MediaState.PENDING, ""),
        (MediaState.FAILED, "gone"),
        (MediaState.REFUSED, "dangerous"),
    ],
)
def test_a_file_that_is_not_here_says_why(
    desk_with_files: Counter, state: MediaState | None, reason: str
) -> None:
    if state:
        desk_with_files.keep(state, reason=reason)
    answer = desk_with_files.open()
    assert (answer.status, answer.problem) == (409, "media-not-stored")
    assert answer.document["state"] == (state or "pending")
    assert answer.document["reason"] == reason


def test_a_file_that_has_expired_is_gone(desk_with_files: Counter) -> None:
    desk_with_files.keep(MediaState.STORED)
    answer = desk_with_files.open()
    assert (answer.status, answer.problem) == (410, "media-gone")


def test_a_file_whose_message_was_taken_back_is_gone(desk_with_files: Counter) -> None:
    desk_with_files.store_file()
    desk_with_files.take_back("message-1")
    assert desk_with_files.open().status == 200
    desk_with_files.take_back("message-2")
    answer = desk_with_files.open()
    assert (answer.status, answer.problem) == (410, "media-gone")


def test_a_file_whose_message_was_taken_back_is_fetched_no_more(desk_with_files: Counter) -> None:
    desk_with_files.take_back("message-2")
    answer = desk_with_files.fetch()
    assert (answer.status, answer.problem) == (410, "media-gone")
    assert desk_with_files.fetches() == []


@pytest.mark.parametrize(
    "media_id",
    ["x", "..", "a" * 67, f"{CONVERSATION}-{'b' * 32}-1000", f"{CONVERSATION}-{'B' * 32}-0"],
)
def test_what_is_no_name_of_a_file_is_unknown(desk_with_files: Counter, media_id: str) -> None:
    answer = desk_with_files.open(media_id)
    assert (answer.status, answer.problem) == (404, "unknown-media")


def test_a_file_that_no_message_has_is_unknown(desk_with_files: Counter) -> None:
    """Whoever reads `pending` looks again, and would for ever."""
    other = desk_with_files.name._replace(number=1)
    unheard = desk_with_files.name._replace(item_id="e" * 32)
    for answer in (desk_with_files.open(other), desk_with_files.open(unheard)):
        assert (answer.status, answer.problem) == (404, "unknown-media")


def test_a_file_of_another_conversation_is_unknown_here(desk_with_files: Counter) -> None:
    """Whoever may see one conversation must not open another's files through it."""
    desk_with_files.store_file()
    theirs = desk_with_files.name._replace(conversation_id=ELSEWHERE)
    for answer in (desk_with_files.open(theirs), desk_with_files.fetch(theirs)):
        assert (answer.status, answer.problem) == (404, "unknown-media")
    answer = desk_with_files.open(of=ELSEWHERE)
    assert answer.status == 404


def test_who_does_not_see_the_conversation_opens_no_file_of_it(desk_with_files: Counter) -> None:
    desk_with_files.store_file()
    teams = TeamSettings.model_validate({"teams": {"north": {"queues": ["sales"]}}})
    configure(desk_with_files.desk.table, teams)
    who: dict[str, Any] = {"agent": "carla", "groups": "agent,team-north"}
    assert desk_with_files.open(**who).problem == "unknown-conversation"
    assert desk_with_files.fetch(**who).problem == "unknown-conversation"
    assert desk_with_files.open(groups="analyst").problem == "forbidden"


def test_the_files_of_a_conversation_that_moved_are_opened_where_it_goes_on(
    desk_with_files: Counter,
) -> None:
    desk = desk_with_files.desk
    received = builders.receive(builders.an_item("b" * 32))
    desk.act(ELSEWHERE, partial(planned, received), NOW)
    other = other_conversation(ELSEWHERE, desk.table.load(ELSEWHERE).state)
    for conversation, command in (
        (CONVERSATION, LinkHandles(aliases=("fake:x",), joins=other)),
        (ELSEWHERE, MoveTo(conversation_id=CONVERSATION)),
    ):
        desk.act(conversation, partial(planned, command), NOW)
    desk_with_files.name = desk_with_files.message(ELSEWHERE)
    desk_with_files.store_file()
    for of in (CONVERSATION, ELSEWHERE):
        assert desk_with_files.open(of=of).status == 200


# --- asked for again --------------------------------------------------------------------------


def test_a_file_that_failed_is_asked_for_again(desk_with_files: Counter) -> None:
    desk_with_files.keep(MediaState.FAILED, reason="gone")
    answer = desk_with_files.fetch()
    assert (answer.status, answer.document["state"]) == (202, "pending")
    assert desk_with_files.state() is MediaState.PENDING
    (effect,) = desk_with_files.fetches()
    (file,) = effect.files
    assert (file.conversation_id, file.item_id, file.number) == desk_with_files.name
    assert desk_with_files.audits() == 1


def test_who_asks_twice_in_a_minute_waits_for_the_same_attempt(desk_with_files: Counter) -> None:
    desk_with_files.fetch()
    assert desk_with_files.fetch().status == 202
    assert len(desk_with_files.fetches()) == 1
    assert desk_with_files.audits() == 1
    desk_with_files.now = LATER
    desk_with_files.fetch()
    assert len(desk_with_files.fetches()) == 2


@pytest.mark.parametrize("state", [MediaState.STORED, MediaState.REFUSED])
def test_what_is_over_with_is_not_fetched_again(
    desk_with_files: Counter, state: MediaState
) -> None:
    desk_with_files.keep(state, reason="dangerous")
    answer = desk_with_files.fetch()
    assert (answer.status, answer.problem) == (409, "media-settled")
    assert answer.document["state"] == state
    assert desk_with_files.fetches() == []


def test_a_file_that_no_message_has_is_not_fetched(desk_with_files: Counter) -> None:
    other = desk_with_files.name._replace(number=1)
    assert desk_with_files.fetch(other).problem == "unknown-media"
    unheard = desk_with_files.name._replace(item_id="e" * 32)
    assert desk_with_files.fetch(unheard).problem == "unknown-media"
    assert desk_with_files.fetches() == []


def test_a_file_of_an_item_that_went_elsewhere_is_not_fetched_here(
    desk_with_files: Counter,
) -> None:
    item_id = desk_with_files.name.item_id
    desk_with_files.desk.table.forward(CONVERSATION, [item_id], ELSEWHERE)
    assert desk_with_files.fetch().problem == "unknown-media"
    assert desk_with_files.state() is None
