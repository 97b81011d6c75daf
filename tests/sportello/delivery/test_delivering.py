"""A message on its way out: claimed once, sent once, its outcome recorded as it is."""

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from sportello.conversation.commands import Command
from sportello.delivery.delivering import Delivering
from sportello.errors import (
    ConfigurationRefused,
    FileNotKept,
    LaterVersionNeeded,
    NotConfigured,
    ProviderUnavailable,
)
from sportello.intake.applying import Applying
from sportello.messaging.channel_faults import REMEDIES, ChannelFault
from sportello.messaging.identifiers import tracker
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_channel import Button, Delivery, OutboundMessage, Refusal
from sportello.messaging.outbound_media import OutboundFile, OutboundMedia
from sportello.table.compression import compress
from sportello.table.desk import Desk, Step
from sportello.table.items import EffectRecord
from sportello.table.settings.settings_store import SettingsStore
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    a_file,
    a_message,
    a_receipt,
    a_template,
    accept,
    an_address,
    an_inbound_record,
    an_item,
    answer,
    messages,
    receive,
    reply,
    request_human,
)
from support.clouds.table import desk
from support.fakes import CAPABILITIES, FakeAdapter

BUTTONS = (Button(id="talk_to_person", title="Parla con noi"),)


class Outbox:
    """A channel's way out, with one bot's message `bot:1` on it."""

    def __init__(self, empty: Desk) -> None:
        self.desk = empty
        self.adapter = FakeAdapter()
        self.now = NOW
        settings = SettingsStore(empty.table, max_age_seconds=math.inf)
        self.files = {"photo": b"made up"}
        self._delivering = Delivering(
            self.adapter, empty, lambda: self.now, lambda: settings, self._read
        )
        self.ask(receive())
        self.ask(answer(key="bot:1", buttons=BUTTONS))

    def ask(self, command: Command) -> str:
        """Commit a command; returns the key of the message that it sends, if any."""
        step = Step(command=command, terms=TERMS, address=an_address())
        sent = messages(self.desk.act(CONVERSATION, lambda _: step, NOW).decision)
        return sent[0].key if sent else ""

    def deliver(self, key: str = "bot:1") -> None:
        self._delivering.deliver(CONVERSATION, key)

    def _read(self, media: OutboundMedia) -> bytes:
        if media.key not in self.files:
            raise FileNotKept
        return self.files[media.key]

    def acknowledge(self, item_id: str) -> None:
        self._delivering.acknowledge(CONVERSATION, item_id)

    def record(self, key: str = "bot:1") -> EffectRecord:
        return self.desk.table.load(CONVERSATION, effect_keys=[key]).effects[0]

    def account(self) -> dict[str, Any]:
        (account,) = self.desk.table.channels.accounts()
        return account.model_dump()

    def outcome(self, key: str = "bot:1") -> tuple[DeliveryStatus, str]:
        record = self.record(key)
        state = self.desk.table.load(CONVERSATION).state
        if record.status is not DeliveryStatus.SENDING:
            assert state.status_of(key) in {record.status, DeliveryStatus.QUEUED}
        return record.status, record.error_code


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    with desk() as empty:
        yield Outbox(empty)


def test_an_accepted_message_is_recorded_with_the_providers_name_for_it(outbox: Outbox) -> None:
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")
    assert outbox.record().provider_message_id == "provider-1"
    assert outbox.adapter.sent == [
        OutboundMessage(
            account_id="account-1",
            to="fake:customer-1",
            text="Siamo aperti dalle 9.",
            buttons=BUTTONS,
            tracker=tracker(CONVERSATION, "bot:1"),
        )
    ]


def test_a_job_redelivered_after_the_outcome_sends_nothing(outbox: Outbox) -> None:
    for _ in range(3):
        outbox.deliver()
    assert len(outbox.adapter.sent) == 1


