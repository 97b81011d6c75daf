"""A connection from its ticket to its end, as API Gateway tells the functions of it."""

import json
from io import StringIO
from typing import Any

import pytest

from live import connect, disconnect, message, push
from sportello.conversation.handing_over.audience import Audience
from sportello.live.push_request import PushRequest
from support.agent_calls import LambdaContext
from support.builders import CONVERSATION, queued
from support.clouds.table import all_items
from support.live import LiveDesk


def event(kind: str, name: str = "c-1", **fields: Any) -> dict[str, Any]:
    context = {"connectionId": name, "eventType": kind, "routeKey": "any", "requestId": "r-1"}
    return {"requestContext": context, "isBase64Encoded": False, **fields}


def connecting(ticket: Any, name: str = "c-1") -> int:
    query = None if ticket is None else {"ticket": ticket}
    answer = connect.handler(event("CONNECT", name, queryStringParameters=query), LambdaContext())
    return int(answer["statusCode"])


def says(body: Any, name: str = "c-1") -> None:
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    answer = message.handler(event("MESSAGE", name, body=text), LambdaContext())
    assert answer == {"statusCode": 200}


def test_a_ticket_lets_in_and_hello_is_welcomed(live: LiveDesk) -> None:
    assert connecting(live.ticket()) == 200
    assert live.frames("c-1") == []
    says({"t": "hello"})
    assert live.last("c-1")["t"] == "welcome"


@pytest.mark.parametrize("ticket", [None, "", "forged", "a" * 43])
def test_nothing_else_lets_in(live: LiveDesk, ticket: Any) -> None:
    assert connecting(ticket) == 403
    assert all_items(live.table) == []


def test_another_has_no_use_of_a_ticket_that_was_overheard(live: LiveDesk) -> None:
    ticket = live.ticket()
    assert connecting(ticket) == 200
    assert connecting(ticket, "c-2") == 403


def test_a_ticket_is_in_no_log_and_neither_is_what_was_said(
    live: LiveDesk, logged: StringIO
) -> None:
    ticket = live.ticket()
    connecting(ticket)
    connecting(ticket, "c-2")
    says({"t": "hello", "queues": ["segreto"]})
    says('{"t": "viewing", "conversation_id": "segreto"}')
    says("{segreto")
    text = logged.getvalue()
    assert "connected" in text
    assert ticket not in text
    assert "segreto" not in text


@pytest.mark.parametrize("body", [None, "", "{", "[]", "\ud800", '{"t":"ping"}' + " " * 9_000])
def test_no_body_crashes_it(live: LiveDesk, body: Any) -> None:
    connecting(live.ticket())
    says(body)
    assert live.last("c-1")["t"] == "error"


def test_a_presence_that_is_said_is_audited_like_a_call(live: LiveDesk) -> None:
    connecting(live.ticket("anna", teams=["north"], scope=frozenset({"default"})))
    says({"t": "hello"})
    for _ in range(2):
        says({"t": "presence", "presence": "available"})
    entries = [item["entry"]["S"] for item in all_items(live.table) if "entry" in item]
    assert len(entries) == 1
    entry = json.loads(entries[0])
    assert (entry["agent_id"], entry["team"], entry["status"]) == ("anna", "north", 200)
    assert (entry["method"], entry["route"]) == ("PUT", "/live/presence")


def test_the_end_of_a_connection_leaves_nothing(live: LiveDesk) -> None:
    connecting(live.ticket())
    says({"t": "hello"})
    disconnect.handler(event("DISCONNECT"), LambdaContext())
    disconnect.handler(event("DISCONNECT", "c-9"), LambdaContext())
    assert {item["entity"]["S"] for item in all_items(live.table)} == {"live_ticket"}


def test_what_the_dispatcher_asks_for_is_pushed(live: LiveDesk) -> None:
    live.keep(queued())
    connecting(live.ticket())
    says({"t": "hello"})
    request = PushRequest(conversations={CONVERSATION: Audience()})
    asked: dict[str, Any] = json.loads(request.model_dump_json(exclude_defaults=True))
    push.handler(asked | {"of_tomorrow": True}, LambdaContext())
    assert live.last("c-1")["row"]["conversation_id"] == CONVERSATION
