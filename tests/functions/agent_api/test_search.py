"""Searching over the API, of what the function behind the queue has kept."""

import json
import re
from collections.abc import Iterator

import pytest

from agent_api.inbox import search as route
from agent_api.inbox.search import SearchEnvironment, SearchHits
from sportello.aws import environment
from sportello.inbox.word_request import ItemToRead, KeepWordsRequest
from sportello.queues.settings import QueueSettings
from sportello.routing.teams import TeamSettings
from sportello.table.inbound.inbound_items import InboundRecord
from support import builders
from support.agent_calls import Answer, LambdaContext, call
from support.builders import (
    CONVERSATION,
    KEY,
    a_message,
    a_queue,
    an_address,
    an_inbound_record,
    an_item,
)
from support.clouds.staffed_desk import StaffedDesk
from support.template import ROOT
from workflow import keep_words

NORTH, SOUTH = "agent,team-north", "agent,team-south"


@pytest.fixture
def kept(staffed: StaffedDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[StaffedDesk]:
    """Words are kept, under the key that the secret holds."""
    monkeypatch.setenv("CONVERSATION_KEY_SECRET", "ConversationKey")
    monkeypatch.setenv("SEARCH_RETENTION_DAYS", "400")
    for module in (route, keep_words):
        monkeypatch.setattr(module, "read_secret_text", lambda _: KEY.decode())
    for model in (SearchEnvironment, keep_words.KeepWordsEnvironment):
        environment._loaded.pop(model, None)
    staffed.configure(QueueSettings, queues={"default": a_queue(), "sales": a_queue()})
    both = {"north": {"queues": ["default"]}, "south": {"queues": ["sales"]}}
    staffed.configure(TeamSettings, teams=both)
    yield staffed
    for model in (SearchEnvironment, keep_words.KeepWordsEnvironment):
        environment._loaded.pop(model, None)


def write(office: StaffedDesk, text: str, name: str = CONVERSATION, number: int = 1) -> None:
    message = a_message(text, number, sent_at=office.now, display_name="Giulia")
    record = an_inbound_record(message, conversation=name)
    office.table.put_inbound(record, b"")
    received = builders.receive(an_item(record.item_id, office.now), turn_id=f"turn-{number}")
    office.ask(name, received, an_address(display_name="Giulia"))
    item = ItemToRead(conversation_id=name, sort_key=InboundRecord.sort_key(record.item_id))
    body = KeepWordsRequest(items=(item,)).model_dump_json()
    keep_words.handler({"Records": [{"body": body}]}, LambdaContext())


def search(q: str, groups: str = "agent", **query: str) -> Answer:
    return call("GET", "/search", query={"q": q, **query}, groups=groups)


def names(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [hit["row"]["conversation_id"] for hit in answer.document["hits"]]


def test_what_was_written_is_found_with_its_row(kept: StaffedDesk) -> None:
    write(kept, "Il pacco è rotto")
    document = search("pacco rotto").document
    (hit,) = document["hits"]
    assert (hit["row"]["name"], hit["snippet"], hit["day"]) == (
        "Giulia",
        "Il pacco è rotto",
        "2026-03-04",
    )
    assert (document["bounded"], document["cursor"]) == (False, None)


@pytest.mark.parametrize("query", ["pacco", "giulia", "customer-1", CONVERSATION])
def test_nobody_finds_what_is_of_a_queue_that_they_may_not_see(
    kept: StaffedDesk, query: str
) -> None:
    write(kept, "Il pacco")
    kept.ask(CONVERSATION, builders.request_human())
    assert names(search(query, NORTH)) == [CONVERSATION]
    assert names(search(query, SOUTH)) == []
    assert search(query, SOUTH).document == search("nowhere", SOUTH).document


def test_hits_go_on_where_the_cursor_says(kept: StaffedDesk) -> None:
    for number in range(3):
        write(kept, "Il pacco", f"c{number}", number)
    first = search("pacco", limit="2")
    second = search("pacco", limit="2", cursor=first.document["cursor"])
    assert sorted(names(first) + names(second)) == ["c0", "c1", "c2"]
    assert second.document["cursor"] is None


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "query",
    [{}, {"q": ""}, {"q": "x"}, {"q": "x" * 257}, {"q": "pacco", "cursor": "x"}, {"text": "pacco"}],
)
def test_what_does_not_fit_is_refused(query: dict[str, str]) -> None:
    assert call("GET", "/search", query=query).problem == "validation"


@pytest.mark.usefixtures("kept")
def test_a_query_of_signs_finds_nothing() -> None:
    assert names(search("?!?")) == []


@pytest.mark.usefixtures("counter")
def test_without_words_only_ids_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERSATION_KEY_SECRET", "")
    environment._loaded.pop(SearchEnvironment, None)
    answer = search("pacco")
    assert (answer.status, answer.problem) == (501, "search-off")
    assert names(search("0" * 32)) == []
    environment._loaded.pop(SearchEnvironment, None)


def test_who_reads_no_conversations_searches_nothing(kept: StaffedDesk) -> None:
    write(kept, "Il pacco")
    assert search("pacco", "admin").problem == "forbidden"


def test_a_request_of_a_later_version_is_read(kept: StaffedDesk) -> None:
    body = json.dumps({"items": [{"conversation_id": "c1", "sort_key": "IN#1", "of": "x"}], "y": 1})
    keep_words.handler({"Records": [{"body": body}]}, LambdaContext())
    assert kept.items("word") == []


def test_the_example_on_the_page_is_an_answer_written_out() -> None:
    page = (ROOT / "docs/agent-api.md").read_text(encoding="utf-8")
    section = page.split("### `GET /search`")[1].split("\n## ")[0]
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found
    example = json.loads(found[1])
    assert json.loads(SearchHits.model_validate(example).model_dump_json()) == example
