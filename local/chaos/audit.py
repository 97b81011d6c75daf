"""The verdict of `make chaos`, from what anybody outside could see at one moment. Pure.

What the table, its stream, the providers' calls, the bus and the executions say must fit together
(`looking` tells how they come to be of one moment). Nothing is excused for having come late.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from channels.telegram.handles import HANDLE as TELEGRAM_HANDLE
from local.chaos.clocks_audit import audit_clocks, audit_settings
from local.chaos.evidence import FATAL, Collected, StoredConversation, Verdict, conversations_in
from local.chaos.waits_audit import audit_waits
from local.chaos.webhooks import Item
from local.providers.provider_calls import Call
from notifiers.webhook import webhook_id
from sportello.conversation.effects import (
    Machine,
    NotifyAgents,
    PublishEvent,
    ResumeWorkflow,
    StartWorkflow,
)
from sportello.conversation.events import (
    Author,
    ItemNoted,
    MessageQueued,
    MessageReceived,
    OwnerKind,
)
from sportello.conversation.evolution import evolve, fold
from sportello.conversation.state import ConversationState
from sportello.dispatch.dispatcher import execution_name
from sportello.messaging.items import DeliveryStatus, Receipt
from sportello.people.notifying.open_offers import is_open
from sportello.people.notifying.ringing import WITHDRAWN
from sportello.table.items import EffectRecord
from sportello.table.keys import Attributes, conversation_of

REACHED = frozenset(
    {
        DeliveryStatus.ACCEPTED,
        DeliveryStatus.SENT,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.READ,
    }
)
OPEN_ENDS = (DeliveryStatus.WITHDRAWN, DeliveryStatus.REFUSED, DeliveryStatus.UNKNOWN)
"""How a message may end that the customer did not surely get, each counted by its name."""


def audit(collected: Collected) -> Verdict:
    verdict = Verdict()
    conversations = conversations_in(collected.items)
    verdict.figures["conversations"] = len(conversations)
    _audit_messages(verdict, collected, conversations)
    _audit_quarantine(verdict, collected.items)
    taken = _taken_by_conversation(collected.calls, conversations)
    for conversation_id, conversation in conversations.items():
        of_it = taken.get(conversation_id, [])
        _audit_outbound(verdict, conversation_id, conversation, of_it, collected.failed)
        _audit_state(verdict, conversation_id, conversation)
        _audit_who_spoke(verdict, conversation_id, conversation)
    for conversation_id, conversation in conversations.items():
        audit_waits(verdict, conversation_id, conversation, collected)
    for conversation_id, conversation in conversations.items():
        audit_clocks(verdict, conversation_id, conversation, collected)
    audit_settings(verdict, collected)
    _audit_other_effects(verdict, collected, conversations)
    _audit_claims(verdict, collected)
    _audit_timelines(verdict, collected.timelines)
    for rule in FATAL:
        verdict.figures.setdefault(rule, 0)
    return verdict


# --- messages in ----------------------------------------------------------------------------------


def _audit_messages(
    verdict: Verdict, collected: Collected, conversations: Mapping[str, StoredConversation]
) -> None:
    """Every acknowledged item was applied, and every message is in the log once."""
    figures = verdict.figures
    applied: dict[Item, str] = {}
    kept_unapplied: dict[Item, str] = {}
    recorded = {name: _messages_of(conversation) for name, conversation in conversations.items()}
    # What one conversation took in may be applied in the one that its customer has moved to.
    anywhere = sum(recorded.values(), Counter())
    going_on = sum((recorded[n] for n, c in conversations.items() if not _moved(c)), Counter())
    for conversation_id, conversation in conversations.items():
        for item_id, count in recorded[conversation_id].items():
            if count > 1 or (going_on[item_id] > 1 and not _moved(conversation)):
                verdict.offend("messages applied twice", conversation_id)
        for record in conversation.inbound:
            receipt = isinstance(record.item, Receipt)
            item = Item(record.channel, record.item.provider_item_id, receipt)
            done = record.applied and (receipt or anywhere[record.item_id] > 0)
            (applied if done else kept_unapplied)[item] = conversation_id
    for kind, receipt in (("messages", False), ("receipts", True)):
        acknowledged = {item for item in collected.acknowledged if item.receipt is receipt}
        figures[f"{kind} sent"] = sum(item.receipt is receipt for item in collected.sent)
        figures[f"{kind} acknowledged"] = len(acknowledged)
        figures[f"{kind} applied"] = sum(item.receipt is receipt for item in applied)
        for item in sorted(acknowledged - applied.keys(), key=repr):
            where = kept_unapplied.get(item, f"{item.channel} {item.provider_item_id}")
            verdict.offend("messages lost", where, item.provider_item_id)


def _messages_of(conversation: StoredConversation) -> Counter[str]:
    """Count what the log tells of each item; thanks are only noted."""
    in_log = (e for e in conversation.events if isinstance(e, MessageReceived | ItemNoted))
    return Counter(event.item_id for event in in_log)


def _moved(conversation: StoredConversation) -> bool:
    return conversation.state is not None and bool(conversation.state.moved_to)


def _audit_quarantine(verdict: Verdict, items: Iterable[Attributes]) -> None:
    verdict.figures["quarantined"] = len(
        {item["pk"]["S"] for item in items if item["pk"]["S"].startswith("QUARANTINE#")}
    )


# --- messages out ---------------------------------------------------------------------------------


def _taken_by_conversation(
    calls: Iterable[Call], conversations: Mapping[str, StoredConversation]
) -> dict[str, list[str]]:
    """Return how the providers would name what they took of each conversation, in their order.

    WhatsApp is told the effect's key. Telegram is told nothing, but its own id of the message is
    kept with the effect; where that got lost on the way, there is only the text.
    """
    chats = {
        conversation.address.reply_to.removeprefix(TELEGRAM_HANDLE): name
        for name, conversation in conversations.items()
        if conversation.address and conversation.address.channel == "telegram"
    }
    by_id = {
        (name, record.provider_message_id.rpartition(":")[2]): _name(record)
        for name, conversation in conversations.items()
        for record in conversation.effects.values()
        if record.provider_message_id
    }
    taken: defaultdict[str, list[str]] = defaultdict(list)
    for call in calls:
        if not call.taken or call.channel == "agents":
            continue
        document = json.loads(call.body)
        if call.channel == "whatsapp":
            conversation_id, _, effect_key = document["biz_opaque_callback_data"].partition("/")
            taken[conversation_id].append(effect_key)
        elif call.path.endswith("/sendMessage"):
            name = chats.get(str(document["chat_id"]), "nobody known")
            taken[name].append(by_id.get((name, call.message_id), document["text"]))
    return taken


def _audit_outbound(
    verdict: Verdict,
    conversation_id: str,
    conversation: StoredConversation,
    taken: Sequence[str],
    failed: frozenset[str],
) -> None:
    """Compare what was decided and how it is said to have ended with what the provider took.

    What a provider could not deliver in the end counts as refused, and it took it all the same.
    """
    figures = verdict.figures
    decided = [
        conversation.effects[event.effect_key]
        for event in conversation.events
        if isinstance(event, MessageQueued)
    ]
    names = {record.effect.key: _name(record) for record in decided}
    surely = Counter(
        names[r.effect.key]
        for r in decided
        if r.status in REACHED or f"{conversation_id}/{r.effect.key}" in failed
    )
    perhaps = Counter(names[r.effect.key] for r in decided if r.status is DeliveryStatus.UNKNOWN)
    got = Counter(taken)
    for outcome in ("decided", "once", *OPEN_ENDS):
        figures[f"outbound {outcome}"] += 0  # they are read in this order
    figures["outbound decided"] += len(decided)
    for record in decided:
        figures[f"outbound {_outcome(record.status)}"] += 1
        if record.status in {DeliveryStatus.QUEUED, DeliveryStatus.SENDING}:
            about = f"{record.effect.key} is {record.status}"
            verdict.offend("effects missing", conversation_id, about)
    for name, count in got.items():
        for _ in range(count - surely[name] - perhaps[name]):
            verdict.offend("effects doubled", conversation_id)
    for name, count in surely.items():
        for _ in range(count - got[name]):
            verdict.offend("effects missing", conversation_id)
    if not _in_order(taken, [names[record.effect.key] for record in decided]):
        verdict.offend("out of order", conversation_id)


def _name(record: EffectRecord) -> str:
    by_key = record.channel == "whatsapp" or record.provider_message_id
    return record.effect.key if by_key else record.message.text


def _outcome(status: DeliveryStatus) -> str:
    if status in REACHED:
        return "once"
    return str(status) if status in OPEN_ENDS else "missing"


def _in_order(taken: Sequence[str], decided: Sequence[str]) -> bool:
    """Tell whether the first takings of each name come in the order decided."""
    rest: Iterator[str] = iter(decided)
    allowed = Counter(decided)
    for name in taken:
        if not allowed[name]:
            continue  # once too often: that is another offence
        allowed[name] -= 1
        if not any(name == following for following in rest):
            return False
    return True


# --- the log --------------------------------------------------------------------------------------


def _audit_state(verdict: Verdict, conversation_id: str, conversation: StoredConversation) -> None:
    if conversation.state is None:
        return
    expected = 0
    for entry in conversation.entries:
        if entry.sequence != expected:
            verdict.offend("state is not its log", conversation_id)
            return
        expected += len(entry.events)
    if fold(conversation.events) != conversation.state:
        verdict.offend("state is not its log", conversation_id)


def _audit_who_spoke(
    verdict: Verdict, conversation_id: str, conversation: StoredConversation
) -> None:
    """Look for automatic messages decided under another owner than the one they were made for."""
    state = ConversationState()
    for event in conversation.events:
        state = evolve(state, event)
        if not (isinstance(event, MessageQueued) and event.automatic):
            continue
        stale = conversation.effects[event.effect_key].message.owner_version != state.owner.version
        uninvited = event.author is Author.BOT and state.owner.kind is not OwnerKind.BOT
        if stale or uninvited or state.owner.kind is OwnerKind.AGENT:
            verdict.offend("bot after an owner change", conversation_id)


def _audit_claims(verdict: Verdict, collected: Collected) -> None:
    """Follow the table's changes: a claim is the last moment at which a message can be stopped.

    No automatic message may be claimed under another owner than its own, and no provider be
    called more often than there were claims.
    """
    owners: dict[str, int] = {}
    sending: dict[tuple[str, str], str] = {}
    claims: Counter[tuple[str, str]] = Counter()
    for image in collected.stream:
        entity, conversation_id = image["entity"]["S"], conversation_of(image)
        if entity == "state":
            owners[conversation_id] = int(image["owner_version"]["N"])
        if entity != "effect" or image["delivery"]["S"] != DeliveryStatus.SENDING:
            continue
        record = EffectRecord.from_attributes(image)
        which = (conversation_id, record.effect.key)
        claim = image["claimed_by"]["S"]
        if sending.get(which) == claim:
            continue
        sending[which] = claim
        claims[which] += 1
        stale = record.message.owner_version != owners.get(conversation_id)
        if record.message.automatic and stale:
            verdict.offend("bot after an owner change", conversation_id)
    verdict.figures["claims"] = claims.total()
    called: Counter[tuple[str, str]] = Counter()
    for call in collected.calls:
        if call.channel == "whatsapp":
            tracker = json.loads(call.body)["biz_opaque_callback_data"]
            conversation_id, _, effect_key = tracker.partition("/")
            called[conversation_id, effect_key] += 1
    for which, count in called.items():
        if count > claims[which]:
            verdict.offend("effects doubled", which[0])


# --- other effects --------------------------------------------------------------------------------


def _audit_other_effects(
    verdict: Verdict, collected: Collected, conversations: Mapping[str, StoredConversation]
) -> None:
    """Notices by their webhook id, workflows by their names, facts by their ids on the bus."""
    rung = Counter(
        call.headers.get("webhook-id", "")
        for call in collected.calls
        if call.channel == "agents" and call.taken
    )
    heard = Counter(collected.heard)
    executions = Counter(collected.executions)
    for conversation_id, conversation in conversations.items():
        for record in conversation.effects.values():
            name = f"{conversation_id}/{record.effect.key}"
            match record.effect:
                case NotifyAgents() if _was_settled_silently(record, conversation):
                    verdict.figures["notices of offers that were over"] += 1
                    continue
                case NotifyAgents():
                    kind, counts = "notices", [rung[webhook_id(name)]]
                case StartWorkflow():
                    kind, counts = "workflows", [executions[execution_name(name)]]
                case PublishEvent(entries=entries):
                    kind, counts = "facts", [heard[f"{name}/{n}"] for n in range(len(entries))]
                case ResumeWorkflow(key=key):
                    carried_out = EffectRecord.sort_key(key) not in conversation.pending
                    kind, counts = "answers to workflows", [int(carried_out)]
                case _:
                    continue
            _count_effect(verdict, conversation_id, kind, record.effect.key, counts)
    over = set(_escalations_over(conversations))
    for execution in over.intersection(collected.running):
        verdict.offend("effects missing", execution.partition("-")[0])


def _was_settled_silently(record: EffectRecord, conversation: StoredConversation) -> bool:
    """Tell whether a notice rang nobody because its offer was over, as it is indeed."""
    if (record.status, record.error_code) != (DeliveryStatus.REFUSED, WITHDRAWN):
        return False
    offer_id = getattr(record.effect, "data", {}).get("offer_id", "")
    return conversation.state is not None and not is_open(conversation.state, offer_id)


def _count_effect(
    verdict: Verdict, conversation_id: str, kind: str, effect_key: str, counts: Sequence[int]
) -> None:
    verdict.figures[f"{kind} decided"] += len(counts)
    verdict.figures[f"{kind} once"] += sum(count > 0 for count in counts)
    verdict.figures[f"{kind} repeated"] += sum(count > 1 for count in counts)
    if kind == "workflows" and max(counts) > 1:
        verdict.offend("effects doubled", conversation_id)
    for number, count in enumerate(counts):
        if not count:
            about = f"{kind} {effect_key}, {number + 1} of {len(counts)}"
            verdict.offend("effects missing", conversation_id, about)


def _escalations_over(conversations: Mapping[str, StoredConversation]) -> Iterator[str]:
    """Yield the names of the ladders that nobody needs any more."""
    for conversation_id, conversation in conversations.items():
        waits = conversation.state is not None and conversation.state.owner.kind is OwnerKind.QUEUE
        for record in conversation.effects.values():
            effect = record.effect
            if isinstance(effect, StartWorkflow) and effect.machine is Machine.ESCALATION:
                current = (
                    conversation.state
                    and effect.input["handoff_id"] == conversation.state.handoff_id
                )
                if not (waits and current):
                    yield execution_name(f"{conversation_id}-{effect.key}")


def _audit_timelines(
    verdict: Verdict, timelines: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """As people read it, what the customer wrote stands in the order it was sent."""
    verdict.figures["timelines read"] = len(timelines)
    for conversation_id, entries in timelines.items():
        sent = [
            datetime.fromisoformat(entry["at"])
            for entry in entries
            if entry["type"] == "MessageReceived"
        ]
        if sent != sorted(sent):
            verdict.offend("timeline out of order", conversation_id)
