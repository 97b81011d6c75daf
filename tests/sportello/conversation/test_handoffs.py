"""Between bot and people: who owns the conversation, decided without any storage."""

from datetime import timedelta

import pytest

from sportello.conversation.commands import ClosedDoors, Command
from sportello.conversation.decision import Decision
from sportello.conversation.effects import Machine
from sportello.conversation.events import OfferEnded, OfferOutcome, OwnerKind
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.errors import NotAllowed
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import Queue, QueueSettings
from sportello.sla.clocks import ClockState
from support.builders import (
    NIGHT,
    NOW,
    accept,
    after,
    an_away_text,
    an_item,
    decide,
    decline,
    exhaust,
    messages,
    notices,
    offer,
    offered,
    queued,
    receive,
    reply,
    request_human,
    resolve,
    resolved,
    resumed,
    return_to_bot,
    seconds,
    started,
    terms_with,
    types,
    with_agent,
    with_bot,
)

UNBORN = ConversationState()


# --- handing over -----------------------------------------------------------------------------


def test_a_handoff_queues_the_conversation_and_starts_clock_and_ladder() -> None:
    decision = decide(with_bot(), request_human(), NOW)
    state = after(request_human(), state=with_bot())
    assert types(decision) == [
        "TurnEnded",
        "OwnerChanged",
        "HandoffRequested",
        "MessageQueued",
        "ClockStarted",
        "WakePlanned",
    ]
    assert (state.owner.kind, state.owner.name, state.owner.version) == ("queue", "default", 2)
    assert (state.handoff_id, state.queue) == ("handoff-2", "default")
    ladder = next(start for start in started(decision) if start.machine is Machine.ESCALATION)
    assert ladder.key == "escalation:handoff-2"
    assert ladder.input["start_at"] == "2026-03-04T10:00:00Z"
    assert ladder.input["tiers"] == [
        {"name": "first_line", "ring_seconds": 60},
        {"name": "second_line", "ring_seconds": 60},
    ]


def test_a_queue_that_was_removed_rings_nobody() -> None:
    gone = terms_with(queues=QueueSettings(queues={"other": Queue()}, handoff_queue="other"))
    decision = decide(with_bot(), request_human(), NOW, gone)
    ladder = next(start for start in started(decision) if start.machine is Machine.ESCALATION)
    assert ladder.input["tiers"] == []


@pytest.mark.parametrize(
    ("waiting_ahead", "start_at"),
    [(0, "08:00:00"), (1, "08:00:01"), (7, "08:00:07"), (10_000, "08:05:00")],
)
def test_at_the_opening_those_who_waited_longest_ring_first(
    waiting_ahead: int, start_at: str
) -> None:
    terms = terms_with(opening_hours=OpeningHoursSettings(), hours_version=1)
    command = request_human().model_copy(update={"waiting_ahead": waiting_ahead})
    state = after(receive(an_item(sent_at=NIGHT)), now=NIGHT, terms=terms)
    decision = decide(state, command, NIGHT, terms)
    ladder = next(start for start in started(decision) if start.machine is Machine.ESCALATION)
    assert ladder.input["start_at"] == f"2026-03-05T{start_at}Z"


def test_a_ladder_that_meets_closed_doors_gives_way_to_one_at_the_opening_in_its_turn() -> None:
    closed = ClosedDoors(away=an_away_text(), waiting_ahead=3)
    met = offer().model_copy(update={"closed": closed})
    terms = terms_with(opening_hours=OpeningHoursSettings(), hours_version=1)
    decision = decide(queued(), met, NIGHT, terms)
    assert resumed(decision) == [(met.task_token, "withdrawn")]
    (ladder,) = [start for start in started(decision) if start.machine is Machine.ESCALATION]
    assert ladder.input["start_at"] == "2026-03-05T08:00:03Z"
    state = after(met, now=NIGHT, state=queued(), terms=terms)
    assert state.handoff_id == ladder.input["handoff_id"] != queued().handoff_id
    assert [message.text for message in messages(decision)] == [an_away_text().text]


def test_in_opening_hours_nobody_waits_for_those_ahead() -> None:
    terms = terms_with(opening_hours=OpeningHoursSettings(), hours_version=1)
    command = request_human().model_copy(update={"waiting_ahead": 5})
    decision = decide(with_bot(), command, NOW, terms)
    ladder = next(start for start in started(decision) if start.machine is Machine.ESCALATION)
    assert ladder.input["start_at"] == "2026-03-04T10:00:00Z"


