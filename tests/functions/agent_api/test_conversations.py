import json
from collections.abc import Callable
from typing import Any

import pytest

from agent_api.conversations.conversation_view import conversation_view
from sportello.aws.logs import logger
from sportello.conversation.commands import Command
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState, Owner
from sportello.entrypoints import runtime
from sportello.messaging.items import DeliveryStatus
from sportello.table.desk import Desk, Step
from sportello.table.desk_table import DeskTable
from sportello.table.items import Conversation, EffectRecord, StoredSettings
from sportello.table.keys import key as table_key
from support import builders
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, TERMS, an_address
from support.clouds.begun_conversation import begin
from support.clouds.table import all_items

HERE = f"/conversations/{CONVERSATION}"

ACTIONS = ["accept", "decline", "resolve", "return-to-bot"]


@pytest.fixture(autouse=True)
def in_opening_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)


def ask(desk: Desk, command: Command) -> None:
    desk.act(CONVERSATION, lambda _: Step(command=command, terms=TERMS), NOW)


def waiting(desk: Desk) -> None:
    begin(desk, builders.request_human())


def offered(desk: Desk, agents: tuple[str, ...] = ()) -> None:
    begin(desk, builders.request_human(), builders.offer(agents=agents))


def taken(desk: Desk, agent: str = "anna") -> None:
    begin(desk, builders.request_human(), builders.offer(), builders.accept(agent))


def send(text: str = "Eccomi.", key: str = "k-1", **who: Any) -> Answer:
    return call("POST", f"{HERE}/replies", {"text": text}, headers={"Idempotency-Key": key}, **who)


