"""Tags, canned replies, macros and lint, as agents' tools ask for them."""

from typing import Any

import pytest

from sportello.composing.settings import CannedReplySettings
from sportello.conversation.deskwork.tag_settings import TagSettings
from sportello.conversation.effects import SendMessage, WriteNote
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.entrypoints import runtime
from sportello.queues.settings import Queue, QueueSettings
from sportello.routing.profile import AgentProfile
from sportello.table.desk import Desk, Step
from sportello.table.items import EffectRecord
from support import builders
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, TERMS, a_message, an_inbound_record
from support.clouds.begun_conversation import begin
from support.clouds.table import all_items, configure

HERE = f"/conversations/{CONVERSATION}"
SHELF = {
    "business_name": "Rossi",
    "replies": {
        "tracking": {
            "title": "Dov'è il pacco",
            "text": {
                "it": "Gentile {customer_name}, è in viaggio. {agent_name}, {business_name}",
                "en": "Dear {customer_name}, it is on its way.",
            },
        },
        "mail": {
            "title": "Solo per e-mail",
            "text": {"it": "Le scriviamo."},
            "channel_kinds": ["email"],
        },
    },
    "macros": {
        "close": {
            "title": "In viaggio, chiudi",
            "steps": [
                {"do": "reply", "canned": "tracking"},
                {"do": "tag", "adds": ["delivery"]},
                {"do": "classify", "priority": "low"},
                {"do": "note", "text": "Chiusa da {agent_name}."},
                {"do": "resolve"},
            ],
        },
        "later": {"title": "Più tardi", "steps": [{"do": "snooze", "seconds": 3600}]},
        "sell": {
            "title": "Alle vendite",
            "steps": [{"do": "tag", "adds": ["order"]}, {"do": "transfer", "queue": "sales"}],
        },
        "for_mail": {
            "title": "E-mail",
            "channel_kinds": ["email"],
            "steps": [{"do": "resolve"}],
        },
    },
}


