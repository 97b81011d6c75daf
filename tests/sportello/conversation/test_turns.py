"""Turns: who may answer what the customer said, decided without any storage."""

from datetime import timedelta

import pytest

from sportello.conversation.commands import ClosedDoors, Command, ReceivedItem, Snooze
from sportello.conversation.decision import Decision
from sportello.conversation.events import EpisodeOpened, OwnerKind
from sportello.conversation.people_commands import TransferToQueue
from sportello.conversation.state import (
    MAX_TURN_ITEMS,
    REPLY_BUDGET,
    REPLY_BUDGET_WINDOW,
    ConversationState,
    Lifecycle,
)
from sportello.conversation.turns import MAX_PROVIDER_DELAY, counted_from
from sportello.messaging.outbound_channel import Button
from support.builders import (
    LEASE_SECONDS,
    NOW,
    after,
    an_away_text,
    an_item,
    answer,
    decide,
    messages,
    notices,
    offer,
    offered,
    queued,
    receive,
    reply,
    request_human,
    resolved,
    retry_turn,
    return_to_bot,
    seconds,
    types,
    with_agent,
    with_bot,
)

# --- receiving --------------------------------------------------------------------------------


def test_after_an_hour_of_silence_the_bot_begins_a_new_stretch() -> None:
    state = after(answer(), state=with_bot())
    soon = after(receive(an_item("item-2", NOW + seconds(3_599))), state=state)
    late = after(receive(an_item("item-2", NOW + seconds(3_600))), state=state)
    assert (soon.bot_answers, late.bot_answers) == (1, 0)


def test_the_first_message_opens_an_episode_and_gives_the_bot_the_turn() -> None:
    decision = decide(ConversationState(), receive(), NOW)
    state = after(receive())
    assert types(decision) == ["EpisodeOpened", "MessageReceived", "OwnerChanged", "TurnLeased"]
    assert (state.owner.kind, state.owner.version) == (OwnerKind.BOT, 1)
    assert state.turn is not None
    assert (state.turn.leased_to, state.turn.attempt) == ("turn-1", 1)
    assert state.turn.lease_expires_at == NOW + seconds(LEASE_SECONDS)


def test_a_message_that_came_before_changes_nothing() -> None:
    assert decide(with_bot(), receive(), NOW) == Decision()


def test_a_message_during_a_turn_joins_it_and_leaves_its_lease() -> None:
    state = after(receive(an_item("item-2", NOW + seconds(1)), turn_id="turn-2"), state=with_bot())
    assert state.turn is not None
    assert [item.item_id for item in state.turn.items] == ["item-1", "item-2"]
    assert (state.turn.leased_to, state.turn.attempt) == ("turn-1", 1)


def test_items_of_a_turn_stand_in_the_order_they_were_sent() -> None:
    late = an_item("item-0", NOW - seconds(5), received_at=NOW)
    same_second = an_item("item-00", NOW)
    state = after(receive(late, same_second), state=with_bot())
    assert state.turn is not None
    assert [item.item_id for item in state.turn.items] == ["item-0", "item-00", "item-1"]
    assert state.turn.counted_from == NOW - seconds(5)


def test_a_turn_keeps_its_newest_items() -> None:
    items = [an_item(f"item-{n:03}", NOW + seconds(n)) for n in range(MAX_TURN_ITEMS + 7)]
    state = after(receive(*items))
    assert state.turn is not None
    assert [item.item_id for item in state.turn.items] == [i.item_id for i in items[7:]]
    assert state.turn.counted_from == NOW


def test_edits_and_reactions_are_noted_and_open_no_turn() -> None:
    decision = decide(ConversationState(), receive(an_item("edit-1", kind="edit")), NOW)
    state = after(receive(an_item("edit-1", kind="edit")))
    assert types(decision) == ["ItemNoted"]
    assert decision.effects == ()
    assert (state.turn, state.episode, state.owner.kind) == (None, 0, OwnerKind.NOBODY)
    assert decide(state, receive(an_item("edit-1", kind="edit")), NOW) == Decision()


