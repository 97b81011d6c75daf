"""A link of ours is told from any other, and says exactly who may answer what until when."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sportello.model import written
from sportello.people.notifying.answer_links import (
    GRACE,
    LONGEST_LIFE,
    Answer,
    AnswerLink,
    AnswerLinkSecret,
    is_answerable,
    offer_links,
    read_token,
    written_token,
)
from sportello.people.notifying.notifier import Notification
from support.builders import CONVERSATION, NOW, seconds

KEY, OTHER = b"a made-up key of thirty-two bytes", b"another one, as long as the first"
BASE = "https://desk.example/v1"

RING = Notification(
    id=f"{CONVERSATION}/offer:handoff-2-7:@anna/phone",
    notice="conversation.offered",
    at=NOW,
    conversation_id=CONVERSATION,
    channel="live",
    endpoint="@anna/phone",
    address={},
    data={"offer_id": "handoff-2-7", "expires_at": written(NOW + seconds(60))},
    agent_id="anna",
)


def links(ring: Notification = RING, key: bytes = KEY) -> dict[Answer, AnswerLink]:
    made = offer_links(ring, key, BASE)
    tokens = {Answer.ACCEPT: made.accept, Answer.DECLINE: made.decline}
    read = {}
    for answer, url in tokens.items():
        assert url.startswith(f"{BASE}/answers/")
        link = read_token(url.rpartition("/")[2], [key])
        assert link is not None
        read[answer] = link
    return read


def a_token(**changes: Any) -> str:
    return written_token(links()[Answer.ACCEPT].model_copy(update=changes), KEY)


def test_each_link_gives_one_answer_of_one_agent_to_one_offer() -> None:
    for answer, link in links().items():
        assert link.answer is answer
        assert (link.conversation_id, link.offer_id) == (CONVERSATION, "handoff-2-7")
        assert link.agent_id == "anna"


def test_it_lives_a_little_longer_than_the_offer() -> None:
    assert {link.expires_at for link in links().values()} == {NOW + seconds(60) + GRACE}


def test_it_lives_an_hour_at_most() -> None:
    data = {**RING.data, "expires_at": written(NOW + timedelta(days=1))}
    made = links(RING.model_copy(update={"data": data}))
    assert {link.expires_at for link in made.values()} == {NOW + LONGEST_LIFE}


def test_every_attempt_at_a_notice_makes_the_same_links_and_no_other_does() -> None:
    assert links() == links()
    other = links(RING.model_copy(update={"id": f"{CONVERSATION}/offer:handoff-2-9:@anna/phone"}))
    names = [link.name for link in (*links().values(), *other.values())]
    assert len(set(names)) == 4


def test_nobody_without_the_key_can_name_a_link() -> None:
    assert links()[Answer.ACCEPT].nonce != links(key=OTHER)[Answer.ACCEPT].nonce


@pytest.mark.parametrize(
    "changes",
    [
        {"agent_id": ""},
        {"notice": "message.received"},
        {"data": {"offer_id": "handoff-2-7"}},
        {"data": {"expires_at": "2026-03-04T10:01:00Z"}},
    ],
)
def test_there_are_links_for_an_offer_to_one_person_alone(changes: dict[str, Any]) -> None:
    assert is_answerable(RING)
    assert not is_answerable(RING.model_copy(update=changes))


# --- forged -------------------------------------------------------------------------------------


def test_while_the_key_changes_both_are_taken() -> None:
    secret = AnswerLinkSecret.model_validate(
        {"signing_key": OTHER.decode(), "previous_signing_key": KEY.decode(), "more": "unread"}
    )
    assert read_token(a_token(), secret.keys) == links()[Answer.ACCEPT]
    assert read_token(a_token(), secret.keys[:1]) is None


@pytest.mark.parametrize("key", ["", "guessable", "x" * 31])
def test_a_key_that_could_be_guessed_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        AnswerLinkSecret.model_validate({"signing_key": key})
    assert not key or key not in str(refused.value)


def test_a_link_with_anything_changed_in_it_is_forged() -> None:
    content, _, signature = a_token().partition(".")
    document = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    for field in document:
        changed = {**document, field: "2027-01-01T00:00:00Z" if "at" in field else "mallory"}
        forged = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
        assert read_token(f"{forged}.{signature}", [KEY]) is None


def test_a_signature_of_ours_for_something_else_is_none() -> None:
    content = a_token().partition(".")[0]
    other = base64.urlsafe_b64encode(hmac.digest(KEY, content.encode(), "sha256"))
    assert read_token(f"{content}.{other.rstrip(b'=').decode()}", [KEY]) is None


@given(st.integers(0, 400), st.characters())
def test_one_letter_changed_is_enough(place: int, letter: str) -> None:
    token = a_token()
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    assert (read_token(changed, [KEY]) is not None) == (changed == token)


@pytest.mark.parametrize("more", ["=", "A", ".", " ", "\n", "%00", ".x"])
def test_a_link_with_something_added_is_another(more: str) -> None:
    assert read_token(a_token() + more, [KEY]) is None
    assert read_token(more + a_token(), [KEY]) is None


@given(st.text(max_size=300))
def test_nothing_that_anybody_sends_is_more_than_forged(text: str) -> None:
    assert read_token(text, [KEY]) is None


def test_what_is_longer_than_any_link_is_not_looked_at() -> None:
    assert read_token(a_token(agent_id="a" * 4_000), [KEY]) is None


def test_an_answer_of_a_later_version_is_read_as_such() -> None:
    link = read_token(a_token(answer="transfer"), [KEY])
    assert link is not None
    assert link.answer not in list(Answer)
