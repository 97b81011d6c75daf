"""What customers and agents do in the runs of an experiment.

A story leaves room: people are rung for ten minutes, and again after an hour; they are answered
within the hour, so that no crash, which costs minutes at most, makes it another story.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sportello.conversation.events import OwnerKind
from sportello.conversation.handing_over.queueing import AGENT_SILENT
from sportello.messaging.items import DeliveryStatus
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import Queue, QueueSettings, QueueTier
from sportello.routing.settings import QueueRouting
from sportello.sla.policies import SlaPolicy
from sportello.sla.settings import SlaSettings
from support.builders import NIGHT, NOW
from support.clouds.one_process.outside import FAILING_TEXT, REFUSED_TEXT
from support.clouds.one_process.people import Condition, Customer, Script, Told

QUESTION = "Quanto tempo ci vuole per la consegna?"
SAME_QUESTION = "Tempi di consegna?"
UNKNOWN_QUESTION = "Il mio coccodrillo di peluche canta stonato la domenica"


def sla(first_response: int) -> SlaSettings:
    """Targets for every kind of clock; only the first response warns before its time."""
    quiet = {"warn_after_fraction": 1, "at_warning": {}}
    policy = {
        "name": "messaging",
        "targets": {
            "first_response": {"seconds": first_response, "warn_after_fraction": 0.5},
            "next_response": {"seconds": 7_200, **quiet},
            "queue_wait": {"seconds": 7_200, **quiet},
            "agent_silence": {"seconds": 5_400, "at_breach": {"reassign": True}, **quiet},
            "resolution": {
                "seconds": 86_400,
                "pauses_while": ["awaiting_customer", "snoozed"],
                "at_breach": {},
                **quiet,
            },
        },
    }
    return SlaSettings(policies=(SlaPolicy.model_validate(policy),))


SETTINGS = (
    AgentEndpointSettings.model_validate(
        {
            "endpoints": {
                name: {"notifier": "webhook", "url": "http://127.0.0.1/desk"}
                for name in ("front", "back", "chiefs")
            }
        }
    ),
    QueueSettings(
        queues={
            "default": Queue(
                tiers=(
                    QueueTier(name="first_line", endpoints=("front",), ring_seconds=600),
                    QueueTier(name="second_line", endpoints=("back",), ring_seconds=600),
                ),
                alert_endpoints=("chiefs",),
                first_pause_seconds=3_600,
                routing=QueueRouting(offer_seconds=3_600),
            )
        }
    ),
    sla(first_response=3_600),
)


def answered_by_the_bot(told: Told) -> Iterator[Condition]:
    """Two channels at once: one question with receipts, and a burst of two."""
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    marco = told.customer("marco", "telegram", 500600701)
    giulia.write(QUESTION)
    marco.write(QUESTION, SAME_QUESTION)
    yield lambda: giulia.is_answered() and marco.is_answered()


def handed_to_people(told: Told) -> Iterator[Condition]:
    """Unknown question, tier one stays silent, tier two takes it, the clock warns, all is well."""
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    anna = told.agent("anna")
    giulia.write(UNKNOWN_QUESTION)
    yield giulia.waits_for_people
    yield told.rung("conversation.offered", "back")
    anna.does("accept", giulia)
    yield lambda: giulia.state.owner.kind is OwnerKind.AGENT
    yield told.rung("clock.imminent", "chiefs")
    anna.replies(giulia, "Lo accordiamo noi.")
    yield giulia.is_answered
    giulia.write("Grazie, e quando arriva?")
    yield told.rung("message.received", "back")
    anna.does("resolve", giulia)


def written_at_night(told: Told) -> Iterator[Condition]:
    """Closed until nine; then one tier declines, one is silent, and a person writes unasked."""
    marco = told.customer("marco", "telegram", 500600701)
    anna = told.agent("anna")
    marco.write(UNKNOWN_QUESTION)
    yield marco.waits_for_people
    marco.write("Ci siete?")
    yield marco.waits_for_people
    yield told.rung("conversation.offered", "front")
    anna.declines(marco)
    yield told.rung("ladder.exhausted", "chiefs")
    anna.replies(marco, "Buongiorno, eccoci.")
    yield marco.is_answered
    anna.does("resolve", marco)


def overtaken_by_a_person(told: Told) -> Iterator[Condition]:
    """The provider is down, so a person takes over before the bot's answer could leave."""
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    anna = told.agent("anna")
    told.cloud.outside.down = True
    giulia.write(QUESTION)
    yield lambda: giulia.state.bot_answers == 1
    anna.replies(giulia, "Ci penso io.")
    yield lambda: giulia.state.owner.kind is OwnerKind.AGENT
    told.cloud.outside.down = False
    yield giulia.is_answered
    anna.does("resolve", giulia)