def test_a_message_of_an_unsupported_kind_is_owed_an_answer() -> None:
    assert after(receive(an_item("sticker-1", kind="unsupported"))).turn is not None


def test_what_a_person_wrote_elsewhere_answers_what_came_before_it() -> None:
    late = an_item("item-2", NOW + seconds(9))
    echo = an_item("echo-1", NOW + seconds(5), kind="echo")
    state = after(receive(late), receive(echo), state=with_bot())
    assert state.turn is not None
    assert [item.item_id for item in state.turn.items] == ["item-2"]
    assert decide(state, answer("item-1"), NOW) == Decision()


def test_an_answer_from_elsewhere_may_arrive_before_its_question() -> None:
    echo = an_item("echo-1", NOW + seconds(5), kind="echo")
    early, late = an_item("item-1", NOW), an_item("item-2", NOW + seconds(9))
    in_order = after(receive(early), receive(echo), receive(late))
    echo_first = after(receive(echo), receive(early), receive(late))
    for state in (in_order, echo_first):
        assert state.turn is not None
        assert [item.item_id for item in state.turn.items] == ["item-2"]


def test_what_a_phone_sent_within_the_second_answers_nothing() -> None:
    echo = an_item("echo-1", NOW, kind="echo")
    assert after(receive(an_item("item-1", NOW)), receive(echo)).turn is not None


def test_an_echo_dated_in_the_future_answers_nothing_that_comes_after_it() -> None:
    echo = an_item("echo-1", NOW + timedelta(days=99), received_at=NOW, kind="echo")
    assert after(receive(echo), receive(an_item("item-1", NOW + seconds(1)))).turn is not None


def test_an_answer_from_elsewhere_ends_the_clock() -> None:
    state = after(receive(an_item("echo-1", NOW + seconds(5), kind="echo")), state=queued())
    assert state.turn is None
    assert not [clock for clock in state.clocks if clock.running]


@pytest.mark.parametrize(
    ("sent", "counted"),
    [
        (-5, -5),
        (-60, -60),
        (-61, -60),
        (-86_400, -60),
        (3_600, 0),
        (0, 0),
    ],
)
def test_clocks_count_from_the_providers_time_bounded_by_receipt(sent: int, counted: int) -> None:
    item = an_item(sent_at=NOW + seconds(sent), received_at=NOW)
    assert counted_from(item) == NOW + seconds(counted)
    assert timedelta(seconds=60) == MAX_PROVIDER_DELAY


@pytest.mark.parametrize(("later", "number", "reopened"), [(72, 1, True), (72.001, 2, False)])
def test_a_resolved_matter_reopens_inside_the_follow_up_window(
    later: float, number: int, *, reopened: bool
) -> None:
    now = NOW + timedelta(hours=later)
    decision = decide(resolved(), receive(an_item("item-2", now)), now)
    opened = decision.events[0]
    assert opened == EpisodeOpened(at=now, number=number, reopened=reopened)
    state = after(receive(an_item("item-2", now)), now=now, state=resolved())
    assert (state.lifecycle, state.owner.kind) == (Lifecycle.OPEN, OwnerKind.BOT)
    assert state.owner.version == resolved().owner.version + 1


# --- a mere "thank you" -----------------------------------------------------------------------


def thanks(name: str = "thanks-1") -> ReceivedItem:
    return an_item(name).model_copy(update={"thanks": True})


def test_thanks_after_resolution_are_noted_and_reopen_nothing() -> None:
    before = resolved()
    decision = decide(before, receive(thanks()), NOW)
    assert types(decision) == ["ItemNoted"]
    assert decision.effects == ()
    state = after(receive(thanks()), state=before)
    assert (state.lifecycle, state.turn, state.owner) == (Lifecycle.RESOLVED, None, before.owner)
    assert decide(state, receive(thanks()), NOW) == Decision()


def test_a_question_that_comes_with_the_thanks_reopens_the_matter() -> None:
    state = after(receive(thanks(), an_item("item-2")), state=resolved())
    assert state.lifecycle is Lifecycle.OPEN
    assert state.turn is not None
    assert [item.item_id for item in state.turn.items] == ["item-2", "thanks-1"]