def test_a_refusal_is_recorded_with_its_reason_and_not_tried_again(outbox: Outbox) -> None:
    outbox.adapter.outcomes.append(Delivery.refused(Refusal.RECIPIENT, "131026"))
    outbox.deliver()
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.REFUSED, "recipient:131026")
    assert len(outbox.adapter.sent) == 1


def test_an_unknown_outcome_is_never_resent(outbox: Outbox) -> None:
    outbox.adapter.outcomes.append(Delivery.unknown("timeout"))
    outbox.deliver()
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.UNKNOWN, "timeout")
    assert len(outbox.adapter.sent) == 1


@pytest.mark.parametrize("error", [ProviderUnavailable("busy"), NotConfigured("no secret")])
def test_a_message_surely_not_taken_is_sent_at_the_next_attempt(
    outbox: Outbox, error: Exception
) -> None:
    outbox.adapter.outcomes.append(error)
    with pytest.raises(type(error)):
        outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.QUEUED, "")
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")


def test_a_refusing_channel_holds_its_messages_until_an_operator_has_acted(
    outbox: Outbox, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        outbox.adapter.outcomes.append(ConfigurationRefused(ChannelFault.PAYMENT, "131042"))
        with pytest.raises(ConfigurationRefused):
            outbox.deliver()
        assert outbox.outcome() == (DeliveryStatus.QUEUED, "")
    assert outbox.account() == {
        "channel": "fake",
        "account_id": "account-1",
        "last_success_at": None,
        "refused_since": NOW,
        "fault": "payment",
        "error_code": "131042",
    }
    lines = capsys.readouterr().out
    assert lines.count('"ConfigurationRefused":[1.0]') == 1
    outbox.now = NOW + timedelta(minutes=20)
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")
    assert outbox.account() == {
        "channel": "fake",
        "account_id": "account-1",
        "last_success_at": outbox.now,
        "refused_since": None,
        "fault": "",
        "error_code": "",
    }


def test_the_first_refusal_says_what_to_do(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.adapter.outcomes.append(ConfigurationRefused(ChannelFault.TOKEN, "190"))
    with pytest.raises(ConfigurationRefused):
        outbox.deliver()
    (line,) = [record for record in caplog.records if record.message == "channel refuses"]
    assert vars(line)["to_do"] == REMEDIES[ChannelFault.TOKEN]
    assert (vars(line)["fault"], vars(line)["error_code"]) == ("token", "190")


def test_a_secret_that_is_missing_is_a_fault_like_any_other(outbox: Outbox) -> None:
    outbox.adapter.outcomes.append(NotConfigured("no secret"))
    with pytest.raises(NotConfigured):
        outbox.deliver()
    assert outbox.account()["fault"] == "secret"


def test_an_outage_is_no_fault_of_the_channel(outbox: Outbox) -> None:
    outbox.adapter.outcomes.append(ProviderUnavailable("busy"))
    with pytest.raises(ProviderUnavailable):
        outbox.deliver()
    assert list(outbox.desk.table.channels.accounts()) == []


def test_a_long_message_that_is_held_goes_on_where_it_stopped(outbox: Outbox) -> None:
    narrow(outbox, text_limit=12)
    fault = ConfigurationRefused(ChannelFault.RESTRICTED, "368")
    outbox.adapter.outcomes.extend([Delivery.accepted("p1"), fault])
    with pytest.raises(ConfigurationRefused):
        outbox.deliver()
    outbox.deliver()
    texts = [message.text for message in outbox.adapter.sent]
    assert texts == ["Siamo aperti", "dalle 9.", "dalle 9."]


def test_a_fault_that_comes_as_a_receipt_is_one_too(
    outbox: Outbox, capsys: pytest.CaptureFixture[str]
) -> None:
    outbox.deliver()
    applying = Applying(outbox.desk, SettingsStore(outbox.desk.table, 60))
    receipt = a_receipt(DeliveryStatus.REFUSED, tracker(CONVERSATION, "bot:1"))
    failed = receipt.model_copy(update={"error_code": "payment:131042"})
    record = an_inbound_record(failed)
    outbox.desk.table.put_inbound(record, compress({}))
    applying.note(CONVERSATION, [record], NOW)
    assert outbox.account()["fault"] == "payment"
    assert '"ConfigurationRefused":[1.0]' in capsys.readouterr().out


def test_a_crash_between_claim_and_outcome_leaves_an_unknown_never_resent(outbox: Outbox) -> None:
    outbox.adapter.outcomes.append(RuntimeError("killed while the provider was called"))
    with pytest.raises(RuntimeError):
        outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.SENDING, "")
    outbox.deliver()
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.UNKNOWN, "interrupted")
    assert len(outbox.adapter.sent) == 1