def left_by_a_silent_agent(told: Told) -> Iterator[Condition]:
    """Anna takes it and says nothing, so it is taken from her; Bruno promises, and is late."""
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    anna, bruno = told.agent("anna"), told.agent("bruno")
    giulia.write(UNKNOWN_QUESTION)
    yield giulia.waits_for_people
    yield told.rung("conversation.offered", "front")
    anna.does("accept", giulia)
    yield told.rung("conversation.reassigned", "front")
    yield lambda: told.heard("conversation.offered")[-1].data["reason"] == AGENT_SILENT
    bruno.does("accept", giulia)
    yield lambda: giulia.state.owner.name == "bruno"
    promise = {"within_seconds": 3_600, "kept_by": "answer"}
    bruno.replies(giulia, "Lo cerco e le scrivo entro un'ora.", promise=promise)
    yield told.rung("promise.broken", "front")
    bruno.replies(giulia, "Eccolo, mi scusi.")
    yield lambda: not any(clock.promise_id and clock.running for clock in giulia.state.clocks)
    bruno.does("resolve", giulia)
    yield lambda: giulia.state.resolved_at is not None
    giulia.write("Grazie mille")
    yield giulia.has_left_for_good


def given_less_time(told: Told) -> Iterator[Condition]:
    """The policy is edited while a customer waits: the clock that runs follows it."""
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    anna, sofia = told.agent("anna"), told.agent("sofia")
    giulia.write(UNKNOWN_QUESTION)
    yield giulia.waits_for_people
    yield told.rung("conversation.offered", "front")
    anna.does("accept", giulia)
    yield lambda: giulia.state.owner.kind is OwnerKind.AGENT
    sofia.writes(sla(first_response=1_800), after=1)
    yield told.rung("clock.imminent", "chiefs")
    anna.replies(giulia, "Eccomi.")
    yield giulia.is_answered
    anna.does("resolve", giulia)


def known_by_another_name(told: Told) -> Iterator[Condition]:
    """Known by a number and taken by Anna, then by number and user id, then by new ids alone."""
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    anna = told.agent("anna")
    number, user_id = {"from": "393330000101"}, {"from_user_id": "IT.1"}
    giulia.write(UNKNOWN_QUESTION)
    yield giulia.waits_for_people
    yield told.rung("conversation.offered", "front")
    anna.does("accept", giulia)
    yield lambda: giulia.state.owner.kind is OwnerKind.AGENT
    giulia.write_on_whatsapp("Ci siete?", {**number, **user_id})
    yield lambda: giulia.has_left_for_good() and len(told.heard("message.received")) >= 1
    giulia.write_on_whatsapp("Eccomi", {**user_id, "from_parent_user_id": "IT.ENT.9"})
    yield giulia.has_left_for_good
    yield told.rung("message.received", "front")
    giulia.write_on_whatsapp("Sono qui", {**number, "from_parent_user_id": "IT.ENT.9"})
    yield giulia.has_left_for_good
    anna.replies(giulia, "Buongiorno, la aiuto io.")
    yield giulia.is_answered
    anna.does("resolve", giulia)


