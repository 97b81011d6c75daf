"""What customers and agents do while the bench looks on, step by step."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sportello.conversation.events import OwnerKind
from sportello.messaging.items import Media
from sportello.table.compression import compress
from sportello.table.keys import conversation_of
from sportello.table.outward.live_items import Connection, places_of
from support.builders import NOW, a_message, an_inbound_record
from support.clouds.one_process import deployment
from support.clouds.one_process.people import Condition, Customer, Told
from support.clouds.one_process.stories import QUESTION, SETTINGS, UNKNOWN_QUESTION, sla
from support.clouds.one_process.webhook_calls import MESSAGE
from support.template import channels_on_disk, events, functions
from support.webhooks import PROVIDERS, cases, fresh, recorded, rest_event, signed
from tools.bench.recorded.recording import RecordingCloud, Step

AFTERWARDS = "afterwards"
"""What happens between the steps that are reported, until nothing is left to do."""

HANDOFF, ACCEPTANCE = "a handoff and its offer", "an agent accepts"
WARNING, REPLY = "a clock warns", "an agent replies"
RESOLUTION = "an agent resolves"
REVIEW, NEXT_REVIEW = "a review of a wait", "another review soon after"
NEXT_HANDOFF = "another handoff soon after"
PUSH = "a row is pushed to ten"

PUSH_FUNCTION = "LivePushFunction"
CONNECTED = 10

CHANNEL = next(iter(MESSAGE))
"""Where customers write in the journeys that are told for one channel only."""

FIRST_CUSTOMER = 500_600_701
WEEK = timedelta(days=7)
"""Journeys are told at the same hour, in weeks of their own."""

type Journey = Callable[[RecordingCloud, Told, Customer], Iterator[Condition]]


def cold_steps() -> list[Step]:
    """Return the journeys as they are when every invocation is the first of its process."""
    cloud = recording_cloud(forgetful=True)
    with cloud.in_place():
        _tell_all(cloud, 0)
    return cloud.steps


def warm_steps(cloud: RecordingCloud) -> list[Step]:
    """Return the journeys as they are when every process is warm: told for the second time.

    The cloud must be in place, and stay there for as long as its processes are to be warm.
    """
    warm_up(cloud)
    cloud.steps.clear()
    _tell_all(cloud, 1)
    return cloud.steps


def warm_up(cloud: RecordingCloud) -> None:
    """Let every process have done before what it is going to do."""
    _tell_all(cloud, 0)


def recording_cloud(*, forgetful: bool = False) -> RecordingCloud:
    """Return a cloud with settings, and nothing that has happened."""
    cloud = RecordingCloud(NOW, forgetful=forgetful)
    cloud.configure(*SETTINGS)
    return cloud


def _tell_all(cloud: RecordingCloud, round_number: int) -> None:
    """Tell one journey after the other, to new customers in each round."""
    at = NOW + round_number * WEEK
    numbers = iter(range(FIRST_CUSTOMER + 100 * round_number, FIRST_CUSTOMER * 2))
    for channel in MESSAGE:
        tell(cloud, answered_by_the_bot, channel, next(numbers), at)
    for journey in (taken_by_an_agent, taken_by_nobody, policy_change(1 + round_number)):
        tell(cloud, journey, CHANNEL, next(numbers), at)
    cloud.begin(PUSH)
    cloud.world.invoke(PUSH_FUNCTION, connected_to_ten(cloud))
    disconnect_all(cloud)
    for channel in channels_on_disk():
        cloud.begin(webhook_step(channel))
        cloud.world.invoke(receiver_of(channel), recorded_webhook(channel, round_number))
    for channel in channels_on_disk():
        if name := _fetcher_of(channel):
            job = _kept_picture(cloud, channel, round_number)
            cloud.begin(file_step(channel))
            cloud.world.invoke(name, {"Records": [_record_of(name, job)]})
    cloud.begin(AFTERWARDS)
    for function, call in (*link_calls(), *queue_calls(), *press_calls(), *socket_calls()):
        cloud.world.invoke(function, call)
    for function in deployment.scheduled_functions():
        cloud.world.invoke(function, {})
    cloud.world.run()
    cloud.end()


def file_step(channel: str) -> str:
    return f"a file is fetched from {channel}"


def _fetcher_of(channel: str) -> str | None:
    handler = f"channels.{channel}.fetch.handler"
    return next((n for n, f in functions().items() if f["Handler"] == handler), None)


def _kept_picture(cloud: RecordingCloud, channel: str, number: int) -> str:
    """Keep a message with a picture, applied already; returns the job of fetching it."""
    account = PROVIDERS[channel].account_id
    picture = Media(kind="image", provider_media_id="1")
    message = a_message("", number + 1, media=(picture,), account_id=account)
    record = an_inbound_record(message).model_copy(update={"channel": channel})
    attributes = record.to_attributes(compress({}))
    cloud.table.keep({name: v for name, v in attributes.items() if "pending" not in name})
    job = {"conversation_id": record.conversation_id, "item_id": record.item_id}
    return json.dumps(job | {"number": "0", "asked_at": NOW.isoformat()})


def tell(
    cloud: RecordingCloud,
    journey: Journey,
    channel: str,
    number: int,
    at: datetime,
    *,
    written: int = 0,
) -> None:
    """Tell a journey from an instant on, until nothing is left to do.

    `written` is how many messages the customer has written before.
    """
    cloud.world.now = at

    def script(told: Told) -> Iterator[Condition]:
        giulia = told.customer("giulia", channel, number)
        giulia.written = written
        yield from journey(cloud, told, giulia)
        cloud.begin(AFTERWARDS)

    cloud.begin(AFTERWARDS)
    Told(cloud, script)
    cloud.world.run()
    cloud.end()


def bot_step(channel: str) -> str:
    return f"the bot answers on {channel}"


def answered_by_the_bot(
    cloud: RecordingCloud, _told: Told, giulia: Customer
) -> Iterator[Condition]:
    cloud.begin(bot_step(giulia.channel))
    giulia.write(QUESTION)
    yield giulia.is_answered


def taken_by_an_agent(cloud: RecordingCloud, told: Told, giulia: Customer) -> Iterator[Condition]:
    anna = told.agent("anna")
    cloud.begin(HANDOFF)
    giulia.write(UNKNOWN_QUESTION)
    yield rung(told, giulia, "conversation.offered")
    cloud.begin(ACCEPTANCE)
    anna.does("accept", giulia)
    yield lambda: giulia.state.owner.kind is OwnerKind.AGENT
    cloud.begin(WARNING)
    yield rung(told, giulia, "clock.imminent")
    cloud.begin(REPLY)
    anna.replies(giulia, "Lo accordiamo noi.")
    yield giulia.is_answered
    cloud.begin(RESOLUTION)
    anna.does("resolve", giulia)
    yield lambda: giulia.state.resolved_at is not None


def told_how_long(cloud: RecordingCloud, told: Told, giulia: Customer) -> Iterator[Condition]:
    """Two customers wait, one come seconds after the other, and both are looked at again."""
    anna = told.agent("anna")
    marco = told.customer("marco", giulia.channel, giulia.number + 1)
    for customer, step in ((giulia, HANDOFF), (marco, NEXT_HANDOFF)):
        cloud.begin(step)
        customer.write(UNKNOWN_QUESTION)
        yield rung(told, customer, "conversation.offered")
        cloud.world.now += timedelta(seconds=10)
    cloud.world.now += timedelta(minutes=5)
    for customer, step in ((giulia, REVIEW), (marco, NEXT_REVIEW)):
        cloud.begin(step)
        wake_at = cloud.world.now.isoformat()
        request = {"conversation_id": customer.conversation_id, "wake_at": wake_at}
        cloud.world.invoke("TickFunction", request)
        cloud.begin(AFTERWARDS)
        cloud.world.now += timedelta(seconds=10)
    for customer in (giulia, marco):
        anna.does("accept", customer)
    yield lambda: marco.state.owner.kind is OwnerKind.AGENT
    for customer in (giulia, marco):
        anna.does("resolve", customer)


def taken_by_nobody(cloud: RecordingCloud, told: Told, giulia: Customer) -> Iterator[Condition]:
    """One round of ringing in vain; others would follow, for as long as she waits."""
    cloud.begin(AFTERWARDS)
    giulia.write(UNKNOWN_QUESTION)
    yield giulia.waits_for_people
    cloud.begin("nobody takes the offer")
    yield lambda: giulia.state.ladder_exhausted
    yield from _settled(cloud, told, giulia)


def policy_change(version: int) -> Journey:
    """The policy is edited while a customer waits; `version` is the one before."""

    def journey(cloud: RecordingCloud, told: Told, giulia: Customer) -> Iterator[Condition]:
        anna, sofia = told.agent("anna"), told.agent("sofia")
        cloud.begin(AFTERWARDS)
        giulia.write(UNKNOWN_QUESTION)
        yield rung(told, giulia, "conversation.offered")
        anna.does("accept", giulia)
        yield lambda: giulia.state.owner.kind is OwnerKind.AGENT
        cloud.begin("a policy is changed")
        sofia.writes(sla(first_response=3_600 + version), after=version)
        step = cloud.steps[-1]
        yield lambda: any(each.function == "FitClocksFunction" for each in step.invocations)
        yield from _settled(cloud, told, giulia)

    return journey


def _settled(cloud: RecordingCloud, told: Told, giulia: Customer) -> Iterator[Condition]:
    """Let her matter be over: whoever waits for people is rung for, for ever."""
    cloud.begin(AFTERWARDS)
    told.agent("anna").does("resolve", giulia)
    yield lambda: giulia.state.resolved_at is not None


def rung(told: Told, customer: Customer, notice: str) -> Condition:
    about = customer.conversation_id
    return lambda: any(ring.conversation_id == about for ring in told.heard(notice))


def webhook_step(channel: str) -> str:
    return f"a webhook of {channel}"


def receiver_of(channel: str) -> str:
    """Return the function that answers a channel's webhook."""
    return next(
        name
        for name, function in functions().items()
        if any(event["Path"] == f"/{channel}" for event in events(function, "Api"))
    )


