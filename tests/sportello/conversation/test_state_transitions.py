"""What Step Functions bills for a conversation: every state entered in its Standard executions.

The decisions say which executions are started and when they wake; the real files of
`statemachines/` say which states these enter. Triage is Express, which is billed otherwise.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import pairwise
from typing import NamedTuple

import pytest

from sportello.channel_kinds import ChannelKind
from sportello.conversation.commands import Accept, Reply, Resolve
from sportello.conversation.effects import reply_key
from sportello.sla.clocks import ClockKind
from sportello.sla.policies import PRESETS
from support.clouds.workflows import Json, Task, recorded_input, run_machine, scripted, send_success
from support.experiments.simulated_year.business import OFFICE, Business, calendars
from support.experiments.simulated_year.conversations import LivedConversation, Waiting
from support.experiments.simulated_year.machines import UNANSWERED, SlaTimer
from support.experiments.simulated_year.virtual_time import VirtualTime

OPEN = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in Rome."""

BUSINESS = Business(calendars(2026), PRESETS)

ANNA = "anna"
TURNS = 10
"""So many messages of the customer, and as many of the agent."""


class Pace(NamedTuple):
    """Seconds: until somebody takes it, from a message to its answer, from that to the next."""

    kind: ChannelKind
    taken_after: float
    answered_after: float
    next_after: float


BRISK = Pace(ChannelKind.MESSAGING, 15, 20, 20)
CHATTY = Pace(ChannelKind.MESSAGING, 15, 35, 40)
SLOW = Pace(ChannelKind.MESSAGING, 60, 180, 750)
LIVE = Pace(ChannelKind.LIVE_CHAT, 5, 12, 20)


@cache
def chat(pace: Pace) -> LivedConversation:
    """A conversation of 20 messages with a person, under the packaged policies, then resolved."""
    time = VirtualTime(OPEN)
    conversation = LivedConversation(time, BUSINESS, Waiting(), pace.kind, "chat")

    def after(seconds: float) -> datetime:
        return OPEN + timedelta(seconds=seconds)

    def answer(number: int) -> None:
        key = reply_key(ANNA, str(number))
        conversation.ask(Reply(agent_id=ANNA, key=key, text="Certo."))

    time.at(after(2), lambda: conversation.bot_hands_over("turn-item-0", 1, OFFICE))
    time.at(after(pace.taken_after), lambda: conversation.ask(Accept(agent_id=ANNA)))
    at = 0.0
    for number in range(TURNS):
        time.at(after(at), partial(conversation.receive, f"item-{number}"))
        at += pace.answered_after + (0 if number else pace.taken_after)
        time.at(after(at), partial(answer, number))
        at += pace.next_after
    time.at(after(at), lambda: conversation.ask(Resolve(agent_id=ANNA)))
    time.pass_all()
    conversation.audit.check_end(conversation.state)
    return conversation


@cache
def states_of_timer() -> int:
    """Count the states that `sla_timer` enters."""
    tick: dict[str, Task] = {"TickFunction": scripted({})}
    timer = run_machine("sla_timer", tasks=tick, workflow_input=recorded_input("sla_timer"))
    assert timer.status == "SUCCEEDED"
    return len(timer.path)


@cache
def states_of_escalation(outcomes: Sequence[str]) -> int:
    """Count the states that `escalation` enters if its offers end so."""
    remaining = iter(outcomes)

    def offer(payload: Json) -> Json:
        outcome = next(remaining)
        if outcome != UNANSWERED:
            send_success(payload["task_token"], {"outcome": str(outcome)})
        return {}

    tasks: dict[str, Task] = {
        "OfferConversationFunction": offer,
        "ExhaustLadderFunction": scripted(),
    }
    ladder = run_machine("escalation", tasks=tasks, workflow_input=recorded_input("escalation"))
    assert ladder.status == "SUCCEEDED"
    return len(ladder.path)


def transitions(conversation: LivedConversation) -> tuple[int, int]:
    """Count those of its ladders and those of its timers."""
    ladders = [tuple(ladder.outcomes) for ladder in conversation.escalations]
    return (
        sum(states_of_escalation(outcomes) for outcomes in ladders),
        states_of_timer() * len(conversation.timers),
    )


def slept(timers: Sequence[SlaTimer]) -> list[tuple[datetime, datetime]]:
    return [(timer.started_at, timer.woke_at) for timer in timers if timer.woke_at]


@pytest.mark.parametrize("pace", [BRISK, CHATTY, SLOW, LIVE], ids="brisk chatty slow live".split())
def test_the_clocks_of_a_chat_share_one_timer(pace: Pace) -> None:
    conversation = chat(pace)
    assert {kind for kind, _ in conversation.audit.ended} == {
        *(ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE, ClockKind.QUEUE_WAIT),
        *(ClockKind.AGENT_SILENCE, ClockKind.RESOLUTION),
    }
    for (_, ended), (started, _) in pairwise(slept(conversation.timers)):
        assert ended <= started, "two timers of one conversation never sleep at a time"
    assert sum(conversation.audit.started.values()) >= 2 * len(conversation.timers)


@pytest.mark.parametrize("pace", [BRISK, CHATTY], ids=["brisk", "chatty"])
def test_a_chat_of_twenty_messages_costs_twenty_transitions_or_fewer(pace: Pace) -> None:
    assert sum(transitions(chat(pace))) <= 20


@pytest.mark.parametrize(
    ("pace", "of_ladders", "of_timers"),
    [
        pytest.param(BRISK, 5, 4, id="brisk"),
        pytest.param(CHATTY, 5, 8, id="chatty"),
        # Each message may go unanswered until the timer for it wakes, long before the next one.
        pytest.param(SLOW, 5, 20, id="slow"),
        pytest.param(LIVE, 5, 22, id="live"),
    ],
)
def test_a_chat_costs_what_its_pace_asks_for(pace: Pace, of_ladders: int, of_timers: int) -> None:
    assert transitions(chat(pace)) == (of_ladders, of_timers)