def test_the_accompanying_text_is_sent_under_the_queues_version() -> None:
    (message,) = messages(decide(with_bot(), request_human(), NOW))
    assert (message.key, message.owner_version, message.automatic) == (
        "accompanying:handoff-2",
        2,
        True,
    )


def test_what_the_customer_said_stays_for_the_people() -> None:
    turn = queued().turn
    assert turn is not None
    assert [item.item_id for item in turn.items] == ["item-1"]
    assert turn.leased_to == ""


@pytest.mark.parametrize("state", [queued(), offered(), with_agent(), resolved(), UNBORN])
def test_only_the_bots_conversation_is_handed_over(state: ConversationState) -> None:
    version = state.owner.version
    assert decide(state, request_human(owner_version=version), NOW) == Decision()


def test_a_handoff_asked_under_an_older_version_is_dropped() -> None:
    assert decide(with_bot(), request_human(owner_version=0), NOW) == Decision()


def test_a_handoff_in_a_closed_period_says_so_once() -> None:
    closed = request_human(accompanying_text=an_away_text())
    state = after(closed, accept(), return_to_bot(), receive(an_item("item-2")), state=with_bot())
    again = request_human(owner_version=4, accompanying_text=an_away_text())
    assert [m.key for m in messages(decide(with_bot(), closed, NOW))] == [
        "out_of_hours:20260304T090000Z"
    ]
    assert messages(decide(state, again, NOW)) == []


def test_each_handoff_has_a_ladder_and_a_name_of_its_own() -> None:
    state = after(return_to_bot(), receive(an_item("item-2")), state=with_agent())
    state = after(request_human(owner_version=4), state=state)
    assert state.handoff_id == "handoff-5"


# --- offering ---------------------------------------------------------------------------------


def test_an_offer_rings_each_endpoint_with_the_story() -> None:
    decision = decide(queued(), offer(endpoints=("desk", "phone")), NOW)
    assert types(decision) == ["ConversationOffered"]
    assert [notice.endpoint for notice in notices(decision)] == ["desk", "phone"]
    data = notices(decision)[0].data
    assert data["customer"] == {"display_name": "Anna"}
    assert (data["tier"], data["reason"], data["queue"]) == (1, "asked_for_person", "default")


def test_an_offer_repeated_with_its_token_rings_once() -> None:
    assert decide(offered(), offer(), NOW) == Decision()


def test_an_offer_asked_for_again_with_another_token_rings_nobody_again() -> None:
    decision = decide(offered(), offer(task_token="token-2"), NOW)
    assert decision.effects == ()
    state = after(offer(task_token="token-2"), state=offered())
    assert resumed(decide(state, accept(), NOW)) == [("token-2", "accepted")]


def test_a_declined_offer_asked_for_again_sends_the_ladder_on() -> None:
    state = after(decline("anna"), state=offered(agents=("anna",)))
    decision = decide(state, offer(agents=("anna",), task_token="token-2"), NOW)
    assert resumed(decision) == [("token-2", "declined")]
    assert notices(decision) == []


def test_a_late_attempt_for_an_earlier_tier_leaves_the_later_one_ringing() -> None:
    state = after(offer(tier=1, task_token="token-2", endpoints=("boss",)), state=offered())
    decision = decide(state, offer(tier=0, task_token="token-3"), NOW)
    assert resumed(decision) == [("token-3", "declined")]
    assert after(offer(tier=0, task_token="token-3"), state=state).offer == state.offer


def test_the_next_tiers_offer_replaces_the_one_nobody_answered() -> None:
    state = after(offer(tier=1, task_token="token-2", endpoints=("boss",)), state=offered())
    assert state.offer is not None
    assert (state.offer.tier, state.offer.task_token) == (1, "token-2")
    assert state.ringing == ("boss",)


@pytest.mark.parametrize("state", [with_bot(), with_agent(), resolved()])
def test_a_ladder_that_nobody_needs_is_sent_home(state: ConversationState) -> None:
    decision = decide(state, offer(task_token="token-9"), NOW)
    assert types(decision) == ["OfferNotNeeded"]
    assert resumed(decision) == [("token-9", "withdrawn")]
    assert notices(decision) == []


def test_a_ladder_of_an_earlier_handoff_is_sent_home() -> None:
    decision = decide(queued(), offer(handoff_id="handoff-1"), NOW)
    assert resumed(decision) == [("token-1", "withdrawn")]


