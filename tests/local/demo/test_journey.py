import json
from typing import Any

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
