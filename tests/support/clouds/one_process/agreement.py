"""What is true of any run: outside, log and state tell the same, and nothing is left to do."""

from collections import Counter
from typing import Any

from notifiers.webhook import webhook_id
from sportello.conversation.effects import Machine, NotifyAgents, SendMessage, StartWorkflow
from sportello.conversation.events import ClockEnded, ClockReopened, bus_detail
from sportello.dispatch.dispatcher import execution_name
from sportello.messaging.items import DeliveryStatus
from sportello.people.notifying.ringing import WITHDRAWN
from sportello.sla.clocks import ClockEnding, ClockKind
from sportello.table.items import read_wait
from support.clouds.one_process.people import IN_HAND, Told
from support.clouds.one_process.recorded import as_we_know_it, recorded

type Sent = tuple[str, str, str]
"""Channel, recipient and text."""


ENVELOPE = {"id", "conversation_id", "channel", "sequence"}
"""What every event on the bus has besides its own facts."""

STORY_WITHOUT_END = "the story did not end"


def disagreements(told: Told) -> list[str]:
    found = [] if told.ended else [STORY_WITHOUT_END]
    found += _left_over(told) + _messages(told) + _notices(told) + _bus(told) + _workflows(told)
    found += _waits(told)
    found += [f"rings no more for somebody who waits: {what}" for what in told.left_waiting]
    for conversation in recorded(told):
        if conversation.folded != as_we_know_it(conversation.customer.state):
            found.append(f"{conversation.name}: the state is not what the log folds into")
    return found


def _left_over(told: Told) -> list[str]:
    cloud = told.cloud
    found = [f"pending: {item['sk']['S']}" for item in cloud.table.pending()]
    found += [f"in {queue.name}" for queue in cloud.queues.values() if queue.messages]
    found += [f"running: {execution.name}" for execution in cloud.workflows.running()]
    if cloud.stream.unread or cloud.stream.dead_letters:
        found.append("in the stream")
    return found


def _messages(told: Told) -> list[str]:
    """Each message is at its provider once; perhaps, if it is unknown; never, if withdrawn."""
    known_as = {name: str(each.number) for each in told.customers.values() for name in each.names}
    taken = Counter(
        (each.channel, known_as.get(each.to, each.to), each.text)
        for each in told.cloud.outside.taken
    )
    least: Counter[Sent] = Counter()
    most: Counter[Sent] = Counter()
    for conversation in recorded(told):
        unsure = conversation.ever_unknown
        customer = conversation.customer
        for record, message in conversation.of(SendMessage):
            what = (customer.channel, str(customer.number), message.text)
            sent = record.status not in {DeliveryStatus.WITHDRAWN, *IN_HAND}
            most[what] += sent
            least[what] += sent and message.key not in unsure
    found = [f"not sent: {what}" for what in (least - taken).elements()]
    return found + [f"sent again: {what}" for what in (taken - most).elements()]


def _notices(told: Told) -> list[str]:
    """Every notice rings, unless it says itself that its offer was over before it could."""
    codes = {
        webhook_id(f"{conversation.customer.conversation_id}/{notice.key}"): record.error_code
        for conversation in recorded(told)
        for record, notice in conversation.of(NotifyAgents)
    }
    rung = {ring.webhook_id for ring in told.cloud.outside.rings}
    found = [
        f"not rung: {each}"
        for each, code in codes.items()
        if each not in rung and code != WITHDRAWN
    ]
    return found + [f"rung out of nothing: {each}" for each in rung - codes.keys()]


def _bus(told: Told) -> list[str]:
    """Every published event of the log is on the bus under its id, and nothing else is."""
    expected = {}
    for conversation in recorded(told):
        name = conversation.customer.conversation_id
        for entry in conversation.log:
            published = [event for event in entry.events if event.published]
            for number, event in enumerate(published):
                key = f"{name}/publish:{entry.sequence}/{number}"
                expected[key] = (event.type, bus_detail(event))
    heard: dict[str, tuple[str, dict[str, Any]]] = {}
    for kind, detail in told.cloud.bus.entries:
        told_of = {k: v for k, v in detail.items() if k not in ENVELOPE}
        if heard.setdefault(detail["id"], (kind, told_of)) != (kind, told_of):
            return [f"one id, two bus events: {kind}"]
    return [] if heard == expected else [f"bus and log differ: {heard.keys() ^ expected.keys()}"]


def _workflows(told: Told) -> list[str]:
    """Each Standard workflow that was decided was started once, under its own name."""
    started = Counter(
        execution.name
        for execution in told.cloud.workflows.started
        if execution.machine != Machine.TRIAGE
    )
    expected = Counter(
        execution_name(f"{conversation.customer.conversation_id}-{start.key}")
        for conversation in recorded(told)
        for _, start in conversation.of(StartWorkflow)
    )
    found = [f"not started: {name}" for name in (expected - started).elements()]
    return found + [f"started again: {name}" for name in (started - expected).elements()]


def _waits(told: Told) -> list[str]:
    """Every wait for a person that an answer or the resolution ended is on record, once.

    One that went on because the answer was lost has not ended.
    """
    items = told.cloud.table.items
    waits = [read_wait(item) for (part, _), item in items.items() if part.startswith("WAITS#")]
    kept = Counter(wait.conversation_id for wait in waits if not wait.answer_lost)
    reported = {ClockEnding.ANSWERED, ClockEnding.RESOLVED}
    ended = Counter(
        conversation.customer.conversation_id
        for conversation in recorded(told)
        for event in conversation.events
        if isinstance(event, ClockEnded)
        and event.kind is ClockKind.FIRST_RESPONSE
        and event.ending in reported
    )
    ended -= Counter(
        conversation.customer.conversation_id
        for conversation in recorded(told)
        for event in conversation.events
        if isinstance(event, ClockReopened) and event.clock.kind is ClockKind.FIRST_RESPONSE
    )
    return [] if kept == ended else [f"waits on record: {kept}, ended: {ended}"]
