"""The writes that transactions on the desk table are made of. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sportello.conversation.decision import Decision
from sportello.conversation.events import DeliveryRecorded
from sportello.conversation.lost_answers.reopening import Reopening
from sportello.conversation.state import ConversationState
from sportello.messaging.items import DeliveryStatus
from sportello.model import Model
from sportello.queues.waits import WaitRecord
from sportello.table.agents.agent_writes import AgentChanges, place_writes
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.inbox.inbox_standing import own_standing
from sportello.table.inbox.word_items import tag_entries
from sportello.table.items import (
    Address,
    Conversation,
    EffectRecord,
    LogEntry,
    StoredSettings,
    settings_sort_key,
    state_attributes,
    wait_attributes,
    written_reopening,
)
from sportello.table.keys import Attributes, key, pending_shard, stamp
from sportello.table.outward.live_items import shown_attributes
from sportello.table.stories.last_words import KeptWords, last_words


class Commit(Model):
    """What one transaction writes besides state, events and effects.

    `applied` are the inbound items whose facts the events record. `provider_message_ids` are
    kept with the outbound messages (by effect key) whose delivery the events record, and
    `request_hashes` with the effects (by key) that a client's request asks for. `waits` are the
    customer's waits for a person that the events end, `handed_on` the items that were applied and
    are to be applied again, in the conversation `handed_to`. `agents` are what becomes of those
    who have it or are asked, and of its place in line.
    """

    decision: Decision
    address: Address | None = None
    applied: tuple[str, ...] = ()
    provider_message_ids: Mapping[str, str] = {}
    request_hashes: Mapping[str, str] = {}
    waits: tuple[WaitRecord, ...] = ()
    handed_on: tuple[str, ...] = ()
    handed_to: str = ""
    agents: AgentChanges = AgentChanges()


def commit_writes(
    table: str,
    conversation: Conversation,
    commit: Commit,
    after: ConversationState,
    now: datetime,
) -> tuple[list[Attributes], int]:
    """Return the writes of a commit, and how many of the first ones guard against other writers.

    The conditions of the guards fail when somebody else was faster; those of the rest when an
    effect was decided before.
    """
    conversation_id = conversation.conversation_id
    applied = [mark_applied(table, conversation_id, item_id, now) for item_id in commit.applied]
    decision = commit.decision
    if not decision.events:
        return applied, len(applied)
    before = conversation.state.sequence
    entry = LogEntry(sequence=before, at=now, events=decision.events)
    guards = [
        put_state(table, conversation, after, _words_after(conversation, commit, now)),
        put_new(table, entry.to_attributes(conversation_id)),
        *applied,
    ]
    address = commit.address or conversation.address
    channel = address.channel if address else ""
    effects = [
        put_new(
            table,
            EffectRecord(
                conversation_id=conversation_id,
                channel=channel,
                decided_at=now,
                effect=effect,
                request_hash=commit.request_hashes.get(effect.key, ""),
            ).to_attributes(),
        )
        for effect in decision.effects
    ]
    writes = [*guards, *effects]
    if commit.handed_on:
        writes.append(hand_on(table, conversation_id, commit.handed_on, commit.handed_to, now))
    if commit.address and commit.address != conversation.address:
        item = commit.address.to_attributes(conversation_id)
        writes.append(put(table, item | conversation.unknown.get("ADDRESS", {})))
    writes += [put(table, wait_attributes(wait)) for wait in commit.waits]
    for event in decision.events:
        if isinstance(event, DeliveryRecorded):
            provider_id = commit.provider_message_ids.get(event.effect_key, "")
            writes.append(record_delivery(table, conversation_id, event, provider_id))
    writes += [
        keep_reopening(table, conversation_id, effect_key, reopening)
        for effect_key, reopening in decision.reopenings.items()
    ]
    writes += place_writes(table, commit.agents)
    writes += _own_list_writes(table, conversation, after)
    new_tags = sorted(set(after.tags) - set(conversation.state.tags))
    writes += [put(table, item) for item in tag_entries(conversation_id, new_tags, now)]
    return writes, len(guards)


def _own_list_writes(
    table: str, conversation: Conversation, after: ConversationState
) -> list[Attributes]:
    """Return the writes by which a conversation moves in its agent's list, or to another's."""
    name = conversation.conversation_id
    origin, target = own_standing(name, conversation.state), own_standing(name, after)
    if origin == target:
        return []
    deleted = [{"Delete": {"TableName": table, "Key": origin.key}}] if origin else []
    return deleted + ([put(table, target.to_attributes())] if target else [])


def _words_after(conversation: Conversation, commit: Commit, now: datetime) -> KeptWords | None:
    applied = (record for record in conversation.inbound if record.item_id in commit.applied)
    return last_words(conversation.last_words, applied, commit.decision.effects, now)


def as_committed(
    conversation: Conversation, commit: Commit, after: ConversationState, now: datetime
) -> Conversation:
    """Return what was loaded of a conversation as a commit has left it."""
    events = commit.decision.events
    outcomes = {event.effect_key: event for event in events if isinstance(event, DeliveryRecorded)}
    return conversation.model_copy(
        update={
            "state": after,
            "address": (commit.address if events else None) or conversation.address,
            "last_words": _words_after(conversation, commit, now)
            if events
            else conversation.last_words,
            "inbound": tuple(
                record.model_copy(update={"applied": True})
                if record.item_id in commit.applied
                else record
                for record in conversation.inbound
            ),
            "effects": tuple(
                _with_reopening(record, commit.decision.reopenings)
                if record.effect.key in commit.decision.reopenings
                else _with_outcome(
                    record, outcome, commit.provider_message_ids.get(outcome.effect_key, "")
                )
                if (outcome := outcomes.get(record.effect.key))
                else record
                for record in conversation.effects
            ),
        }
    )


def _with_reopening(record: EffectRecord, reopenings: Mapping[str, Reopening]) -> EffectRecord:
    update = {"reopens": reopenings[record.effect.key]}
    return record.model_copy(update={"effect": record.effect.model_copy(update=update)})


def _with_outcome(
    record: EffectRecord, outcome: DeliveryRecorded, provider_message_id: str
) -> EffectRecord:
    return record.model_copy(
        update={
            "status": outcome.status,
            "error_code": outcome.error_code,
            "provider_message_id": provider_message_id or record.provider_message_id,
        }
    )


def put(table: str, item: Attributes) -> Attributes:
    return {"Put": {"TableName": table, "Item": item}}


def put_new(table: str, item: Attributes) -> Attributes:
    return {
        "Put": {
            "TableName": table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


def put_state(
    table: str, conversation: Conversation, after: ConversationState, words: KeptWords | None
) -> Attributes:
    """Replace the snapshot that was loaded; what else it held, a later version has written."""
    unknown = conversation.unknown.get("STATE", {})
    item = state_attributes(conversation.conversation_id, after, words) | unknown
    item |= shown_attributes(conversation.state, after)
    if conversation.state.sequence == 0:
        return put_new(table, item)
    return _put_if_number(table, item, "sequence", conversation.state.sequence)


def mark_applied(table: str, conversation_id: str, item_id: str, now: datetime) -> Attributes:
    return {
        "Update": {
            "TableName": table,
            "Key": key(conversation_id, InboundRecord.sort_key(item_id)),
            "UpdateExpression": "SET applied_at = :now REMOVE pending, pending_since",
            "ConditionExpression": "attribute_exists(pending)",
            "ExpressionAttributeValues": {":now": {"S": stamp(now)}},
        }
    }


def hand_on(
    table: str, conversation_id: str, item_ids: Sequence[str], to: str, now: datetime
) -> Attributes:
    """Have items applied once more, in another conversation.

    A transaction does not hold them all: the first is pending until all are there, and names them.
    """
    first, *others = item_ids
    return {
        "Update": {
            "TableName": table,
            "Key": key(conversation_id, InboundRecord.sort_key(first)),
            "UpdateExpression": (
                "SET pending = :shard, pending_since = :now, hands_on = :names REMOVE applied_at"
            ),
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": {
                ":shard": {"S": pending_shard(conversation_id)},
                ":now": {"S": stamp(now)},
                ":names": {"S": " ".join((to, *others))},
            },
        }
    }


def apply_again(table: str, item: Attributes) -> Attributes:
    """Have a copy applied that was let go to where the item now comes back from."""
    return {
        "TableName": table,
        "Key": {"pk": item["pk"], "sk": item["sk"]},
        "UpdateExpression": (
            "SET pending = :shard, pending_since = :since REMOVE applied_at, forwarded_to"
        ),
        "ConditionExpression": "attribute_exists(forwarded_to)",
        "ExpressionAttributeValues": {
            ":shard": item["pending"],
            ":since": item["pending_since"],
        },
    }


def leave_to(table: str, conversation_id: str, sort_key: str, to: str) -> Attributes:
    """Mark an item that another conversation has now."""
    return {
        "TableName": table,
        "Key": key(conversation_id, sort_key),
        "UpdateExpression": "SET forwarded_to = :to REMOVE pending, pending_since, hands_on",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":to": {"S": to}},
    }


def record_delivery(
    table: str, conversation_id: str, event: DeliveryRecorded, provider_message_id: str
) -> Attributes:
    """Set a message's outcome; an empty provider id leaves the one on record."""
    update = "SET delivery = :status, error_code = :error"
    values = {":status": {"S": event.status}, ":error": {"S": event.error_code}}
    if provider_message_id:
        update += ", provider_message_id = :id"
        values[":id"] = {"S": provider_message_id}
    return {
        "Update": {
            "TableName": table,
            "Key": key(conversation_id, EffectRecord.sort_key(event.effect_key)),
            "UpdateExpression": f"{update} REMOVE pending, pending_since",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": values,
        }
    }