def test_a_claim_whose_answer_got_lost_is_still_ours(outbox: Outbox) -> None:
    key = outbox.ask(reply("anna"))
    client = outbox.desk.table._client
    update = client.update_item
    lost = [True]

    def update_and_lose_the_first_answer(**request: Any) -> Any:
        answer = update(**request)
        # The SDK repeats a request whose answer got lost, exactly as it was.
        return update(**request) if lost.pop() else answer

    with patch.object(client, "update_item", update_and_lose_the_first_answer):
        assert outbox.desk.table.claim_message(CONVERSATION, outbox.record(key).message, NOW)
    assert lost == []


def test_a_receipt_that_is_faster_than_the_providers_answer_is_not_taken_back(
    outbox: Outbox,
) -> None:
    applying = Applying(outbox.desk, SettingsStore(outbox.desk.table, 60))

    def delivered_before_it_is_accepted(message: OutboundMessage) -> Delivery:
        record = an_inbound_record(a_receipt(DeliveryStatus.DELIVERED, message.tracker))
        outbox.desk.table.put_inbound(record, compress({}))
        applying.note(CONVERSATION, [record], NOW)
        return Delivery.accepted("provider-2")

    outbox.adapter.outcomes.append(delivered_before_it_is_accepted)
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.DELIVERED, "")
    assert outbox.record().provider_message_id == "provider-1"


def test_an_outcome_is_recorded_beside_what_was_written_meanwhile(outbox: Outbox) -> None:
    def customer_goes_on(_message: OutboundMessage) -> Delivery:
        outbox.ask(receive(an_item("item-2")))
        return Delivery.accepted("provider-1")

    outbox.adapter.outcomes.append(customer_goes_on)
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")
    turn = outbox.desk.table.load(CONVERSATION).state.turn
    assert turn is not None
    assert [item.item_id for item in turn.items] == ["item-2"]


def test_an_automatic_message_is_withdrawn_once_a_person_has_taken_over(outbox: Outbox) -> None:
    outbox.ask(receive(an_item("item-2")))
    outbox.ask(request_human())
    outbox.ask(accept())
    outbox.deliver()
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.WITHDRAWN, "owner_changed")
    assert outbox.adapter.sent == []


def test_a_persons_message_goes_out_whoever_owns_the_conversation_now(outbox: Outbox) -> None:
    key = outbox.ask(reply("anna"))
    outbox.ask(reply("bruno", "2", supervisor=True))
    outbox.deliver(key)
    assert outbox.outcome(key) == (DeliveryStatus.ACCEPTED, "")


def test_after_the_channels_window_nothing_is_sent(outbox: Outbox) -> None:
    outbox.now = NOW + timedelta(hours=24)
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.REFUSED, "window_closed")
    assert outbox.adapter.sent == []


def test_until_the_end_of_the_window_messages_are_sent(outbox: Outbox) -> None:
    outbox.now = NOW + timedelta(hours=24) - timedelta(milliseconds=1)
    outbox.deliver()
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")


def test_a_channel_without_a_window_sends_at_any_time() -> None:
    with desk() as empty:
        outbox = Outbox(empty)
        outbox.adapter.capabilities = CAPABILITIES.model_copy(update={"reply_window_seconds": None})
        outbox.now = NOW + timedelta(days=400)
        outbox.deliver()
        assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")


