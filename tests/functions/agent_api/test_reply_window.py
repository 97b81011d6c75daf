"""Until when a customer may be written to, told before an agent writes in vain."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from agent_api.conversations import reply_window
from agent_api.conversations.reply_window import window_seconds
from sportello.entrypoints import runtime
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_channel import Delivery, Refusal
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, NOW, accept
from support.clouds.working_desk import WorkingDesk, working_desk
from support.webhooks import PROVIDERS

HERE = f"/conversations/{CONVERSATION}"
DAY = 24 * 3_600


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkingDesk]:
    """A desk whose channel takes replies for a day; Anna has the conversation."""
    with working_desk() as ours:
        monkeypatch.setattr(runtime, "desk", lambda: ours.desk)
        monkeypatch.setattr(runtime, "table", lambda: ours.table)
        monkeypatch.setattr(runtime, "settings", lambda: ours.settings)
        monkeypatch.setattr(runtime, "utc_now", lambda: ours.now)
        monkeypatch.setattr(reply_window, "window_seconds", lambda _channel: DAY)
        ours.say("Vorrei parlare con una persona")
        ours.ask(accept())
        yield ours


def send(key: str = "1") -> Answer:
    return call("POST", f"{HERE}/replies", {"text": "Eccomi."}, headers={"Idempotency-Key": key})


def window() -> dict[str, object]:
    shown: dict[str, object] = call("GET", HERE).document["reply_window"]
    return shown


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_conversation_says_until_when_one_may_write(office: WorkingDesk) -> None:
    assert window() == {
        "open": True,
        "until": iso(NOW + timedelta(days=1)),
        "afterwards": ["wait_for_customer", "template", "other_channel", "call"],
    }
    office.pass_time(timedelta(days=1))
    assert window()["open"] is False


def test_a_reply_in_the_last_second_of_the_window_is_taken_in(office: WorkingDesk) -> None:
    office.pass_time(timedelta(seconds=DAY - 1))
    assert send().status == 202


def test_a_reply_after_the_window_is_refused_before_anything_is_decided(
    office: WorkingDesk,
) -> None:
    office.pass_time(timedelta(days=1))
    before = office.state
    answer = send()
    assert (answer.status, answer.problem) == (409, "reply-window-closed")
    assert answer.document["until"] == iso(NOW + timedelta(days=1))
    assert answer.document["possible"] == ["wait_for_customer", "template", "other_channel", "call"]
    assert office.state == before


def test_a_reply_that_was_sent_in_time_may_be_asked_after_for_ever(office: WorkingDesk) -> None:
    send()
    office.pass_time(timedelta(days=3))
    assert send().status == 202


def test_a_message_of_the_customers_opens_the_window_anew(office: WorkingDesk) -> None:
    office.pass_time(timedelta(days=2))
    office.receive(office.write("Ci siete?", sent_at=office.now), turn_id="turn-2")
    assert send().status == 202


def refuse_the_first(
    office: WorkingDesk, refusal: Refusal, after: timedelta = timedelta(minutes=5)
) -> None:
    office.adapter.outcomes.append(Delivery.refused(refusal, "131047"))
    office.pass_time(after)
    send()
    office.deliver()


def test_a_refusal_may_prove_the_window_shut_earlier(office: WorkingDesk) -> None:
    refuse_the_first(office, Refusal.WINDOW_CLOSED)
    assert window()["until"] == iso(NOW + timedelta(minutes=5))
    answer = send("2")
    assert (answer.status, answer.problem) == (409, "reply-window-closed")
    office.pass_time(timedelta(minutes=5))
    office.receive(office.write("Ci siete?", sent_at=office.now), turn_id="turn-2")
    assert window()["open"] is True


def test_a_message_of_the_second_of_the_refusal_opens_the_window_anew(office: WorkingDesk) -> None:
    """WhatsApp tells whole seconds: by its time the message came before the reply."""
    refuse_the_first(office, Refusal.WINDOW_CLOSED, after=timedelta(minutes=5, milliseconds=100))
    office.pass_time(timedelta(milliseconds=800))
    written_at = office.now.replace(microsecond=0)
    office.receive(office.write("Ci siete?", sent_at=written_at), turn_id="turn-2")
    assert window()["open"] is True
    assert send("2").status == 202


def test_a_reply_that_was_held_until_the_window_shut_does_not_shut_it_earlier(
    office: WorkingDesk,
) -> None:
    office.pass_time(timedelta(minutes=5))
    send()
    office.pass_time(timedelta(seconds=DAY))
    office.deliver()
    assert office.state.recent_deliveries[-1].status is DeliveryStatus.REFUSED
    assert window()["until"] == iso(NOW + timedelta(seconds=DAY))


def test_any_other_refusal_proves_nothing_about_the_window(office: WorkingDesk) -> None:
    refuse_the_first(office, Refusal.CONTENT)
    assert send("2").status == 202


def test_whether_an_answer_is_doubtful_is_shown(office: WorkingDesk) -> None:
    office.adapter.outcomes.append(Delivery.unknown("no_answer"))
    send()
    assert call("GET", HERE).document["doubtful"] is False
    office.deliver()
    shown = call("GET", HERE).document
    assert shown["doubtful"] is True
    (entry,) = [e for e in shown["timeline"]["entries"] if e["author"] == "agent"]
    assert entry["detail"]["status"] == DeliveryStatus.UNKNOWN
    assert entry["detail"]["doubtful"] is True


def test_a_refused_reply_says_why_where_it_stands(office: WorkingDesk) -> None:
    refuse_the_first(office, Refusal.WINDOW_CLOSED)
    entries = call("GET", HERE).document["timeline"]["entries"]
    (entry,) = [e for e in entries if e["author"] == "agent"]
    assert entry["detail"]["reason"] == "window_closed"
    assert "template" in entry["detail"]["possible"]
    assert [e["detail"]["reason"] for e in entries if e["type"] == "AnswerLost"] == [
        "window_closed"
    ]


@pytest.mark.parametrize("channel", sorted(PROVIDERS))
def test_the_window_is_the_one_in_the_channels_capabilities(channel: str) -> None:
    expected = PROVIDERS[channel].outbound(lambda *_: pytest.fail("nothing is sent"))
    assert window_seconds(channel) == expected.capabilities.reply_window_seconds


@pytest.mark.parametrize("channel", ["gone", "", "reading", "meta", "../agent_api"])
def test_of_a_channel_that_is_not_there_no_window_is_known(channel: str) -> None:
    assert window_seconds(channel) is None
