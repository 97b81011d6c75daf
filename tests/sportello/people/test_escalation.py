"""Handing to people and climbing the tiers, with the settings and the table behind it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from sportello.conversation.effects import Machine, ResumeWorkflow
from sportello.conversation.events import Author, OwnerKind
from sportello.conversation.evolution import fold
from sportello.hours.settings import OpeningHoursSettings
from sportello.language.texts import packaged_texts
from sportello.model import written
from sportello.people.escalation import Escalating
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.sla.clocks import Clock, ClockKind, ClockState, PromiseTerms
from sportello.sla.settings import SlaSettings
from sportello.table.desk import Step
from sportello.table.items import Conversation
from support.builders import (
    CONVERSATION,
    NIGHT,
    NOW,
    TERMS,
    accept,
    an_address,
    an_item,
    answer,
    decline,
    receive,
    reply,
    request_human,
    resolve,
    seconds,
)
from support.clouds.working_desk import ONE_TARGET, WorkingDesk, texts, working_desk

UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"
TIERS = [
    {"name": "first_line", "endpoints": ["desk"], "ring_seconds": 30},
    {"name": "second_line", "endpoints": ["desk", "boss"], "agents": ["anna", "bruno"]},
]


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        empty.configure(
            QueueSettings, queues={"default": {"tiers": TIERS, "alert_endpoints": ["boss"]}}
        )
        yield empty


def hand_over(office: WorkingDesk, text: str = UNKNOWN) -> str:
    office.say(text)
    return office.state.handoff_id


def first_response(office: WorkingDesk) -> Clock:
    clocks = office.state.clocks
    return next(clock for clock in clocks if clock.kind is ClockKind.FIRST_RESPONSE)


def offer(office: WorkingDesk, tier: int = 0, token: str = "token-1") -> None:  # noqa: S107 -- it opens nothing
    office.escalating.offer(CONVERSATION, office.state.handoff_id, tier, token, office.now)


def resumed(office: WorkingDesk) -> list[tuple[str, Any]]:
    effects = [record.effect for record in office.effects()]
    return [(e.task_token, e.output["outcome"]) for e in effects if isinstance(e, ResumeWorkflow)]


# --- handing over -----------------------------------------------------------------------------


def test_a_handoff_in_opening_hours_rings_at_once_and_clocks_from_the_message(
    office: WorkingDesk,
) -> None:
    office.receive(office.write(UNKNOWN))
    office.pass_time(seconds(20))
    office.hand_over("unknown_question")
    clock = first_response(office)
    assert (clock.policy, clock.started_at) == ("messaging", NOW)
    assert clock.due_at == NOW + seconds(300)
    escalation = next(w for w in office.workflows() if w.machine is Machine.ESCALATION)
    assert escalation.input["start_at"] == written(office.now)
    assert escalation.input["tiers"] == [
        {"name": "first_line", "ring_seconds": 30},
        {"name": "second_line", "ring_seconds": 60},
    ]
    assert texts(office.messages()) == [packaged_texts("it")["handoff"]]


def test_a_handoff_at_night_waits_for_the_morning(office: WorkingDesk) -> None:
    office.now = NIGHT
    hand_over(office)
    clock = first_response(office)
    morning = NIGHT.replace(day=5, hour=8, minute=0)
    assert clock.due_at == morning + seconds(300)
    escalation = next(w for w in office.workflows() if w.machine is Machine.ESCALATION)
    assert escalation.input["start_at"] == written(morning)
    assert [message.key[:12] for message in office.messages()] == ["out_of_hours"]


def test_who_waits_for_the_same_opening_longer_rings_before(office: WorkingDesk) -> None:
    office.now = NIGHT
    for command in (receive(an_item(sent_at=NIGHT)), request_human()):
        step = Step(command=command, terms=TERMS, address=an_address())
        office.desk.act("somebody else", lambda _, step=step: step, NIGHT)  # type: ignore[misc] # bound at once
    office.pass_time(seconds(60))
    hand_over(office)
    ladders = [w.input["start_at"] for w in office.workflows() if w.machine is Machine.ESCALATION]
    assert ladders == ["2026-03-05T08:00:00Z", "2026-03-05T08:00:01Z"]


def test_a_second_handoff_in_the_same_night_says_it_no_second_time(office: WorkingDesk) -> None:
    office.now = NIGHT
    hand_over(office)
    office.ask(accept())
    office.ask(resolve())
    office.say(UNKNOWN, turn_id="turn-2")
    assert office.state.owner.kind is OwnerKind.QUEUE
    assert len(office.messages()) == 1


def test_a_queue_that_never_opens_is_rung_at_once(office: WorkingDesk) -> None:
    office.configure(
        OpeningHoursSettings, calendars={"default": {"time_zone": "Europe/Rome", "weekly": {}}}
    )
    hand_over(office)
    clock = first_response(office)
    assert clock.due_at == NOW + seconds(300)


def test_a_calendar_about_to_end_still_gives_a_due_time(office: WorkingDesk) -> None:
    only_today = {
        "time_zone": "Europe/Rome",
        "weekly": {},
        "special": {"2026-03-04": [["10:00", "12:00"]]},
    }
    office.configure(OpeningHoursSettings, calendars={"default": only_today})
    slow = {"name": "slow", "targets": {"first_response": {"seconds": 36_000}}}
    office.configure(SlaSettings, policies=[slow])
    hand_over(office)
    clock = first_response(office)
    assert (clock.due_at, clock.calendar) == (NOW + seconds(36_000), "")
    assert office.state.owner.kind is OwnerKind.QUEUE


def test_a_failed_bot_is_owned_up_to(office: WorkingDesk) -> None:
    office.receive(office.write(UNKNOWN))
    office.hand_over("bot_failed")
    assert texts(office.messages()) == [packaged_texts("it")["bot_failed"]]


def test_a_handoff_asked_for_twice_is_one(office: WorkingDesk) -> None:
    hand_over(office)
    before = office.state
    office.hand_over()
    assert office.state == before


# --- offering ---------------------------------------------------------------------------------


def test_people_are_rung_with_all_that_was_said(office: WorkingDesk) -> None:
    office.say("Quanto tempo ci vuole per la consegna?", display_name="Anna Bianchi")
    office.pass_time(seconds(5))
    hand_over(office, UNKNOWN)
    office.pass_time(seconds(1))
    offer(office)
    (notice,) = [n for n in office.notices() if n.notice == "conversation.offered"]
    data = notice.data
    assert data["customer"] == {"display_name": "Anna Bianchi", "language": "it"}
    assert [entry["author"] for entry in data["transcript"]] == [
        "customer",
        "bot",
        "customer",
        "system",
    ]
    assert data["transcript"][2]["text"] == UNKNOWN
    assert data["clocks"][0]["kind"] == "first_response"
    assert (data["reason"], data["episode"]) == ("unknown_question", 1)


def test_people_are_rung_with_what_the_customer_sees(office: WorkingDesk) -> None:
    office.say("Quanto tempo ci vuole per la consegna?", origin={"kind": "link", "reference": "qr"})
    office.pass_time(seconds(5))
    office.receive(
        office.write(
            "",
            in_reply_to="message-1",
            attachments=[{"kind": "contact", "name": "Studio", "phones": ["+39 06 0000000"]}],
        ),
        turn_id="turn-2",
    )
    office.hand_over("nothing_to_read", "turn-2")
    offer(office)
    (notice,) = [n for n in office.notices() if n.notice == "conversation.offered"]
    assert notice.data["customer"]["origin"] == {"kind": "link", "reference": "qr"}
    question, contact = (
        entry for entry in notice.data["transcript"] if entry["author"] == "customer"
    )
    assert contact["detail"]["attachments"][0]["phones"] == ["+39 06 0000000"]
    assert contact["detail"]["refers_to"]["item_id"] == question["detail"]["item_id"]


def test_details_leave_room_for_words_in_a_notice(office: WorkingDesk) -> None:
    lines = [{"product_id": "x" * 250} for _ in range(100)]
    basket = [{"kind": "order", "lines": lines}]
    office.receive(office.write("E la consegna?", attachments=basket))
    office.hand_over()
    offer(office)
    (notice,) = [n for n in office.notices() if n.notice == "conversation.offered"]
    assert notice.data["transcript"][0]["text"] == "E la consegna?"
    assert notice.data["transcript"][0]["detail"] == {}


def test_people_are_rung_without_a_language_where_nobody_knows_it(office: WorkingDesk) -> None:
    hand_over(office, "12345")
    offer(office)
    (notice,) = [n for n in office.notices() if n.notice == "conversation.offered"]
    assert notice.data["customer"]["language"] is None


def test_a_long_story_does_not_keep_people_from_being_rung(office: WorkingDesk) -> None:
    office.configure(
        QueueSettings,
        queues={"default": {"tiers": [{"name": "all", "endpoints": [f"e{n}" for n in range(20)]}]}},
    )
    office.configure(AgentEndpointSettings, endpoints={"e7": {"notifier": "webhook"}})
    for number in range(14):
        office.pass_time(seconds(1))
        office.receive(office.write(f"{number:02}" + "💬" * 4_094), turn_id=f"turn-{number}")
    office.hand_over(turn_id="turn-0")
    offer(office)
    notices = [n for n in office.notices() if n.notice == "conversation.offered"]
    assert len(notices) == 20
    told = [entry["text"][:2] for entry in notices[0].data["transcript"]]
    assert told[-2:] == ["13", packaged_texts("it")["handoff"][:2]]
    assert told[0] > "08"


def test_the_ladder_climbs_until_everyone_was_rung(office: WorkingDesk) -> None:
    handoff_id = hand_over(office)
    offer(office, 0)
    office.pass_time(seconds(30))
    offer(office, 1, "token-2")
    office.pass_time(seconds(60))
    office.escalating.exhaust(CONVERSATION, handoff_id, office.now)
    assert sorted((notice.notice, notice.endpoint) for notice in office.notices()) == [
        ("conversation.offered", "boss"),
        ("conversation.offered", "desk"),
        ("conversation.offered", "desk"),
        ("ladder.exhausted", "boss"),
        ("offer.expired", "boss"),
        ("offer.expired", "desk"),
        ("offer.expired", "desk"),
    ]
    assert office.state.owner.kind is OwnerKind.QUEUE


def test_all_named_agents_declining_sends_the_token_back(office: WorkingDesk) -> None:
    hand_over(office)
    offer(office, 1)
    office.ask(decline("anna"))
    assert resumed(office) == []
    office.ask(decline("bruno"))
    assert resumed(office) == [("token-1", "declined")]


def test_a_tier_removed_meanwhile_rings_nobody(office: WorkingDesk) -> None:
    hand_over(office)
    office.configure(QueueSettings, queues={"default": {"tiers": TIERS[:1]}})
    offer(office, 1)
    assert office.notices() == []


def test_a_ladder_for_a_conversation_taken_meanwhile_is_sent_home(office: WorkingDesk) -> None:
    hand_over(office)
    office.ask(accept())
    offer(office)
    assert resumed(office) == [("token-1", "withdrawn")]


# --- time -------------------------------------------------------------------------------------


def timers(office: WorkingDesk) -> list[str]:
    started = [start for start in office.workflows() if start.machine is Machine.SLA_TIMER]
    return [start.input["wake_at"] for start in started]


def tick(office: WorkingDesk, woken_for: Any) -> None:
    office.ticking.tick(CONVERSATION, woken_for, office.now)


def test_timers_wake_for_the_warning_and_for_the_breach(office: WorkingDesk) -> None:
    office.configure(SlaSettings, **ONE_TARGET)
    hand_over(office)
    warn, due = NOW + seconds(240), NOW + seconds(300)
    office.now = warn
    tick(office, warn)
    assert office.state.wake_at == due
    office.now = due
    tick(office, due)
    assert office.state.wake_at is None
    assert timers(office) == [written(warn), written(due)]
    notices = [(notice.notice, notice.endpoint) for notice in office.notices()]
    assert notices == [("clock.imminent", "boss"), ("clock.breaching", "boss")]
    assert [c.state for c in office.state.clocks] == [ClockState.BREACHING]


def test_nothing_wakes_once_the_customer_was_answered(office: WorkingDesk) -> None:
    hand_over(office)
    office.ask(reply())
    office.now = NOW + seconds(240)
    tick(office, office.now)
    assert office.state.wake_at is None
    assert "STATE" not in office.undone()


def test_after_a_timer_that_woke_early_another_one_wakes_in_time(office: WorkingDesk) -> None:
    hand_over(office)
    warn = NOW + seconds(240)
    office.now = warn - seconds(0.5)
    tick(office, warn)
    assert timers(office) == [written(warn), written(warn)]


def test_a_timer_for_a_time_nobody_planned_changes_nothing(office: WorkingDesk) -> None:
    hand_over(office)
    before = office.state
    office.now = NOW + seconds(100)
    tick(office, NOW + seconds(99))
    assert office.state == before


def test_the_log_of_it_all_is_the_state(office: WorkingDesk) -> None:
    hand_over(office)
    offer(office)
    office.ask(accept())
    office.pass_time(timedelta(hours=1))
    tick(office, NOW + seconds(240))
    office.ask(reply())
    office.ask(resolve())
    log = reversed(office.table.log_page(CONVERSATION, 1_000))
    assert fold(event for entry in log for event in entry.events) == office.state


def test_endpoints_named_twice_are_rung_once(office: WorkingDesk) -> None:
    endpoint = {"notifier": "webhook", "url": "https://desk.example/hook"}
    office.configure(AgentEndpointSettings, endpoints={"desk": endpoint})
    twice = {"name": "first_line", "endpoints": ["desk", "desk"]}
    office.configure(QueueSettings, queues={"default": {"tiers": [twice]}})
    hand_over(office)
    offer(office)
    assert len(office.notices()) == 1


def ladders(office: WorkingDesk) -> list[str]:
    """When each ladder of the conversation begins to climb, in order."""
    started = [start for start in office.workflows() if start.machine is Machine.ESCALATION]
    return sorted(start.input["start_at"] for start in started)


def test_who_waits_when_the_desk_closes_is_told_and_rung_for_at_the_opening(
    office: WorkingDesk,
) -> None:
    closing, opening = NOW.replace(hour=17), (NOW + timedelta(days=1)).replace(hour=8)
    office.now = closing - seconds(30)
    hand_over(office)
    offer(office, tier=0, token="token-1")
    office.now = closing + seconds(30)
    offer(office, tier=1, token="token-2")
    assert ladders(office) == [written(closing - seconds(30)), written(opening)]
    assert resumed(office) == [("token-2", "withdrawn")]
    assert "riapre domani alle 9:00" in office.messages()[-1].text
    office.now = opening
    offer(office, tier=0, token="token-3")
    assert office.state.offer is not None


def test_a_ladder_that_ends_after_closing_climbs_again_at_the_opening(office: WorkingDesk) -> None:
    closing, opening = NOW.replace(hour=17), (NOW + timedelta(days=1)).replace(hour=8)
    office.now = closing - seconds(30)
    hand_over(office)
    offer(office, tier=1, token="token-1")
    office.now = closing + seconds(90)
    office.escalating.exhaust(CONVERSATION, office.state.handoff_id, office.now)
    assert ladders(office)[-1] == written(opening)
    assert not office.state.ladder_exhausted
    assert "ladder.exhausted" not in {notice.notice for notice in office.notices()}


def test_a_day_closed_at_short_notice_rings_nobody(office: WorkingDesk) -> None:
    office.now = NIGHT
    hand_over(office)
    document = OpeningHoursSettings().model_dump(mode="json")
    document["calendars"]["default"]["closed"] = ["2026-03-05"]
    office.configure(OpeningHoursSettings, **document)
    office.now = (NOW + timedelta(days=1)).replace(hour=8)  # an opening when the ladder fell asleep
    offer(office)
    assert "conversation.offered" not in {notice.notice for notice in office.notices()}
    assert ladders(office)[-1] == "2026-03-06T08:00:00Z"


# --- round after round ------------------------------------------------------------------------


def endpoints(*names: str) -> dict[str, Any]:
    return {name: {"notifier": "webhook", "url": f"https://{name}.example/hook"} for name in names}


class KnownPlaces:
    """Agents at work as a test has them; remembers for whom one was looked for."""

    def __init__(self, *queues: str) -> None:
        self.looked_for: list[str] = []
        self._queues = queues

    def place(
        self, conversation_id: str, _now: datetime, _start: Conversation | None = None, /
    ) -> None:
        self.looked_for.append(conversation_id)

    def anybody_at(self, queue: str) -> bool:
        return queue in self._queues


def with_places(office: WorkingDesk, *queues: str) -> KnownPlaces:
    places = KnownPlaces(*queues)
    office.escalating = Escalating(office.desk, office.settings, places)
    return places


def rung_with(office: WorkingDesk, notice: str) -> list[str]:
    return [each.endpoint for each in office.notices() if each.notice == notice]


def test_a_tier_may_ring_supervisors_and_the_people_of_other_queues(office: WorkingDesk) -> None:
    overflow = {"name": "overflow", "supervisors": True, "queues": ["sales"], "endpoints": ["own"]}
    queues = {
        "default": {"tiers": [overflow], "alert_endpoints": ["boss"]},
        "sales": {"tiers": [{"name": "s", "endpoints": ["shop"]}], "alert_endpoints": ["none"]},
    }
    office.configure(QueueSettings, queues=queues)
    office.configure(AgentEndpointSettings, endpoints=endpoints("own", "boss", "shop"))
    hand_over(office)
    offer(office)
    assert set(rung_with(office, "conversation.offered")) == {"own", "boss", "shop"}


def test_a_round_in_vain_says_when_and_what_the_next_one_rings(office: WorkingDesk) -> None:
    hand_over(office)
    first = office.escalating.exhaust(CONVERSATION, office.state.handoff_id, office.now, 0)
    assert (first.waits, first.pause_seconds) == (True, 30)
    assert [tier.ring_seconds for tier in first.tiers] == [30, 60]
    again = office.escalating.exhaust(CONVERSATION, office.state.handoff_id, office.now, 0)
    assert again == first
    second = office.escalating.exhaust(CONVERSATION, office.state.handoff_id, office.now, 1)
    assert second.pause_seconds == 60


def test_a_ladder_ends_whose_conversation_was_taken(office: WorkingDesk) -> None:
    handoff_id = hand_over(office)
    office.ask(accept())
    assert not office.escalating.exhaust(CONVERSATION, handoff_id, office.now, 0).waits


def test_a_machine_that_goes_round_no_more_leaves_the_rounds_to_another(
    office: WorkingDesk,
) -> None:
    handoff_id = hand_over(office)
    assert not office.escalating.exhaust(CONVERSATION, handoff_id, office.now, None).waits
    assert ladders(office) == [written(NOW), written(NOW + seconds(30))]


def test_each_tier_of_each_round_has_an_agent_looked_for(office: WorkingDesk) -> None:
    places = with_places(office)
    handoff_id = hand_over(office)
    offer(office, 0, "token-1")
    offer(office, 1, "token-2")
    office.escalating.exhaust(CONVERSATION, handoff_id, office.now, 0)
    assert places.looked_for == [CONVERSATION] * 2
    office.ask(accept())
    office.escalating.offer(CONVERSATION, handoff_id, 0, "token-3", office.now, 1)
    assert places.looked_for == [CONVERSATION] * 2


def test_in_a_queue_without_tiers_each_round_looks_for_an_agent(office: WorkingDesk) -> None:
    office.configure(QueueSettings, queues={"default": {"tiers": []}})
    places = with_places(office)
    handoff_id = hand_over(office)
    for number in range(2):
        assert office.escalating.exhaust(CONVERSATION, handoff_id, office.now, number).waits
    assert places.looked_for == [CONVERSATION] * 2


def test_an_agent_at_work_is_somebody_whom_customers_may_count_on(office: WorkingDesk) -> None:
    office.configure(AgentEndpointSettings, endpoints={})
    with_places(office, "default")
    hand_over(office)
    assert texts(office.messages()) == [packaged_texts("it")["handoff"]]


def test_an_agent_of_another_queue_is_nobody_to_count_on(office: WorkingDesk) -> None:
    office.configure(AgentEndpointSettings, endpoints={})
    with_places(office, "sales")
    hand_over(office)
    assert texts(office.messages()) == [packaged_texts("it")["handoff_unattended"]]


def promise_as_bot(office: WorkingDesk, turn_id: str, within_seconds: int = 60) -> None:
    item_id = office.write("Mi richiamate?")
    office.receive(item_id, turn_id=turn_id)
    said = answer(item_id, turn_id=turn_id)
    terms = PromiseTerms(within_seconds=within_seconds)
    office.ask(said.model_copy(update={"promise": terms}))


def test_promises_broken_by_one_late_tick_are_apologised_for_by_their_own_times(
    office: WorkingDesk,
) -> None:
    promise_as_bot(office, "turn-1")
    promise_as_bot(office, "turn-2", within_seconds=600)
    office.pass_time(seconds(660))
    for _ in range(2):
        office.ticking.tick(CONVERSATION, office.state.wake_at, office.now)
    sorry = [m.text for m in office.messages() if m.author is Author.SYSTEM]
    assert sorted(re.findall(r"11:\d\d", " ".join(sorry))) == ["11:01", "11:10"]


def test_clocks_that_are_due_at_once_ring_no_more_people_than_a_transaction_holds(
    office: WorkingDesk,
) -> None:
    rung = [f"desk-{number}" for number in range(20)]
    queue = {
        "tiers": [{"name": "first_line", "endpoints": rung}],
        "alert_endpoints": [f"boss-{number}" for number in range(20)],
    }
    office.configure(QueueSettings, queues={"default": queue})
    actions = {"remind_agents": True, "alert_supervisors": True}
    target = {"seconds": 300, "around_the_clock": True, "at_breach": actions}
    targets = dict.fromkeys(("first_response", "queue_wait", "resolution"), target)
    office.configure(SlaSettings, policies=[{"name": "all", "targets": targets}])
    hand_over(office)
    offer(office)
    office.pass_time(seconds(400))
    while office.state.wake_at is not None:
        office.ticking.tick(CONVERSATION, office.state.wake_at, office.now)
    assert {clock.state for clock in office.state.clocks} == {ClockState.BREACHING}
    assert sum(n.notice == "clock.breaching" for n in office.notices()) == 3 * (20 + 20)


def test_each_broken_promise_is_apologised_for_by_its_own_time(office: WorkingDesk) -> None:
    promise_as_bot(office, "turn-1")
    office.pass_time(seconds(60))
    office.ticking.tick(CONVERSATION, None, office.now)
    office.pass_time(seconds(540))
    promise_as_bot(office, "turn-2")
    office.pass_time(seconds(60))
    office.ticking.tick(CONVERSATION, None, office.now)
    sorry = [m.text for m in office.messages() if m.author is Author.SYSTEM]
    assert ["11:01" in sorry[0], "11:11" in sorry[1]] == [True, True]
    assert len(sorry) == 2
