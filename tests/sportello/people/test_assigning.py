"""Who waits is brought to who has room: from the conversation's side and from the agent's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sportello.conversation.commands import Accept, Decline, Reply, Resolve, Snooze, Tick
from sportello.conversation.effects import NotifyAgents, reply_key
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings
from sportello.table.agents.agent_items import SETTLED_WITHIN, claim_attributes, place_attributes
from sportello.table.items import EffectRecord
from support.builders import NIGHT, NOW, an_item, receive, seconds
from support.clouds.metered import metered
from support.clouds.staffed_desk import A_SHIFT, StaffedDesk, staffed_desk

OFFER_SECONDS = 30
TWO_CHATS = {"capacity": 4}


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    with staffed_desk() as empty:
        yield empty


def accept(office: StaffedDesk, name: str, agent_id: str) -> None:
    office.ask(name, Accept(agent_id=agent_id))


def reply(office: StaffedDesk, name: str, agent_id: str) -> None:
    office.ask(name, Reply(agent_id=agent_id, key=reply_key(agent_id, name), text="Eccomi."))


def with_queue(office: StaffedDesk, **routing: object) -> None:
    office.configure(QueueSettings, queues={"default": {"routing": routing}})


# --- a conversation looks for somebody ----------------------------------------------------------


def test_who_waits_is_put_before_the_agent_who_has_been_idle_longest(office: StaffedDesk) -> None:
    office.at_work("bruno")
    office.pass_time(10)
    office.at_work("anna")
    office.waits("c1")
    offer = office.state("c1").personal_offer
    assert offer is not None
    assert (offer.agent_id, offer.units) == ("bruno", 2)
    assert offer.expires_at == NOW + seconds(10 + OFFER_SECONDS)


def test_who_was_just_asked_comes_last(office: StaffedDesk) -> None:
    office.at_work("anna", "bruno")
    office.pass_time(1)
    office.waits("c1", "c2", "c3")
    assert [office.asked_for(name) for name in ("c1", "c2", "c3")] == ["anna", "bruno", "anna"]


def test_where_nobody_is_at_work_nobody_is_asked_and_the_place_is_kept(office: StaffedDesk) -> None:
    office.waits("c1")
    assert office.asked_for("c1") == ""
    assert [waiting.conversation_id for waiting in office.line()] == ["c1"]


def test_whoever_is_asked_for_stands_in_line_no_more(office: StaffedDesk) -> None:
    office.at_work("anna")
    office.waits("c1")
    assert office.line() == []
    assert office.held() == {"anna": {"c1"}}


def test_who_declines_is_passed_by_and_the_next_one_is_asked(office: StaffedDesk) -> None:
    office.at_work("anna", "bruno")
    office.waits("c1")
    office.ask("c1", Decline(agent_id="anna"))
    office.place("c1")
    assert office.asked_for("c1") == "bruno"
    assert office.held() == {"bruno": {"c1"}}


def test_an_offer_nobody_answers_goes_on_to_the_next_at_its_end(office: StaffedDesk) -> None:
    office.at_work("anna", "bruno")
    office.waits("c1")
    office.pass_time(OFFER_SECONDS)
    office.ask("c1", Tick(woken_for=None))
    office.place("c1")
    assert office.asked_for("c1") == "bruno"


def test_nobody_is_given_more_than_they_have_room_for(office: StaffedDesk) -> None:
    office.at_work("anna", **TWO_CHATS)
    office.waits("c1", "c2", "c3")
    assert [office.asked_for(name) for name in ("c1", "c2", "c3")] == ["anna", "anna", ""]


def test_an_assignment_needs_no_acceptance(office: StaffedDesk) -> None:
    with_queue(office, assignment="assign")
    office.at_work("anna")
    office.waits("c1")
    assert office.state("c1").owner.name == "anna"
    assert office.held() == {"anna": {"c1"}}


def test_an_agents_own_bells_ring_with_the_story(office: StaffedDesk) -> None:
    bell = {"notifier": "webhook", "url": "https://anna.example/"}
    office.at_work("anna", endpoints={"phone": bell})
    office.waits("c1")
    effects = [EffectRecord.from_attributes(item).effect for item in office.items("effect")]
    (ring,) = (e for e in effects if isinstance(e, NotifyAgents) and e.endpoint.startswith("@"))
    assert (ring.endpoint, ring.notice) == ("@anna/phone", "conversation.offered")
    assert ring.data["customer"] == {"display_name": "", "language": "it"}


def test_while_the_queue_is_closed_nobody_is_asked(office: StaffedDesk) -> None:
    office.now = NIGHT
    office.at_work("anna")
    office.waits("c1")
    office.settle("anna", unasked=True)
    assert office.asked_for("c1") == ""


def test_who_had_it_last_is_asked_first_wherever_they_stand(office: StaffedDesk) -> None:
    office.at_work(*(f"agent-{number:02}" for number in range(30)))
    office.waits("c1")
    first = office.asked_for("c1")
    accept(office, "c1", first)
    reply(office, "c1", first)
    office.ask("c1", Resolve(agent_id=first))
    office.settle_all()
    office.pass_time(10)
    office.ask("c1", receive(an_item("again", office.now), turn_id="turn-2"))
    hand_over = office.hand_over("c1", "turn-2")
    assert hand_over.last_agent == first
    office.place("c1")
    assert office.asked_for("c1") == first


def test_the_agents_of_another_queue_are_asked_when_its_time_has_come(office: StaffedDesk) -> None:
    overflow = [{"queue": "vip", "after_seconds": 60}]
    office.configure(
        QueueSettings, queues={"default": {"routing": {"overflow": overflow}}, "vip": {}}
    )
    office.at_work("anna", queues=("vip",))
    office.waits("c1")
    assert office.asked_for("c1") == ""
    office.pass_time(60)
    office.place("c1")
    assert office.asked_for("c1") == "anna"


# --- an agent has room --------------------------------------------------------------------------


def test_who_comes_to_work_is_asked_for_whoever_waits_longest(office: StaffedDesk) -> None:
    office.waits("c1", "c2", "c3")
    office.at_work("anna", **TWO_CHATS)
    assert [office.asked_for(name) for name in ("c1", "c2", "c3")] == ["anna", "anna", ""]
    assert [waiting.conversation_id for waiting in office.line()] == ["c3"]


def test_whose_conversation_ends_is_asked_for_the_next_one(office: StaffedDesk) -> None:
    office.at_work("anna", capacity=2)
    office.waits("c1", "c2")
    accept(office, "c1", "anna")
    reply(office, "c1", "anna")
    office.settle_all()
    assert office.asked_for("c2") == ""
    office.ask("c1", Resolve(agent_id="anna"))
    assert office.asked() == ["anna"]
    office.settle_all()
    assert office.asked_for("c2") == "anna"


def test_what_the_customer_does_not_answer_takes_no_room_after_a_while(office: StaffedDesk) -> None:
    office.at_work("anna", capacity=2)
    office.waits("c1", "c2")
    accept(office, "c1", "anna")
    reply(office, "c1", "anna")
    office.settle_all()
    idle_after = RoutingSettings().idle_after_seconds
    look_at = office.look_at("anna")
    assert look_at is not None
    assert look_at <= office.now + timedelta(minutes=1)
    office.pass_time(idle_after)
    office.settle("anna", unasked=True)
    assert office.asked_for("c2") == "anna"


def test_an_agent_over_capacity_has_no_seat_and_is_still_there(office: StaffedDesk) -> None:
    office.at_work("anna", capacity=2)
    for name in ("c1", "c2"):
        office.queue(name)
        accept(office, name, "anna")
    office.settle_all()
    assert office.seats()["default", "anna"].room == 0
    assert office.assigning.anybody_at("default")
    office.waits("c3")
    assert office.asked_for("c3") == ""


@pytest.mark.parametrize("presence", [Presence.AWAY, Presence.BUSY, Presence.OFFLINE])
def test_who_is_not_available_has_no_seat(office: StaffedDesk, presence: Presence) -> None:
    office.at_work("anna")
    office.present("anna", presence)
    office.settle_all()
    assert office.seats() == {}
    assert not office.assigning.anybody_at("default")
    office.waits("c1")
    assert office.asked_for("c1") == ""


def test_who_speaks_another_language_is_asked_only_later(office: StaffedDesk) -> None:
    office.at_work("anna", languages=("en",))
    office.waits("c1")
    assert office.asked_for("c1") == ""
    office.pass_time(300)
    office.settle("anna", unasked=True)
    assert office.asked_for("c1") == "anna"


def test_an_agent_takes_from_every_line_whoever_came_first(office: StaffedDesk) -> None:
    office.waits("c1", language="en")
    office.waits("c2", language="")
    office.waits("c3", language="it")
    office.at_work("anna", **TWO_CHATS)
    assert [office.asked_for(name) for name in ("c1", "c2", "c3")] == ["anna", "anna", ""]


def test_who_works_by_a_calendar_has_seats_only_then(office: StaffedDesk) -> None:
    mornings = {"time_zone": "UTC", "weekly": {"wed": [("08:00", "12:00")]}}
    office.configure(
        OpeningHoursSettings, calendars={"default": {"time_zone": "UTC"}} | {"mornings": mornings}
    )
    office.at_work("anna", calendar="mornings")
    assert office.look_at("anna") == NOW.replace(hour=12)
    office.now = NOW.replace(hour=12)
    office.settle("anna", unasked=True)
    assert office.seats() == {}


# --- an agent leaves ----------------------------------------------------------------------------


def leaves(office: StaffedDesk, agent_id: str) -> None:
    office.present(agent_id, Presence.OFFLINE)
    office.settle_all()


def test_whose_customer_waits_is_put_before_another_agent(office: StaffedDesk) -> None:
    office.at_work("anna", "bruno")
    office.waits("c1")
    accept(office, "c1", "anna")
    leaves(office, "anna")
    assert office.asked_for("c1") == "bruno"
    assert office.held() == {"bruno": {"c1"}}


def test_who_is_being_asked_and_leaves_is_asked_no_more(office: StaffedDesk) -> None:
    office.at_work("anna")
    office.waits("c1")
    leaves(office, "anna")
    assert office.state("c1").personal_offer is None
    assert [waiting.conversation_id for waiting in office.line()] == ["c1"]


def test_what_was_answered_stays_with_who_has_left(office: StaffedDesk) -> None:
    office.at_work("anna")
    office.waits("c1")
    accept(office, "c1", "anna")
    reply(office, "c1", "anna")
    leaves(office, "anna")
    assert office.state("c1").owner.name == "anna"


def test_of_what_was_answered_nothing_is_read_when_its_agent_leaves(office: StaffedDesk) -> None:
    office.at_work("anna")
    office.waits("c1")
    accept(office, "c1", "anna")
    reply(office, "c1", "anna")
    office.settle_all()
    office.present("anna", Presence.OFFLINE)
    with metered(office.table) as usage:
        office.settle("anna")
    assert usage.calls["BatchGetItem"] == 0


def test_all_goes_back_where_the_business_wants_it(office: StaffedDesk) -> None:
    office.configure(RoutingSettings, when_an_agent_leaves="all")
    office.at_work("anna")
    office.waits("c1")
    accept(office, "c1", "anna")
    reply(office, "c1", "anna")
    leaves(office, "anna")
    assert office.state("c1").owner.kind == "queue"


def test_nothing_goes_back_where_the_business_does_not_want_it(office: StaffedDesk) -> None:
    office.configure(RoutingSettings, when_an_agent_leaves="none")
    office.at_work("anna")
    office.waits("c1", "c2")
    accept(office, "c1", "anna")
    leaves(office, "anna")
    assert office.state("c1").owner.name == "anna"
    assert office.asked_for("c2") == ""


def test_a_presence_without_a_sign_of_life_ends_as_if_they_had_left(office: StaffedDesk) -> None:
    office.at_work("anna")
    office.waits("c1")
    accept(office, "c1", "anna")
    office.settle_all()
    assert office.look_at("anna") == NOW + A_SHIFT
    office.now = NOW + A_SHIFT
    office.settle("anna", unasked=True)
    assert office.state("c1").owner.kind == "queue"
    assert office.seats() == {}


def test_who_takes_something_by_hand_after_leaving_keeps_it(office: StaffedDesk) -> None:
    office.at_work("anna")
    leaves(office, "anna")
    office.pass_time(5)
    office.waits("c1")
    accept(office, "c1", "anna")
    office.settle_all()
    assert office.state("c1").owner.name == "anna"


def test_who_never_told_a_presence_has_not_left(office: StaffedDesk) -> None:
    office.waits("c1")
    accept(office, "c1", "anna")
    office.settle_all()
    assert office.state("c1").owner.name == "anna"
    assert office.held() == {"anna": {"c1"}}


# --- what an earlier version of the code has left -----------------------------------------------


def test_who_waits_without_a_place_is_given_one(office: StaffedDesk) -> None:
    office.queue("c1")
    office.remove("place")
    office.place("c1")
    assert [waiting.conversation_id for waiting in office.line()] == ["c1"]


def test_a_place_of_who_waits_no_more_is_taken_out_of_the_line(office: StaffedDesk) -> None:
    office.waits("c1", "c2")
    (left_over,) = (each for each in office.line() if each.conversation_id == "c1")
    accept(office, "c1", "bruno")
    office.put(place_attributes(left_over))
    office.at_work("anna")
    assert office.line() == []
    assert (office.asked_for("c1"), office.asked_for("c2")) == ("bruno", "anna")


def test_a_claim_of_what_somebody_else_has_is_forgotten(office: StaffedDesk) -> None:
    office.at_work("anna", capacity=2)
    office.waits("c1")
    accept(office, "c1", "anna")
    (left_over,) = office.agent("anna").claims
    office.ask("c1", Resolve(agent_id="anna"))
    office.put(claim_attributes("anna", left_over))
    office.settle("anna", unasked=True)
    assert office.held() == {}
    assert office.seats()["default", "anna"].room == 2


def test_a_claim_that_stands_is_not_forgotten(office: StaffedDesk) -> None:
    office.at_work("anna", capacity=2)
    office.waits("c1")
    accept(office, "c1", "anna")
    office.settle_all()
    office.settle("anna", unasked=True)
    assert office.held() == {"anna": {"c1"}}


# --- when an agent is looked at -----------------------------------------------------------------


def test_an_agent_is_settled_once_for_all_that_was_asked(office: StaffedDesk) -> None:
    office.comes("anna")
    assert office.look_at("anna") == NOW + SETTLED_WITHIN
    office.settle("anna")
    assert office.asked() == []
    office.queue("c1")
    office.settle("anna")
    assert office.asked_for("c1") == ""


def test_who_is_offline_is_looked_at_no_more(office: StaffedDesk) -> None:
    office.at_work("anna")
    leaves(office, "anna")
    assert office.look_at("anna") is None


def test_a_snoozed_conversation_takes_no_room(office: StaffedDesk) -> None:
    office.at_work("anna", capacity=2)
    office.waits("c1")
    accept(office, "c1", "anna")
    office.ask("c1", Snooze(agent_id="anna", until=office.now + timedelta(hours=1)))
    office.settle_all()
    assert office.held() == {}
    assert office.seats()["default", "anna"].room == 2


# --- who may be asked only later ----------------------------------------------------------------


def test_who_may_be_given_somebody_later_is_looked_at_then(office: StaffedDesk) -> None:
    office.at_work("anna", languages=("en",))
    office.waits("c1")
    assert office.look_at("anna") == NOW + seconds(300)


def test_who_comes_while_somebody_of_another_language_waits_is_looked_at_then(
    office: StaffedDesk,
) -> None:
    office.waits("c1")
    office.at_work("anna", languages=("en",))
    assert office.look_at("anna") == NOW + seconds(300)


def test_who_serves_the_queue_of_the_overflow_is_looked_at_when_it_begins(
    office: StaffedDesk,
) -> None:
    overflow = [{"queue": "vip", "after_seconds": 60}]
    office.configure(
        QueueSettings, queues={"default": {"routing": {"overflow": overflow}}, "vip": {}}
    )
    office.at_work("anna", queues=("vip",))
    office.waits("c1")
    assert office.look_at("anna") == NOW + seconds(60)
    office.now = NOW + seconds(60)
    office.settle("anna", unasked=True)
    assert office.asked_for("c1") == "anna"


def test_who_is_looked_at_sooner_is_not_looked_at_later(office: StaffedDesk) -> None:
    office.at_work("anna", languages=("en",))
    office.present("anna", Presence.AVAILABLE, timedelta(seconds=100))
    office.settle("anna")
    office.waits("c1")
    assert office.look_at("anna") == NOW + seconds(100)


def test_who_is_being_settled_while_somebody_comes_stays_to_be_settled(
    office: StaffedDesk,
) -> None:
    office.at_work("anna", languages=("en",))
    office.describe("anna", languages=("en",), display_name="Anna")
    before = office.table.agents.record("anna")
    office.waits("c1")
    assert not office.table.agents.note_settled(before, None)
    assert office.asked() == ["anna"]
