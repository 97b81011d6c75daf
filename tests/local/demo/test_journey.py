import json
from typing import Any

import pytest

from local.demo.journey import journey, render
from local.providers.provider_calls import Call

CONVERSATION = "0f2acb3d1f8be1741d9855f4e8e221f2"


def entry(at: str, event: str, author: str = "", text: str = "", **detail: Any) -> dict[str, Any]:
    return {"at": at, "type": event, "author": author, "text": text, "detail": {"at": at, **detail}}


def conversation(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"conversation_id": CONVERSATION, "timeline": {"entries": list(entries)}}


def call(at: str, channel: str, body: str, fault: str | None = None) -> Call:
    return Call(at, channel, "POST", "/agents/front-desk", {}, body, fault)


def test_what_was_said_and_what_left_are_told_in_the_order_of_time() -> None:
    said = conversation(
        entry("2026-11-21T10:00:00Z", "MessageReceived", "customer", "Ciao", kind="message"),
        entry("2026-11-21T10:00:02Z", "MessageQueued", "bot", "Salve", status="accepted"),
    )
    ring = call("2026-11-21T10:00:01+00:00", "agents", json.dumps({"type": "x", "c": CONVERSATION}))
    foreign = call("2026-11-21T10:00:01+00:00", "whatsapp", "another conversation")
    lines = journey(said, [ring, foreign])
    assert [line.who for line in lines] == ["customer", "rung", "bot"]
    assert render(lines).splitlines()[2].split() == ["2.0", "s", "bot", "“Salve”", "[accepted]"]


def test_a_clock_says_how_late_it_was_acted_on() -> None:
    late = entry(
        "2026-11-21T10:00:06.5Z",
        "ClockAdvanced",
        kind="first_response",
        state="breaching",
        due_at="2026-11-21T10:00:06Z",
    )
    (line,) = journey(conversation(late), [])
    assert line.what == "first_response breaching, 0.5 s after it is due"


def test_a_clock_that_is_paused_has_no_due_time_to_tell() -> None:
    paused = {"kind": "resolution", "warn_at": None, "due_at": None}
    resumed = {
        "kind": "resolution",
        "warn_at": "2026-11-21T11:00:00Z",
        "due_at": "2026-11-21T12:00:00Z",
    }
    lines = journey(
        conversation(
            entry("2026-11-21T10:00:00Z", "ClockChanged", clock=paused, reason="snoozed"),
            entry("2026-11-21T10:00:01Z", "ClockChanged", clock=resumed, reason="resumed"),
            entry(
                "2026-11-21T10:00:02Z",
                "ClockEnded",
                kind="resolution",
                state="cancelled",
                due_at=None,
            ),
        ),
        [],
    )
    assert [line.what for line in lines] == [
        "resolution (snoozed): paused",
        "resolution (resumed): warns 11:00:00, due 12:00:00",
        "resolution cancelled",
    ]


def test_a_failed_call_names_its_fault() -> None:
    failed = call("2026-11-21T10:00:01+00:00", "whatsapp", CONVERSATION, fault="status_503")
    (line,) = journey(conversation(), [failed])
    assert line.what == "whatsapp is called -> 503"


def test_bookkeeping_is_left_out() -> None:
    assert journey(conversation(entry("2026-11-21T10:00:00Z", "EpisodeOpened")), []) == []
    assert render([]).strip() == "nothing happened"


AGENT, COLLEAGUE = "7d2f0c8e-93a4-4b7a-8d42-0c6a54be12aa", "a1b2c3d4-0000-4b7a-8d42-0c6a54be12ab"
UNTIL = "2026-11-21T10:00:30Z"


def told(event: str, **detail: Any) -> str:
    (line,) = journey(conversation(entry("2026-11-21T10:00:00Z", event, **detail)), [])
    assert line.who == "people"
    return line.what


def test_an_agent_who_is_asked_is_told_with_the_reason() -> None:
    offer = {"agent_id": AGENT, "expires_at": UNTIL}
    chosen = told("AgentOffered", **offer, reason="longest_idle", transferred_by="")
    assert chosen == "agent 7d2f0c8e asked (longest idle), until 10:00:30"
    by_hand = told("AgentOffered", **offer, reason=None, transferred_by=COLLEAGUE)
    assert by_hand == "agent 7d2f0c8e asked by agent a1b2c3d4, until 10:00:30"
    given = told("AgentAssigned", agent_id=AGENT, reason="least_loaded")
    assert given == "given to agent 7d2f0c8e (least loaded)"


@pytest.mark.parametrize(
    ("outcome", "taken_by", "what"),
    [
        ("accepted", AGENT, "accepts"),
        ("declined", "", "declines"),
        ("expired", "", "lets it ring out"),
        ("accepted", COLLEAGUE, "is asked no more: a1b2c3d4 was faster"),
        ("withdrawn", "", "is asked no more"),
        ("of_a_later_version", "", "is asked no more"),
    ],
)
def test_what_became_of_an_offer_is_told(outcome: str, taken_by: str, what: str) -> None:
    ended = told("AgentOfferEnded", agent_id=AGENT, outcome=outcome, taken_by=taken_by)
    assert ended == f"agent 7d2f0c8e {what}"


def test_a_round_in_vain_says_when_the_next_one_begins() -> None:
    again = told("LadderExhausted", ladder_round=0, again_at=UNTIL)
    assert again == "nobody answered on any tier; round 2 begins 10:00:30"
    last = told("LadderExhausted", ladder_round=1, again_at=None)
    assert last == "nobody answered on any tier"
    assert told("LadderRestarted", reason="customer_wrote") == "rung again: customer wrote"


def test_who_hands_it_on_and_to_whom_is_told() -> None:
    handed = {"agent_id": AGENT, "queue": "sales"}
    to_queue = told("ConversationTransferred", **handed, to_agent="")
    assert to_queue == "handed on by agent 7d2f0c8e to sales"
    to_agent = told("ConversationTransferred", **handed, to_agent=COLLEAGUE)
    assert to_agent == "handed on by agent 7d2f0c8e to agent a1b2c3d4 of sales"
    taken = told("ConversationTakenOver", agent_id=COLLEAGUE, from_agent=AGENT)
    assert taken == "taken over by supervisor a1b2c3d4 from agent 7d2f0c8e"
    waiting = told("ConversationTakenOver", agent_id=COLLEAGUE, from_agent="")
    assert waiting == "taken over by supervisor a1b2c3d4"
    asked = told("ConsultRequested", agent_id=AGENT, colleague=COLLEAGUE)
    assert asked == "agent 7d2f0c8e asks a1b2c3d4 what to do"
    promised = told("ChannelChangePromised", way="call_back", within_seconds=2400)
    assert promised == "call back promised within 2400 s"


def test_a_note_is_told_as_one_among_colleagues() -> None:
    note = entry("2026-11-21T10:00:00Z", "NoteWritten", "agent", "Vuole lo sconto")
    (line,) = journey(conversation(note), [])
    assert (line.who, line.what) == ("note", "“Vuole lo sconto”, among colleagues")
