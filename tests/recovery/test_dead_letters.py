"""Dead letters of a stack: counted, looked at, and brought back on their way."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import EndpointConnectionError
from moto.sqs.models import sqs_backends

from recovery.__main__ import main
from recovery.letters import looked_at
from recovery.redriving import Redriving
from sportello.aws.clients import aws_client
from sportello.conversation.effects import SendMessage
from sportello.conversation.events import Author
from sportello.messaging.items import DeliveryStatus, Visibility
from sportello.table.compression import compress
from sportello.table.items import EffectRecord
from sportello.table.keys import stamp
from support.builders import CONVERSATION, NOW, a_message, an_inbound_record
from support.clouds.operated_stack import StackInMoto

OTHER = "f" * 32
TEXT = "Il suo pacco parte domani"
SOURCE, LETTERS = "FakeDeliveryQueue", "FakeDeliveryDeadLetters"
NOTICES, LOST_NOTICES = "WebhookNotifierQueue", "WebhookNotifierDeadLetters"
STREAM_LETTERS = "DispatchDeadLetters"


@pytest.fixture
def desk(stack: StackInMoto) -> "DeskWithLetters":
    stack.add_queue(LETTERS)
    stack.add_queue(SOURCE, dead_letters=LETTERS)
    stack.add_queue(LOST_NOTICES)
    stack.add_queue(NOTICES, dead_letters=LOST_NOTICES)
    stack.add_queue(STREAM_LETTERS)
    return DeskWithLetters(stack)


class DeskWithLetters:
    """Letters about messages of an agent's, named by their effect keys."""

    def __init__(self, stack: StackInMoto) -> None:
        self.stack, self.sqs = stack, aws_client("sqs")

    def decided(self, key: str, status: DeliveryStatus = DeliveryStatus.QUEUED) -> None:
        """Put a message of an agent's in the table, with what became of it."""
        message = SendMessage(
            key=key,
            text=TEXT,
            author=Author.AGENT,
            visibility=Visibility.PRIVATE,
            owner_version=1,
            automatic=False,
        )
        record = EffectRecord(
            conversation_id=CONVERSATION,
            channel="fake",
            decided_at=NOW,
            effect=message,
            status=status,
        )
        attributes = record.to_attributes()
        if status is not DeliveryStatus.QUEUED:
            del attributes["pending"], attributes["pending_since"]
        table = self.stack.desk_table
        table._client.put_item(TableName=table._name, Item=attributes)

    def settled(self, key: str) -> None:
        self.decided(key, DeliveryStatus.ACCEPTED)

    def put_off(self, sort_key: str, until: datetime) -> None:
        table = self.stack.desk_table
        (entry,) = (entry for entry in table.overdue(until) if entry.sort_key == sort_key)
        assert table.postpone(entry, until)

    def letter(self, key: str, conversation_id: str = CONVERSATION, queue: str = LETTERS) -> None:
        body = json.dumps({"conversation_id": conversation_id, "effect_key": key})
        # SQS names a letter by the id of the message that failed.
        in_order = {"MessageGroupId": conversation_id, "MessageDeduplicationId": f"{key}-failed"}
        self.sqs.send_message(
            QueueUrl=self.stack.url(queue),
            MessageBody=body,
            **(in_order if "Delivery" in queue else {}),
        )

    def stream_letter(self, document: dict[str, Any]) -> None:
        self.sqs.send_message(
            QueueUrl=self.stack.url(STREAM_LETTERS), MessageBody=json.dumps(document)
        )

    def keys_in(self, queue: str, conversation_id: str = "") -> list[str]:
        """Empty a queue; return what was in it, in order."""
        return [
            body["effect_key"]
            for body in self.stack.bodies(queue)
            if conversation_id in ("", body["conversation_id"])
        ]

    @contextmanager
    def dying(self, operation: str, after: int) -> Iterator[None]:
        """Kill the program instead of making one of its calls."""
        make_call = self.sqs._make_api_call
        made: list[str] = []

        def make_call_or_die(name: str, arguments: dict[str, Any]) -> Any:
            if name == operation:
                if len(made) == after:
                    raise KeyboardInterrupt
                made.append(name)
            return make_call(name, arguments)

        with (
            patch.object(self.sqs, "_make_api_call", make_call_or_die),
            pytest.raises(KeyboardInterrupt),
        ):
            yield