def connected_to_ten(cloud: RecordingCloud) -> dict[str, Any]:
    """Have ten agents listen to a queue, and return what says that a conversation of it changed."""
    opened_at = cloud.world.now
    for number in range(CONNECTED):
        connection = Connection(
            connection_id=f"c-{number}",
            agent_id=f"agent-{number}",
            opened_at=opened_at,
            lives_until=opened_at + WEEK,
            queues=("default",),
        )
        cloud.connections.open.add(connection.connection_id)
        cloud.table.keep(connection.to_attributes())
        for place in places_of(connection.listener):
            cloud.table.keep(connection.listener.to_attributes(place))
    states = (item for item in cloud.table.items.values() if item["entity"]["S"] == "state")
    shown = next(item for item in states if '"queue":"default"' in item["state"]["S"])
    return {"conversations": {conversation_of(shown): {}}}


def disconnect_all(cloud: RecordingCloud) -> None:
    """Let nobody listen any more: what else is told is told without them."""
    cloud.connections.open.clear()
    for key in [key for key in cloud.table.items if key[0].startswith("LIVE")]:
        del cloud.table.items[key]


def socket_calls() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a browser says that nobody has let in."""
    call = {"requestContext": {"connectionId": "nobody"}, "body": '{"t": "hello"}'}
    for name, function in functions().items():
        if function["Handler"].startswith("live.") and name != PUSH_FUNCTION:
            yield name, call


def link_calls() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a scanner of mails asks of whatever shows a link, which none of ours is."""
    call = {"httpMethod": "GET", "headers": {}, "pathParameters": {"token": "nothing"}}
    for name, function in functions().items():
        if any("{token}" in event["Path"] for event in events(function, "Api")):
            yield name, call