def log_lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged from now on."""
    lines: list[str] = []
    monkeypatch.setattr(
        logger.registered_handler,
        "emit",
        lambda record: lines.append(logger.registered_formatter.format(record)),
    )
    return lines


def items_of_the_matter(desk: Desk) -> list[dict[str, Any]]:
    """Everything in the table but that somebody asked for it."""
    return [item for item in all_items(desk.table) if item["entity"]["S"] != "audit"]


def sent_texts(desk: Desk) -> list[str]:
    effects = [
        json.loads(item["effect"]["S"]) for item in all_items(desk.table) if "effect" in item
    ]
    return [
        effect["text"]
        for effect in effects
        if effect["type"] == "SendMessage" and effect["author"] == "agent"
    ]


# Reading


def test_a_conversation_is_shown_with_its_axes_its_offer_and_its_clocks(counter: Desk) -> None:
    offered(counter, agents=("anna", "bruno"))
    document = call("GET", HERE).document
    timeline = document.pop("timeline")
    assert document.pop("reply_window") == {"open": True, "until": None, "afterwards": []}
    [clock] = document.pop("clocks")
    offer = document.pop("offer")
    assert document == {
        "conversation_id": CONVERSATION,
        "channel": "fake",
        "customer": {"display_name": "Giulia", "language": "it", "origin": None},
        "owner": {
            "kind": "queue",
            "name": "default",
            "version": 2,
            "since": "2026-03-04T10:00:00Z",
        },
        "lifecycle": "open",
        "snoozed_until": None,
        "priority": "normal",
        "segment": None,
        "activity": "active",
        "episode": 1,
        "queue": "default",
        "handoff_reason": "asked_for_person",
        "doubtful": False,
        "undelivered": [],
        "tags": [],
        "tags_version": 0,
    }
    assert offer == {
        "offer_id": offer["offer_id"],
        "tier": 1,
        "agents": ["anna", "bruno"],
        "endpoints": ["desk"],
        "expires_at": "2026-03-04T10:01:00Z",
        "declined_by": [],
    }
    assert clock == {
        "kind": "first_response",
        "promise_id": None,
        "state": "pending",
        "policy": "messaging",
        "policy_version": 0,
        "calendar": None,
        "calendar_version": 0,
        "started_at": "2026-03-04T10:00:00Z",
        "warn_at": "2026-03-04T10:04:00Z",
        "due_at": "2026-03-04T10:05:00Z",
        "target_seconds": 300,
        "ended_at": None,
    }
    said = [entry["text"] for entry in timeline["entries"] if entry["text"]]
    assert said == ["Il mio pacco è in ritardo", "La passo a una persona."]


def test_neither_the_address_nor_the_task_token_is_shown(counter: Desk) -> None:
    offered(counter)
    answer = call("GET", HERE)
    assert answer.document["timeline"]["entries"]
    assert builders.HANDLE not in answer.body
    assert builders.ACCOUNT not in answer.body
    assert "token-1" not in answer.body


@pytest.mark.parametrize(("stored", "shown"), [("", None), ("en", "en"), ("removed", "removed")])
def test_a_language_nobody_knows_is_shown_as_null(stored: str, shown: str | None) -> None:
    address = an_address(language=stored)
    view = conversation_view(CONVERSATION, ConversationState(), address, NOW)
    assert view.customer.language == shown


def test_nobody_keeps_a_copy_of_an_answer(counter: Desk) -> None:
    begin(counter)
    assert call("GET", HERE).headers["cache-control"] == "no-store"


def test_pages_go_back_to_the_beginning_without_gap_or_repeat(counter: Desk) -> None:
    offered(counter)
    for action in ("accept", "return-to-bot"):
        call("POST", f"{HERE}/{action}")
    send()
    whole = call("GET", HERE).document["timeline"]
    assert whole["older"] is None
    entries: list[Any] = []
    query = {"limit": "1"}
    while True:
        page = call("GET", HERE, query=query).document["timeline"]
        entries = page["entries"] + entries
        if page["older"] is None:
            break
        query = {"limit": "1", "before": str(page["older"])}
    by_content = sorted(map(json.dumps, entries))
    assert by_content == sorted(map(json.dumps, whole["entries"]))


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"before": "0"}, "before"),
        ({"before": "9" * 2_000}, "before"),
        ({"after": "-1"}, "after"),
        ({"after": "3", "before": "3"}, ""),
        ({"page": "3"}, "page"),
    ],
)
def test_a_wrong_query_parameter_is_named(query: dict[str, str], parameter: str) -> None:
    answer = call("GET", HERE, query=query)
    assert (answer.status, answer.problem) == (422, "validation")
    assert [fault["parameter"] for fault in answer.document["errors"]] == [parameter]


def test_a_rule_of_ours_that_is_broken_is_told_in_its_own_words() -> None:
    (fault,) = call("GET", HERE, query={"after": "3", "before": "3"}).document["errors"]
    assert fault["detail"] == "name either before or after"


def is_unknown(conversation_id: str) -> bool:
    here = f"/conversations/{conversation_id}"
    answers = [
        call("GET", here),
        call("POST", f"{here}/replies", {"text": "a"}, headers={"Idempotency-Key": "k"}),
        *(call("POST", f"{here}/{action}") for action in ACTIONS),
    ]
    return {(answer.status, answer.problem) for answer in answers} == {
        (404, "unknown-conversation")
    }


def test_a_conversation_nobody_wrote_in_is_unknown(counter: Desk) -> None:
    begin(counter)
    assert is_unknown("0" * 32)


@pytest.mark.parametrize(
    "conversation_id", ["0" * 31, CONVERSATION.upper(), f"{CONVERSATION}\n", "x"]
)
def test_a_name_that_is_no_conversation_is_unknown_without_a_look(conversation_id: str) -> None:
    assert is_unknown(conversation_id)


# Taking, refusing, settling, giving back


def owner(answer: Answer) -> tuple[str, str]:
    assert answer.status == 200
    return answer.document["owner"]["kind"], answer.document["owner"]["name"]


def test_accepting_makes_the_agent_the_owner(counter: Desk) -> None:
    offered(counter)
    answer = call("POST", f"{HERE}/accept")
    assert owner(answer) == ("agent", "anna")
    assert answer.document["offer"] is None


def test_accepting_twice_changes_nothing_more(counter: Desk) -> None:
    offered(counter)
    first = call("POST", f"{HERE}/accept", {})
    second = call("POST", f"{HERE}/accept", "{}")
    assert first.document == second.document


def test_who_comes_second_is_told_so(counter: Desk) -> None:
    offered(counter)
    call("POST", f"{HERE}/accept", agent="bruno")
    answer = call("POST", f"{HERE}/accept", agent="anna")
    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert answer.document["detail"] == "the conversation belongs to another agent"


def test_declining_is_remembered_once(counter: Desk) -> None:
    offered(counter, agents=("anna", "bruno"))
    for _ in range(2):
        answer = call("POST", f"{HERE}/decline")
        assert answer.document["offer"]["declined_by"] == ["anna"]


def test_the_last_refusal_ends_the_offer(counter: Desk) -> None:
    offered(counter)
    assert call("POST", f"{HERE}/decline").document["offer"] is None
    assert call("POST", f"{HERE}/decline").problem == "not-allowed"


def test_a_refusal_that_comes_again_spares_the_next_tiers_offer(counter: Desk) -> None:
    offered(counter)
    named = {"offer_id": call("GET", HERE).document["offer"]["offer_id"]}
    call("POST", f"{HERE}/decline", named)
    second = builders.offer(tier=1, task_token="token-2")
    counter.act(CONVERSATION, lambda _: Step(command=second, terms=TERMS), NOW)
    answer = call("POST", f"{HERE}/decline", named)
    assert (answer.status, answer.document["offer"]["tier"]) == (200, 2)


def test_settings_that_fit_no_more_are_named_in_the_log_and_for_a_supervisor_to_mend(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(counter)
    lines = log_lines(monkeypatch)
    old = {"policies": [{"name": "messaging", "first_response_seconds": 300}]}
    stored = StoredSettings(version=1, document=old)
    counter.table.put_settings("sla_policies", stored, "anna", NOW)
    answer = call("POST", f"{HERE}/accept")
    assert (answer.status, answer.problem) == (503, "settings-unfit")
    assert "settings sla_policies version 1" in lines[0]


@pytest.mark.parametrize("action", ["accept", "resolve", "return-to-bot"])
def test_what_was_meant_for_an_earlier_owner_is_refused(counter: Desk, action: str) -> None:
    offered(counter)
    answer = call("POST", f"{HERE}/{action}", {"owner_version": 1})
    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert call("POST", f"{HERE}/{action}", {"owner_version": 2}).status == 200


@pytest.mark.parametrize(("waited", "ended"), [(299, "cancelled"), (300, "breached")])
def test_resolving_settles_the_matter_and_is_repeatable(
    counter: Desk, monkeypatch: pytest.MonkeyPatch, waited: int, ended: str
) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW + builders.seconds(waited))
    taken(counter)
    answers = [call("POST", f"{HERE}/resolve") for _ in range(2)]
    assert answers[0].document == answers[1].document
    assert answers[0].document["lifecycle"] == "resolved"
    assert owner(answers[0]) == ("nobody", "")
    assert {clock["state"] for clock in answers[0].document["clocks"]} == {ended}


def test_giving_back_to_the_bot_is_repeatable(counter: Desk) -> None:
    taken(counter)
    for _ in range(2):
        assert owner(call("POST", f"{HERE}/return-to-bot")) == ("bot", "")


def test_a_resolved_conversation_cannot_be_given_to_the_bot(counter: Desk) -> None:
    taken(counter)
    call("POST", f"{HERE}/resolve")
    assert call("POST", f"{HERE}/return-to-bot").status == 409


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_takes_no_arguments(action: str) -> None:
    answer = call("POST", f"{HERE}/{action}", {"agent_id": "bruno"})
    assert (answer.status, answer.problem) == (422, "validation")
    assert [fault["pointer"] for fault in answer.document["errors"]] == ["/agent_id"]


# Answering


def test_a_reply_is_queued_for_the_customer(counter: Desk) -> None:
    taken(counter)
    answer = send("  Arriva domani.\n")
    assert answer.status == 202
    assert answer.document["status"] == "queued"
    assert answer.document["effect_key"].startswith("reply:")
    assert sent_texts(counter) == ["Arriva domani."]


def test_the_same_key_and_text_again_is_the_same_reply(counter: Desk) -> None:
    taken(counter)
    assert send().document == send(" Eccomi. ").document
    assert sent_texts(counter) == ["Eccomi."]


def test_a_repeat_tells_what_became_of_the_reply(counter: Desk) -> None:
    taken(counter)
    effect_key = send().document["effect_key"]
    ask(counter, builders.record_delivery(effect_key, DeliveryStatus.DELIVERED))
    assert send().document == {
        "effect_key": effect_key,
        "status": "delivered",
        "unseen": [],
    }


def test_a_repeat_is_answered_after_the_conversation_went_to_a_colleague(counter: Desk) -> None:
    taken(counter)
    first = send()
    call("POST", f"{HERE}/return-to-bot")
    ask(counter, builders.reply("bruno", text="Ci penso io."))
    assert send().document == first.document


def test_a_key_used_for_another_text_is_refused(counter: Desk) -> None:
    taken(counter)
    send("Eccomi.")
    answer = send("Altro.")
    assert (answer.status, answer.problem) == (422, "idempotency-key-reused")
    assert sent_texts(counter) == ["Eccomi."]


PROMISE = {"within_seconds": 1_200}


def send_body(body: Any) -> Answer:
    return call("POST", f"{HERE}/replies", body, headers={"Idempotency-Key": "k-1"})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, PROMISE),
        (PROMISE, None),
        (PROMISE, {"within_seconds": 1_260}),
        (PROMISE, {**PROMISE, "kept_by": "hand"}),
        (PROMISE, {**PROMISE, "in_opening_hours": True}),
    ],
    ids=["added", "dropped", "later", "kept otherwise", "counted otherwise"],
)
def test_a_key_used_for_another_promise_is_refused(counter: Desk, first: Any, second: Any) -> None:
    taken(counter)
    assert send_body({"text": "Eccomi.", "promise": first}).status == 202
    before = items_of_the_matter(counter)
    answer = send_body({"text": "Eccomi.", "promise": second})
    assert (answer.status, answer.problem) == (422, "idempotency-key-reused")
    assert items_of_the_matter(counter) == before


@pytest.mark.parametrize(
    "again",
    [
        {"promise": {"kept_by": "answer", "within_seconds": 1_200}, "text": "Eccomi."},
        {"text": " Eccomi.\n", "promise": {**PROMISE, "in_opening_hours": False}},
    ],
)
def test_a_request_that_means_the_same_is_the_same(counter: Desk, again: Any) -> None:
    taken(counter)
    first = send_body({"text": "Eccomi.", "promise": PROMISE})
    assert send_body(again).document == first.document
    assert sent_texts(counter) == ["Eccomi."]


def test_a_promise_of_null_is_none(counter: Desk) -> None:
    taken(counter)
    first = send_body({"text": "Eccomi."})
    assert send_body({"text": "Eccomi.", "promise": None}).document == first.document


def test_a_reply_that_an_earlier_version_wrote_is_known_by_its_text(counter: Desk) -> None:
    taken(counter)
    key = send_body({"text": "Eccomi.", "promise": PROMISE}).document["effect_key"]
    counter.table._client.update_item(
        TableName=counter.table._name,
        Key=table_key(CONVERSATION, EffectRecord.sort_key(key)),
        UpdateExpression="REMOVE request_hash",
    )
    assert send_body({"text": "Eccomi."}).status == 202
    assert send_body({"text": "Altro."}).problem == "idempotency-key-reused"
    assert sent_texts(counter) == ["Eccomi."]


def test_two_agents_may_choose_the_same_key(counter: Desk) -> None:
    taken(counter)
    send("Eccomi.")
    assert send("Sono la responsabile.", agent="sara", groups="supervisor").status == 202
    assert sorted(sent_texts(counter)) == ["Eccomi.", "Sono la responsabile."]


def test_a_second_key_is_a_second_message(counter: Desk) -> None:
    taken(counter)
    send(key="k-1")
    send(key="k-2")
    assert sent_texts(counter) == ["Eccomi.", "Eccomi."]


def once_before_load(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """Let something happen after the next load of a conversation, unseen by whoever loads it."""
    load = DeskTable.load
    due = [happens]

    def load_then_happen(self: DeskTable, *args: Any, **kwargs: Any) -> Conversation:
        loaded = load(self, *args, **kwargs)
        if due:
            due.pop()()
        return loaded

    monkeypatch.setattr(DeskTable, "load", load_then_happen)


def test_the_same_reply_twice_at_once_is_sent_once(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(counter)
    faster: list[Answer] = []
    once_before_load(monkeypatch, lambda: faster.append(send()))
    slower = send()
    assert slower.document == faster[0].document
    assert sent_texts(counter) == ["Eccomi."]


def test_two_texts_at_once_under_one_key_are_one_reply_and_one_refusal(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(counter)
    once_before_load(monkeypatch, lambda: send("Altro."))
    assert send("Eccomi.").problem == "idempotency-key-reused"
    assert sent_texts(counter) == ["Altro."]


def without_effects_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play a batch read that sees the new state and not yet the new effect."""
    load = DeskTable.load
    first = [True]

    def load_torn(self: DeskTable, *args: Any, **kwargs: Any) -> Conversation:
        loaded = load(self, *args, **kwargs)
        if first:
            first.pop()
            return loaded.model_copy(update={"effects": ()})
        return loaded

    monkeypatch.setattr(DeskTable, "load", load_torn)


