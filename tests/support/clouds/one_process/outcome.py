"""What came of a story: what the outside noticed, what the log says.

Left out is only what may differ without anybody outside being told anything else:
instants, sequence numbers and the ids made of them, leases, timers (hints, whatever their number),
and in how many turns the bot answered a burst. Of a message's way only its end is compared: a
receipt may overtake the answer of the call it is about.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sportello.conversation.effects import Machine, NotifyAgents, SendMessage, StartWorkflow
from sportello.conversation.events import (
    Author,
    DeliveryRecorded,
    ItemNoted,
    MessageQueued,
    TurnAnswered,
)
from sportello.language.texts import packaged_texts
from support.clouds.one_process.people import Told
from support.clouds.one_process.recorded import Recorded, recorded

DISCLOSURE = packaged_texts("it")["bot_disclosure"]

_HINTS = frozenset({"TurnLeased", "TurnEnded", "WakePlanned", "OfferNotNeeded", "OfferRenewed"})
_RUN_DEPENDENT = frozenset(
    "at sent_at received_at counted_from counted_until ended_at expires_at until".split()
    + "started_at counting_since warn_at due_at counted_seconds spent_seconds".split()
    + "promised_by effect_key offer_id task_token generation stopped_at people_since".split()
    + "rings_at again_at".split()
)

type Fact = tuple[Any, ...]


@dataclass
class Outcome:
    """`ends` are the statuses that messages of a kind ended in, but for those once unknown."""

    facts: Counter[Fact] = field(default_factory=Counter)
    owners: list[Fact] = field(default_factory=list)
    ends: dict[Fact, set[str]] = field(default_factory=dict)
    unknown: int = 0
    """Messages that nobody can tell about, as the log says itself."""
    repeats: int = 0
    """Notices and bus events that came again under an id known to their receiver."""

    def differences(self, faultless: "Outcome") -> list[str]:
        found = [f"missing: {fact}" for fact in (faultless.facts - self.facts).elements()]
        found += [f"too many: {fact}" for fact in (self.facts - faultless.facts).elements()]
        if self.owners != faultless.owners:
            found.append(f"owners: {self.owners} instead of {faultless.owners}")
        found += [
            f"{message} ended {sorted(ends)} instead of {sorted(faultless.ends.get(message, ()))}"
            for message, ends in self.ends.items()
            if not ends <= faultless.ends.get(message, set())
        ]
        return found


def outcome(told: Told) -> Outcome:
    found = Outcome()
    for conversation in recorded(told):
        _add_log(found, conversation)
        _add_messages(found, conversation)
        _add_notices(found, conversation)
    for execution in told.cloud.workflows.started:
        if execution.machine == Machine.ESCALATION:
            ending = (execution.output or {}).get("outcome")
            # Who took it is in the log; a ladder that asks again, or that has come to its end when
            # it does, is only told that it may go home. That nobody waited then is seen to by
            # `agreement`.
            ended = "taken" if ending in {"accepted", "withdrawn", "exhausted"} else ending
            found.facts["ladder", execution.status, ended] += 1
    found.repeats = sum(
        times - 1
        for counted in (
            Counter(ring.webhook_id for ring in told.cloud.outside.rings),
            Counter(detail["id"] for _, detail in told.cloud.bus.entries),
        )
        for times in counted.values()
    )
    return found


def _add_log(found: Outcome, conversation: Recorded) -> None:
    for event in conversation.events:
        by_the_bot = isinstance(event, MessageQueued) and event.author is Author.BOT
        receipt = isinstance(event, ItemNoted) and event.kind == "receipt"
        if event.type in _HINTS or by_the_bot or receipt:
            continue
        if isinstance(event, DeliveryRecorded):
            continue
        if isinstance(event, TurnAnswered):
            for item_id in event.item_ids:
                found.facts[conversation.name, "answered", item_id] += 1
            continue
        told = _without_run(event.model_dump(mode="json"))
        found.facts[conversation.name, event.type, told] += 1
        if event.type == "OwnerChanged":
            found.owners.append((conversation.name, told))


def _without_run(value: Any) -> Any:
    """A document as something countable, without what is the run's own."""
    match value:
        case dict():
            kept = {k: _without_run(v) for k, v in value.items() if k not in _RUN_DEPENDENT}
            return tuple(sorted(kept.items()))
        case list():
            return tuple(map(_without_run, value))
    return value


def _add_messages(found: Outcome, conversation: Recorded) -> None:
    said_by_bot = _answers(conversation)
    unsure = conversation.ever_unknown
    for record, message in conversation.of(SendMessage):
        if message.author is Author.BOT:
            for item_id in said_by_bot.get(message.key, ("what no event tells of",)):
                text = message.text.removeprefix(DISCLOSURE).strip()
                found.facts[conversation.name, "bot says", item_id, text] += 1
            disclosed = message.text.startswith(DISCLOSURE)
            found.facts[conversation.name, "bot discloses itself"] += disclosed
            what: Fact = (conversation.name, Author.BOT)
        else:
            what = (conversation.name, message.author, message.agent_id, message.text)
            found.facts[what] += 1
        if message.key in unsure:
            found.unknown += 1
        else:
            found.ends.setdefault(what, set()).add(record.status)


def _answers(conversation: Recorded) -> Mapping[str, tuple[str, ...]]:
    """Return by message key the items that a message of the bot answered."""
    answers = {}
    for entry in conversation.log:
        items = [i for e in entry.events if isinstance(e, TurnAnswered) for i in e.item_ids]
        for event in entry.events:
            if isinstance(event, MessageQueued) and event.author is Author.BOT:
                answers[event.effect_key] = tuple(items)
    return answers


_NOTICE_FACTS = ("agent_id", "item_ids", "tier", "tier_name", "reason", "queue", "clock", "owner")


def _add_notices(found: Outcome, conversation: Recorded) -> None:
    for _, notice in conversation.of(NotifyAgents):
        data = {name: notice.data[name] for name in _NOTICE_FACTS if name in notice.data}
        story = [e["text"] for e in notice.data.get("transcript", ()) if e["author"] == "customer"]
        what = (notice.notice, notice.endpoint, _without_run(data), tuple(story))
        found.facts[conversation.name, "notice", *what] += 1
    for _, start in conversation.of(StartWorkflow):
        if start.machine is not Machine.SLA_TIMER:
            found.facts[conversation.name, "start", start.machine, start.key] += 1