JOBS = {
    "notifiers": {"conversation_id": "0" * 32, "effect_key": "offer:handoff-0-0:gone"},
    "subscriptions": {"subscription": "gone", "since": "2026-03-04T10:00:00Z"},
}
"""What is done already: the settings ring people in one way only, and subscribe nobody."""


def queue_calls() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield to whoever reads a queue that no journey fills a job that is done."""
    for name, function in functions().items():
        job = JOBS.get(function["Handler"].partition(".")[0])
        if job and events(function, "SQS"):
            yield name, {"Records": [_record_of(name, json.dumps(job))]}


def _record_of(queue: str, body: str) -> dict[str, Any]:
    """Return a message as its queue hands it to a function for the first time."""
    return {
        "messageId": queue,
        "receiptHandle": queue,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(int(NOW.timestamp() * 1_000)),
        },
        "eventSourceARN": f"arn:aws:sqs:eu-south-1:123456789012:{queue}",
    }


def press_calls() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a forged press to whatever takes buttons: nobody is rung where there are any."""
    call = {"httpMethod": "POST", "headers": {}, "body": "payload=%7B%7D"}
    for name, function in functions().items():
        if function["Handler"].endswith(".answer.handler"):
            yield name, call


def recorded_webhook(channel: str, number: int = 0) -> dict[str, Any]:
    payload = fresh(recorded(channel, _plain_case(channel)), number)
    return rest_event(signed(channel, payload), f"/{channel}")


def _plain_case(channel: str) -> str:
    """Name the recorded payload of a text, or whatever there is."""
    names = cases(channel)
    return "text" if "text" in names else names[0]