def test_a_message_that_is_gone_is_nothing_to_deliver(outbox: Outbox) -> None:
    outbox.deliver("reply:no-such-key")
    assert outbox.adapter.sent == []


# --- long messages and rich ones --------------------------------------------------------------


def test_a_long_message_leaves_in_parts_with_its_buttons_on_the_last(outbox: Outbox) -> None:
    narrow(outbox, text_limit=12)
    outbox.deliver()
    assert [message.text for message in outbox.adapter.sent] == ["Siamo aperti", "dalle 9."]
    assert [message.buttons for message in outbox.adapter.sent] == [(), BUTTONS]
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")


def test_after_a_failure_a_long_message_goes_on_where_it_stopped(outbox: Outbox) -> None:
    narrow(outbox, text_limit=12)
    outbox.adapter.outcomes.extend([Delivery.accepted("p1"), ProviderUnavailable("busy")])
    with pytest.raises(ProviderUnavailable):
        outbox.deliver()
    assert outbox.record().parts_sent == 1
    outbox.deliver()
    texts = [message.text for message in outbox.adapter.sent]
    assert texts == ["Siamo aperti", "dalle 9.", "dalle 9."]
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")


def test_the_parts_that_a_slow_provider_left_no_time_for_leave_at_the_next_attempt(
    outbox: Outbox,
) -> None:
    narrow(outbox, text_limit=12)

    def slowly(_message: OutboundMessage) -> Delivery:
        outbox.now += timedelta(seconds=14)
        return Delivery.accepted("p1")

    outbox.adapter.outcomes.append(slowly)
    with pytest.raises(ProviderUnavailable):
        outbox.deliver()
    assert (outbox.record().status, outbox.record().parts_sent) == (DeliveryStatus.QUEUED, 1)
    outbox.deliver()
    assert [message.text for message in outbox.adapter.sent] == ["Siamo aperti", "dalle 9."]
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")


def test_a_receipt_of_the_first_part_does_not_settle_the_message(outbox: Outbox) -> None:
    narrow(outbox, text_limit=12)
    applying = Applying(outbox.desk, SettingsStore(outbox.desk.table, 60))

    def accepted_and_delivered_at_once(message: OutboundMessage) -> Delivery:
        record = an_inbound_record(a_receipt(DeliveryStatus.DELIVERED, message.tracker))
        outbox.desk.table.put_inbound(record, compress({}))
        applying.note(CONVERSATION, [record], NOW)
        return Delivery.accepted("p1")

    outbox.adapter.outcomes.extend([accepted_and_delivered_at_once, ProviderUnavailable("busy")])
    with pytest.raises(ProviderUnavailable):
        outbox.deliver()
    outbox.deliver()
    assert [message.text for message in outbox.adapter.sent][-1] == "dalle 9."
    assert outbox.adapter.sent[-1].tracker == tracker(CONVERSATION, "bot:1")
    assert outbox.outcome() == (DeliveryStatus.ACCEPTED, "")


def test_a_refused_part_ends_the_message(outbox: Outbox) -> None:
    narrow(outbox, text_limit=12)
    outbox.adapter.outcomes.append(Delivery.refused(Refusal.CONTENT, "100"))
    outbox.deliver()
    assert len(outbox.adapter.sent) == 1
    assert outbox.outcome() == (DeliveryStatus.REFUSED, "content:100")


@pytest.mark.parametrize("changes", [{"buttons": 0}, {"button_title_limit": 5}])
def test_buttons_that_do_not_fit_become_text(outbox: Outbox, changes: dict[str, int]) -> None:
    narrow(outbox, **changes)
    outbox.deliver()
    (message,) = outbox.adapter.sent
    assert message.buttons == ()
    assert message.text == "Siamo aperti dalle 9.\n\n- Parla con noi"


def narrow(outbox: Outbox, **changes: int) -> None:
    outbox.adapter.capabilities = CAPABILITIES.model_copy(update=changes)


# --- button presses ---------------------------------------------------------------------------