def keep_reopening(
    table: str, conversation_id: str, effect_key: str, reopening: Reopening
) -> Attributes:
    return {
        "Update": {
            "TableName": table,
            "Key": key(conversation_id, EffectRecord.sort_key(effect_key)),
            "UpdateExpression": "SET reopens = :reopens",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": {":reopens": written_reopening(reopening)},
        }
    }


def claim_effect(
    table: str, conversation_id: str, effect_key: str, claim: str, now: datetime
) -> Attributes:
    """Claim a queued message, or have claimed it: the SDK repeats what got no answer."""
    return {
        "TableName": table,
        "Key": key(conversation_id, EffectRecord.sort_key(effect_key)),
        "UpdateExpression": (
            "SET delivery = :sending, claimed_by = :claim, claimed_at = :now "
            "REMOVE pending, pending_since"
        ),
        "ConditionExpression": "delivery = :queued OR claimed_by = :claim",
        "ExpressionAttributeValues": {
            ":sending": {"S": DeliveryStatus.SENDING},
            ":queued": {"S": DeliveryStatus.QUEUED},
            ":claim": {"S": claim},
            ":now": {"S": stamp(now)},
        },
    }


def check_owner(table: str, conversation_id: str, owner_version: int) -> Attributes:
    return {
        "TableName": table,
        "Key": key(conversation_id, "STATE"),
        "ConditionExpression": "owner_version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(owner_version)}},
    }


def put_settings(
    table: str, kind: str, settings: StoredSettings, author: str, now: datetime
) -> tuple[Attributes, Attributes]:
    """Make a version current if it is the next one, and keep it for ever."""
    current = settings.to_attributes(kind, settings_sort_key(None), author, now)
    version = settings.to_attributes(kind, settings_sort_key(settings.version), author, now)
    if settings.version == 1:
        return put_new(table, current), put_new(table, version)
    return _put_if_number(table, current, "version", settings.version - 1), put_new(table, version)


def _put_if_number(table: str, item: Attributes, attribute: str, expected: int) -> Attributes:
    return {
        "Put": {
            "TableName": table,
            "Item": item,
            "ConditionExpression": "#attribute = :expected",
            "ExpressionAttributeNames": {"#attribute": attribute},
            "ExpressionAttributeValues": {":expected": {"N": str(expected)}},
        }
    }
