"""What a commit counts: each fact once, by whomever it was asked for."""

import json

import pytest

from sportello.conversation.events import (
    Author,
    ClockAdvanced,
    ClockEnded,
    ConversationEvent,
    DeliveryRecorded,
    HandoffRequested,
    MessageQueued,
    TurnEnded,
)
from sportello.messaging.items import DeliveryStatus, Visibility
from sportello.sla.clocks import ClockEnding, ClockKind, ClockState
from sportello.table.counting import count_events
from sportello.table.desk import Desk, Step
from support.builders import CONVERSATION, NOW, TERMS, an_address, receive, request_human
from support.clouds.table import desk


def counted(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """Return name and channel of every count printed, in order."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [
        (line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"], line["channel"])
        for line in lines
    ]


def delivered(status: DeliveryStatus) -> DeliveryRecorded:
    return DeliveryRecorded(at=NOW, effect_key="reply:1", status=status)


def advanced(state: ClockState, kind: ClockKind = ClockKind.FIRST_RESPONSE) -> ClockAdvanced:
    return ClockAdvanced(at=NOW, kind=kind, state=state, due_at=NOW)


def ended(state: ClockState, kind: ClockKind = ClockKind.PROMISE) -> ClockEnded:
    return ClockEnded(
        at=NOW, kind=kind, state=state, due_at=NOW, counted_seconds=1, ending=ClockEnding.KEPT
    )


@pytest.mark.parametrize(
    ("event", "metric"),
    [
        (
            MessageQueued(
                at=NOW,
                effect_key="reply:1",
                author=Author.AGENT,
                visibility=Visibility.PRIVATE,
                automatic=False,
            ),
            "Replied",
        ),
        (HandoffRequested(at=NOW, handoff_id="h", queue="q", reason="r"), "Escalated"),
        (advanced(ClockState.BREACHING), "Breached"),
        (advanced(ClockState.IMMINENT), None),
        (advanced(ClockState.BREACHING, ClockKind.PROMISE), "Breached"),
        (advanced(ClockState.IMMINENT, ClockKind.PROMISE), None),
        (ended(ClockState.ACHIEVED), "PromisesKept"),
        (ended(ClockState.BREACHED), "PromisesBroken"),
        (ended(ClockState.BREACHED, ClockKind.FIRST_RESPONSE), None),
        (ended(ClockState.ACHIEVED, ClockKind.FIRST_RESPONSE), None),
        (ended(ClockState.CANCELLED), None),
        (delivered(DeliveryStatus.ACCEPTED), "Delivered"),
        (delivered(DeliveryStatus.REFUSED), "Refused"),
        (delivered(DeliveryStatus.UNKNOWN), "Unknown"),
        (delivered(DeliveryStatus.WITHDRAWN), "Withdrawn"),
        (delivered(DeliveryStatus.READ), None),
        (TurnEnded(at=NOW), None),
    ],
)
def test_a_fact_is_counted_under_its_name(
    event: ConversationEvent, metric: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    count_events([event], "fake")
    assert counted(capsys) == ([(metric, "fake")] if metric else [])


def test_a_commit_counts_its_facts_once_under_the_customers_channel(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with desk() as empty:
        step = Step(command=receive(), terms=TERMS, address=an_address())
        empty.act(CONVERSATION, lambda _: step, NOW)
        empty.act(CONVERSATION, lambda _: Step(command=request_human(), terms=TERMS), NOW)
    channel = an_address().channel
    assert sorted(counted(capsys)) == [("Escalated", channel), ("Replied", channel)]


def test_what_was_lost_to_a_rival_is_not_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with desk() as empty:
        step = Step(command=receive(), terms=TERMS, address=an_address())
        empty.act(CONVERSATION, lambda _: step, NOW)
        attempts: list[int] = []

        def plan(_: object) -> Step:
            attempts.append(1)
            if len(attempts) == 1:
                rival = Desk(empty.table)
                rival.act(CONVERSATION, lambda _: Step(command=request_human(), terms=TERMS), NOW)
                capsys.readouterr()
            return Step(command=request_human(), terms=TERMS)

        empty.act(CONVERSATION, plan, NOW)
    assert counted(capsys) == []
