"""The verdict on a desk that kept its promises, and on one that broke each of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from local.chaos.audit import audit
from local.chaos.evidence import Collected, Verdict
from local.chaos.webhooks import Item
from local.providers.provider_calls import HANG_UP, Call
from notifiers.webhook import webhook_id
from sportello.conversation.commands import Command
from sportello.conversation.decision import Decision
from sportello.conversation.effects import NotifyAgents, PublishEvent, SendMessage, StartWorkflow
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState
from sportello.dispatch.dispatcher import execution_name
from sportello.messaging.items import DeliveryStatus
from sportello.table.compression import compress
from sportello.table.items import EffectRecord, LogEntry, state_attributes
from sportello.table.keys import Attributes, key
from support.builders import (
    CONVERSATION,
    NOW,
    a_message,
    accept,
    an_address,
    an_inbound_record,
    an_item,
    answer,
    decide,
    offer,
    receive,
    record_delivery,
    reply,
    request_human,
)

WHATSAPP = "whatsapp"


@dataclass
class World:
    """One WhatsApp conversation as the outside sees it, step by step."""

    state: ConversationState = field(default_factory=ConversationState)
    items: dict[str, Attributes] = field(default_factory=dict)
    stream: list[Attributes] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    executions: list[str] = field(default_factory=list)
    acknowledged: set[Item] = field(default_factory=set)

    def acknowledge(self, number: int = 1, *, applied: bool = True) -> None:
        self.acknowledged.add(Item(WHATSAPP, f"item-{number}"))
        record = an_inbound_record(a_message(number=number))
        stored = record.model_copy(update={"channel": WHATSAPP, "item_id": f"item-{number}"})
        kept = stored.to_attributes(compress(b"{}"))
        if applied:
            del kept["pending"], kept["pending_since"]
        self.put(kept)

    def act(self, command: Command) -> Decision:
        decision = decide(self.state, command, NOW)
        entry = LogEntry(sequence=self.state.sequence, at=NOW, events=decision.events)
        self.state = fold(decision.events, self.state)
        self.put(state_attributes(CONVERSATION, self.state))
        self.put(entry.to_attributes(CONVERSATION))
        self.put(an_address(channel=WHATSAPP).to_attributes(CONVERSATION))
        for effect in decision.effects:
            record = EffectRecord(
                conversation_id=CONVERSATION, channel=WHATSAPP, decided_at=NOW, effect=effect
            )
            kept = record.to_attributes()
            if not isinstance(effect, SendMessage):
                del kept["pending"], kept["pending_since"]
            self.put(kept)
            match effect:
                case PublishEvent(key=name, entries=entries):
                    self.heard += [f"{CONVERSATION}/{name}/{n}" for n in range(len(entries))]
                case StartWorkflow(key=name):
                    self.executions.append(execution_name(f"{CONVERSATION}-{name}"))
                case NotifyAgents(key=name):
                    self.ring(name)
        return decision

    def put(self, item: Attributes) -> None:
        self.items[item["sk"]["S"]] = item
        self.stream.append(item)

    def claim(self, effect_key: str, by: str = "somebody") -> None:
        item = self.items[EffectRecord.sort_key(effect_key)]
        claimed = {"delivery": {"S": "sending"}, "claimed_by": {"S": by}}
        self.put({**item, **claimed})

    def take(self, effect_key: str, fault: str | None = None) -> None:
        body = json.dumps({"biz_opaque_callback_data": f"{CONVERSATION}/{effect_key}"})
        self.calls.append(Call("", WHATSAPP, "POST", "/messages", {}, body, fault))

    def ring(self, effect_key: str) -> None:
        headers = {"webhook-id": webhook_id(f"{CONVERSATION}/{effect_key}")}
        self.calls.append(Call("", "agents", "POST", "/agents/desk", headers, "{}", None))

    def deliver(self, effect_key: str, status: DeliveryStatus, *, called: bool = True) -> None:
        self.claim(effect_key)
        if called:
            self.take(effect_key)
        self.settle(effect_key, status)

    def settle(self, effect_key: str, status: DeliveryStatus) -> None:
        self.act(record_delivery(effect_key, status))
        item = {**self.items[EffectRecord.sort_key(effect_key)], "delivery": {"S": status}}
        item.pop("pending", None)
        self.put(item)

    def audit(self, **changes: Any) -> Verdict:
        collected = Collected(
            sent=frozenset(self.acknowledged),
            acknowledged=frozenset(self.acknowledged),
            items=list(self.items.values()),
            stream=self.stream,
            calls=self.calls,
            heard=self.heard,
            executions=self.executions,
        )
        return audit(replace(collected, **changes))


def sends(decision: Decision) -> str:
    (message,) = [effect for effect in decision.effects if isinstance(effect, SendMessage)]
    return message.key


@pytest.fixture
def world() -> World:
    """A question that the bot answered."""
    world = World()
    world.acknowledge(1)
    world.act(receive(an_item("item-1")))
    world.deliver(sends(world.act(answer("item-1"))), DeliveryStatus.ACCEPTED)
    return world


BOT_ANSWER = "bot:item-1"


def broken(verdict: Verdict) -> dict[str, list[str]]:
    assert not verdict.good
    return dict(verdict.offences)


def test_a_desk_that_kept_its_promises_is_good(world: World) -> None:
    verdict = world.audit()
    assert (verdict.good, dict(verdict.offences)) == (True, {})
    assert verdict.figures["messages acknowledged"] == verdict.figures["messages applied"] == 1
    assert verdict.figures["outbound once"] == verdict.figures["claims"] == 1
    assert verdict.figures["facts decided"] == verdict.figures["facts once"] > 0


def test_handing_over_to_a_person_is_good(world: World) -> None:
    world.acknowledge(2)
    world.act(receive(an_item("item-2"), turn_id="turn-2"))
    world.deliver(sends(world.act(request_human(turn_id="turn-2"))), DeliveryStatus.READ)
    world.act(offer())
    world.act(accept())
    world.deliver(sends(world.act(reply())), DeliveryStatus.ACCEPTED)
    verdict = world.audit()
    assert dict(verdict.offences) == {}
    assert verdict.figures["workflows once"] == verdict.figures["workflows decided"] > 0
    assert verdict.figures["notices once"] == verdict.figures["notices decided"] > 0
    assert verdict.figures["outbound once"] == 3


def test_an_acknowledged_message_that_nobody_applied_is_lost(world: World) -> None:
    world.acknowledge(2, applied=False)
    assert broken(world.audit()) == {"messages lost": [CONVERSATION]}


def test_an_acknowledged_message_that_was_never_stored_is_lost(world: World) -> None:
    world.acknowledged.add(Item(WHATSAPP, "item-9"))
    assert broken(world.audit()) == {"messages lost": ["whatsapp item-9"]}


def test_a_message_marked_applied_that_the_log_does_not_know_is_lost(world: World) -> None:
    world.acknowledge(2)
    assert broken(world.audit()) == {"messages lost": [CONVERSATION]}


def test_a_message_in_the_log_twice_was_applied_twice(world: World) -> None:
    forgetful = world.state.model_copy(update={"recent_items": ()})
    world.state = forgetful
    world.act(receive(an_item("item-1")))
    assert "messages applied twice" in broken(world.audit())


def test_a_message_that_the_provider_took_twice_is_doubled(world: World) -> None:
    world.claim(BOT_ANSWER, by="somebody else")
    world.take(BOT_ANSWER)
    world.settle(BOT_ANSWER, DeliveryStatus.ACCEPTED)
    assert broken(world.audit()) == {"effects doubled": [CONVERSATION]}


def test_a_message_taken_after_it_was_withdrawn_is_doubled(world: World) -> None:
    world.items[EffectRecord.sort_key(BOT_ANSWER)]["delivery"] = {"S": "withdrawn"}
    assert broken(world.audit()) == {"effects doubled": [CONVERSATION]}


def test_a_call_that_was_refused_doubles_nothing(world: World) -> None:
    world.claim(BOT_ANSWER, by="somebody else")
    world.take(BOT_ANSWER, fault="status_503")
    world.settle(BOT_ANSWER, DeliveryStatus.ACCEPTED)
    assert world.audit().good


def test_a_call_without_a_claim_of_its_own_is_an_offence(world: World) -> None:
    world.take(BOT_ANSWER, fault="status_503")
    assert broken(world.audit()) == {"effects doubled": [CONVERSATION]}


def test_an_accepted_message_that_no_provider_took_is_missing(world: World) -> None:
    world.calls.clear()
    assert broken(world.audit()) == {"effects missing": [CONVERSATION]}


@pytest.mark.parametrize("taken", [True, False])
def test_an_unknown_outcome_is_honest_either_way(*, taken: bool, world: World) -> None:
    world.calls.clear()
    if taken:
        world.take(BOT_ANSWER, fault=HANG_UP)
    world.items[EffectRecord.sort_key(BOT_ANSWER)]["delivery"] = {"S": "unknown"}
    verdict = world.audit()
    assert verdict.good
    assert verdict.figures["outbound unknown"] == 1


def test_a_message_still_queued_is_missing(world: World) -> None:
    world.acknowledge(2)
    world.act(receive(an_item("item-2"), turn_id="turn-2"))
    world.act(answer("item-2", turn_id="turn-2"))
    assert broken(world.audit()) == {"effects missing": [CONVERSATION]}


def test_an_answer_claimed_after_the_owner_changed_talks_over_a_person(world: World) -> None:
    world.acknowledge(2)
    world.act(receive(an_item("item-2"), turn_id="turn-2"))
    late = sends(world.act(answer("item-2", turn_id="turn-2")))
    world.deliver(sends(world.act(reply())), DeliveryStatus.ACCEPTED)
    world.claim(late)
    world.settle(late, DeliveryStatus.UNKNOWN)
    assert broken(world.audit()) == {"bot after an owner change": [CONVERSATION]}


def test_an_answer_decided_for_another_owner_talks_over_a_person(world: World) -> None:
    name = EffectRecord.sort_key(BOT_ANSWER)
    effect = json.loads(world.items[name]["effect"]["S"]) | {"owner_version": 7}
    world.items[name]["effect"] = {"S": json.dumps(effect)}
    for image in world.stream:
        if image["entity"]["S"] == "state":
            image["owner_version"] = {"N": "7"}
    assert broken(world.audit()) == {"bot after an owner change": [CONVERSATION]}


def test_messages_taken_in_another_order_than_decided_are_out_of_order(world: World) -> None:
    world.acknowledge(2)
    world.act(receive(an_item("item-2"), turn_id="turn-2"))
    world.deliver(sends(world.act(answer("item-2", turn_id="turn-2"))), DeliveryStatus.ACCEPTED)
    assert world.audit().good
    world.calls.reverse()
    assert broken(world.audit()) == {"out of order": [CONVERSATION]}


def test_a_state_that_the_log_does_not_lead_to_is_an_offence(world: World) -> None:
    other = world.state.model_copy(update={"bot_answers": 5})
    world.put(state_attributes(CONVERSATION, other))
    assert broken(world.audit()) == {"state is not its log": [CONVERSATION]}


def test_a_hole_in_the_log_is_an_offence(world: World) -> None:
    second = sorted(name for name in world.items if name.startswith("EVT#"))[1]
    del world.items[second]
    assert "state is not its log" in broken(world.audit())


@pytest.mark.parametrize(
    "forget",
    [
        pytest.param(lambda world: world.heard.pop(), id="fact"),
        pytest.param(lambda world: world.executions.pop(), id="workflow"),
        pytest.param(lambda world: world.calls.pop(), id="notice"),
    ],
)
def test_what_was_decided_and_never_came_about_is_missing(
    world: World, forget: Callable[[World], object]
) -> None:
    world.acknowledge(2)
    world.act(receive(an_item("item-2"), turn_id="turn-2"))
    world.deliver(sends(world.act(request_human(turn_id="turn-2"))), DeliveryStatus.READ)
    world.act(offer())
    assert world.audit().good
    forget(world)
    assert broken(world.audit()) == {"effects missing": [CONVERSATION]}


def test_a_fact_that_came_twice_is_counted_as_repeated(world: World) -> None:
    world.heard.append(world.heard[0])
    verdict = world.audit()
    assert verdict.good
    assert verdict.figures["facts repeated"] == 1


def test_a_timeline_against_time_is_an_offence(world: World) -> None:
    at = [(NOW + timedelta(seconds=n)).isoformat() for n in (1, 0)]
    entries = [{"type": "MessageReceived", "at": moment} for moment in at]
    verdict = world.audit(timelines={CONVERSATION: entries})
    assert broken(verdict) == {"timeline out of order": [CONVERSATION]}


def test_quarantined_payloads_are_counted(world: World) -> None:
    for part in (0, 1):
        name = f"PART#{part}"
        world.items[name] = key("", name) | {
            "pk": {"S": "QUARANTINE#1"},
            "entity": {"S": "quarantine"},
        }
    assert world.audit().figures["quarantined"] == 1