def test_every_dead_letter_queue_is_found_and_counted(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dead-letters"]) == 0
    desk.letter("reply:a")
    desk.letter("notice:a", queue=LOST_NOTICES)
    desk.letter("notice:b", queue=LOST_NOTICES)
    capsys.readouterr()
    assert main(["dead-letters"]) == 1
    counted = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert counted == [["0", STREAM_LETTERS], ["1", LETTERS], ["2", LOST_NOTICES]]


def test_a_letter_is_shown_by_what_it_is_about_and_not_by_what_it_says(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.decided("reply:a")
    desk.letter("reply:a")
    desk.letter("reply:of-one-forgotten", OTHER)
    main(["dead-letters", "--show"])
    printed = capsys.readouterr().out
    [line] = [line for line in printed.splitlines() if CONVERSATION in line]
    assert f"{CONVERSATION}  reply:a  queued  decided " in line
    assert "received 1x" in line
    assert f"{OTHER}  reply:of-one-forgotten  gone" in printed
    assert TEXT not in printed


def test_a_letter_about_an_agent_says_so(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    url = desk.stack.url(LOST_NOTICES)
    desk.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"agent_id": "anna"}))
    main(["dead-letters", "--show"])
    assert "what waits to be given to agent anna" in capsys.readouterr().out


def test_a_letter_about_clocks_says_so(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    url = desk.stack.url(LOST_NOTICES)
    desk.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"shard": 2}))
    main(["dead-letters", "--show"])
    assert "clocks to be fitted to changed settings, from shard 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("job", "told"),
    [
        (
            {"conversation_id": CONVERSATION, "item_id": "abc", "number": "1", "asked_at": ""},
            f"{CONVERSATION}  file 1 of item abc",
        ),
        ({"items": [{}, {}]}, "2 texts to be made searchable"),
        (
            {"conversation_id": CONVERSATION, "acknowledge": "abc"},
            f"{CONVERSATION}  acknowledgement of a button press",
        ),
    ],
)
def test_a_letter_about_no_effect_says_what_is_to_be_done(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str], job: dict[str, Any], told: str
) -> None:
    url = desk.stack.url(LOST_NOTICES)
    desk.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(job))
    main(["dead-letters", "--show"])
    assert told in capsys.readouterr().out


def test_a_letter_about_an_event_says_for_whom_and_is_moved_back_with_its_group(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    url = desk.stack.url(LOST_NOTICES)
    event = {"id": f"{CONVERSATION}/publish:1/0", "type": "ClockEnded"}
    body = json.dumps({"subscription": "crm", "event": event})
    desk.sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="crm")
    main(["dead-letters", "--show"])
    assert f"{event['id']}  for the subscription crm" in capsys.readouterr().out
    assert main(["redrive", LOST_NOTICES]) == 0


def test_looking_takes_nothing_away_and_keeps_the_order(desk: DeskWithLetters) -> None:
    for key in ("reply:a", "reply:b", "reply:c"):
        desk.letter(key)
    main(["dead-letters", "--show"])
    main(["dead-letters", "--show"])
    assert desk.keys_in(LETTERS) == ["reply:a", "reply:b", "reply:c"]


def test_letters_are_given_back_even_if_looking_fails(desk: DeskWithLetters) -> None:
    desk.letter("reply:a")
    queue = next(q for q in desk.stack.dead_letter_queues() if q.name == LETTERS)
    with pytest.raises(ZeroDivisionError), looked_at(desk.stack, queue):
        raise ZeroDivisionError
    assert desk.keys_in(LETTERS) == ["reply:a"]


def test_a_redrive_keeps_the_order_of_each_conversation(desk: DeskWithLetters) -> None:
    for number in range(6):
        for conversation_id in (CONVERSATION, OTHER):
            desk.letter(f"reply:{number}-{conversation_id[0]}", conversation_id)
    main(["redrive", LETTERS, "--wait", "0"])
    assert desk.keys_in(LETTERS) == []
    arrived = desk.keys_in(SOURCE)
    for name in (CONVERSATION[0], OTHER[0]):
        assert [key for key in arrived if key.endswith(name)] == [
            f"reply:{number}-{name}" for number in range(6)
        ]


