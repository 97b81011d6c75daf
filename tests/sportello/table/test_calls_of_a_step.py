"""What each step asks of DynamoDB: whoever adds a call does so knowingly."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from sportello.bot.settings import FaqSettings
from sportello.dispatch.sweep import Sweeping
from sportello.entrypoints import runtime
from sportello.errors import ConfigurationRefused, NotConfigured
from sportello.intake.receiving import Receiving
from sportello.language.languages import languages
from sportello.messaging.identifiers import tracker
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.items import DeliveryStatus, InboundItem, Reaction
from sportello.messaging.outbound_channel import Delivery, OutboundMessage, Refusal
from sportello.people.notifying.ringing import Ringing
from sportello.people.placement.assigning import Assigning
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.breaker import SUCCESS_IS_NEWS_AFTER, Breaker
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.settings.kinds import KINDS
from sportello.sla.settings import SlaSettings
from sportello.table.items import EffectRecord, StoredSettings, wait_attributes
from support.agent_calls import call
from support.builders import (
    ACCOUNT,
    CONVERSATION,
    HANDLE,
    KEY,
    NIGHT,
    NOW,
    a_message,
    a_receipt,
    accept,
    reply,
    seconds,
)
from support.clouds.metered import metered
from support.clouds.working_desk import ONE_TARGET, WorkingDesk, working_desk
from support.fakes import SIGNATURE, RecordingNotifier
from support.waits import a_wait

QUESTION = "Quanto tempo ci vuole per la consegna?"
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"
HERE = f"/conversations/{CONVERSATION}"
TIER = {"name": "first_line", "endpoints": ["desk"]}

type Step = Callable[[], object]
type Prepare = Callable[[WorkingDesk], Step]
type Calls = Counter[str]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkingDesk]:
    """A desk that the agent API works on, too."""
    with working_desk() as empty:
        monkeypatch.setattr(runtime, "desk", lambda: empty.desk)
        monkeypatch.setattr(runtime, "table", lambda: empty.table)
        monkeypatch.setattr(runtime, "settings", lambda: empty.settings)
        monkeypatch.setattr(runtime, "utc_now", lambda: empty.now)
        yield empty


# --- a turn -----------------------------------------------------------------------------------


def two_messages_come_in(office: WorkingDesk) -> Step:
    items = [a_message(number=number).model_dump(mode="json") for number in (1, 2)]
    request = WebhookRequest(
        method="POST",
        headers={"x-fake-signature": SIGNATURE},
        query={},
        body=json.dumps(items).encode(),
        received_at=NOW,
    )
    receiving = Receiving(office.adapter, office.table, lambda: KEY)
    return lambda: receiving.receive(request)


def a_run_takes_a_turn(office: WorkingDesk) -> Step:
    item_ids = [office.write("Buongiorno"), office.write(QUESTION)]
    return lambda: office.receive(*item_ids)


def a_run_takes_over_a_turn(office: WorkingDesk) -> Step:
    office.receive(office.write(QUESTION))
    office.pass_time(seconds(100))
    return lambda: office.receive(turn_id="turn-2")


def a_run_finds_its_items_applied(office: WorkingDesk) -> Step:
    item_id = office.write(QUESTION)
    office.receive(item_id)
    return lambda: office.receive(item_id)


def the_bot_answers(office: WorkingDesk) -> Step:
    return bot_run(office, QUESTION)


def the_bot_answers_a_burst_longer_than_was_hinted_at(office: WorkingDesk) -> Step:
    run = bot_run(office, "Buongiorno")
    office.receive(office.write(QUESTION), turn_id="turn-2")
    return run


def the_bot_hands_over(office: WorkingDesk) -> Step:
    return bot_run(office, UNKNOWN)


def the_bot_comes_too_late(office: WorkingDesk) -> Step:
    run = bot_run(office, QUESTION)
    office.ask(reply())
    return run


def bot_run(office: WorkingDesk, text: str) -> Step:
    item_id = office.write(text)
    office.receive(item_id)
    return lambda: office.run(hint=[item_id])


# --- people -----------------------------------------------------------------------------------


def a_person_is_requested(office: WorkingDesk) -> Step:
    office.receive(office.write(UNKNOWN))
    return office.hand_over


def a_person_is_requested_where_waits_are_known(office: WorkingDesk) -> Step:
    for number in range(8):
        wait = a_wait(240, ended_at=NOW - seconds(60 * number), wait_id=str(number))
        office.table._client.put_item(TableName=office.table._name, Item=wait_attributes(wait))
    return a_person_is_requested(office)


def a_person_is_requested_at_night(office: WorkingDesk) -> Step:
    office.now = NIGHT
    return a_person_is_requested(office)


def a_person_is_requested_for_a_turn_that_has_ended(office: WorkingDesk) -> Step:
    office.say(UNKNOWN)
    return office.hand_over


def a_tier_is_rung(office: WorkingDesk) -> Step:
    office.configure(QueueSettings, queues={"default": {"tiers": [TIER]}})
    office.say(UNKNOWN)
    handoff_id = office.state.handoff_id
    return lambda: office.escalating.offer(CONVERSATION, handoff_id, 0, "token-1", office.now)


def a_tier_is_rung_that_nobody_needs(office: WorkingDesk) -> Step:
    ring = a_tier_is_rung(office)
    office.ask(accept())
    return ring


def a_tier_is_rung_behind_closed_doors(office: WorkingDesk) -> Step:
    ring = a_tier_is_rung(office)
    office.now = NIGHT
    return ring


def a_ladder_is_exhausted(office: WorkingDesk) -> Step:
    office.say(UNKNOWN)
    handoff_id = office.state.handoff_id
    return lambda: office.escalating.exhaust(CONVERSATION, handoff_id, office.now)


def an_endpoint_is_rung(office: WorkingDesk) -> Step:
    endpoint = {"notifier": RecordingNotifier.name, "topic": "desk"}
    office.configure(AgentEndpointSettings, endpoints={"desk": endpoint})
    a_tier_is_rung(office)()
    (notice,) = office.notices()
    taken = Breaker(
        settings_hash=AgentEndpoint.model_validate(endpoint).hash, last_success_at=office.now
    )
    office.table.endpoints.note_success("desk", taken)
    ringing = Ringing(RecordingNotifier(), office.table, office.settings, lambda: office.now)
    return lambda: ringing.notify(CONVERSATION, notice.key)


def an_endpoint_is_rung_for_the_first_time_in_an_hour(office: WorkingDesk) -> Step:
    ring = an_endpoint_is_rung(office)
    office.pass_time(SUCCESS_IS_NEWS_AFTER)
    return ring


def an_agent_accepts(office: WorkingDesk) -> Step:
    office.say(UNKNOWN)
    return lambda: ask("POST", "/accept")


def an_agent_replies(office: WorkingDesk) -> Step:
    office.say(UNKNOWN)
    office.ask(accept())
    return lambda: ask("POST", "/replies", {"text": "Eccomi."})


def an_agent_reads_a_conversation(office: WorkingDesk) -> Step:
    office.say(UNKNOWN)
    return lambda: ask("GET", "")


def ask(method: str, action: str, body: object = None) -> None:
    answer = call(method, f"{HERE}{action}", body, headers={"Idempotency-Key": "k-1"})
    assert answer.status in {200, 202}


# --- messages on their way --------------------------------------------------------------------


def the_bots_message_is_delivered(office: WorkingDesk) -> Step:
    office.say(QUESTION)
    return delivery(office)


def a_persons_message_is_delivered(office: WorkingDesk) -> Step:
    office.receive(office.write(UNKNOWN))
    office.ask(reply())
    return delivery(office)


def a_message_is_delivered_while_its_customer_writes(office: WorkingDesk) -> Step:
    office.say(QUESTION)
    deliver, item_id = delivery(office), office.write(UNKNOWN)

    def customer_writes(_message: OutboundMessage) -> Delivery:
        office.receive(item_id, turn_id="turn-2")
        return Delivery.accepted("provider-1")

    office.adapter.outcomes.append(customer_writes)
    return deliver


def a_message_is_delivered_again(office: WorkingDesk) -> Step:
    office.say(QUESTION)
    deliver = delivery(office)
    deliver()
    return deliver


def a_message_is_withdrawn(office: WorkingDesk) -> Step:
    office.say(QUESTION)
    deliver = delivery(office)
    office.ask(reply())
    return deliver


def the_first_message_of_a_process_is_delivered(office: WorkingDesk) -> Step:
    office.say(QUESTION)
    return first_delivery(office)


def a_refusing_channel_holds_a_message(office: WorkingDesk) -> Step:
    office.say(QUESTION)
    deliver = first_delivery(office)

    def refused() -> None:
        office.adapter.outcomes.append(ConfigurationRefused("token", "190"))
        with suppress(ConfigurationRefused):
            deliver()

    return refused


def a_refusing_channel_holds_another_message(office: WorkingDesk) -> Step:
    refused = a_refusing_channel_holds_a_message(office)
    refused()
    return refused


def a_reply_is_refused(office: WorkingDesk) -> Step:
    office.adapter.outcomes.append(Delivery.refused(Refusal.WINDOW_CLOSED, "131047"))
    return a_persons_message_is_delivered(office)


def a_reply_is_refused_with_another_behind_it(office: WorkingDesk) -> Step:
    deliver = a_reply_is_refused(office)
    office.ask(reply(key="2"))
    return deliver


def a_reply_is_reported_to_have_failed(office: WorkingDesk) -> Step:
    a_persons_message_is_delivered(office)()
    sent = tracker(CONVERSATION, office.messages()[0].key)
    return noting(office, a_receipt(DeliveryStatus.REFUSED, sent, error_code="recipient:131026"))


def delivery(office: WorkingDesk) -> Step:
    """Deliver in a process that has sent a message of this account lately."""
    office.table.channels.note_success(office.adapter.name, ACCOUNT, office.now)
    return first_delivery(office)


def first_delivery(office: WorkingDesk) -> Step:
    (message,) = office.messages()
    return lambda: office.delivering.deliver(CONVERSATION, message.key)


def a_button_press_is_acknowledged(office: WorkingDesk) -> Step:
    item_id = office.write("", callback_id="callback-1")
    return lambda: office.delivering.acknowledge(CONVERSATION, item_id)


def a_receipt_is_noted(office: WorkingDesk) -> Step:
    return noting_receipts(office, DeliveryStatus.READ)


def a_receipt_without_news_is_noted(office: WorkingDesk) -> Step:
    return noting_receipts(office, DeliveryStatus.ACCEPTED)


def three_receipts_are_noted(office: WorkingDesk) -> Step:
    return noting_receipts(
        office, DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ
    )


def a_receipt_of_a_message_that_is_gone_is_noted(office: WorkingDesk) -> Step:
    return noting_receipts(office, DeliveryStatus.READ, key="reply:gone")


def noting_receipts(office: WorkingDesk, *statuses: DeliveryStatus, key: str = "") -> Step:
    office.say(QUESTION)
    office.deliver()
    sent = tracker(CONVERSATION, key or office.messages()[0].key)
    return noting(office, *(a_receipt(status, sent, n) for n, status in enumerate(statuses)))


def a_reaction_is_noted(office: WorkingDesk) -> Step:
    office.say(QUESTION)
    reaction = Reaction(
        account_id=ACCOUNT,
        provider_item_id="reaction-1",
        sent_at=NOW,
        handle=HANDLE,
        reply_to=HANDLE,
        original_message_id="message-1",
        emoji="👍",
    )
    return noting(office, reaction)


def noting(office: WorkingDesk, *items: InboundItem) -> Step:
    records = [office.store(item) for item in items]
    return lambda: office.applying.note(CONVERSATION, records, office.now)


# --- time -------------------------------------------------------------------------------------


def a_tick_finds_nothing_due(office: WorkingDesk) -> Step:
    office.configure(SlaSettings, **ONE_TARGET)
    office.say(UNKNOWN)
    return lambda: office.ticking.tick(CONVERSATION, NOW, office.now)


def a_tick_breaches_a_clock(office: WorkingDesk) -> Step:
    office.configure(SlaSettings, **ONE_TARGET)
    office.say(UNKNOWN)
    office.pass_time(seconds(300))
    return lambda: office.ticking.tick(CONVERSATION, office.now, office.now)


def the_sweep_finds_nothing(office: WorkingDesk) -> Step:
    sweeping = Sweeping(
        office.table, office.settings, Nobody(), office.applying, office.escalating, office.ticking
    )
    return lambda: sweeping.sweep(office.now)


def the_sweep_finds_a_late_clock(office: WorkingDesk) -> Step:
    office.configure(SlaSettings, **ONE_TARGET)
    office.say(UNKNOWN)
    office.pass_time(seconds(330))
    return sweep(office)


def the_sweep_finds_a_turn_that_failed_too_often(office: WorkingDesk) -> Step:
    office.receive(office.write(QUESTION))
    for attempt in (2, 3):
        office.pass_time(seconds(100))
        office.receive(turn_id=f"turn-{attempt}")
    office.pass_time(seconds(100))
    return sweep(office)


def sweep(office: WorkingDesk) -> Step:
    """Sweep what is left once all effects of now have been carried out."""
    for record in office.effects():
        office.table.mark_carried_out(CONVERSATION, record.effect.key)
    return the_sweep_finds_nothing(office)


# --- agents -----------------------------------------------------------------------------------


def at_work(office: WorkingDesk, agent_id: str, until: float = 600) -> None:
    agents, now = office.table.agents, office.now
    agents.set_presence(agent_id, Presence.AVAILABLE, now + seconds(until), now)


def settled(office: WorkingDesk, agent_id: str) -> Assigning:
    at_work(office, agent_id)
    assigning = Assigning(office.desk, office.settings)
    assigning.settle(agent_id, office.now)
    return assigning


def an_agent_is_asked(office: WorkingDesk) -> Step:
    assigning = settled(office, "anna")
    office.say(UNKNOWN)
    return lambda: assigning.place(CONVERSATION, office.now)


def an_agent_is_rung(office: WorkingDesk) -> Step:
    bell = AgentEndpoint.model_validate({"notifier": "webhook", "url": "https://anna.example"})
    profile = AgentProfile(endpoints={"phone": bell})
    office.table.agents.put_profile("anna", profile, 0, office.now)
    return an_agent_is_asked(office)


def an_agent_is_given_who_waits(office: WorkingDesk) -> Step:
    office.say(UNKNOWN)
    at_work(office, "anna")
    assigning = Assigning(office.desk, office.settings)
    return lambda: assigning.settle("anna", office.now)


def an_agent_who_has_nobody_to_be_given_is_settled(office: WorkingDesk) -> Step:
    assigning = settled(office, "anna")
    office.table.agents.put_profile("anna", AgentProfile(), 0, office.now)
    return lambda: assigning.settle("anna", office.now)


def an_agent_who_is_full_now_is_settled(office: WorkingDesk) -> Step:
    office.table.agents.put_profile("anna", AgentProfile(capacity=2), 0, office.now)
    an_agent_is_asked(office)()
    assigning = Assigning(office.desk, office.settings)
    return lambda: assigning.settle("anna", office.now)


def an_agent_was_settled_by_somebody_else(office: WorkingDesk) -> Step:
    assigning = settled(office, "anna")
    return lambda: assigning.settle("anna", office.now)


def an_agent_comes_to_work(office: WorkingDesk) -> Step:
    return lambda: at_work(office, "anna")


def an_agent_gives_a_sign_of_life(office: WorkingDesk) -> Step:
    settled(office, "anna")
    office.pass_time(seconds(299))
    return lambda: at_work(office, "anna")


def an_agent_gives_a_late_sign_of_life(office: WorkingDesk) -> Step:
    settled(office, "anna")
    office.pass_time(seconds(300))
    return lambda: at_work(office, "anna")


def the_sweep_finds_an_agent(office: WorkingDesk) -> Step:
    at_work(office, "anna")
    office.pass_time(seconds(100))
    return sweep(office)


class Nobody:
    """Takes from the sweep whatever is overdue."""

    def carry_out(self, record: EffectRecord) -> None:
        pass

    def start_triage(self, conversation_id: str, item_ids: list[str], name: str) -> None:
        pass

    def have_agent_settled(self, agent_id: str, *, unasked: bool = False) -> None:
        pass


# --- counted ----------------------------------------------------------------------------------

NOTHING = Counter[str]()
LOAD = Counter(BatchGetItem=1)
COMMIT = Counter(TransactWriteItems=1)
WRITER = Counter(GetItem=1)
"""Where the person is rung whose answer is lost."""

LINE = Counter(Query=4)
"""Who waits in a queue, or what is overdue, by shard."""

AN_AGENT = Counter(Query=1)
"""Whether there is room for one more."""

PUT_OFF = Counter(UpdateItem=1)
"""What the sweep takes up comes again later, should it fail."""

LOOK = Counter(GetItem=1, Query=1)
"""Whether who waits has their place, and who could take one more."""

STORY = Counter(Query=1, BatchGetItem=1)
AGENT = Counter(Query=1)
LINES = Counter(Query=1 + len(languages()))
"""Of a queue: of each language, and of those of whom nobody knows it."""

NOTED = Counter(UpdateItem=1)
TOGETHER = Counter(BatchGetItem=1)
ALONE = Counter(GetItem=1)
"""How a process reads settings that it has not read lately."""

CALLS: list[tuple[Prepare, Calls, Calls]] = [
    # what happens, with settings just read, and what settings take that are not
    (two_messages_come_in, Counter(PutItem=2), NOTHING),
    (a_run_takes_a_turn, LOAD + COMMIT, TOGETHER),
    (a_run_takes_over_a_turn, LOAD + COMMIT, TOGETHER),
    (a_run_finds_its_items_applied, LOAD, TOGETHER),
    (the_bot_answers, LOAD + COMMIT, TOGETHER),
    (the_bot_answers_a_burst_longer_than_was_hinted_at, LOAD + LOAD + COMMIT, TOGETHER),
    (the_bot_hands_over, LOAD, TOGETHER),
    (the_bot_comes_too_late, LOAD, NOTHING),
    (a_person_is_requested, LOAD + Counter(Query=1) + COMMIT, TOGETHER),
    (
        a_person_is_requested_where_waits_are_known,
        LOAD + Counter(Query=1) + LINE + COMMIT,
        TOGETHER,
    ),
    (a_person_is_requested_at_night, LOAD + LINE + COMMIT, TOGETHER),
    (a_person_is_requested_for_a_turn_that_has_ended, LOAD, TOGETHER),
    (a_tier_is_rung, LOAD + Counter(Query=1) + LOAD + COMMIT + LOOK, TOGETHER),
    (a_tier_is_rung_that_nobody_needs, LOAD + COMMIT, TOGETHER),
    (a_tier_is_rung_behind_closed_doors, LOAD + LINE + COMMIT, TOGETHER + TOGETHER),
    (a_ladder_is_exhausted, LOAD + COMMIT, TOGETHER + ALONE),
    (an_endpoint_is_rung, LOAD + Counter(UpdateItem=1), ALONE),
    (an_endpoint_is_rung_for_the_first_time_in_an_hour, LOAD + Counter(UpdateItem=2), ALONE),
    (an_agent_accepts, LOAD + AN_AGENT + COMMIT, TOGETHER),
    (an_agent_replies, LOAD + COMMIT, TOGETHER),
    (an_agent_reads_a_conversation, LOAD + Counter(Query=1) + LOAD, NOTHING),
    (the_bots_message_is_delivered, LOAD + COMMIT + COMMIT, NOTHING),
    (a_persons_message_is_delivered, LOAD + Counter(UpdateItem=1) + COMMIT, NOTHING),
    (
        a_message_is_delivered_while_its_customer_writes,
        # the claim; the customer's message; what it stood in the way of, once more
        LOAD + COMMIT + (LOAD + COMMIT) + COMMIT + LOAD + COMMIT,
        TOGETHER,
    ),
    (
        the_first_message_of_a_process_is_delivered,
        LOAD + COMMIT + COMMIT + Counter(UpdateItem=1),
        NOTHING,
    ),
    # the claim, given back; that the channel refuses, once
    (a_refusing_channel_holds_a_message, LOAD + COMMIT + Counter(UpdateItem=2), NOTHING),
    (a_refusing_channel_holds_another_message, LOAD + COMMIT + Counter(UpdateItem=1), NOTHING),
    (a_message_is_delivered_again, LOAD, NOTHING),
    (a_message_is_withdrawn, LOAD + COMMIT + LOAD + LOAD + COMMIT, TOGETHER),
    (a_reply_is_refused, LOAD + Counter(UpdateItem=1) + WRITER + COMMIT, TOGETHER),
    (
        a_reply_is_refused_with_another_behind_it,
        LOAD + Counter(UpdateItem=1) + LOAD + WRITER + COMMIT,
        TOGETHER,
    ),
    (a_reply_is_reported_to_have_failed, LOAD + WRITER + COMMIT, TOGETHER),
    (a_button_press_is_acknowledged, LOAD, NOTHING),
    (a_receipt_is_noted, LOAD + COMMIT, NOTHING),
    (a_receipt_without_news_is_noted, LOAD + COMMIT, NOTHING),
    (three_receipts_are_noted, LOAD + COMMIT + COMMIT + COMMIT, NOTHING),
    (a_receipt_of_a_message_that_is_gone_is_noted, LOAD + COMMIT, TOGETHER),
    (a_reaction_is_noted, LOAD + COMMIT, TOGETHER),
    (a_tick_finds_nothing_due, LOAD + LOOK, TOGETHER),
    (a_tick_breaches_a_clock, LOAD + COMMIT + LOOK, TOGETHER),
    (the_sweep_finds_nothing, LINE, NOTHING),
    # the tick; the ladder, which has not gone on either
    (the_sweep_finds_a_late_clock, LINE + LOAD + PUT_OFF + COMMIT + LOOK + COMMIT, TOGETHER),
    (the_sweep_finds_an_agent, LINE + PUT_OFF, NOTHING),
    # the place, the seats, the agent
    (an_agent_is_asked, LOAD + LOOK + AGENT + COMMIT, TOGETHER),
    (an_agent_is_rung, LOAD + LOOK + AGENT + STORY + COMMIT, TOGETHER),
    (
        an_agent_is_given_who_waits,
        Counter(GetItem=1)
        # the seats they have now, and who waits
        + (AGENT + COMMIT + LINES)
        # who it is, who else could take them, and whether it is still the agent who came
        + (LOAD + Counter(Query=1) + AGENT + COMMIT)
        # who waits besides
        + (AGENT + LINES + NOTED),
        TOGETHER + ALONE,
    ),
    (
        an_agent_who_has_nobody_to_be_given_is_settled,
        Counter(GetItem=1) + AGENT + LINES + NOTED,
        TOGETHER,
    ),
    (an_agent_who_is_full_now_is_settled, Counter(GetItem=1) + AGENT + NOTED, TOGETHER),
    (an_agent_was_settled_by_somebody_else, Counter(GetItem=1), NOTHING),
    # once and for all, the agent is put into the list of agents
    (an_agent_comes_to_work, Counter(GetItem=2, PutItem=1, UpdateItem=1), NOTHING),
    (an_agent_gives_a_sign_of_life, Counter(GetItem=1), NOTHING),
    (an_agent_gives_a_late_sign_of_life, Counter(GetItem=1) + Counter(UpdateItem=1), NOTHING),
    (
        the_sweep_finds_a_turn_that_failed_too_often,
        LINE + LOAD + PUT_OFF + Counter(Query=1) + COMMIT,
        TOGETHER + ALONE,
    ),
]
READ_THE_FAQ = {
    the_bot_answers,
    the_bot_answers_a_burst_longer_than_was_hinted_at,
    the_bot_hands_over,
}
NAMES = [prepare.__name__ for prepare, *_ in CALLS]


@pytest.mark.parametrize(("prepare", "calls"), [row[:2] for row in CALLS], ids=NAMES)
def test_a_step_makes_no_call_without_a_reason(
    office: WorkingDesk, prepare: Prepare, calls: Calls
) -> None:
    step = prepare(office)
    for shape in KINDS.values():
        office.settings.get(shape)
    with metered(office.table) as usage:
        step()
    assert usage.calls == calls


@pytest.mark.parametrize(("prepare", "calls", "settings"), CALLS, ids=NAMES)
def test_a_step_reads_the_settings_that_it_needs_at_once(
    office: WorkingDesk, prepare: Prepare, calls: Calls, settings: Calls
) -> None:
    step = prepare(office)
    office.settings.forget()
    with metered(office.table) as usage:
        step()
    assert usage.calls == calls + settings


@pytest.mark.parametrize("prepare", [row[0] for row in CALLS], ids=NAMES)
def test_only_the_bot_pays_for_a_long_faq(office: WorkingDesk, prepare: Prepare) -> None:
    step = prepare(office)
    # It fits nothing, so whoever asks for it says so.
    stored = StoredSettings(version=1, document="x" * 300_000)
    office.table.put_settings(FaqSettings.kind, stored, "anna", NOW)
    office.settings.forget()
    with metered(office.table) as usage, suppress(NotConfigured):
        step()
    assert (usage.read_units > 70) == (prepare in READ_THE_FAQ)
