"""Items that earlier landed versions wrote are read as if they had been written today.

A file of `tests/vectors/stored_items` is what one story left in the table, written by the code of
its day; never change one, add another.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from sportello.conversation.events import ClockChanged, bus_detail
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.messaging.items import InboundItem
from sportello.settings.kinds import KINDS
from sportello.sla.clocks import ClockChange
from sportello.sla.policies import Target
from sportello.sla.settings import SlaSettings
from sportello.table.compression import decompress
from sportello.table.inbound_items import InboundRecord
from sportello.table.items import (
    Address,
    EffectRecord,
    LogEntry,
    PendingEntry,
    StoredSettings,
    read_state,
    read_wait,
    state_attributes,
)
from sportello.table.keys import Attributes
from sportello.table.quarantined_payload import QuarantinedPayload
from support.builders import CONVERSATION, NOW, a_clock, an_address, an_inbound_record

FILES = sorted((Path(__file__).parents[2] / "vectors" / "stored_items").glob("*.json"))
each_version = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def items_of(file: Path, entity: str) -> list[Attributes]:
    items: list[Attributes] = json.loads(file.read_text(encoding="utf-8"))
    return [decoded(item) for item in items if item["entity"]["S"] == entity]


def decoded(item: Attributes) -> Attributes:
    return {
        name: {"B": base64.b64decode(value["B"])} if "B" in value else value
        for name, value in item.items()
    }


def test_there_are_versions() -> None:
    assert FILES


@each_version
def test_the_state_is_the_fold_of_the_log(file: Path) -> None:
    (state,) = items_of(file, "state")
    entries = sorted(map(LogEntry.from_attributes, items_of(file, "events")), key=sequence)
    assert fold(event for entry in entries for event in entry.events) == read_state(state)
    assert read_state(state).lifecycle is Lifecycle.AWAITING_CUSTOMER


def sequence(entry: LogEntry) -> int:
    return entry.sequence


@each_version
def test_effects_and_inbound_items_are_read(file: Path) -> None:
    effects = [EffectRecord.from_attributes(item).effect for item in items_of(file, "effect")]
    assert {effect.type for effect in effects} == {
        *("SendMessage", "NotifyAgents", "StartWorkflow", "ResumeWorkflow", "PublishEvent")
    }
    inbound = [InboundRecord.from_attributes(item).item for item in items_of(file, "inbound")]
    assert {item.kind for item in inbound} == {"message", "edit", "revoke", "reaction", "echo"}
    for item in items_of(file, "inbound"):
        assert json.loads(decompress(item["raw"]["B"])) is not None


@each_version
def test_address_waits_quarantine_and_what_is_pending_are_read(file: Path) -> None:
    (address,) = items_of(file, "address")
    assert Address.from_attributes(address).language == "it"
    (wait,) = items_of(file, "wait")
    assert read_wait(wait).answered
    (payload,) = items_of(file, "quarantine")
    assert QuarantinedPayload.from_attributes(payload).reason == "not readable"
    (state,) = items_of(file, "state")
    assert PendingEntry.from_attributes(state).entity == "state"


@each_version
def test_every_settings_document_is_read(file: Path) -> None:
    documents = {
        item["pk"]["S"].removeprefix("SETTINGS#"): StoredSettings.from_attributes(item).document
        for item in items_of(file, "settings")
    }
    assert documents
    for kind, document in documents.items():
        assert KINDS[kind].model_validate(document) != KINDS[kind]()


@each_version
def test_what_was_called_otherwise_means_the_same(file: Path) -> None:
    documents = {
        item["pk"]["S"]: StoredSettings.from_attributes(item).document
        for item in items_of(file, "settings")
    }
    policies: Any = SlaSettings.model_validate(documents["SETTINGS#sla_policies"]).policies
    (target,) = (t for t in policies[0].targets.values() if t.restarts == "continued")
    assert isinstance(target, Target)
    assert target.pauses_while == ("awaiting_customer", "snoozed")
    bot: Any = KINDS["bot"].model_validate(documents["SETTINGS#bot"])
    assert bot.thanks_reopen


def test_functions_of_the_version_before_can_read_what_is_written_now() -> None:
    """Both run side by side during a deployment, and again after a rollback."""
    state = ConversationState(lifecycle=Lifecycle.AWAITING_CUSTOMER)
    stored = state_attributes(CONVERSATION, state)
    assert json.loads(stored["state"]["S"]) == {"lifecycle": "waiting"}
    assert read_state(stored) == state

    changed = ClockChanged(at=NOW, clock=a_clock(), reason=ClockChange.AWAITING_CUSTOMER)
    entry = LogEntry(sequence=0, at=NOW, events=(changed,))
    attributes = entry.to_attributes(CONVERSATION)
    assert json.loads(attributes["events"]["S"])[0]["reason"] == "waiting"
    assert LogEntry.from_attributes(attributes) == entry
    assert bus_detail(changed)["reason"] == "awaiting_customer"

    fields = {"channel", "account_id", "reply_to", "display_name", "language", "as_of"}
    address = an_address(display_name="Anna", language="en", as_of=NOW)
    assert json.loads(address.to_attributes(CONVERSATION)["address"]["S"]).keys() == fields


FIRST_FIELDS = {
    *("account_id", "provider_item_id", "sent_at", "handle", "other_handles", "reply_to"),
    *("visibility", "auto_submitted", "provider_message_id", "text", "button_id", "media"),
    *("location", "in_reply_to", "display_name", "language_hint", "callback_id"),
    *("original_message_id", "emoji", "provider_kind", "status", "tracker", "error_code"),
}
NEW_OF_A_MESSAGE = {
    "attachments": [{"kind": "dice", "value": 3}],
    "quote": {"text": "sì"},
    "forwarding": {"many_times": True},
    "live_location": True,
    "media_form": "voice_note",
    "sticker_emoji": "👍",
}


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "message", "provider_message_id": "m", "platform_sign": "start"}
        | {"origin": {"kind": "link"}, "button_description": "9-12"}
        | NEW_OF_A_MESSAGE,
        {"kind": "edit", "original_message_id": "m"} | NEW_OF_A_MESSAGE,
        {"kind": "echo", "provider_message_id": "m", "edits": "n"} | NEW_OF_A_MESSAGE,
        {"kind": "revoke", "original_message_id": "m", "by_business": True},
        {"kind": "reaction", "original_message_id": "m", "by_business": True},
    ],
    ids=lambda fields: fields["kind"],
)
def test_what_is_new_of_an_inbound_item_stands_where_earlier_readers_pass_by(
    fields: dict[str, Any],
) -> None:
    common = {"account_id": "a", "provider_item_id": "i", "sent_at": NOW, "handle": "c:1"}
    item = TypeAdapter[InboundItem](InboundItem).validate_python(
        common | {"reply_to": "c:1"} | fields
    )
    record = an_inbound_record(item)
    attributes = record.to_attributes(b"raw")
    assert json.loads(attributes["item"]["S"]).keys() <= FIRST_FIELDS
    assert InboundRecord.from_attributes(attributes) == record


def test_a_state_that_is_as_usual_stores_nothing_but_its_numbers() -> None:
    assert json.loads(state_attributes(CONVERSATION, ConversationState())["state"]["S"]) == {}
