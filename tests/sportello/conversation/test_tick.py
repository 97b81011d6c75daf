"""What time alone does: clocks warn and breach, and each does once what its target says."""

from sportello.conversation.decision import Decision
from sportello.conversation.effects import Machine
from sportello.conversation.events import ClockAdvanced, ConversationClassified, OwnerKind
from sportello.conversation.state import ConversationState
from sportello.model import written
from sportello.priorities import Priority
from sportello.queues.settings import QueueSettings
from sportello.sla.clocks import ClockKind, ClockState, PromiseTerms
from sportello.sla.policies import ClockActions, SlaPolicy, Target
from support.builders import (
    NOW,
    TERMS,
    a_queue,
    accept,
    after,
    an_item,
    decide,
    notices,
    offer,
    queued,
    receive,
    reply,
    request_human,
    resumed,
    seconds,
    started,
    terms_with,
    tick,
    types,
)
from support.story import Story, around_the_clock, data_of, rung

WARN, DUE = NOW + seconds(240), NOW + seconds(300)
QUIET = ClockActions()


def acting(
    kind: ClockKind = ClockKind.FIRST_RESPONSE,
    at_warning: ClockActions = QUIET,
    at_breach: ClockActions = QUIET,
) -> Story:
    """A conversation that rings the endpoint `desk`, with one clock that warns at 240 s of 300."""
    target = Target(seconds=300, around_the_clock=True, at_warning=at_warning, at_breach=at_breach)
    story = Story(terms_with({kind: target}))
    story.write()
    story.do(request_human(), offer())
    return story


def advanced(decision: Decision) -> list[ClockState]:
    return [event.state for event in decision.events if isinstance(event, ClockAdvanced)]


# --- warning and breaching --------------------------------------------------------------------


def test_a_clock_warns_and_then_breaches() -> None:
    warned = decide(queued(), tick(WARN), WARN)
    assert types(warned) == ["ClockAdvanced", "WakePlanned"]
    assert rung(warned) == [("clock.imminent", "supervisor")]
    state = after(tick(WARN), now=WARN, state=queued())
    breached = decide(state, tick(DUE), DUE)
    assert rung(breached) == [("clock.breaching", "supervisor")]
    state = after(tick(DUE), now=DUE, state=state)
    assert [clock.state for clock in state.clocks] == [ClockState.BREACHING]


def test_a_warning_slept_through_goes_straight_to_the_breach() -> None:
    decision = decide(queued(), tick(WARN), DUE)
    assert advanced(decision) == [ClockState.BREACHING]
    assert rung(decision) == [("clock.breaching", "supervisor")]


def test_a_tick_that_comes_twice_alerts_once() -> None:
    state = after(tick(WARN), now=WARN, state=queued())
    assert decide(state, tick(WARN), WARN + seconds(1)) == Decision()


def test_a_clock_already_breaching_stays_so_when_its_start_moves() -> None:
    state = after(tick(WARN), now=DUE, state=queued())
    earlier = NOW - seconds(30)
    now = DUE + seconds(1)
    item = an_item("item-0", earlier, received_at=NOW + seconds(20))
    decision = decide(state, receive(item), now)
    assert notices(decision) == []
    moved = after(receive(item), now=now, state=state).clocks[0]
    assert (moved.state, moved.due_at) == (ClockState.BREACHING, DUE - seconds(30))


def test_a_clock_given_more_time_after_its_warning_warns_again_under_another_key() -> None:
    story = Story(around_the_clock(first_response=300))
    story.write()
    story.do(request_human())
    first = story.wake()
    longer = around_the_clock(first_response=900)
    story.settle(longer.model_copy(update={"sla_version": 1}))
    assert story.clock(ClockKind.FIRST_RESPONSE).state is ClockState.PENDING
    assert notices(story.wake()) == []  # the timer wakes when the clock was due before
    second = story.wake()
    assert story.now == NOW + seconds(720)
    assert rung(first) == rung(second) == [("clock.imminent", "supervisor")]
    assert notices(first)[0].key != notices(second)[0].key