def test_a_torn_read_sends_nothing_twice(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(counter)
    first = send()
    without_effects_at_first(monkeypatch)
    assert send().document == first.document
    without_effects_at_first(monkeypatch)
    assert send("Altro.").problem == "idempotency-key-reused"
    assert sent_texts(counter) == ["Eccomi."]


def test_replying_to_an_unowned_conversation_takes_it(counter: Desk) -> None:
    waiting(counter)
    assert send().status == 202
    assert counter.table.load(CONVERSATION).state.owner.name == "anna"


def test_a_colleague_may_not_reply(counter: Desk) -> None:
    taken(counter, "bruno")
    answer = send(agent="anna")
    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert sent_texts(counter) == []


def test_a_supervisor_may_reply_and_the_colleague_keeps_the_conversation(counter: Desk) -> None:
    taken(counter, "bruno")
    assert send(agent="sara", groups="agent,supervisor").status == 202
    owner = counter.table.load(CONVERSATION).state.owner
    assert (owner.kind, owner.name) == (OwnerKind.AGENT, "bruno")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": " \n\t"}, "/text"),
        ({"text": 5}, "/text"),
        ({"text": None}, "/text"),
        ({"text": "a" * 16_385}, "/text"),
        ({"text": "a", "to": "39333"}, "/to"),
        ([], ""),
        ("5", ""),
    ],
)
def test_a_reply_that_does_not_fit_is_refused_where_it_does_not(body: Any, pointer: str) -> None:
    answer = call("POST", f"{HERE}/replies", body, headers={"Idempotency-Key": "k"})
    assert (answer.status, answer.problem) == (422, "validation")
    assert [fault["pointer"] for fault in answer.document["errors"]] == [pointer]