@pytest.fixture(autouse=True)
def taken(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Anna has the conversation, and a shelf of things to say."""
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)
    configure(counter.table, QueueSettings(queues={"default": Queue(), "sales": Queue()}), NOW)
    configure(counter.table, CannedReplySettings.model_validate(SHELF), NOW)
    counter.table.agents.put_profile("anna", AgentProfile(display_name="Anna"), 0, NOW)
    begin(counter, builders.request_human(), builders.offer(), builders.accept("anna"))
    return counter


def state_of(desk: Desk) -> ConversationState:
    return desk.table.load(CONVERSATION).state


def effects(desk: Desk) -> list[Any]:
    items = [item for item in all_items(desk.table) if item["entity"]["S"] == "effect"]
    return [EffectRecord.from_attributes(item).effect for item in items]


def replies(desk: Desk) -> list[str]:
    said = [each for each in effects(desk) if isinstance(each, SendMessage)]
    return [message.text for message in said if message.key.startswith("reply:")]


def notes(desk: Desk) -> list[str]:
    kept = [each for each in effects(desk) if isinstance(each, WriteNote)]
    return sorted(note.text for note in kept)


# --- tags -------------------------------------------------------------------------------------


def tag(tags: list[str], **body: Any) -> Answer:
    return call("PUT", f"{HERE}/tags", {"tags": tags, **body})


def test_tags_are_set_and_shown() -> None:
    answer = tag(["refund", "complaint"])
    assert (answer.status, answer.document["tags"]) == (200, ["refund", "complaint"])
    assert call("GET", HERE).document["tags_version"] == 1


def test_a_tag_that_there_is_not_is_refused_where_it_stands(taken: Desk) -> None:
    answer = tag(["refund", "vip"])
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0]["pointer"] == "/tags/1"
    assert state_of(taken).tags == ()


def test_a_tag_that_was_taken_out_may_stay(taken: Desk) -> None:
    tag(["refund"])
    configure(taken.table, TagSettings.model_validate({"tags": {"vip": {}}}), NOW)
    runtime.settings().forget()
    assert tag(["refund", "vip"]).status == 200
    tag(["vip"])
    assert tag(["refund"]).status == 422


def test_free_tags_are_words_and_no_numbers(taken: Desk) -> None:
    configure(taken.table, TagSettings(free=True), NOW)
    runtime.settings().forget()
    assert tag(["natale-2026"]).status == 200
    assert tag(["393331234567"]).status == 422
    assert tag(["Giulia Bianchi"]).status == 422


def test_whoever_saw_other_tags_is_told() -> None:
    tag(["refund"])
    answer = tag(["order"], version=0)
    assert (answer.status, answer.problem) == (412, "version-mismatch")
    assert tag(["order"], version=1).status == 200


# --- canned replies ---------------------------------------------------------------------------


def test_what_fits_is_offered_with_its_names() -> None:
    document = call("GET", f"{HERE}/canned-replies").document
    (offered,) = document["replies"]
    assert offered["text"] == "Gentile Giulia, è in viaggio. Anna, Rossi"
    assert (offered["language"], offered["missing"]) == ("it", [])
    assert (document["language"], document["more"]) == ("it", False)


def test_who_has_no_name_yet_is_told_what_is_missing() -> None:
    (offered,) = call("GET", f"{HERE}/canned-replies", agent="bruno").document["replies"]
    assert offered["missing"] == ["agent_name"]


@pytest.mark.parametrize(("q", "count"), [("pacco", 1), ("VIAGGIO", 1), ("bici", 0)])
def test_it_is_found_by_its_words(q: str, count: int) -> None:
    answer = call("GET", f"{HERE}/canned-replies", query={"q": q})
    assert len(answer.document["replies"]) == count


def test_more_than_was_asked_for_is_said(taken: Desk) -> None:
    shelf = {f"r-{n}": {"title": "Ciao", "text": {"it": "Ciao"}} for n in range(3)}
    configure(taken.table, CannedReplySettings.model_validate({"replies": shelf}), NOW)
    runtime.settings().forget()
    document = call("GET", f"{HERE}/canned-replies", query={"limit": "2"}).document
    assert (len(document["replies"]), document["more"]) == (2, True)


def write(document: dict[str, Any]) -> Answer:
    return call("PUT", "/settings/canned_replies", document, groups="supervisor")


def test_an_unknown_placeholder_is_refused_when_it_is_written() -> None:
    answer = write({"replies": {"x": {"title": "X", "text": {"it": "Gentile {nome}"}}}})
    assert (answer.status, answer.problem) == (422, "validation")
    assert answer.document["errors"][0]["pointer"] == "/replies/x/text/it"


@pytest.mark.parametrize(
    "step", [{"do": "transfer", "queue": "nowhere"}, {"do": "tag", "adds": ["vip"]}]
)
def test_a_macro_names_only_what_there_is(step: dict[str, Any]) -> None:
    answer = write({"macros": {"x": {"title": "X", "steps": [step]}}})
    assert (answer.status, answer.problem) == (422, "dangling-reference")
    assert answer.document["errors"][0]["pointer"].startswith("/macros/x/steps/0")


# --- macros -----------------------------------------------------------------------------------


def run(name: str, key: str = "k-1", body: Any = None, **who: Any) -> Answer:
    headers = {"Idempotency-Key": key}
    return call("POST", f"{HERE}/macros/{name}", body, headers=headers, **who)


def test_macros_that_fit_are_offered() -> None:
    macros = call("GET", f"{HERE}/macros").document["macros"]
    assert [macro["name"] for macro in macros] == ["close", "later", "sell"]
    assert macros[0]["steps"] == ["reply", "tag", "classify", "note", "resolve"]


def test_a_macro_does_all_its_steps_at_once(taken: Desk) -> None:
    answer = run("close")
    assert answer.status == 200
    assert answer.document["lifecycle"] == "resolved"
    state = state_of(taken)
    assert (state.tags, state.priority.value) == (("delivery",), "low")
    assert replies(taken) == ["Gentile Giulia, è in viaggio. Anna, Rossi"]
    assert notes(taken) == ["Chiusa da Anna.", "close"]
    entries = call("GET", HERE).document["timeline"]["entries"]
    assert "MacroCarriedOut" in [entry["type"] for entry in entries]


def test_a_macro_that_is_repeated_does_nothing_more(taken: Desk) -> None:
    run("close")
    before = state_of(taken)
    assert run("close").status == 200
    assert state_of(taken) == before
    other = run("later")
    assert (other.status, other.problem) == (422, "idempotency-key-reused")


def test_a_macro_of_which_a_step_is_refused_does_nothing(taken: Desk) -> None:
    before = state_of(taken)
    answer = run("close", agent="bruno")
    assert (answer.status, answer.problem) == (409, "placeholder-empty")
    taken.table.agents.put_profile("bruno", AgentProfile(display_name="Bruno"), 0, NOW)
    answer = run("close", agent="bruno")
    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert state_of(taken) == before
    assert replies(taken) == []


@pytest.mark.parametrize(
    "step",
    [
        {"do": "note", "text": "{agent_name}" * 333},
        {"do": "reply", "text": {"it": "{agent_name}" * 333}},
        {"do": "transfer", "queue": "sales", "note": "{agent_name}" * 333},
    ],
)
def test_a_macro_writes_no_more_than_a_hand_may(taken: Desk, step: dict[str, Any]) -> None:
    shelf = {"macros": {"long": {"title": "Lungo", "steps": [step]}}}
    configure(taken.table, CannedReplySettings.model_validate(shelf), NOW)
    runtime.settings().forget()
    long_name = AgentProfile(display_name="A" * 60)
    taken.table.agents.put_profile("anna", long_name, 1, NOW)
    answer = run("long")
    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert (replies(taken), notes(taken)) == ([], [])


def test_a_macro_settles_nothing_over_an_unseen_message(taken: Desk) -> None:
    reached = call("GET", HERE).document["timeline"]["sequence"]
    record = an_inbound_record(a_message("Anzi", 2))
    taken.table.put_inbound(record, b"")
    command = builders.receive(builders.an_item(record.item_id))
    taken.act(CONVERSATION, lambda _: Step(command=command, terms=TERMS), NOW)
    answer = run("close", body={"seen_up_to": reached})
    assert (answer.status, answer.problem) == (409, "unseen-message")
    assert replies(taken) == []


def test_a_macro_does_not_reply_over_a_colleague(taken: Desk) -> None:
    reached = call("GET", HERE).document["timeline"]["sequence"]
    theirs = builders.reply("chief", text="Ci penso io.", supervisor=True)
    taken.act(CONVERSATION, lambda _: Step(command=theirs, terms=TERMS), NOW)
    answer = run("close", body={"seen_up_to": reached})
    assert (answer.status, answer.problem) == (409, "colleague-replied")
    assert answer.document["replies"][0]["text"] == "Ci penso io."
    assert run("close", body={"seen_up_to": reached, "anyway": True}).status == 200


def test_a_macro_puts_aside_and_hands_on(taken: Desk) -> None:
    assert run("later").status == 200
    assert state_of(taken).lifecycle is Lifecycle.SNOOZED
    assert run("sell", "k-2").status == 200
    assert (state_of(taken).owner.name, state_of(taken).tags) == ("sales", ("order",))


def test_a_macro_that_is_not_for_this_channel_is_refused() -> None:
    answer = run("for_mail")
    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert run("nothing").problem == "unknown-macro"


# --- lint -------------------------------------------------------------------------------------


def lint(text: str, **body: Any) -> Answer:
    return call("POST", f"{HERE}/lint", {"text": text, **body})


def test_what_is_wrong_with_a_text_is_told_in_words_and_where() -> None:
    answer = lint("La carta è 4111 1111 1111 1111", words="en")
    assert answer.status == 200
    assert answer.document == {
        "findings": [
            {
                "rule": "card_number",
                "severity": "error",
                "start": 11,
                "end": 30,
                "words": "It holds the number of a card.",
            }
        ],
        "language": "it",
    }


def test_nothing_of_it_is_kept(taken: Desk) -> None:
    lint("Il mio coccodrillo di peluche")
    assert "coccodrillo" not in str(all_items(taken.table))
    assert not [item for item in all_items(taken.table) if item["entity"]["S"] == "audit"]


@pytest.mark.parametrize("body", [{"text": ""}, {"text": "x" * 16_385}, {"text": "x", "words": 3}])
def test_what_is_no_text_is_refused(body: Any) -> None:
    answer = call("POST", f"{HERE}/lint", body)
    assert (answer.status, answer.problem) == (422, "validation")


def test_the_rules_of_a_channel_are_told_as_data() -> None:
    document = call("GET", "/lint/rules", query={"channel": "whatsapp", "words": "en"}).document
    assert (document["channel_kind"], document["text_limit"]) == ("messaging", 4096)
    assert document["words"]["card_number"] == "It holds the number of a card."
    assert "card_number" in document["patterns"]
    assert "email_address" not in document["patterns"]
    assert (document["buttons"], document["button_title_limit"]) == (3, 20)
    assert list(document["media"]) == ["image", "video", "voice_note", "audio", "document"]
    assert document["media"]["image"] == {
        "mime_types": ["image/jpeg", "image/png"],
        "max_bytes": 5_000_000,
    }


def test_rules_and_findings_are_said_in_the_same_language() -> None:
    """The desk's, whatever the text is written in, unless somebody asks for another."""
    rules = call("GET", "/lint/rules", query={"channel": "whatsapp", "language": "en"}).document
    (finding,) = lint("My card: 4111 1111 1111 1111", language="en").document["findings"]
    assert rules["language"] == "en"
    assert rules["words"]["card_number"] == finding["words"]


def test_rules_are_those_of_a_channel() -> None:
    answer = call("GET", "/lint/rules")
    assert (answer.status, answer.problem) == (422, "validation")
    assert call("GET", "/lint/rules", query={"channel": "gone"}).document["text_limit"] is None