def test_letters_that_a_dead_program_still_holds_are_counted_and_waited_for(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in ("reply:a", "reply:b"):
        desk.settled(key)
        desk.letter(key)
    with desk.dying("SendMessage", after=0):
        main(["redrive", LETTERS])
    capsys.readouterr()
    assert main(["dead-letters"]) == 1
    assert f"2  {LETTERS} (2 of them held by somebody)\n" in capsys.readouterr().out
    assert main(["redrive", LETTERS, "--wait", "0"]) == 1
    assert capsys.readouterr().out == f"{LETTERS}  moved 0; 2 left\n"

    [queue] = [q for q in desk.stack.dead_letter_queues() if q.name == LETTERS]
    redriving = Redriving(desk.stack, 1.0, pause=lambda _: show_held_letters_again())
    redriven = redriving.redrive(queue)
    assert (redriven.moved, redriven.complete) == (2, True)


def test_what_became_of_redriven_letters_is_said(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.settled("reply:a")
    desk.settled("reply:b")
    for key in ("reply:a", "reply:b", "reply:of-one-forgotten"):
        desk.letter(key)
    assert main(["redrive", LETTERS]) == 0
    assert capsys.readouterr().out == f"{LETTERS}  moved 3: 2 accepted, 1 gone; 0 left\n"


def test_what_is_still_being_tried_when_patience_ends_is_said_too(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.decided("reply:a")
    desk.letter("reply:a")
    assert main(["redrive", LETTERS, "--wait", "0.05"]) == 1
    assert capsys.readouterr().out == f"{LETTERS}  moved 1: 1 queued; 0 left\n"


def test_without_a_name_every_queue_is_redriven(desk: DeskWithLetters) -> None:
    desk.letter("reply:a")
    desk.letter("notice:a", queue=LOST_NOTICES)
    main(["redrive", "--wait", "0"])
    assert desk.keys_in(SOURCE) == ["reply:a"]
    assert desk.keys_in(NOTICES) == ["notice:a"]


def test_a_queue_that_does_not_exist_is_a_wrong_call(desk: DeskWithLetters) -> None:
    desk.letter("reply:a")
    with pytest.raises(SystemExit) as ended:
        main(["redrive", LETTERS, "no-such-queue"])
    assert ended.value.code == 2
    assert desk.keys_in(LETTERS) == ["reply:a"]


def test_a_stack_without_a_table_is_a_wrong_call(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.stack.resources["AWS::DynamoDB::Table"].clear()
    with pytest.raises(SystemExit) as ended:
        main(["quarantine"])
    assert ended.value.code == 2
    assert "stack sportello has 0 resources AWS::DynamoDB::Table" in capsys.readouterr().err


@pytest.mark.parametrize("operation", ["SendMessage", "DeleteMessage"])
def test_a_redrive_killed_between_two_steps_is_finished_by_the_next_without_doubles(
    desk: DeskWithLetters, operation: str
) -> None:
    for key in ("reply:a", "reply:b", "reply:c"):
        desk.letter(key)
    with desk.dying(operation, after=1):
        main(["redrive", LETTERS, "--wait", "0"])
    show_held_letters_again()
    main(["redrive", LETTERS, "--wait", "0"])
    assert desk.keys_in(SOURCE) == ["reply:a", "reply:b", "reply:c"]
    assert desk.keys_in(LETTERS) == []


def show_held_letters_again() -> None:
    """Let the time pass that a dead program's letters stay hidden."""
    queue = sqs_backends["123456789012"]["eu-south-1"].queues[f"{LETTERS}.fifo"]
    for message in queue._messages:
        message.visible_at = 0
    queue.pending_message_groups.clear()
    queue.pending_messages.clear()


def test_a_source_that_takes_nothing_leaves_the_letters_where_they_are(
    desk: DeskWithLetters,
) -> None:
    for key in ("reply:a", "reply:b"):
        desk.letter(key)
    lost = EndpointConnectionError(endpoint_url="https://queue.example")
    with patch("recovery.letters._send_again", side_effect=lost):
        assert main(["redrive", LETTERS]) == 1
    show_held_letters_again()
    assert desk.keys_in(LETTERS) == ["reply:a", "reply:b"]


def test_a_message_redriven_soon_after_it_was_sent_is_not_taken_for_a_repeat(
    desk: DeskWithLetters,
) -> None:
    sent_first = {
        "MessageBody": json.dumps({"conversation_id": CONVERSATION, "effect_key": "reply:a"}),
        "MessageGroupId": CONVERSATION,
        "MessageDeduplicationId": f"{CONVERSATION}-reply:a",
    }
    desk.sqs.send_message(QueueUrl=desk.stack.url(SOURCE), **sent_first)
    desk.keys_in(SOURCE)
    desk.sqs.send_message(QueueUrl=desk.stack.url(LETTERS), **sent_first)
    main(["redrive", LETTERS, "--wait", "0"])
    assert desk.keys_in(SOURCE) == ["reply:a"]


# --- stream records ---------------------------------------------------------------------------


def set_aside(sort_key: str) -> dict[str, Any]:
    keys = {"pk": {"S": f"CONV#{CONVERSATION}"}, "sk": {"S": sort_key}}
    return {"keys": keys, "error": "NotConfigured", "event": "1"}


def a_failed_batch(last: str) -> dict[str, Any]:
    """What Lambda writes when a batch of the stream is given up."""
    return {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {
            "shardId": "shardId-1",
            "startSequenceNumber": "1",
            "endSequenceNumber": "2",
            "approximateArrivalOfFirstRecord": last,
            "approximateArrivalOfLastRecord": last,
            "batchSize": 2,
        },
    }


def test_a_stream_letter_stays_while_its_item_is_still_to_be_done(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.decided("reply:a")
    desk.stream_letter(set_aside("FX#reply:a"))
    assert main(["redrive", STREAM_LETTERS, "--wait", "0.03"]) == 1
    printed = capsys.readouterr().out
    assert printed == (
        f"{STREAM_LETTERS}  moved 0; 1 left\n    still to do: {CONVERSATION} FX#reply:a\n"
    )


def test_a_stream_letter_goes_once_its_item_is_done(
    desk: DeskWithLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.settled("reply:a")
    desk.stream_letter(set_aside("FX#reply:a"))
    desk.stream_letter(set_aside("FX#reply:of-one-forgotten"))
    assert main(["redrive", STREAM_LETTERS]) == 0
    assert capsys.readouterr().out == f"{STREAM_LETTERS}  moved 0: 2 done; 0 left\n"
    assert main(["dead-letters"]) == 0


def test_the_sweep_is_waited_for(desk: DeskWithLetters) -> None:
    desk.decided("reply:a")
    desk.stream_letter(set_aside("FX#reply:a"))
    looks: list[float] = []

    def swept_after_two_looks(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            desk.settled("reply:a")

    [queue] = [q for q in desk.stack.dead_letter_queues() if q.name == STREAM_LETTERS]
    redriven = Redriving(desk.stack, 1.0, pause=swept_after_two_looks).redrive(queue)
    assert redriven.complete
    assert len(looks) == 2


def test_what_the_sweep_has_put_off_is_tried_by_the_next_one(desk: DeskWithLetters) -> None:
    desk.decided("reply:a")
    desk.put_off("FX#reply:a", NOW + timedelta(minutes=15))
    desk.stream_letter(set_aside("FX#reply:a"))
    assert main(["redrive", STREAM_LETTERS, "--wait", "0"]) == 1
    (entry,) = desk.stack.desk_table.overdue(NOW + timedelta(minutes=1))
    assert entry.pending_since == NOW


def test_a_batch_is_not_done_because_its_items_were_put_off(desk: DeskWithLetters) -> None:
    record = an_inbound_record(a_message("Buongiorno"), received_at=NOW)
    desk.stack.desk_table.put_inbound(record, compress({}))
    desk.put_off(f"IN#{record.item_id}", NOW + timedelta(minutes=15))
    desk.stream_letter(a_failed_batch(stamp(NOW)))
    assert main(["dead-letters", "--show"]) == 1
    assert main(["redrive", STREAM_LETTERS, "--wait", "0"]) == 1


@pytest.mark.parametrize(("older", "left"), [(timedelta(0), 1), (timedelta(minutes=5), 0)])
def test_a_batch_that_lambda_gave_up_is_done_when_nothing_as_old_is_pending(
    desk: DeskWithLetters, older: timedelta, left: int
) -> None:
    record = an_inbound_record(a_message("Buongiorno"), received_at=NOW)
    desk.stack.desk_table.put_inbound(record, compress({}))
    desk.stream_letter(a_failed_batch(stamp(NOW - older)))
    assert main(["redrive", STREAM_LETTERS, "--wait", "0"]) == left
    assert main(["dead-letters"]) == left


def test_a_stream_letter_of_an_unknown_kind_stays(desk: DeskWithLetters) -> None:
    desk.stream_letter({"hello": "there"})
    assert main(["redrive", STREAM_LETTERS, "--wait", "0"]) == 1
    assert main(["dead-letters"]) == 1
