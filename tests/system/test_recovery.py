"""What is set aside comes back: by itself after a crash or an outage, else by one command."""

import array
import fcntl
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.cloud.observing import wait_until
from local.providers.customers import TelegramCustomer, WhatsAppCustomer, post_whatsapp
from local.providers.provider_calls import Fault
from sportello.table.desk_table import DeskTable
from support.clouds.driven_desk import (
    PATIENCE_SECONDS,
    QUESTION,
    UNKNOWN_QUESTION,
    DrivenDesk,
    Measured,
    conversation_in,
    said_in,
)
from support.template import ROOT

pytestmark = pytest.mark.system

LEASE_SECONDS = 30
SWEPT_WITHIN_SECONDS = LEASE_SECONDS + 5 + 60 + PATIENCE_SECONDS
REPLIES = ("Eccomi.", "Ho trovato il suo ordine.", "Parte domani.")

type Customer = WhatsAppCustomer | TelegramCustomer


def taken_by_agent(desk: DrivenDesk, customer: Customer) -> str:
    """Bring a customer to an agent and return the conversation."""
    customer.write(UNKNOWN_QUESTION)
    ring = desk.calls.wait_for(
        lambda call: call.channel == "agents" and customer.name in call.body,
        seconds=40,
        what="ring",
    )
    conversation_id: str = json.loads(ring.body)["data"]["conversation_id"]
    desk.act(conversation_id, "accept").expect(200)
    desk.await_settled(conversation_id)
    return conversation_id


def recovery(desk: DrivenDesk, *arguments: str, laptop: bool = True) -> tuple[int, str]:
    """Run the documented command; returns its exit status and what it printed."""
    where = ["--laptop"] if laptop else ["--stack", desk.stack.stack_name]
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "recovery", *where, *arguments],
        cwd=ROOT,
        env=desk.laptop.emulator.environment_for_tools(),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert not any(private in done.stdout for private in desk.private)
    return done.returncode, done.stdout


# --- a function killed mid-turn ---------------------------------------------------------------


def processes_of(desk: DrivenDesk, logical_id: str) -> list[int]:
    """Return the processes that serve a function in this cloud."""
    wanted = {
        f"AWS_LAMBDA_FUNCTION_NAME={desk.resource(logical_id)}",
        f"AWS_ENDPOINT_URL={desk.stack.aws_endpoint}",
    }
    found = []
    for folder in Path("/proc").iterdir():
        try:
            environment = (folder / "environ").read_text().split("\0")
        except OSError:
            continue  # no process, not ours, or gone meanwhile
        if wanted <= set(environment):
            found.append(int(folder.name))
    return found


@contextmanager
def stopped(processes: list[int]) -> Iterator[None]:
    """Freeze processes, and kill them at the end of the context.

    The cloud may have ended one that had long been idle.
    """
    try:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def has_work(process: int) -> bool:
    """Whether a frozen process has been given an event it has not read."""
    unread = array.array("i", [0])
    # One that has been ended has nothing to read from.
    with suppress(OSError), Path(f"/proc/{process}/fd/0").open("rb", buffering=0) as events:
        fcntl.ioctl(events, termios.FIONREAD, unread)
    return unread[0] > 0


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks processes up in /proc")
def test_a_customer_whose_turn_was_killed_gets_an_answer_or_a_person(
    desk: DrivenDesk, measured: Measured
) -> None:
    first, customer = desk.whatsapp_customer(), desk.whatsapp_customer()
    first.write(QUESTION)
    desk.await_sent(first)
    with desk.settings(bot={"lease_seconds": LEASE_SECONDS}):
        processes = processes_of(desk, "RunBotFunction")
        assert processes
        with stopped(processes):
            customer.write(QUESTION)
            wait_until(
                lambda: any(map(has_work, processes)), seconds=40, what="turn in a frozen process"
            )
        killed_at = time.monotonic()
        sent = desk.await_sent(customer, seconds=SWEPT_WITHIN_SECONDS)
    measured(f"{time.monotonic() - killed_at:6.1f} s  from a run's death to word for the customer")
    conversation_id = conversation_in(sent)
    desk.await_settled(conversation_id)
    assert len(desk.sent_to(customer)) == 1
    happened = {event["type"] for event in desk.log(conversation_id)}
    assert len(happened & {"TurnAnswered", "HandoffRequested"}) == 1


# --- a provider that is down ------------------------------------------------------------------


def test_an_outage_loses_nothing_and_keeps_the_order_of_each_conversation(
    desk: DrivenDesk, measured: Measured
) -> None:
    customers: list[Customer] = [
        desk.whatsapp_customer(),
        desk.whatsapp_customer(),
        desk.telegram_customer(),
    ]
    conversations = [taken_by_agent(desk, customer) for customer in customers]
    before = [len(desk.sent_to(customer)) for customer in customers]
    # Both at once: what one of them had failed already would be long on its way.
    desk.next_calls_fail(
        *(Fault(channel, times=10_000, status=503) for channel in ("whatsapp", "telegram"))
    )
    for text in REPLIES:
        for conversation_id in conversations:
            desk.reply(conversation_id, text).expect(202)
    # Attempts after 1, 2, 4 and 8 seconds: about a quarter of a minute without a provider.
    for customer, already in zip(customers, before, strict=True):
        wait_until(
            lambda one=customer, some=already: len(desk.sent_to(one)) >= some + 5,  # type: ignore[misc] # mypy sees no type in a default
            seconds=60,
            what="fifth attempt",
        )
    desk.calls.heal()
    healed_at = time.monotonic()
    desk.await_settled(*conversations, seconds=90)
    measured(
        f"{time.monotonic() - healed_at:6.1f} s  from the end of an outage to the last message"
    )
    for customer, already in zip(customers, before, strict=True):
        calls = desk.sent_to(customer)[already:]
        assert {said_in(call) for call in calls if call.fault} == {REPLIES[0]}, (
            "only the first is tried"
        )
        assert tuple(said_in(call) for call in calls if not call.fault) == REPLIES
    for conversation_id in conversations:
        desk.act(conversation_id, "resolve").expect(200)