def test_a_question_after_a_thanks_reopen_the_matter() -> None:
    state = after(receive(thanks()), receive(an_item("item-2")), state=resolved())
    assert (state.lifecycle, state.owner.kind) == (Lifecycle.OPEN, OwnerKind.BOT)


def test_a_business_may_have_thanks_reopen_its_matters() -> None:
    command = receive(thanks()).model_copy(update={"thanks_reopen": True})
    assert after(command, state=resolved()).lifecycle is Lifecycle.OPEN


def agreement(name: str = "ok-1") -> ReceivedItem:
    return an_item(name).model_copy(update={"thanks": True, "agrees": True})


def sticker(name: str = "sticker-1") -> ReceivedItem:
    return an_item(name).model_copy(update={"agrees": True})


ANSWERED = {
    "by the bot": after(answer(), state=with_bot()),
    "by an agent": after(reply(), state=with_agent()),
    "by an agent who snoozed it": after(
        reply(), Snooze(agent_id="anna", until=NOW + timedelta(hours=1)), state=with_agent()
    ),
    "by an agent who gave it back": after(reply(), return_to_bot(), state=with_agent()),
    "on the business's phone": after(
        receive(an_item("echo-1", NOW + seconds(5), kind="echo")), state=with_agent()
    ),
}
UNANSWERED = {
    "nobody has it": ConversationState(),
    "the bot has it": with_bot(),
    "the queue has it": queued(),
    "an agent has it": with_agent(),
}


@pytest.mark.parametrize("state", ANSWERED.values(), ids=ANSWERED.keys())
@pytest.mark.parametrize("courtesy", [thanks(), agreement(), sticker()])
def test_nobody_owes_an_answer_to_thanks_for_one(
    state: ConversationState, courtesy: ReceivedItem
) -> None:
    decision = decide(state, receive(courtesy), NOW + seconds(10))
    assert types(decision) == ["ItemNoted"]
    later = after(receive(courtesy), now=NOW + seconds(10), state=state)
    untouched = {"lifecycle", "owner", "turn", "clocks", "snoozed_until", "wake_at"}
    assert later.model_dump(include=untouched) == state.model_dump(include=untouched)


@pytest.mark.parametrize("state", UNANSWERED.values(), ids=UNANSWERED.keys())
def test_who_thanks_while_they_wait_waits_as_long_as_before(state: ConversationState) -> None:
    later = after(receive(thanks()), now=NOW + seconds(10), state=state)
    assert (later.turn, later.clocks, later.owner) == (state.turn, state.clocks, state.owner)


@pytest.mark.parametrize("state", UNANSWERED.values(), ids=UNANSWERED.keys())
def test_an_ok_to_what_was_not_said_here_is_a_message_like_any(state: ConversationState) -> None:
    assert "MessageReceived" in types(decide(state, receive(agreement()), NOW))
    assert "MessageReceived" in types(decide(state, receive(sticker()), NOW))


@pytest.mark.parametrize(("courtesy", "rings"), [(thanks(), 0), (agreement(), 1), (sticker(), 1)])
def test_an_agent_hears_of_what_may_say_yes_to_their_question(
    courtesy: ReceivedItem, rings: int
) -> None:
    decision = decide(ANSWERED["by an agent"], receive(courtesy), NOW)
    assert [each.notice for each in notices(decision)] == ["message.received"] * rings


@pytest.mark.parametrize("state", [*ANSWERED.values(), *UNANSWERED.values()])
def test_a_question_beside_the_thanks_is_a_question(state: ConversationState) -> None:
    at = NOW + seconds(9)
    later = after(receive(thanks(), an_item("item-9", at)), now=at, state=state)
    assert later.turn is not None
    assert "item-9" in [item.item_id for item in later.turn.items]


