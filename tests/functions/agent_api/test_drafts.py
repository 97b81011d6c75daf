"""What an agent has begun to write: kept for them alone, until it is sent."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sportello.entrypoints import runtime
from sportello.routing.presence import Presence
from sportello.table.desk import Desk
from sportello.table.stories.draft_table import (
    DRAFT_KEPT,
    Draft,
    DraftName,
    DraftTable,
    StoredDraft,
)
from support import builders
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW
from support.clouds.begun_conversation import begin
from support.clouds.table import all_items

HERE = f"/conversations/{CONVERSATION}"
SECRET = "Il codice del cancello è farfalla"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    ours = Clock()
    monkeypatch.setattr(runtime, "utc_now", ours)
    return ours


@pytest.fixture(autouse=True)
def taken(counter: Desk, clock: Clock) -> Desk:
    """Anna has the conversation."""
    assert clock.now == NOW
    begin(counter, builders.request_human(), builders.offer(), builders.accept("anna"))
    return counter


def draft(method: str, text: str = "", kind: str = "reply", match: str = "", **who: Any) -> Answer:
    headers = {"If-Match": match} if match else {}
    body = {"text": text} if text else None
    return call(method, f"{HERE}/drafts/{kind}", body, headers=headers, **who)


def test_a_draft_is_read_as_it_was_typed() -> None:
    assert draft("GET").document["version"] == 0
    kept = call("PUT", f"{HERE}/drafts/reply", {"text": "  Gentile \n", "seen_up_to": 4})
    assert kept.status == 200
    document = draft("GET").document
    assert document == kept.document
    assert (document["text"], document["seen_up_to"]) == ("  Gentile \n", 4)
    assert document["expires_at"] == "2026-03-19T10:00:00Z"
    assert draft("GET").headers["etag"] == f'"{document["version"]}"'


def test_a_reply_and_a_note_are_two_drafts() -> None:
    draft("PUT", "Al cliente")
    draft("PUT", "Ai colleghi", kind="note")
    assert draft("GET").document["text"] == "Al cliente"
    assert draft("GET", kind="note").document["text"] == "Ai colleghi"


def test_nobody_else_reads_it_and_a_supervisor_neither() -> None:
    draft("PUT", SECRET)
    others: list[dict[str, Any]] = [
        {"agent": "bruno"},
        {"agent": "chief", "groups": "agent,supervisor"},
    ]
    for who in others:
        assert draft("GET", **who).document["text"] == ""
        assert SECRET not in call("GET", HERE, **who).body


def test_what_was_written_elsewhere_meanwhile_is_not_overwritten() -> None:
    first = draft("PUT", "Uno", match='"0"').headers["etag"]
    second = draft("PUT", "Due", match=first)
    assert second.status == 200
    late = draft("PUT", "Tre", match=first)
    assert (late.status, late.problem) == (412, "version-mismatch")
    assert draft("GET").document["text"] == "Due"


def test_without_a_precondition_the_last_word_counts() -> None:
    draft("PUT", "Uno")
    assert draft("PUT", "Due").status == 200
    assert draft("GET").document["text"] == "Due"


def test_what_is_as_it_was_is_not_sent_again() -> None:
    tag = draft("PUT", "Uno").headers["etag"]
    answer = call("GET", f"{HERE}/drafts/reply", headers={"If-None-Match": tag})
    assert (answer.status, answer.body) == (304, "")


def test_who_asks_for_another_version_is_told_that_it_is_not_there() -> None:
    draft("PUT", "Uno")
    answer = draft("GET", match='"7"')
    assert (answer.status, answer.problem) == (412, "version-mismatch")


def test_a_draft_that_is_taken_away_is_gone_and_its_version_never_comes_back(
    clock: Clock, counter: Desk
) -> None:
    tag = draft("PUT", SECRET).headers["etag"]
    assert draft("DELETE").status == 204
    assert draft("DELETE").status == 204
    assert SECRET not in str(all_items(counter.table))
    clock.now += timedelta(seconds=1)
    assert draft("PUT", "Altro").headers["etag"] != tag
    assert draft("DELETE", match=tag).status == 412
    assert draft("GET").document["text"] == "Altro"


def test_what_is_written_while_nothing_is_taken_away_stays(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = DraftTable.draft

    def and_written_meanwhile(table: DraftTable, name: DraftName, now: datetime) -> StoredDraft:
        before = read(table, name, now)
        table.keep(name, Draft(text="Altro"), before.version, now)
        return before

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(DraftTable, "draft", and_written_meanwhile)
        assert draft("DELETE", match='"7"').status == 204
    kept = counter.table.drafts.draft(DraftName("anna", CONVERSATION, "reply"), NOW)
    assert kept.draft.text == "Altro"


def test_after_fifteen_days_there_is_none(clock: Clock) -> None:
    draft("PUT", "Uno")
    clock.now += DRAFT_KEPT
    assert draft("GET").document["version"] == 0
    assert draft("PUT", "Due", match='"0"').status == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": ""}, "/text"),
        ({"text": "x" * 16_385}, "/text"),
        ({}, "/text"),
        ({"text": "x", "seen_up_to": -1}, "/seen_up_to"),
        ({"text": "x", "to": "Giulia"}, "/to"),
    ],
)
def test_what_is_no_draft_is_refused(body: Any, pointer: str) -> None:
    answer = call("PUT", f"{HERE}/drafts/reply", body)
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0]["pointer"] == pointer


def test_there_are_drafts_of_replies_and_notes_only() -> None:
    assert draft("GET", kind="poem").problem == "unknown-path"


def test_saving_is_no_act_and_nothing_of_it_is_in_a_key_or_log(
    counter: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    draft("PUT", SECRET)
    draft("DELETE")
    draft("PUT", SECRET)
    items = all_items(counter.table)
    assert not [item for item in items if item["entity"]["S"] == "audit"]
    assert not [item for item in items if "farfalla" in item["pk"]["S"] + item["sk"]["S"]]
    assert "farfalla" not in capsys.readouterr().out


def test_it_weighs_nothing_where_an_agent_is_read(counter: Desk) -> None:
    draft("PUT", SECRET)
    counter.table.agents.set_presence("anna", Presence.AVAILABLE, NOW + timedelta(hours=1), NOW)
    assert counter.table.agents.record("anna").has_worked


def test_a_reply_that_is_sent_takes_its_draft_along(counter: Desk) -> None:
    version = draft("PUT", "Eccomi.").document["version"]
    body = {"text": "Eccomi.", "draft_version": version}
    for _ in range(2):
        answer = call("POST", f"{HERE}/replies", body, headers={"Idempotency-Key": "k-1"})
        assert answer.status == 202
    assert counter.table.drafts.draft(DraftName("anna", CONVERSATION, "reply"), NOW).version == 0


def test_what_was_written_since_stays_when_a_reply_is_sent(clock: Clock) -> None:
    version = draft("PUT", "Eccomi.").document["version"]
    clock.now += timedelta(seconds=1)
    draft("PUT", "E poi")
    body = {"text": "Eccomi.", "draft_version": version}
    call("POST", f"{HERE}/replies", body, headers={"Idempotency-Key": "k-1"})
    assert draft("GET").document["text"] == "E poi"


def test_a_reply_that_is_refused_leaves_its_draft() -> None:
    version = draft("PUT", "Eccomi.", agent="bruno").document["version"]
    body = {"text": "Eccomi.", "draft_version": version}
    refused = call(
        "POST", f"{HERE}/replies", body, headers={"Idempotency-Key": "k-1"}, agent="bruno"
    )
    assert refused.status == 409
    assert draft("GET", agent="bruno").document["text"] == "Eccomi."


def test_a_note_that_is_kept_takes_its_draft_along() -> None:
    version = draft("PUT", "Richiamare.", kind="note").document["version"]
    body = {"text": "Richiamare.", "draft_version": version}
    assert call("POST", f"{HERE}/notes", body, headers={"Idempotency-Key": "k-1"}).status == 201
    assert draft("GET", kind="note").document["version"] == 0