def test_an_exhausted_ladder_alerts_once_and_leaves_the_queue_waiting() -> None:
    decision = decide(offered(), exhaust(), NOW)
    state = after(exhaust(), state=offered())
    assert [notice.notice for notice in notices(decision)] == [
        "offer.expired",
        "ladder.exhausted",
    ]
    assert (state.owner.kind, state.offer) == (OwnerKind.QUEUE, None)
    assert decide(state, exhaust(), NOW) == Decision()


def test_the_next_tier_is_rung_when_the_one_before_it_has_stopped_ringing() -> None:
    decision = decide(offered(), offer(tier=1, task_token="token-2", endpoints=("boss",)), NOW)
    assert [(notice.notice, notice.endpoint) for notice in notices(decision)] == [
        ("offer.expired", "desk"),
        ("conversation.offered", "boss"),
    ]


def test_a_run_that_lost_its_turn_hands_nothing_over() -> None:
    assert decide(with_bot(), request_human(turn_id="another"), NOW) == Decision()


def test_writing_to_a_customer_whose_matter_was_resolved_reopens_it() -> None:
    state = after(reply("anna", "later"), state=resolved())
    assert (state.episode, state.resolved_at) == (1, None)
    assert state.owner.kind is OwnerKind.AGENT


@pytest.mark.parametrize("command", [resolve("bruno"), return_to_bot("bruno")])
def test_a_colleagues_conversation_is_left_to_the_colleague(command: Command) -> None:
    with pytest.raises(NotAllowed):
        decide(with_agent("anna"), command, NOW)
    supervised = command.model_copy(update={"supervisor": True})
    assert decide(with_agent("anna"), supervised, NOW).events


@pytest.mark.parametrize("state", [with_bot(), with_agent(), resolved(), UNBORN])
def test_a_ladder_that_ends_too_late_alerts_nobody(state: ConversationState) -> None:
    assert decide(state, exhaust(), NOW) == Decision()


# --- accepting and declining ------------------------------------------------------------------


def test_accepting_ends_the_offer_everywhere_it_rang() -> None:
    decision = decide(offered(), accept("anna"), NOW)
    assert types(decision) == ["OfferEnded", "OwnerChanged"]
    assert resumed(decision) == [("token-1", "accepted")]
    assert [notice.notice for notice in notices(decision)] == ["offer.accepted"]
    owner = with_agent("anna").owner
    assert (owner.kind, owner.name, owner.version) == (OwnerKind.AGENT, "anna", 3)


def test_a_conversation_is_accepted_before_any_offer_and_after_all_of_them() -> None:
    assert after(accept(), state=queued()).owner.kind is OwnerKind.AGENT
    assert after(exhaust(), accept(), state=offered()).owner.kind is OwnerKind.AGENT


def test_accepting_twice_changes_nothing() -> None:
    assert decide(with_agent("anna"), accept("anna"), NOW) == Decision()


@pytest.mark.parametrize("state", [with_bot(), with_agent("bruno"), resolved(), UNBORN])
def test_only_a_queued_conversation_is_accepted(state: ConversationState) -> None:
    with pytest.raises(NotAllowed):
        decide(state, accept("anna"), NOW)


def test_accepting_leaves_the_clock_running_until_the_reply() -> None:
    assert with_agent().clocks[0].running


def test_without_named_agents_the_first_refusal_rings_the_next_tier() -> None:
    decision = decide(offered(), decline("anna"), NOW)
    assert types(decision) == ["OfferDeclined", "OfferEnded"]
    assert resumed(decision) == [("token-1", "declined")]


def test_with_named_agents_all_of_them_must_refuse() -> None:
    state = offered(agents=("anna", "bruno"))
    assert types(decide(state, decline("anna"), NOW)) == ["OfferDeclined"]
    state = after(decline("anna"), decline("carla"), state=state)
    last = decide(state, decline("bruno"), NOW)
    ended = [event for event in last.events if isinstance(event, OfferEnded)]
    assert [event.outcome for event in ended] == [OfferOutcome.DECLINED]
    assert resumed(last) == [("token-1", "declined")]


def test_declining_twice_changes_nothing() -> None:
    state = after(decline("anna"), state=offered(agents=("anna", "bruno")))
    assert decide(state, decline("anna"), NOW) == Decision()


@pytest.mark.parametrize("state", [with_bot(), queued(), with_agent(), resolved(), UNBORN])
def test_without_an_open_offer_nothing_is_declined(state: ConversationState) -> None:
    with pytest.raises(NotAllowed):
        decide(state, decline(), NOW)


# --- replying ---------------------------------------------------------------------------------