# --- dead letters -----------------------------------------------------------------------------


@contextmanager
def giving_up_after(desk: DrivenDesk, attempts: int, queue: str) -> Iterator[None]:
    """Let a queue take a message for dead after fewer attempts than the template says."""
    sqs, url = desk.laptop.client("sqs"), desk.resource(queue)
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
    before = found["Attributes"]["RedrivePolicy"]
    fewer = json.dumps({**json.loads(before), "maxReceiveCount": attempts})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": fewer})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": before})


def test_dead_letters_are_shown_and_redriven_and_arrive_once_in_order(desk: DrivenDesk) -> None:
    letters = "WhatsAppDeliveryDeadLetters"
    customer = desk.whatsapp_customer()
    conversation_id = taken_by_agent(desk, customer)
    already = len(desk.sent_to(customer))
    # Every message of the queue may be tried once only: what goes to others must not fail.
    with giving_up_after(desk, 1, "WhatsAppDeliveryQueue"):
        desk.next_calls_fail(Fault("whatsapp", times=10_000, status=503, holding=customer.phone))
        for text in REPLIES[:2]:
            desk.reply(conversation_id, text).expect(202)
        wait_until(
            lambda: sum(desk.dead_letters().values()) == 2, seconds=60, what="second dead letter"
        )
    desk.calls.heal()

    status, printed = recovery(desk, "dead-letters", "--show")
    assert status == 1
    assert re.search(rf"^ +2  {letters}$", printed, re.MULTILINE)
    shown = re.findall(rf"{conversation_id}  reply:\S+  queued  decided ", printed)
    assert len(shown) == 2
    assert not any(text in printed for text in REPLIES)

    status, printed = recovery(desk, "redrive", letters, laptop=False)
    assert (status, printed) == (0, f"{letters}  moved 2: 2 accepted; 0 left\n")
    desk.await_settled(conversation_id)
    sent = [said_in(call) for call in desk.sent_to(customer)[already:] if not call.fault]
    assert tuple(sent) == REPLIES[:2]
    status, printed = recovery(desk, "dead-letters")
    assert status == 0
    desk.act(conversation_id, "resolve").expect(200)


def test_a_set_aside_stream_record_goes_once_its_item_is_done(desk: DrivenDesk) -> None:
    customer = desk.whatsapp_customer()
    customer.write(QUESTION)
    conversation_id = conversation_in(desk.await_sent(customer))
    desk.await_settled(conversation_id)
    effect = next(
        item
        for item in desk.items()
        if item["entity"]["S"] == "effect" and item["pk"]["S"] == f"CONV#{conversation_id}"
    )
    letter = {
        "keys": {"pk": effect["pk"], "sk": effect["sk"]},
        "error": "NotConfigured",
        "event": "1",
    }
    desk.laptop.client("sqs").send_message(
        QueueUrl=desk.resource("DispatchDeadLetters"), MessageBody=json.dumps(letter)
    )
    status, printed = recovery(desk, "redrive", "DispatchDeadLetters")
    assert (status, printed) == (0, "DispatchDeadLetters  moved 0: 1 done; 0 left\n")
    assert desk.dead_letters() == {}


# --- quarantine -------------------------------------------------------------------------------


def test_a_payload_that_an_older_adapter_could_not_read_is_answered_after_a_rerun(
    desk: DrivenDesk,
) -> None:
    customer = desk.whatsapp_customer()
    body = json.dumps(customer.payload(QUESTION, f"wamid.{secrets.token_hex(12)}")).encode()
    table = DeskTable(desk.stack.table, desk.laptop.client("dynamodb"))
    name = table.quarantine("whatsapp", "text: extra_forbidden", body, datetime.now(UTC))

    status, printed = recovery(desk, "quarantine")
    assert status == 1
    [line] = [line for line in printed.splitlines() if name in line]
    assert f"whatsapp  {len(body)} bytes  text: extra_forbidden" in line

    status, printed = recovery(desk, "quarantine", "--rerun", "--dry-run", name)
    assert status == 0
    assert desk.sent_to(customer) == []

    status, printed = recovery(desk, "quarantine", "--rerun", name, laptop=False)
    assert status == 0
    assert f"{name}  whatsapp  1 message, 1 new\n" in printed
    desk.await_settled(conversation_in(desk.await_sent(customer)))
    assert len(desk.sent_to(customer)) == 1
    assert recovery(desk, "quarantine", "--rerun", name)[0] == 2, "it is no longer there"


def test_a_payload_that_nobody_can_read_stays_in_quarantine(desk: DrivenDesk) -> None:
    before = set(desk.quarantined())
    post_whatsapp(desk.stack, b'{"object": "whatsapp_business_account", "entry": [7]}').expect(200)
    (kept,) = set(desk.quarantined()) - before
    name = kept.removeprefix("QUARANTINE#")
    status, printed = recovery(desk, "quarantine", "--rerun", name)
    assert status == 1
    assert "still unreadable: entry is not an object" in printed
    assert name in recovery(desk, "quarantine")[1]