def test_thanks_are_noted_whichever_of_them_and_an_answer_given_elsewhere_comes_first() -> None:
    echo = receive(an_item("echo-1", NOW + seconds(5), kind="echo"))
    thanked = receive(thanks().model_copy(update={"sent_at": NOW + seconds(9)}))
    for commands in ((echo, thanked), (thanked, echo)):
        state = after(*commands, now=NOW + seconds(10), state=with_agent())
        assert (state.turn, state.lifecycle) == (None, Lifecycle.AWAITING_CUSTOMER)


def test_stickers_after_resolution_reopen_nothing() -> None:
    assert after(receive(sticker()), state=resolved()).lifecycle is Lifecycle.RESOLVED


def test_thanks_that_may_reopen_a_resolved_matter_are_owed_nothing_before() -> None:
    command = receive(thanks()).model_copy(update={"thanks_reopen": True})
    assert types(decide(ANSWERED["by an agent"], command, NOW)) == ["ItemNoted"]


# --- while people own it ----------------------------------------------------------------------


def test_a_customer_who_waits_in_a_closed_queue_is_told_once() -> None:
    away = an_away_text()
    first = decide(queued(), receive(an_item("item-2"), away=away), NOW)
    assert [message.text for message in messages(first)] == [away.text]
    assert messages(first)[0].key == "out_of_hours:20260304T090000Z"
    state = after(receive(an_item("item-2"), away=away), state=queued())
    again = decide(state, receive(an_item("item-3"), away=away), NOW)
    assert types(again) == ["MessageReceived"]
    assert messages(again) == []


def test_the_next_closed_period_is_told_again() -> None:
    state = after(receive(an_item("item-2"), away=an_away_text(NOW)), state=queued())
    tomorrow = NOW + timedelta(days=1)
    away = an_away_text(tomorrow)
    decision = decide(state, receive(an_item("item-3", tomorrow), away=away), tomorrow)
    assert len(messages(decision)) == 1


def test_a_closed_period_that_settings_moved_back_and_forth_is_not_told_twice() -> None:
    state = queued()
    for number, closed_since in enumerate([NOW, NOW - timedelta(hours=1), NOW]):
        away = an_away_text(closed_since)
        state = after(receive(an_item(f"again-{number}"), away=away), state=state)
    keys = [known.effect_key for known in state.recent_deliveries]
    assert keys.count("out_of_hours:20260304T100000Z") == 1


@pytest.mark.parametrize("state", [ConversationState(), with_bot(), with_agent(), resolved()])
def test_only_who_waits_in_a_queue_is_told_of_closing_hours(state: ConversationState) -> None:
    told = decide(state, receive(an_item("item-2"), away=an_away_text()), NOW)
    assert messages(told) == []


@pytest.mark.parametrize("kind", ["echo", "edit", "reaction", "machine"])
def test_what_is_no_question_is_not_told_of_closing_hours(kind: str) -> None:
    command = receive(an_item("item-2", kind=kind), away=an_away_text())
    assert messages(decide(queued(), command, NOW)) == []


def test_a_handoff_and_a_message_in_one_closed_period_are_told_once() -> None:
    away = an_away_text()
    state = after(request_human(accompanying_text=away), state=with_bot())
    assert messages(decide(state, receive(an_item("item-2"), away=away), NOW)) == []


def test_a_customer_in_an_open_queue_is_told_nothing() -> None:
    assert messages(decide(queued(), receive(an_item("item-2")), NOW)) == []


def test_the_bot_takes_no_turn_while_people_own_the_conversation() -> None:
    for state in (queued(), with_agent()):
        after_message = after(receive(an_item("item-2"), turn_id="turn-2"), state=state)
        assert after_message.turn is not None
        assert after_message.turn.leased_to == ""


def test_an_agent_is_told_of_new_messages_where_they_were_rung() -> None:
    decision = decide(with_agent("anna"), receive(an_item("item-2")), NOW)
    (notice,) = notices(decision)
    assert (notice.endpoint, notice.notice) == ("desk", "message.received")
    assert notice.data == {"agent_id": "anna", "item_ids": ["item-2"]}


def test_a_message_to_a_queue_rings_nobody_by_itself() -> None:
    assert notices(decide(queued(), receive(an_item("item-2")), NOW)) == []