def not_delivered(told: Told) -> Iterator[Condition]:
    """Anna's reply is refused, her next one fails later, the third arrives."""
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    anna = told.agent("anna")
    giulia.write(UNKNOWN_QUESTION)
    yield giulia.waits_for_people
    yield told.rung("conversation.offered", "front")
    anna.does("accept", giulia)
    yield lambda: giulia.state.owner.kind is OwnerKind.AGENT
    for number, text in enumerate((REFUSED_TEXT, FAILING_TEXT), 1):
        anna.replies(giulia, f"Lo accordiamo noi {text}")
        yield _is_lost(told, giulia, number)
    anna.replies(giulia, "Lo accordiamo noi.")
    yield giulia.is_answered
    anna.does("resolve", giulia)


def blocked_by_the_customer(told: Told) -> Iterator[Condition]:
    """What the bot says is refused, so people are rung; what Anna says is refused as well."""
    marco = told.customer("marco", "telegram", 500600701)
    anna = told.agent("anna")
    told.cloud.outside.blocked_by.add(marco.number)
    marco.write(QUESTION)
    lost, offered = _is_lost(told, marco, 1), told.rung("conversation.offered", "front")
    yield lambda: lost() and (offered() or marco.is_answered())
    anna.replies(marco, "Mi legge?")
    yield _is_lost(told, marco, 2)
    anna.does("resolve", marco)


def _is_lost(told: Told, customer: Customer, amount: int) -> Condition:
    """Anna has heard of so many losses, or has seen that nobody knows."""

    def holds() -> bool:
        heard = {ring.data["effect_key"] for ring in told.heard("message.not_delivered")}
        statuses = [each.status for each in customer.state.recent_deliveries]
        doubtful = statuses.count(DeliveryStatus.UNKNOWN)
        return customer.has_left_for_good() and len(heard) + doubtful >= amount

    return holds


@dataclass(frozen=True)
class Story:
    """One that `hangs_on_outcomes` is another where nobody can tell a message's."""

    script: Script
    start: datetime
    hangs_on_outcomes: bool = False


def given_to_agents(told: Told) -> Iterator[Condition]:
    """Anna has room for one: Giulia is put before her, Marco when Giulia's matter is settled."""
    giulia = told.customer("giulia", "whatsapp", 393330000101)
    marco = told.customer("marco", "telegram", 500600701)
    anna = told.agent("anna")
    anna.comes(capacity=2)
    giulia.write(UNKNOWN_QUESTION)
    yield lambda: giulia.is_rung_for() and giulia.asked == "anna"
    marco.write(UNKNOWN_QUESTION)
    yield marco.is_rung_for
    anna.does("accept", giulia)
    yield lambda: giulia.state.owner.name == "anna"
    anna.replies(giulia, "Lo accordiamo noi.")
    yield giulia.is_answered
    anna.does("resolve", giulia)
    yield lambda: marco.asked == "anna"
    anna.goes()
    yield lambda: marco.asked == ""
    told.agent("bruno").comes()
    yield lambda: marco.asked == "bruno"
    told.agent("bruno").does("accept", marco)
    yield lambda: marco.state.owner.name == "bruno"
    told.agent("bruno").replies(marco, "Anche il suo.")
    yield marco.is_answered
    told.agent("bruno").does("resolve", marco)
    told.agent("bruno").goes()


STORIES: Mapping[str, Story] = {
    "answered by the bot": Story(answered_by_the_bot, NOW),
    "handed to people": Story(handed_to_people, NOW),
    "written at night": Story(written_at_night, NIGHT),
    "overtaken by a person": Story(overtaken_by_a_person, NOW),
    "left by a silent agent": Story(left_by_a_silent_agent, NOW),
    "given less time": Story(given_less_time, NOW),
    "given to agents": Story(given_to_agents, NOW),
    "known by another name": Story(known_by_another_name, NOW),
    "blocked by the customer": Story(blocked_by_the_customer, NOW, hangs_on_outcomes=True),
    "not delivered": Story(not_delivered, NOW, hangs_on_outcomes=True),
}
