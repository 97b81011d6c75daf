"""What a reply carries besides words, and what of it a channel takes."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from agent_api.conversations import reply_window
from agent_api.writing import composition, reply_files
from channels.telegram.capabilities import CAPABILITIES as TELEGRAM
from channels.whatsapp.capabilities import CAPABILITIES as WHATSAPP
from sportello.conversation.effects import SendMessage, SendRichMessage
from sportello.conversation.people_commands import TakeOver
from sportello.delivery.uploads import KeptUpload, Uploads
from sportello.entrypoints import runtime
from sportello.media.scanning import NotScanned
from sportello.media.store import MediaStore
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.outbound_media import MediaKind
from sportello.messaging.settings import MessageTemplateSettings
from support import files
from support.agent_calls import Answer, call
from support.builders import CHANNEL, CONVERSATION, accept, reply
from support.clouds.bucket import keys_in, media_bucket
from support.clouds.table import all_items
from support.clouds.working_desk import WorkingDesk, working_desk

HERE = f"/conversations/{CONVERSATION}"

BUTTONS = [{"id": "yes", "title": "Sì"}, {"id": "no", "title": "No"}]

TEMPLATES = [
    {
        "name": "parcel_arrived",
        "channel": CHANNEL,
        "language": language,
        "body": body,
        "parameters": [{"name": "parcel", "example": "7"}],
    }
    for language, body in (
        ("en_US", "Parcel {{parcel}} is here."),
        ("it", "Il pacco {{parcel}} è qui."),
    )
]

PARCEL = {"name": "parcel_arrived", "language": "it", "parameters": {"parcel": "7"}}


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkingDesk]:
    """A desk whose channel is like WhatsApp; Anna has the conversation."""
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "365")
    with working_desk() as ours:
        monkeypatch.setattr(runtime, "desk", lambda: ours.desk)
        monkeypatch.setattr(runtime, "table", lambda: ours.table)
        monkeypatch.setattr(runtime, "settings", lambda: ours.settings)
        monkeypatch.setattr(runtime, "utc_now", lambda: ours.now)
        on_a_channel_like(monkeypatch, WHATSAPP)
        ours.configure(MessageTemplateSettings, templates=TEMPLATES)
        ours.say("Vorrei parlare con una persona")
        ours.ask(accept())
        yield ours


def on_a_channel_like(monkeypatch: pytest.MonkeyPatch, capabilities: Capabilities | None) -> None:
    for module in (composition, reply_window):
        monkeypatch.setattr(module, "capabilities_of", lambda _channel: capabilities)


def send(key: str = "1", **content: Any) -> Answer:
    return call("POST", f"{HERE}/replies", content, headers={"Idempotency-Key": key})


def last_entry() -> dict[str, Any]:
    """What was written last, as the story shows it."""
    entries = call("GET", HERE).document["timeline"]["entries"]
    last: dict[str, Any] = [entry for entry in entries if entry["author"] == "agent"][-1]
    return last


def message(office: WorkingDesk) -> SendMessage:
    return office.messages()[-1]


def test_a_reply_has_buttons_within_the_channel_s_limits(office: WorkingDesk) -> None:
    assert send(text="Va bene?", buttons=BUTTONS).status == 202
    sent = message(office)
    assert [(button.id, button.title) for button in sent.buttons] == [("yes", "Sì"), ("no", "No")]
    # What an earlier version can send as well is of the type that it knows.
    assert type(sent) is SendMessage


@pytest.mark.parametrize(
    ("buttons", "pointer", "limit"),
    [
        ([{"id": str(n), "title": f"Scelta {n}"} for n in range(4)], "/buttons", 3),
        ([{"id": "a", "title": "x" * 21}], "/buttons/0/title", 20),
        ([{"id": "a", "title": "Sì"}, {"id": "b", "title": "Sì"}], "/buttons/1", None),
        ([{"id": "a", "title": "Sì"}, {"id": "a", "title": "No"}], "/buttons/1", None),
    ],
)
def test_buttons_beyond_the_channel_are_refused_by_the_limit(
    office: WorkingDesk, buttons: list[Any], pointer: str, limit: int | None
) -> None:
    before = office.state
    answer = send(text="Va bene?", buttons=buttons)
    assert (answer.status, answer.problem) == (422, "beyond-the-channel")
    assert answer.document["errors"][0]["pointer"] == pointer
    assert answer.document.get("limit") == limit
    assert office.state == before


def test_a_channel_without_buttons_says_so(
    office: WorkingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_channel_like(monkeypatch, WHATSAPP.model_copy(update={"buttons": 0}))
    answer = send(text="Va bene?", buttons=BUTTONS)
    assert answer.document["errors"] == [
        {"pointer": "/buttons", "detail": "The channel has no buttons."}
    ]
    assert office.messages()[-1].buttons == ()


def test_of_a_channel_that_was_removed_nobody_knows_what_it_takes(
    office: WorkingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_channel_like(monkeypatch, None)
    assert send(text="Va bene?", buttons=BUTTONS).problem == "beyond-the-channel"
    assert send(text="Va bene.").status == 202
    assert message(office).text == "Va bene."


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({}, "/text"),
        ({"text": "  "}, "/text"),
        ({"buttons": BUTTONS, "media_ids": ["x"]}, "/text"),
        ({"text": "Ecco.", "template": PARCEL}, ""),
        ({"media_ids": ["x", "x"]}, "/media_ids"),
        ({"media_ids": [str(n) for n in range(11)]}, "/media_ids"),
        ({"text": "Ecco.", "buttons": [{"id": "a b", "title": "x"}]}, "/buttons/0/id"),
        ({"text": "Ecco.", "buttons": [{"id": "a", "title": "x\ny"}]}, "/buttons/0/title"),
        ({"template": {"name": "Parcel", "language": "it"}}, "/template/name"),
    ],
)
def test_a_reply_that_does_not_fit_together_is_refused(
    office: WorkingDesk, content: dict[str, Any], pointer: str
) -> None:
    before = office.state
    answer = send(**content)
    assert (answer.status, answer.problem) == (422, "validation")
    assert [fault["pointer"] for fault in answer.document["errors"]] == [pointer]
    assert office.state == before


@pytest.mark.usefixtures("office")
def test_a_reply_without_anything_in_it_is_told_so_in_our_words() -> None:
    (fault,) = send().document["errors"]
    assert fault["detail"] == "a reply has a text, files or a template"


def test_a_template_is_sent_when_the_window_is_shut_and_reads_as_it_was_filled(
    office: WorkingDesk,
) -> None:
    office.pass_time(timedelta(days=2))
    refused = send("1", text="Ci sei?")
    assert (refused.status, refused.problem) == (409, "reply-window-closed")
    assert refused.document["templates"] == ["parcel_arrived"]
    assert "template" in refused.document["detail"]
    assert send("2", template=PARCEL).status == 202
    sent = message(office)
    assert isinstance(sent, SendRichMessage)
    assert sent.text == "Il pacco 7 è qui."
    assert sent.template is not None
    assert (sent.template.name, sent.template.language) == ("parcel_arrived", "it")
    entry = last_entry()
    assert entry["text"] == "Il pacco 7 è qui."
    assert entry["detail"]["template"] == {"name": "parcel_arrived", "language": "it"}


def test_the_same_request_sends_its_template_once(office: WorkingDesk) -> None:
    first, second = send(template=PARCEL), send(template=PARCEL)
    assert first.document["effect_key"] == second.document["effect_key"]
    assert len([m for m in office.messages() if isinstance(m, SendRichMessage)]) == 1
    other = send(template=PARCEL | {"parameters": {"parcel": "8"}})
    assert other.problem == "idempotency-key-reused"


@pytest.mark.parametrize(
    ("template", "problem", "pointer"),
    [
        (PARCEL | {"name": "other"}, "unknown-template", "/template"),
        (PARCEL | {"language": "de"}, "unknown-template", "/template"),
        (PARCEL | {"parameters": {}}, "validation", "/template/parameters/parcel"),
        (
            PARCEL | {"parameters": {"parcel": "7", "more": "8"}},
            "validation",
            "/template/parameters/more",
        ),
    ],
)
def test_a_template_that_is_not_in_the_settings_or_not_filled_is_refused(
    office: WorkingDesk, template: dict[str, Any], problem: str, pointer: str
) -> None:
    answer = send(template=template)
    assert (answer.status, answer.problem) == (422, problem)
    assert answer.document["errors"][0]["pointer"] == pointer
    assert not any(isinstance(m, SendRichMessage) for m in office.messages())


def test_a_channel_without_templates_says_so(
    office: WorkingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_channel_like(monkeypatch, TELEGRAM)
    assert send(template=PARCEL).problem == "beyond-the-channel"
    assert call("GET", f"{HERE}/templates").document == {"templates": []}
    assert not any(isinstance(m, SendRichMessage) for m in office.messages())


def test_the_templates_that_fit_are_listed_those_of_the_customer_s_language_first(
    office: WorkingDesk,
) -> None:
    assert office.table.load(CONVERSATION).address is not None
    listed = call("GET", f"{HERE}/templates").document["templates"]
    assert [template["language"] for template in listed] == ["it", "en_US"]
    assert listed[0] == TEMPLATES[1] | {"account_id": "", "category": "utility"}


def test_buttons_stand_in_the_story(office: WorkingDesk) -> None:
    send(text="Va bene?", buttons=BUTTONS)
    assert last_entry()["detail"]["buttons"] == BUTTONS
    office.ask(reply(key="plain"))
    assert "buttons" not in last_entry()["detail"]


# --- files --------------------------------------------------------------------------------------


@pytest.fixture
def bucket(office: WorkingDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[MediaStore]:  # noqa: ARG001 -- the desk comes first
    with media_bucket() as store:
        monkeypatch.setattr(runtime, "media_store", lambda: store)
        yield store


def begin(content: bytes = b"", **changes: Any) -> Answer:
    wish = {"file_name": "foto.png", "mime_type": "image/png", "size_bytes": len(content) or 1}
    return call("POST", f"{HERE}/uploads", wish | changes)


def upload(store: MediaStore, content: bytes, mime_type: str = "image/png") -> str:
    """Put a file there by its form, as a browser does."""
    slot = begin(content, mime_type=mime_type).document
    store.put(slot["fields"]["key"], io.BytesIO(content), slot["fields"]["Content-Type"])
    media_id: str = slot["media_id"]
    return media_id


def test_a_slot_says_where_to_put_the_file_and_until_when(bucket: MediaStore) -> None:
    answer = begin(files.png())
    assert answer.status == 201
    slot = answer.document
    assert bucket.bucket in slot["url"]
    assert slot["fields"]["key"].startswith(f"uploads/{CONVERSATION}/")
    assert slot["expires_at"] == "2026-03-04T10:05:00Z"
    assert slot["usable_until"] == "2026-03-05T10:00:00Z"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"mime_type": "application/zip"}, "/mime_type"),
        ({"mime_type": "text/html"}, "/mime_type"),
        ({"size_bytes": 25_000_001}, "/size_bytes"),
        ({"size_bytes": 0}, "/size_bytes"),
        ({"file_name": ""}, "/file_name"),
        ({"file_name": "x" * 256}, "/file_name"),
        ({"sha256": "abc"}, "/sha256"),
    ],
)
@pytest.mark.usefixtures("bucket")
def test_what_could_never_be_sent_gets_no_slot(changes: dict[str, Any], pointer: str) -> None:
    answer = begin(b"x", **changes)
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0]["pointer"] == pointer


def test_a_reply_has_its_files_and_the_story_shows_and_opens_them(
    office: WorkingDesk, bucket: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_id = upload(bucket, files.png())
    assert send(text="Ecco.", media_ids=[media_id]).status == 202
    sent = message(office)
    assert isinstance(sent, SendRichMessage)
    [file] = sent.media
    assert (file.media_id, file.kind, file.mime_type) == (media_id, "image", "image/png")
    assert keys_in(bucket) == [file.key]
    assert last_entry()["detail"]["media"] == [
        {
            "media_id": media_id,
            "kind": "image",
            "mime_type": "image/png",
            "size_bytes": len(files.png()),
            "file_name": "foto.png",
            "state": "stored",
        }
    ]
    monkeypatch.setenv("MEDIA_BUCKET", bucket.bucket)
    opened = call("GET", f"{HERE}/media/{media_id}").document
    assert file.key in opened["url"]
    assert (opened["mime_type"], opened["width"]) == ("image/png", 4)
    row = office.table.load(CONVERSATION).last_words
    assert row is not None
    assert row.media == ("image",)


def test_a_file_alone_is_a_reply(office: WorkingDesk, bucket: MediaStore) -> None:
    assert send(media_ids=[upload(bucket, files.ogg(), "audio/ogg")]).status == 202
    sent = message(office)
    assert isinstance(sent, SendRichMessage)
    assert (sent.text, sent.media[0].kind) == ("", "voice_note")


def test_the_same_request_sends_its_files_once(office: WorkingDesk, bucket: MediaStore) -> None:
    media_id = upload(bucket, files.png())
    first, second = send(media_ids=[media_id]), send(media_ids=[media_id])
    assert (first.status, second.status) == (202, 202)
    assert first.document["effect_key"] == second.document["effect_key"]
    assert send(media_ids=[upload(bucket, files.png())]).problem == "idempotency-key-reused"
    assert len([m for m in office.messages() if isinstance(m, SendRichMessage)]) == 1


def test_a_file_goes_with_one_reply_only(office: WorkingDesk, bucket: MediaStore) -> None:
    media_id = upload(bucket, files.png())
    send("1", media_ids=[media_id])
    answer = send("2", media_ids=[media_id])
    assert (answer.status, answer.problem) == (422, "file-not-taken")
    assert answer.document["reason"] == "used"
    assert answer.document["errors"][0]["pointer"] == "/media_ids/0"
    sent = message(office)
    assert isinstance(sent, SendRichMessage)
    assert keys_in(bucket) == [sent.media[0].key]


def test_another_agent_s_file_is_as_unknown_as_one_that_is_none(
    office: WorkingDesk, bucket: MediaStore
) -> None:
    media_id = upload(bucket, files.png())
    for of_whom in (media_id, f"{CONVERSATION}-{'f' * 32}-0", "../files/x"):
        answer = call(
            "POST",
            f"{HERE}/replies",
            {"media_ids": [of_whom]},
            agent="chief",
            groups="supervisor",
            headers={"Idempotency-Key": of_whom[:9]},
        )
        assert (answer.problem, answer.document["reason"]) == ("file-not-taken", "unknown")
    assert office.state.owner.name == "anna"


@pytest.mark.parametrize(
    ("content", "mime_type", "reason"),
    [
        (files.HTML, "image/png", "dangerous"),
        (files.jpeg(), "image/png", "type_mismatch"),
        (
            files.zip_bomb(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "expands_too_far",
        ),
    ],
)
def test_a_poisoned_file_sends_nothing_and_is_kept_nowhere(
    office: WorkingDesk, bucket: MediaStore, content: bytes, mime_type: str, reason: str
) -> None:
    before = office.state
    answer = send(text="Ecco.", media_ids=[upload(bucket, content, mime_type)])
    assert (answer.status, answer.document["reason"]) == (422, reason)
    assert office.state == before
    assert keys_in(bucket) == []


def test_a_file_beyond_the_channel_is_refused_by_the_limit_and_still_there(
    office: WorkingDesk, bucket: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_id = upload(bucket, files.png())
    small = {MediaKind.IMAGE: WHATSAPP.media[MediaKind.IMAGE].model_copy(update={"max_bytes": 9})}
    on_a_channel_like(monkeypatch, WHATSAPP.model_copy(update={"media": small}))
    answer = send(media_ids=[media_id])
    assert (answer.problem, answer.document["limit"]) == ("beyond-the-channel", 9)
    assert answer.document["errors"][0]["pointer"] == "/media_ids/0"
    on_a_channel_like(monkeypatch, WHATSAPP.model_copy(update={"media": {}}))
    assert send(media_ids=[media_id]).problem == "beyond-the-channel"
    on_a_channel_like(monkeypatch, WHATSAPP)
    assert send(media_ids=[media_id]).status == 202
    assert office.messages()[-1].text == ""


def test_a_type_that_the_channel_does_not_take_is_refused(bucket: MediaStore) -> None:
    answer = send(media_ids=[upload(bucket, files.gif(), "image/gif")])
    assert answer.problem == "beyond-the-channel"
    assert "image/png" in answer.document["mime_types"]


def test_a_file_that_nobody_can_look_through_just_now_may_be_sent_again(
    office: WorkingDesk, bucket: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise NotScanned("no verdict")

    media_id, before = upload(bucket, files.png()), office.state
    monkeypatch.setattr(reply_files, "scan", lambda: none)
    answer = send(media_ids=[media_id])
    assert (answer.status, answer.problem) == (503, "busy")
    assert office.state == before
    monkeypatch.setattr(reply_files, "scan", lambda: None)
    assert send(media_ids=[media_id]).status == 202


def test_files_of_a_reply_that_its_conversation_refuses_are_kept_nowhere(
    office: WorkingDesk, bucket: MediaStore
) -> None:
    media_id = upload(bucket, files.png())
    office.ask(TakeOver(agent_id="chief", supervisor=True))
    answer = send(media_ids=[media_id])
    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert keys_in(bucket) == []


def test_who_was_slower_sends_their_files_anyway(office: WorkingDesk, bucket: MediaStore) -> None:
    reached = office.state.sequence
    mine: dict[str, Any] = {"media_ids": [upload(bucket, files.png())], "seen_up_to": reached}
    office.ask(reply("chief", supervisor=True))
    refused = send(**mine)
    assert (refused.status, refused.problem) == (409, "colleague-replied")
    assert [key.partition("/")[0] for key in keys_in(bucket)] == ["uploads"]
    assert send(**mine, anyway=True).status == 202
    [sent] = [each for each in office.messages() if isinstance(each, SendRichMessage)]
    assert keys_in(bucket) == [sent.media[0].key]


def test_who_is_overtaken_while_files_are_looked_at_sends_them_anyway(
    office: WorkingDesk, bucket: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = office.state.sequence
    mine: dict[str, Any] = {"media_ids": [upload(bucket, files.png())], "seen_up_to": reached}
    keep = Uploads.keep

    def and_a_colleague_replies(*args: Any) -> list[KeptUpload]:
        kept = keep(*args)
        office.ask(reply("chief", supervisor=True))
        return kept

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Uploads, "keep", and_a_colleague_replies)
        assert send(**mine).problem == "colleague-replied"
    assert send(**mine, anyway=True).status == 202
    [sent] = [each for each in office.messages() if isinstance(each, SendRichMessage)]
    assert keys_in(bucket) == [sent.media[0].key]


def test_outside_the_window_no_file_is_looked_at(office: WorkingDesk, bucket: MediaStore) -> None:
    media_id = upload(bucket, files.png())
    office.pass_time(timedelta(hours=25))
    assert send(media_ids=[media_id]).problem == "reply-window-closed"
    assert keys_in(bucket) != []


@pytest.fixture
def linking(bucket: MediaStore, monkeypatch: pytest.MonkeyPatch) -> MediaStore:
    monkeypatch.setenv("FILE_URL_BASE", "https://desk.example/v1")
    monkeypatch.setenv("FILE_LINK_HOURS", "72")
    return bucket


def test_what_a_channel_does_not_take_may_be_sent_as_a_link(
    office: WorkingDesk, linking: MediaStore
) -> None:
    animation = upload(linking, files.gif(), "image/gif")
    photo = upload(linking, files.png())
    assert send(text="Ecco.", media_ids=[animation, photo], as_link=True).status == 202
    sent = message(office)
    assert isinstance(sent, SendRichMessage)
    assert [file.media_id for file in sent.media] == [photo]
    words, name, url = sent.text.split("\n\n")[0], *sent.text.split("\n\n")[1].split("\n")
    assert (words, name) == ("Ecco.", "foto.png.gif")
    assert url.startswith("https://desk.example/v1/files/")
    link = office.table.file_links.follow(url.rpartition("/")[2], office.now)
    assert link is not None
    assert link.key in keys_in(linking)
    assert link.until == office.now + timedelta(hours=72)
    assert office.table.file_links.follow(url.rpartition("/")[2], link.until) is None


def test_a_link_alone_is_a_reply_that_earlier_versions_send_too(
    office: WorkingDesk, linking: MediaStore
) -> None:
    media_id = upload(linking, files.gif(), "image/gif")
    assert send(media_ids=[media_id], as_link=True).status == 202
    assert send(media_ids=[media_id], as_link=True).status == 202
    assert type(message(office)) is SendMessage
    assert message(office).text.startswith("foto.png.gif\nhttps://")


@pytest.mark.usefixtures("linking")
def test_no_token_stands_in_the_table(office: WorkingDesk, linking: MediaStore) -> None:
    send(media_ids=[upload(linking, files.gif(), "image/gif")], as_link=True)
    token = message(office).text.rpartition("/")[2]
    links = [item for item in all_items(office.table) if item["entity"]["S"] == "file_link"]
    assert len(links) == 1
    assert token not in json.dumps(links)


def test_a_reply_holds_no_more_than_can_be_looked_at_in_time(bucket: MediaStore) -> None:
    media_ids = [
        begin(mime_type="application/pdf", size_bytes=60_000_000).document["media_id"]
        for _ in range(2)
    ]
    answer = send(media_ids=media_ids, as_link=True)
    assert answer.document["errors"][0]["pointer"] == "/media_ids"
    assert keys_in(bucket) == []
