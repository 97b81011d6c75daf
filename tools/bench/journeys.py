"""What customers and agents do while the bench looks on, step by step."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sportello.conversation.events import OwnerKind
from support.builders import NOW
from support.clouds.one_process.people import Condition, Customer, Told
from support.clouds.one_process.stories import QUESTION, SETTINGS, UNKNOWN_QUESTION, sla
from support.clouds.one_process.webhook_calls import MESSAGE
from support.template import channels_on_disk, events, functions
from support.webhooks import cases, fresh, recorded, rest_event, signed
from tools.bench.recording import RecordingCloud, Step

AFTERWARDS = "afterwards"
"""What happens between the steps that are reported, until nothing is left to do."""

_WEEK = timedelta(days=7)

type Journey = Callable[[RecordingCloud, Told, Customer, int], Iterator[Condition]]


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
    _tell_all(cloud, 0)
    cloud.steps.clear()
    _tell_all(cloud, 1)
    return cloud.steps


def recording_cloud(*, forgetful: bool = False) -> RecordingCloud:
    cloud = RecordingCloud(NOW, forgetful=forgetful)
    cloud.configure(*SETTINGS)
    return cloud


def _tell_all(cloud: RecordingCloud, number: int) -> None:
    """Tell one journey after the other, each at the same hour and until nothing is left to do."""
    customers = iter(range(500_600_701 + 100 * number, 500_600_801 + 100 * number))
    for channel in MESSAGE:
        _tell(cloud, _answered_by_the_bot, channel, next(customers), number)
    channel = next(iter(MESSAGE))
    for journey in (_taken_by_an_agent, _taken_by_nobody):
        _tell(cloud, journey, channel, next(customers), number)
    for channel in channels_on_disk():
        cloud.begin(webhook_step(channel))
        cloud.world.invoke(receiver_of(channel), _webhook(channel, number))
    cloud.begin(AFTERWARDS)
    for function in functions():
        if events(functions()[function], "ScheduleV2"):
            cloud.world.invoke(function, {})
    cloud.world.run()
    cloud.end()


def _tell(
    cloud: RecordingCloud, journey: Journey, channel: str, customer: int, number: int
) -> None:
    cloud.world.now = NOW + number * _WEEK

    def script(told: Told) -> Iterator[Condition]:
        yield from journey(cloud, told, told.customer("giulia", channel, customer), number)
        cloud.begin(AFTERWARDS)

    cloud.begin(AFTERWARDS)
    Told(cloud, script)
    cloud.world.run()
    cloud.end()


def _answered_by_the_bot(
    cloud: RecordingCloud, _told: Told, giulia: Customer, _number: int
) -> Iterator[Condition]:
    cloud.begin(f"the bot answers on {giulia.channel}")
    giulia.write(QUESTION)
    yield giulia.is_answered


def _taken_by_an_agent(
    cloud: RecordingCloud, told: Told, giulia: Customer, number: int
) -> Iterator[Condition]:
    anna, sofia = told.agent("anna"), told.agent("sofia")
    cloud.begin("a handoff and its first offer")
    giulia.write(UNKNOWN_QUESTION)
    yield _rung(told, giulia, "conversation.offered")
    cloud.begin("an agent accepts")
    anna.does("accept", giulia)
    yield lambda: giulia.state.owner.kind is OwnerKind.AGENT
    cloud.begin("a clock warns")
    yield _rung(told, giulia, "clock.imminent")
    cloud.begin("an agent replies")
    anna.replies(giulia, "Lo accordiamo noi.")
    yield giulia.is_answered
    cloud.begin("a policy is changed")
    sofia.writes(sla(first_response=3_601 + number), after=1 + number)
    yield lambda: True
    cloud.begin(AFTERWARDS)
    anna.does("resolve", giulia)
    yield lambda: giulia.state.resolved_at is not None


def _taken_by_nobody(
    cloud: RecordingCloud, _told: Told, giulia: Customer, _number: int
) -> Iterator[Condition]:
    cloud.begin(AFTERWARDS)
    giulia.write(UNKNOWN_QUESTION)
    yield giulia.waits_for_people
    cloud.begin("nobody takes the offer")
    yield lambda: not any(running.machine == "escalation" for running in cloud.workflows.running())


def _rung(told: Told, customer: Customer, notice: str) -> Condition:
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


def _webhook(channel: str, number: int) -> dict[str, object]:
    payload = fresh(recorded(channel, plain_case(channel)), number)
    return rest_event(signed(channel, payload), f"/{channel}")


def plain_case(channel: str) -> str:
    """Return the recorded payload of a plain text, or whatever there is."""
    names = cases(channel)
    return "text" if "text" in names else names[0]