def test_a_reply_answers_the_turn_and_ends_the_clock() -> None:
    state = after(reply("anna"), state=with_agent("anna"))
    assert state.turn is None
    assert state.lifecycle is Lifecycle.AWAITING_CUSTOMER
    assert [clock.state for clock in state.clocks] == [ClockState.ACHIEVED]


@pytest.mark.parametrize(
    ("late", "ended"),
    [(0, ClockState.ACHIEVED), (0.001, ClockState.BREACHED)],
)
def test_a_reply_after_the_deadline_is_a_breach(late: float, ended: ClockState) -> None:
    now = NOW + seconds(300 + late)
    state = after(reply("anna"), now=now, state=with_agent("anna"))
    assert [clock.state for clock in state.clocks] == [ended]


def test_a_reply_is_no_automatic_message() -> None:
    (message,) = messages(decide(with_agent("anna"), reply("anna"), NOW))
    assert (message.automatic, message.agent_id, message.author) == (False, "anna", "agent")


@pytest.mark.parametrize("state", [with_bot(), queued(), offered(), resolved()])
def test_writing_takes_over_what_no_agent_owns(state: ConversationState) -> None:
    taken = after(reply("anna"), state=state)
    assert (taken.owner.kind, taken.owner.name) == (OwnerKind.AGENT, "anna")
    assert taken.owner.version == state.owner.version + 1
    assert (taken.turn, taken.offer) == (None, None)


def test_writing_into_a_colleagues_conversation_is_for_supervisors() -> None:
    with pytest.raises(NotAllowed, match="another agent"):
        decide(with_agent("bruno"), reply("anna"), NOW)
    state = after(reply("anna", supervisor=True), state=with_agent("bruno"))
    assert state.owner.name == "bruno"


@pytest.mark.parametrize("command", [reply(), resolve()])
def test_nothing_is_said_or_resolved_before_the_customer_wrote(command: Command) -> None:
    with pytest.raises(NotAllowed):
        decide(UNBORN, command, NOW)


# --- resolving and giving back ----------------------------------------------------------------


@pytest.mark.parametrize("state", [with_bot(), queued(), offered(), with_agent()])
def test_resolving_ends_turn_offer_and_clocks(state: ConversationState) -> None:
    done = after(resolve(), state=state)
    assert (done.lifecycle, done.owner.kind) == (Lifecycle.RESOLVED, OwnerKind.NOBODY)
    assert done.owner.version == state.owner.version + 1
    assert (done.turn, done.offer, done.resolved_at) == (None, None, NOW)
    assert not [clock for clock in done.clocks if clock.running]


def test_resolving_withdraws_an_open_offer() -> None:
    assert resumed(decide(offered(), resolve(), NOW)) == [("token-1", "withdrawn")]


def test_resolving_twice_changes_nothing() -> None:
    assert decide(resolved(), resolve(), NOW) == Decision()


@pytest.mark.parametrize("state", [queued(), offered(), with_agent()])
def test_what_is_given_back_the_bot_answers_from_the_next_message_on(
    state: ConversationState,
) -> None:
    given = after(return_to_bot(), state=state)
    assert (given.owner.kind, given.turn, given.offer) == (OwnerKind.BOT, None, None)
    assert not [clock for clock in given.clocks if clock.running]
    later = NOW + timedelta(hours=1)
    state = after(receive(an_item("item-2", later), turn_id="turn-2"), now=later, state=given)
    assert state.turn is not None
    assert state.turn.leased_to == "turn-2"


def test_giving_back_what_the_bot_has_changes_nothing() -> None:
    assert decide(with_bot(), return_to_bot(), NOW) == Decision()


@pytest.mark.parametrize("state", [resolved(), UNBORN])
def test_a_resolved_conversation_is_not_given_to_the_bot(state: ConversationState) -> None:
    with pytest.raises(NotAllowed):
        decide(state, return_to_bot(), NOW)


def test_every_change_of_owner_makes_a_new_version() -> None:
    state = with_bot()
    versions = [state.owner.version]
    for command in (request_human(), accept(), return_to_bot(), reply(), resolve()):
        state = after(command, state=state)
        versions.append(state.owner.version)
    assert versions == [1, 2, 3, 4, 5, 6]


def test_the_bots_own_count_of_answers_starts_again_with_each_owner() -> None:
    assert after(request_human(), state=with_bot()).bot_answers == 0


def test_what_leaves_on_the_bus_never_holds_a_task_token() -> None:
    decision = decide(queued(), offer(task_token="made-up-secret"), NOW)
    published = [effect for effect in decision.effects if effect.type == "PublishEvent"]
    assert "made-up-secret" not in str(published)
    assert "ConversationOffered" in str(published)