def test_whoever_is_being_rung_sees_that_the_customer_has_written_again() -> None:
    (notice,) = notices(decide(offered(), receive(an_item("item-2")), NOW))
    assert (notice.endpoint, notice.notice) == ("desk", "message.received")
    assert notice.data == {"item_ids": ["item-2"], "queue": "default", "again": True}


def test_an_earlier_message_that_arrives_later_moves_the_queues_clock_back() -> None:
    earlier = NOW - seconds(40)
    item = an_item("item-0", earlier, received_at=NOW)
    state = after(receive(item), state=queued())
    (clock,) = state.clocks
    assert (clock.started_at, clock.due_at) == (earlier, earlier + seconds(300))


def test_a_later_message_leaves_the_queues_clock() -> None:
    later = NOW + seconds(30)
    decision = decide(queued(), receive(an_item("item-2", later)), later)
    assert types(decision) == ["MessageReceived"]


# --- answering --------------------------------------------------------------------------------


def test_the_bot_answers_the_turn_it_holds() -> None:
    buttons = (Button(id="talk_to_person", title="Parla con noi"),)
    decision = decide(with_bot(), answer(buttons=buttons), NOW)
    (message,) = messages(decision)
    assert types(decision) == ["MessageQueued", "TurnAnswered"]
    assert (message.automatic, message.owner_version, message.buttons) == (True, 1, buttons)
    state = after(answer(), state=with_bot())
    assert (state.turn, state.lifecycle, state.bot_answers) == (
        None,
        Lifecycle.AWAITING_CUSTOMER,
        1,
    )


def test_an_answer_for_an_older_owner_version_is_dropped() -> None:
    assert decide(with_bot(), answer(owner_version=0), NOW) == Decision()
    state = after(return_to_bot(), receive(an_item("item-2")), state=with_agent())
    assert state.owner.kind is OwnerKind.BOT
    assert decide(state, answer("item-2", owner_version=1), NOW) == Decision()


def test_an_answer_of_a_run_that_lost_the_turn_is_dropped() -> None:
    later = NOW + seconds(LEASE_SECONDS)
    state = after(retry_turn("turn-2"), now=later, state=with_bot())
    assert decide(state, answer(turn_id="turn-1"), later) == Decision()
    assert messages(decide(state, answer(turn_id="turn-2"), later))


@pytest.mark.parametrize("state", [queued(), with_agent(), resolved(), ConversationState()])
def test_the_bot_answers_nothing_that_is_not_its_own(state: ConversationState) -> None:
    assert decide(state, answer(owner_version=state.owner.version), NOW) == Decision()


def test_an_answer_decided_twice_is_sent_once() -> None:
    assert decide(after(answer(), state=with_bot()), answer(), NOW) == Decision()


def test_what_came_meanwhile_stays_in_the_turn_with_a_fresh_lease() -> None:
    later = NOW + seconds(50)
    state = after(receive(an_item("item-2", later)), now=later, state=with_bot())
    state = after(answer("item-1"), now=later, state=state)
    assert state.turn is not None
    assert [item.item_id for item in state.turn.items] == ["item-2"]
    assert state.turn.leased_to == "turn-1"
    assert state.turn.lease_expires_at == later + seconds(LEASE_SECONDS)
    assert state.turn.counted_from == later


def test_an_answer_to_what_another_run_has_answered_is_dropped() -> None:
    state = after(receive(an_item("item-2", NOW + seconds(1))), state=with_bot())
    state = after(answer("item-1"), state=state)
    assert decide(state, answer("item-1"), NOW) == Decision()
    assert decide(state, answer("item-1", "item-2"), NOW) == Decision()
    assert len(messages(decide(state, answer("item-2"), NOW))) == 1


def test_what_is_left_counts_from_its_earliest_message_whichever_was_sent_first() -> None:
    held_up = an_item("item-2", NOW + seconds(1), received_at=NOW + seconds(100))
    prompt = an_item("item-3", NOW + seconds(10))
    state = after(receive(held_up, prompt), answer("item-1"), state=with_bot())
    assert state.turn is not None
    assert state.turn.counted_from == NOW + seconds(10)


