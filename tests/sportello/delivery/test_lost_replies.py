"""A provider's no, from its answer or its receipt to the agent, the clocks and the report."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from channels.telegram import errors as telegram
from channels.whatsapp import errors as whatsapp
from sportello.conversation.events import OwnerKind
from sportello.messaging.identifiers import tracker
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_channel import Delivery
from sportello.messaging.outbound_http import Reply
from sportello.queues.settings import QueueSettings
from sportello.sla.clocks import ClockKind, ClockState
from sportello.sla.settings import SlaSettings
from support.builders import CONVERSATION, NOW, a_receipt, accept, reply, resolve, seconds
from support.clouds.working_desk import ONE_TARGET, WorkingDesk, working_desk

QUESTION = "Quanto tempo ci vuole per la consegna?"
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"
TIER = {"name": "first_line", "endpoints": ["desk"]}
NOTICE = "message.not_delivered"
FIRST = ClockKind.FIRST_RESPONSE
ENDED_WAITS = (NOW, NOW + seconds(86_400))


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as ours:
        ours.configure(QueueSettings, queues={"default": {"tiers": [TIER]}})
        ours.configure(SlaSettings, **ONE_TARGET)
        yield ours


@pytest.fixture
def taken(office: WorkingDesk) -> WorkingDesk:
    """Anna has the conversation of a customer who wrote at 10:00."""
    office.say(UNKNOWN)
    office.ask(accept())
    return office


def said(document: Any, status: int) -> Reply:
    return Reply(status=status, headers={}, body=json.dumps(document).encode())


def by_whatsapp(code: int) -> Delivery:
    error = {"message": f"(#{code}) no", "type": "OAuthException", "code": code}
    return whatsapp.judge(said({"error": error}, 400))


def by_telegram(description: str) -> Delivery:
    refusal = {"ok": False, "error_code": 403, "description": description}
    return telegram.judge(said(refusal, 403))


def replies_in_vain(office: WorkingDesk, refusal: Delivery) -> dict[str, Any]:
    """Anna answers after a minute and is refused; returns what she hears."""
    office.pass_time(seconds(60))
    office.ask(reply())
    assert office.state.clocks[-1].state is ClockState.ACHIEVED
    office.adapter.outcomes.append(refusal)
    office.pass_time(seconds(1))
    office.deliver()
    (notice,) = [notice for notice in office.notices() if notice.notice == NOTICE]
    return notice.data


@pytest.mark.parametrize(
    ("refusal", "reasons", "possible"),
    [
        (by_whatsapp(131047), {"window_closed"}, "template"),
        (by_whatsapp(131026), {"not_reachable"}, "other_channel"),
        (by_whatsapp(131049), {"not_allowed"}, "call"),
        (
            by_telegram("Forbidden: bot was blocked by the user"),
            {"blocked", "not_reachable"},
            "call",
        ),
        (by_telegram("Forbidden: user is deactivated"), {"not_reachable"}, "other_channel"),
    ],
    ids=["window", "unreachable", "capped", "blocked", "deactivated"],
)
def test_a_providers_no_reopens_the_turn_and_tells_the_agent(
    taken: WorkingDesk, refusal: Delivery, reasons: set[str], possible: str
) -> None:
    heard = replies_in_vain(taken, refusal)
    assert heard["reason"] in reasons
    assert possible in heard["possible"]
    assert (heard["agent_id"], heard["waits_again"]) == ("anna", True)
    state = taken.state
    assert state.turn is not None
    (clock,) = [clock for clock in state.clocks if clock.kind is FIRST]
    assert (clock.state, clock.due_at) == (ClockState.PENDING, NOW + seconds(300))
    assert state.owner.name == "anna"


def test_our_own_look_at_the_window_is_a_no_like_the_providers(taken: WorkingDesk) -> None:
    taken.pass_time(seconds(86_400 - 1))
    taken.ask(reply())
    taken.pass_time(seconds(2))
    taken.deliver()
    assert taken.adapter.sent == []
    assert taken.state.turn is not None
    (notice,) = [notice for notice in taken.notices() if notice.notice == NOTICE]
    assert notice.data["reason"] == "window_closed"


def test_a_report_of_failure_after_the_reply_was_taken_is_a_no_too(taken: WorkingDesk) -> None:
    taken.ask(reply())
    taken.deliver()
    sent = tracker(CONVERSATION, reply().key)
    receipts = [
        a_receipt(status, sent, number, error_code=code)
        for number, (status, code) in enumerate(
            [
                (DeliveryStatus.REFUSED, "recipient:131026"),
                (DeliveryStatus.SENT, ""),
                (DeliveryStatus.REFUSED, "recipient:131026"),
            ]
        )
    ]
    taken.note(*receipts)
    assert taken.state.turn is not None
    assert [notice.notice for notice in taken.notices()].count(NOTICE) == 1


def test_what_a_function_of_the_version_before_wrote_is_refused_as_it_was_then(
    taken: WorkingDesk,
) -> None:
    taken.ask(reply())
    items = taken.table._client.get_item(
        TableName=taken.table._name,
        Key={"pk": {"S": f"CONV#{CONVERSATION}"}, "sk": {"S": f"FX#{reply().key}"}},
    )["Item"]
    del items["reopens"]
    taken.table._client.put_item(TableName=taken.table._name, Item=items)
    taken.adapter.outcomes.append(by_whatsapp(131026))
    taken.deliver()
    assert taken.state.turn is None
    assert [notice.notice for notice in taken.notices()].count(NOTICE) == 1


def test_the_wait_is_counted_when_it_really_ends(taken: WorkingDesk) -> None:
    replies_in_vain(taken, by_whatsapp(131026))
    waits = list(taken.table.queues.waits("default", *ENDED_WAITS))
    assert [(wait.answer_lost, wait.answered) for wait in waits] == [(True, False)]
    assert taken.table.queues.latest_waits("default", *ENDED_WAITS, limit=10) == []
    taken.pass_time(seconds(30))
    taken.ask(reply(key="2"))
    waits = list(taken.table.queues.waits("default", *ENDED_WAITS))
    assert [(wait.answer_lost, wait.counted_seconds) for wait in waits] == [(True, 60), (False, 91)]


def test_a_reply_behind_the_lost_one_takes_its_place_in_the_table_too(taken: WorkingDesk) -> None:
    taken.ask(reply())
    taken.pass_time(seconds(5))
    taken.ask(reply(key="2"))
    taken.adapter.outcomes += [by_whatsapp(131026), by_whatsapp(131026)]
    taken.delivering.deliver(CONVERSATION, reply().key)
    assert taken.state.turn is None
    taken.delivering.deliver(CONVERSATION, reply(key="2").key)
    assert taken.state.turn is not None
    (clock,) = [clock for clock in taken.state.clocks if clock.kind is FIRST]
    assert (clock.running, clock.due_at) == (True, NOW + seconds(300))


@pytest.mark.parametrize("order", [("1", "2"), ("2", "1")])
def test_two_losses_told_of_in_one_call_are_two(taken: WorkingDesk, order: tuple[str, str]) -> None:
    taken.ask(reply())
    taken.pass_time(seconds(5))
    taken.ask(reply(key="2"))
    taken.deliver()
    taken.note(
        *(
            a_receipt(DeliveryStatus.REFUSED, tracker(CONVERSATION, reply(key=key).key), number)
            for number, key in enumerate(order)
        )
    )
    assert taken.state.turn is not None
    (clock,) = [clock for clock in taken.state.clocks if clock.kind is FIRST]
    assert (clock.running, clock.due_at) == (True, NOW + seconds(300))


def test_the_agent_hears_of_a_part_that_was_lost_while_the_others_stand(
    taken: WorkingDesk,
) -> None:
    taken.ask(reply(text="Eccomi. " * 300))
    taken.deliver()
    assert len(taken.adapter.sent) > 1
    trackers = [message.tracker for message in taken.adapter.sent]
    taken.note(
        a_receipt(DeliveryStatus.SENT, trackers[0], 1),
        a_receipt(DeliveryStatus.REFUSED, trackers[0], 2, error_code="content:131053"),
        a_receipt(DeliveryStatus.DELIVERED, trackers[-1], 3),
    )
    assert taken.state.turn is None
    assert taken.state.status_of(reply().key) is DeliveryStatus.DELIVERED
    (notice,) = [notice for notice in taken.notices() if notice.notice == NOTICE]
    assert (notice.data["in_part"], notice.data["waits_again"]) == (True, False)


def test_nobody_hears_of_parts_of_a_message_that_is_lost_as_a_whole(
    taken: WorkingDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    taken.ask(reply(text="Eccomi. " * 300))
    taken.deliver()
    *others, last = [message.tracker for message in taken.adapter.sent]
    taken.note(
        *(
            a_receipt(DeliveryStatus.REFUSED, part, number, error_code="recipient:131026")
            for number, part in enumerate([last, *others])
        )
    )
    assert taken.state.turn is not None
    (notice,) = [notice for notice in taken.notices() if notice.notice == NOTICE]
    assert (notice.data["in_part"], notice.data["waits_again"]) == (False, True)
    assert capsys.readouterr().out.count('"AnswersLost":[1.0]') == 1


def test_what_the_bot_said_in_vain_goes_to_people_without_another_word(
    office: WorkingDesk,
) -> None:
    office.say(QUESTION)
    office.adapter.outcomes.append(by_telegram("Forbidden: bot was blocked by the user"))
    office.deliver()
    assert office.state.owner.kind is OwnerKind.QUEUE
    assert office.state.turn is not None
    assert len(office.messages()) == 1
    assert "escalation" in {start.machine for start in office.workflows()}


def test_whoever_is_rung_next_sees_what_the_customer_never_got(office: WorkingDesk) -> None:
    office.say(QUESTION)
    office.adapter.outcomes.append(by_telegram("Forbidden: bot was blocked by the user"))
    office.deliver()
    office.escalating.offer(CONVERSATION, office.state.handoff_id, 0, "token-1", office.now)
    (offer,) = [n for n in office.notices() if n.notice == "conversation.offered"]
    assert [line.get("status") for line in offer.data["transcript"]] == [None, "refused"]


def test_a_resolved_matter_is_back_with_people(taken: WorkingDesk) -> None:
    taken.ask(reply())
    taken.ask(resolve())
    taken.adapter.outcomes.append(by_whatsapp(131047))
    taken.deliver()
    assert taken.state.owner.kind is OwnerKind.QUEUE
    assert taken.state.handoff_reason == "not_delivered"


def test_lost_answers_are_counted(taken: WorkingDesk, capsys: pytest.CaptureFixture[str]) -> None:
    replies_in_vain(taken, by_whatsapp(131026))
    assert '"AnswersLost":[1.0]' in capsys.readouterr().out