# --- whom it tells ----------------------------------------------------------------------------


def test_an_alert_says_what_is_at_stake() -> None:
    (notice,) = notices(decide(queued(), tick(WARN), WARN))
    assert notice.data == {
        "clock": "first_response",
        "policy": "messaging",
        "due_at": written(DUE),
        "queue": "default",
        "owner": "queue",
        "priority": "normal",
    }


def test_an_alert_about_a_promise_says_which_one() -> None:
    story = Story(TERMS)
    story.write()
    story.do(request_human(), accept())
    said = reply(key="r-1").model_copy(update={"promise": PromiseTerms(within_seconds=1_200)})
    story.do(said)
    story.wait(1_200)
    rung = notices(story.do(tick(None)))
    assert {notice.data["promise_id"] for notice in rung if "promise_id" in notice.data} == {
        clock.promise_id for clock in story.state.clocks if clock.kind is ClockKind.PROMISE
    }


def test_a_reminder_rings_whoever_was_rung_and_an_alert_the_supervisors() -> None:
    story = acting(
        at_warning=ClockActions(remind_agents=True),
        at_breach=ClockActions(remind_agents=True, alert_supervisors=True),
    )
    assert rung(story.wake()) == [("clock.imminent", "desk")]
    assert rung(story.wake()) == [("clock.breaching", "desk"), ("clock.breaching", "supervisor")]


def test_a_reminder_before_anybody_was_rung_goes_to_everybody() -> None:
    tiers = [{"name": "first", "endpoints": ["desk"]}, {"name": "second", "endpoints": ["boss"]}]
    target = Target(seconds=300, around_the_clock=True, at_warning=ClockActions(remind_agents=True))
    story = Story(terms_with({ClockKind.QUEUE_WAIT: target}, queue=a_queue(tiers=tiers)))
    story.write()
    story.do(request_human())
    assert rung(story.wake()) == [("clock.imminent", "desk"), ("clock.imminent", "boss")]


def test_who_is_to_be_reminded_and_alerted_is_rung_once() -> None:
    both = ClockActions(remind_agents=True, alert_supervisors=True)
    story = acting(at_warning=both)
    story.terms = story.terms.model_copy(
        update={"queues": QueueSettings(queues={"default": a_queue(alert_endpoints=("desk",))})}
    )
    assert rung(story.wake()) == [("clock.imminent", "desk")]


def test_a_clock_without_actions_is_an_event_and_nothing_else() -> None:
    story = acting()
    for _ in range(2):
        decision = story.wake()
        acted = [effect.type for effect in decision.effects if effect.type != "StartWorkflow"]
        assert acted == ["PublishEvent"]
        assert len(advanced(decision)) == 1


# --- priority ---------------------------------------------------------------------------------


def raising(to: Priority) -> Story:
    return acting(at_breach=ClockActions(raise_priority_to=to))


def test_a_breach_raises_the_priority_once() -> None:
    story = raising(Priority.URGENT)
    assert "ConversationClassified" not in types(story.wake())
    breached = story.wake()
    (raised,) = [e for e in breached.events if isinstance(e, ConversationClassified)]
    assert (raised.priority, raised.agent_id) == (Priority.URGENT, "")
    assert story.state.priority is Priority.URGENT


def test_a_breach_never_lowers_a_priority() -> None:
    story = raising(Priority.LOW)
    story.wake()
    assert "ConversationClassified" not in types(story.wake())
    assert story.state.priority is Priority.NORMAL


def test_a_raised_priority_brings_its_policy_with_it_at_once() -> None:
    story = raising(Priority.HIGH)
    policy = story.terms.sla.policies[0]
    urgent = SlaPolicy(
        name="urgent",
        priorities=(Priority.HIGH,),
        targets={ClockKind.RESOLUTION: Target(seconds=900, around_the_clock=True)},
    )
    sla = story.terms.sla.model_copy(update={"policies": (urgent, policy)})
    story.terms = story.terms.model_copy(update={"sla": sla})
    story.wake()
    story.wake()
    clock = story.clock(ClockKind.RESOLUTION)
    assert (clock.policy, clock.started_at, clock.due_at) == ("urgent", NOW, NOW + seconds(900))