def test_the_longest_reply_is_sent(counter: Desk) -> None:
    taken(counter)
    assert send("è" * 16_384).status == 202


@pytest.mark.parametrize("key", ["", "   ", "k" * 129, "chiave-è", "a\x7f"])
def test_a_reply_needs_a_usable_idempotency_key(key: str) -> None:
    answer = send(key=key)
    assert (answer.status, answer.problem) == (400, "idempotency-key-missing")
    assert call("POST", f"{HERE}/replies", {"text": "a"}).problem == "idempotency-key-missing"


# What is recorded


def test_acts_are_logged_by_id_and_without_text(
    counter: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(counter)
    lines = log_lines(monkeypatch)
    capsys.readouterr()
    send("Una cosa riservata")
    send("Una cosa riservata")
    [line] = map(json.loads, lines)
    assert line["message"] == "agent acted"
    assert line["command"] == "Reply"
    assert line["conversation_id"] == CONVERSATION
    assert line["agent_id"] == "anna"
    [metric] = map(json.loads, capsys.readouterr().out.splitlines())
    assert (metric["Replied"], metric["channel"]) == ([1.0], "fake")


def test_a_table_too_busy_asks_for_another_attempt(
    counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(counter)
    commit = DeskTable.commit

    def overtaken(self: DeskTable, conversation: Conversation, *args: Any) -> None:
        stale = conversation.state.model_copy(update={"sequence": conversation.state.sequence - 1})
        commit(self, conversation.model_copy(update={"state": stale}), *args)

    monkeypatch.setattr(DeskTable, "commit", overtaken)
    answer = send()
    assert (answer.status, answer.problem) == (503, "busy")
    assert answer.headers["retry-after"] == "1"


def test_without_its_table_the_api_says_so_and_recovers(counter: Desk) -> None:
    taken(counter)
    name, counter.table._name = counter.table._name, "gone"
    answer = call("GET", HERE)
    assert (answer.status, answer.problem) == (503, "busy")
    assert answer.headers["retry-after"] == "5"
    counter.table._name = name
    assert call("GET", HERE).status == 200


def test_what_only_a_later_version_knows_of_an_owner_is_not_shown() -> None:
    owner = Owner.model_validate({"kind": "team", "name": "blue", "secret": "token-1"})
    view = conversation_view(CONVERSATION, ConversationState(owner=owner), None, NOW)
    shown = view.model_dump(mode="json")["owner"]
    assert shown == {"kind": "team", "name": "blue", "version": 0, "since": None}