# --- the reply budget -------------------------------------------------------------------------


def answered_times(amount: int, *, apart_seconds: float = 60) -> ConversationState:
    state = ConversationState()
    for number in range(amount):
        now = NOW + seconds(number * apart_seconds)
        state = after(
            receive(an_item(f"item-{number}", now)),
            answer(f"item-{number}"),
            now=now,
            state=state,
        )
    return state


def test_ten_automatic_messages_in_three_hours_are_the_limit() -> None:
    assert (REPLY_BUDGET, timedelta(minutes=180)) == (10, REPLY_BUDGET_WINDOW)
    now = NOW + seconds(600)
    state = after(receive(an_item("item-10", now)), now=now, state=answered_times(10))
    decision = decide(state, answer("item-10"), now)
    assert types(decision) == ["ReplyBudgetExhausted"]
    assert messages(decision) == []


def test_an_exhausted_budget_is_reported_once_for_its_window() -> None:
    now = NOW + seconds(600)
    state = after(
        receive(an_item("item-10", now)), answer("item-10"), now=now, state=answered_times(10)
    )
    assert decide(state, answer("item-10"), now) == Decision()


def test_the_budget_comes_back_as_its_window_passes() -> None:
    now = NOW + REPLY_BUDGET_WINDOW
    state = after(receive(an_item("item-10", now)), now=now, state=answered_times(10))
    assert len(messages(decide(state, answer("item-10"), now))) == 1
    assert state.budget_left(now - seconds(1)) == 0


def test_without_budget_a_handoff_is_made_in_silence() -> None:
    now = NOW + seconds(600)
    state = after(receive(an_item("item-10", now)), now=now, state=answered_times(10))
    decision = decide(state, request_human(owner_version=1), now)
    assert "HandoffRequested" in types(decision)
    assert messages(decision) == []


AWAY = an_away_text(NOW + seconds(600))


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(receive(an_item("item-11", NOW + seconds(600)), away=AWAY), id="they write"),
        pytest.param(
            offer().model_copy(update={"closed": ClosedDoors(away=AWAY, waiting_ahead=0)}),
            id="the ladder meets closed doors",
        ),
        pytest.param(
            TransferToQueue(agent_id="chief", supervisor=True, queue="sales", away=AWAY),
            id="handed on",
        ),
    ],
)
def test_without_budget_nobody_is_told_of_closing_hours(command: Command) -> None:
    now = NOW + seconds(600)
    handed_over = request_human(owner_version=1)
    answered = answered_times(10)
    state = after(receive(an_item("item-10", now)), handed_over, now=now, state=answered)
    assert state.budget_left(now) == 0
    decision = decide(state, command, now)
    assert decision.events
    assert messages(decision) == []


# --- abandoned turns --------------------------------------------------------------------------


def test_a_turn_under_way_is_not_taken_over() -> None:
    before = NOW + seconds(LEASE_SECONDS - 0.001)
    assert decide(with_bot(), retry_turn(), before) == Decision()


def test_an_expired_lease_goes_to_another_attempt() -> None:
    state = after(retry_turn("turn-2"), now=NOW + seconds(LEASE_SECONDS), state=with_bot())
    assert state.turn is not None
    assert (state.turn.leased_to, state.turn.attempt) == ("turn-2", 2)


def test_a_new_message_takes_over_an_expired_lease() -> None:
    later = NOW + seconds(LEASE_SECONDS)
    state = after(receive(an_item("item-2", later), turn_id="turn-2"), now=later, state=with_bot())
    assert state.turn is not None
    assert (state.turn.leased_to, state.turn.attempt) == ("turn-2", 2)


@pytest.mark.parametrize("state", [queued(), with_agent(), resolved(), ConversationState()])
def test_only_the_bots_turns_are_retried(state: ConversationState) -> None:
    assert decide(state, retry_turn(), NOW + timedelta(days=1)) == Decision()


def test_a_turn_that_was_answered_is_not_retried() -> None:
    state = after(answer(), state=with_bot())
    assert decide(state, retry_turn(), NOW + timedelta(days=1)) == Decision()
