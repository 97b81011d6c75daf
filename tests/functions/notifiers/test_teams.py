import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from notifiers import teams
from notifiers.teams import FAULTS, MOST_BYTES, Teams, TeamsAddress, message
from sportello.errors import (
    ConfigurationRefused,
    EndpointGone,
    ForbiddenUrl,
    ProviderUnavailable,
    Rejected,
)
from sportello.messaging.outbound_http import Reply
from sportello.people.notifying.notice_facts import MOST_LINES
from sportello.people.notifying.notifier import OfferLinks
from support.adaptive_cards import check_message, texts_of
from support.notices import json_values, notice, spoken_by, strangers_texts

URL = (
    "https://default0123.45.environment.api.powerplatform.com:443/powerautomate/automations/direct"
    "/workflows/0123/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun"
    "&sv=1.0&sig=made-up"
)
ADDRESS = TeamsAddress.model_validate({"url": URL, "language": "en"})
LINKS = OfferLinks(
    accept="https://desk.example/answers/a", decline="https://desk.example/answers/d"
)


class Workflow:
    """Gives one answer to every call, and keeps the calls."""

    def __init__(self, status: int = 202, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.headers = status, headers or {}
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.calls.append((url, body, dict(headers)))
        return Reply(status=self.status, headers=self.headers, body=b"")

    def ring(self, name: str = "conversation.offered", **fields: Any) -> str:
        address = {"url": URL, "language": "en"}
        return Teams(self).notify(notice(name, address=address, **fields))


def card(name: str = "conversation.offered", **fields: Any) -> dict[str, Any]:
    return check_message(message(notice(name, **fields), ADDRESS))


def test_a_card_says_who_waits_in_which_queue_since_when_and_until_when() -> None:
    assert texts_of(card()) == [
        "A customer is waiting",
        "Queue: sales",
        "Priority: high",
        "Channel: whatsapp",
        "Customer: Niccolò",
        "**Waiting since:** {{DATE(2026-03-04T09:58:00Z, SHORT)}} {{TIME(2026-03-04T09:58:00Z)}}",
        "**Answer due:** {{DATE(2026-03-04T10:05:00Z, SHORT)}} {{TIME(2026-03-04T10:05:00Z)}}",
        "**Open until:** {{DATE(2026-03-04T10:01:00Z, SHORT)}} {{TIME(2026-03-04T10:01:00Z)}}",
        "Customer: Il mio pacco è in ritardo",
        "Bot: Un momento",
    ]


def test_it_is_posted_to_the_workflow_as_it_stands_in_the_settings() -> None:
    workflow = Workflow()
    assert workflow.ring() == ""
    [(url, body, headers)] = workflow.calls
    assert url == URL.replace(":443", "")  # https has no other
    assert headers["content-type"] == "application/json"
    check_message(body)


def test_one_persons_card_has_the_links_to_answer_with() -> None:
    actions = card(links=LINKS)["actions"]
    assert [(action["title"], action["url"]) for action in actions] == [
        ("Accept", "https://desk.example/answers/a"),
        ("Decline", "https://desk.example/answers/d"),
    ]


def test_a_shared_card_has_no_links() -> None:
    assert card()["actions"] == []


def test_only_an_offer_has_links() -> None:
    assert card("ladder.exhausted", links=LINKS)["actions"] == []


def test_the_end_of_an_offer_rings_nobody() -> None:
    assert not [name for name in teams.notifier.notices or () if name.startswith("offer.")]
    assert "conversation.offered" in (teams.notifier.notices or ())


def test_words_are_left_out_where_an_endpoint_wants_none() -> None:
    quiet = ADDRESS.model_copy(update={"show_words": False})
    assert "pacco" not in message(notice(), quiet).decode()
    assert "Niccolò" in message(notice(), quiet).decode()


def test_people_are_rung_in_their_language() -> None:
    italian = ADDRESS.model_copy(update={"language": "it"})
    assert texts_of(check_message(message(notice(), italian)))[0] == "Un cliente è in attesa"


# Strangers' texts


@given(strangers_texts)
def test_strangers_forge_no_link_and_no_line(text: str) -> None:
    strange, plain = card(data=spoken_by(text)), card(data=spoken_by("Ciao"))
    assert strange["actions"] == []
    assert text_blocks(strange) == text_blocks(plain)


def text_blocks(of: dict[str, Any]) -> list[str]:
    """Return what Teams reads as Markdown."""
    return [element["text"] for element in of["body"] if element["type"] == "TextBlock"]


@pytest.mark.parametrize("text", ["{{DATE(2017-02-14T06:00:00Z)}}", "{{{{{", "a{{b}}{{{c"])
def test_strangers_write_no_functions_of_cards(text: str) -> None:
    said = texts_of(card(data=spoken_by(text)))
    assert not [line for line in said if "{{" in line and not line.startswith("**")]


@given(json_values, json_values, json_values)
def test_whatever_the_data_holds_teams_takes_the_card(queue: Any, who: Any, said: Any) -> None:
    card(data={"offer_id": "handoff-2-0", "queue": queue, "customer": who, "transcript": said})


@pytest.mark.parametrize("sign", ["a", "😀", '"', "\\", "&"])
def test_the_longest_story_fits_whatever_it_is_written_in(sign: str) -> None:
    said = texts_of(card(data=spoken_by(sign * 5_000), links=LINKS))
    assert len([line for line in said if line.startswith(f"Customer: {sign}")]) == 1 + MOST_LINES


def test_of_a_story_that_does_not_fit_the_end_is_told() -> None:
    long = OfferLinks(
        accept=f"{LINKS.accept}{'a' * 10_000}", decline=f"{LINKS.decline}{'d' * 10_000}"
    )
    lines = [{"author": "customer", "text": f"{number}{'😀' * 5_000}"} for number in range(6)]
    said = texts_of(card(data=spoken_by("x") | {"transcript": lines}, links=long))
    told = [line.removeprefix("Customer: ")[0] for line in said if "😀" in line]
    assert told == ["3", "4", "5"]


def test_a_card_that_is_too_long_without_a_word_spoken_is_refused() -> None:
    long = OfferLinks(accept=LINKS.accept + "a" * MOST_BYTES, decline=LINKS.decline)
    with pytest.raises(Rejected, match="too long"):
        message(notice(links=long), ADDRESS)


# What the workflow answers


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_is_done(status: int) -> None:
    assert Workflow(status).ring() == ""


@pytest.mark.parametrize("status", sorted(FAULTS))
def test_what_an_operator_cures_is_said(status: int) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        Workflow(status).ring()
    assert (refused.value.fault, refused.value.error_code) == (FAULTS[status], f"http_{status}")


@pytest.mark.parametrize("status", [302, 408, 429, 500, 502, 503, 504])
def test_anything_else_asks_for_another_attempt(status: int) -> None:
    with pytest.raises(ProviderUnavailable, match=f"answered {status}"):
        Workflow(status).ring()


def test_the_workflows_own_wish_is_passed_on() -> None:
    with pytest.raises(ProviderUnavailable) as busy:
        Workflow(429, {"retry-after": "60"}).ring()
    assert busy.value.retry_after_seconds == 60


def test_a_workflow_that_is_gone_says_so_once_for_all() -> None:
    with pytest.raises(EndpointGone):
        Workflow(410).ring()


def test_a_card_that_is_never_taken_is_rejected() -> None:
    with pytest.raises(Rejected, match="413"):
        Workflow(413).ring()


# The address


@pytest.mark.parametrize(
    "fields", [{}, {"url": "no url"}, {"url": URL, "language": "italiano"}, {"url": URL, "to": "x"}]
)
def test_an_address_is_a_url(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TeamsAddress.model_validate(fields)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/hook",
        "https://127.0.0.1/hook",
        "https://anna:secret@192.0.2.1/hook",
    ],
)
def test_a_private_url_is_a_fault(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "false")
    [fault] = teams.notifier.faults(TeamsAddress.model_validate({"url": url}))
    assert fault.field == "url"


def test_a_private_url_is_never_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "false")
    with pytest.raises(ForbiddenUrl):
        teams.notifier.notify(notice(address={"url": "https://127.0.0.1:9/hook"}))


def test_a_card_is_text_that_every_client_reads() -> None:
    [attachment] = json.loads(message(notice(), ADDRESS))["attachments"]
    assert attachment["content"]["version"] == "1.4"