# --- ringing on -------------------------------------------------------------------------------


def test_a_breached_wait_rings_the_next_tier_at_once() -> None:
    story = acting(ClockKind.QUEUE_WAIT, at_breach=ClockActions(ring_next_tier=True))
    assert resumed(story.wake()) == []
    breached = story.wake()
    assert resumed(breached) == [("token-1", "expired")]
    assert ("offer.expired", "desk") in rung(breached)
    assert story.state.offer is None


def test_without_an_open_offer_there_is_nobody_to_ring_on_from() -> None:
    target = Target(seconds=300, around_the_clock=True, at_breach=ClockActions(ring_next_tier=True))
    story = Story(terms_with({ClockKind.QUEUE_WAIT: target}))
    story.write()
    story.do(request_human())
    story.wake()
    assert resumed(story.wake()) == []


# --- a silent agent ---------------------------------------------------------------------------


def silent() -> Story:
    """A conversation whose agent anna says nothing more, until she is replaced."""
    story = acting(ClockKind.AGENT_SILENCE, at_breach=ClockActions(reassign=True))
    story.do(accept("anna"))
    story.write()
    return story


def test_who_has_a_conversation_and_is_silent_loses_it_to_the_queue() -> None:
    story = silent()
    story.wake()
    assert story.state.owner.kind is OwnerKind.AGENT
    breached = story.wake()
    assert (story.state.owner.kind, story.state.owner.name) == (OwnerKind.QUEUE, "default")
    ladder = next(start for start in started(breached) if start.machine is Machine.ESCALATION)
    assert ladder.key == f"escalation:{story.state.handoff_id}" == "escalation:handoff-4"
    assert ladder.input["start_at"] == written(story.now)
    assert story.state.handoff_reason == "agent_silent"
    assert story.clock(ClockKind.AGENT_SILENCE).state is ClockState.BREACHED
    assert story.state.turn is not None  # the customer still waits


def test_the_silent_agent_is_told() -> None:
    story = silent()
    story.wake()
    notice = data_of(story.wake(), "conversation.reassigned")
    assert notice.endpoint == "desk"
    assert notice.data == {"agent_id": "anna", "queue": "default", "reason": "agent_silent"}


def test_an_agent_who_was_never_rung_is_told_too() -> None:
    target = Target(seconds=300, around_the_clock=True, at_breach=ClockActions(reassign=True))
    tiers = [{"name": "first", "endpoints": ["desk"]}]
    story = Story(terms_with({ClockKind.AGENT_SILENCE: target}, queue=a_queue(tiers=tiers)))
    story.write()
    story.do(reply("anna"))  # takes it from the bot
    story.write()
    story.wake()
    breached = story.wake()
    assert ("conversation.reassigned", "desk") in rung(breached)
    assert story.state.queue == "default"


def test_a_reassigned_conversation_is_rung_by_its_new_ladder_only() -> None:
    story = silent()
    story.wake()
    story.wake()
    assert resumed(story.do(offer(handoff_id="handoff-2", task_token="old"))) == [
        ("old", "withdrawn")
    ]
    rings = story.do(offer(handoff_id="handoff-4", task_token="new"))
    assert rung(rings) == [("conversation.offered", "desk")]


def test_a_word_of_the_agent_keeps_the_conversation() -> None:
    story = silent()
    story.wake()
    story.do(reply("anna"))
    story.wait(600).do(tick(None))
    assert story.state.owner.kind is OwnerKind.AGENT
    assert story.clock(ClockKind.AGENT_SILENCE).state is ClockState.ACHIEVED


def test_a_conversation_unborn_is_left_alone() -> None:
    assert decide(ConversationState(), tick(None), NOW) == Decision()