def test_a_button_press_is_acknowledged(outbox: Outbox) -> None:
    record = an_inbound_record(a_message(callback_id="callback-1"))
    plain = an_inbound_record(a_message(number=2))
    for kept in (record, plain):
        outbox.desk.table.put_inbound(kept, compress({}))
        outbox.acknowledge(kept.item_id)
    assert outbox.adapter.acknowledged == ["callback-1"]


def test_a_press_that_cannot_be_acknowledged_holds_up_nothing(outbox: Outbox) -> None:
    record = an_inbound_record(a_message(callback_id="callback-1"))
    outbox.desk.table.put_inbound(record, compress({}))
    busy = ProviderUnavailable("busy")
    with patch.object(outbox.adapter, "acknowledge", side_effect=busy) as acknowledge:
        outbox.acknowledge(record.item_id)
    acknowledge.assert_called_once_with("callback-1")


PHOTO = a_file(key="photo")


def with_reply(outbox: Outbox, **changes: Any) -> str:
    """Anna writes, and has the conversation with it; returns the key of her message."""
    return outbox.ask(reply().model_copy(update=changes))


def test_a_reply_with_files_sends_each_and_then_the_text(outbox: Outbox) -> None:
    key = with_reply(outbox, media=(PHOTO, PHOTO), buttons=BUTTONS, text="Va bene?")
    outbox.deliver(key)
    assert [(m.text, m.buttons, m.file) for m in outbox.adapter.sent] == [
        ("", (), OutboundFile(media=PHOTO, content=b"made up")),
        ("", (), OutboundFile(media=PHOTO, content=b"made up")),
        ("Va bene?", BUTTONS, None),
    ]
    assert outbox.outcome(key) == (DeliveryStatus.ACCEPTED, "")


def test_after_a_failure_files_that_left_are_not_sent_again(outbox: Outbox) -> None:
    key = with_reply(outbox, media=(PHOTO, PHOTO), text="")
    outbox.adapter.outcomes.extend([Delivery.accepted("p1"), ProviderUnavailable("busy")])
    with pytest.raises(ProviderUnavailable):
        outbox.deliver(key)
    outbox.deliver(key)
    assert len(outbox.adapter.sent) == 3
    assert outbox.outcome(key) == (DeliveryStatus.ACCEPTED, "")


def test_a_file_whose_fate_is_unknown_is_never_resent(outbox: Outbox) -> None:
    key = with_reply(outbox, media=(PHOTO, PHOTO), text="")
    outbox.adapter.outcomes.append(Delivery.unknown("no_answer"))
    outbox.deliver(key)
    outbox.deliver(key)
    assert len(outbox.adapter.sent) == 1
    assert outbox.outcome(key) == (DeliveryStatus.UNKNOWN, "no_answer")


def test_a_file_that_is_gone_is_a_refusal_and_nothing_is_sent(outbox: Outbox) -> None:
    key = with_reply(outbox, media=(a_file(key="erased"),), text="Ecco.")
    outbox.deliver(key)
    assert outbox.adapter.sent == []
    assert outbox.outcome(key) == (DeliveryStatus.REFUSED, "content:file_gone")


def test_a_file_of_a_kind_of_a_later_version_waits_for_it(outbox: Outbox) -> None:
    later = a_file(key="photo").model_copy(update={"kind": "hologram"})
    key = with_reply(outbox, media=(PHOTO.model_validate(later.model_dump()),), text="")
    with pytest.raises(LaterVersionNeeded):
        outbox.deliver(key)
    assert outbox.outcome(key) == (DeliveryStatus.QUEUED, "")


def test_a_template_leaves_outside_the_window(outbox: Outbox) -> None:
    key = with_reply(outbox, template=a_template(("1", "7")), text="Il pacco 7 arriva.")
    outbox.now = NOW + timedelta(days=3)
    outbox.deliver(key)
    assert [m.template for m in outbox.adapter.sent] == [a_template(("1", "7"))]
    assert outbox.outcome(key) == (DeliveryStatus.ACCEPTED, "")
