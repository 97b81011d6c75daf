"""The verdict on a desk that kept its promises, and on one that broke each of them."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from local.chaos.webhooks import Item
from local.providers.provider_calls import HANG_UP
from notifiers.webhook import webhook_id
from sportello.conversation.effects import NotifyAgents
from sportello.dispatch.dispatcher import execution_name
from sportello.messaging.items import DeliveryStatus
from sportello.table.items import EffectRecord, state_attributes
from sportello.table.keys import key
from support.builders import (
    CONVERSATION,
    HANDLE,
    NOW,
    accept,
    an_item,
    answer,
    offer,
    receive,
    reply,
    request_human,
)
from support.chaos_world import BOT_ANSWER, WHATSAPP, World, an_answered_question, broken, sends


@pytest.fixture
def world() -> World:
    return an_answered_question()


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


def withdraw(world: World, effect_key: str) -> None:
    """Have the notice settled without a ring, as if its offer were over."""
    item = world.items[EffectRecord.sort_key(effect_key)]
    world.put({**item, "delivery": {"S": "refused"}, "error_code": {"S": "withdrawn"}})
    notice = webhook_id(f"{CONVERSATION}/{effect_key}")
    world.calls[:] = [call for call in world.calls if call.headers.get("webhook-id") != notice]


def offered(world: World) -> str:
    world.acknowledge(2)
    world.act(receive(an_item("item-2"), turn_id="turn-2"))
    world.deliver(sends(world.act(request_human(turn_id="turn-2"))), DeliveryStatus.READ)
    effects = world.act(offer()).effects
    return next(effect.key for effect in effects if isinstance(effect, NotifyAgents))


def test_an_offer_that_was_over_before_it_rang_rings_nobody(world: World) -> None:
    ring = offered(world)
    world.act(accept())
    withdraw(world, ring)
    verdict = world.audit()
    assert dict(verdict.offences) == {}
    assert verdict.figures["notices of offers that were over"] == 1


def test_an_offer_that_is_open_and_rang_nobody_is_missing(world: World) -> None:
    withdraw(world, offered(world))
    assert broken(world.audit())["effects missing"] == [CONVERSATION]


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


def test_a_message_that_two_conversations_recorded_was_applied_twice() -> None:
    world = World()
    world.acknowledge(1)
    world.act(receive(an_item("item-1")))
    world.items |= {
        f"elsewhere {name}": {**item, "pk": {"S": "CONV#elsewhere"}}
        for name, item in world.items.items()
        if item["entity"]["S"] in {"state", "events"}
    }
    twice = broken(world.audit())["messages applied twice"]
    assert sorted(twice) == sorted([CONVERSATION, "elsewhere"])


def test_a_message_that_the_provider_took_twice_is_doubled(world: World) -> None:
    world.claim(BOT_ANSWER, by="somebody else")
    world.take(BOT_ANSWER)
    world.settle(BOT_ANSWER, DeliveryStatus.ACCEPTED)
    assert broken(world.audit()) == {"effects doubled": [CONVERSATION]}


def test_a_message_taken_after_it_was_withdrawn_is_doubled(world: World) -> None:
    world.items[EffectRecord.sort_key(BOT_ANSWER)]["delivery"] = {"S": "withdrawn"}
    assert broken(world.audit()) == {"effects doubled": [CONVERSATION]}


def test_a_message_that_the_provider_could_not_deliver_was_taken_once(world: World) -> None:
    world.items[EffectRecord.sort_key(BOT_ANSWER)]["delivery"] = {"S": "refused"}
    failed = frozenset({f"{CONVERSATION}/{BOT_ANSWER}"})
    verdict = world.audit(failed=failed)
    assert verdict.good
    assert verdict.figures["outbound refused"] == 1
    world.claim(BOT_ANSWER, by="somebody else")
    world.take(BOT_ANSWER)
    world.settle(BOT_ANSWER, DeliveryStatus.REFUSED)
    assert broken(world.audit(failed=failed)) == {"effects doubled": [CONVERSATION]}


def test_a_doubled_message_is_not_taken_for_another_of_the_same_words() -> None:
    world = World(channel="telegram")
    world.acknowledge(1)
    world.act(receive(an_item("item-1")))
    first = sends(world.act(answer("item-1", text="Dalle 9.")))
    world.acknowledge(2)
    world.act(receive(an_item("item-2"), turn_id="turn-2"))
    second = sends(world.act(answer("item-2", turn_id="turn-2", text="Dalle 9.")))
    world.deliver(first, DeliveryStatus.ACCEPTED, called=False)
    world.take(first, message_id="7")
    world.items[EffectRecord.sort_key(first)]["provider_message_id"] = {"S": f"{HANDLE}:7"}
    world.deliver(second, DeliveryStatus.UNKNOWN, called=False)
    assert world.audit().good
    world.take(second, HANG_UP, message_id="8")
    assert world.audit().good
    world.take(first, message_id="9")
    assert broken(world.audit()) == {"effects doubled": [CONVERSATION]}


def test_a_message_applied_where_its_customer_has_moved_to_is_not_lost(world: World) -> None:
    world.acknowledge(2)
    inbound = world.items.pop("IN#item-2")
    world.items["elsewhere"] = {**inbound, "pk": {"S": "CONV#before"}}
    assert broken(world.audit()) == {"messages lost": ["before"]}
    world.act(receive(an_item("item-2"), turn_id="turn-2"))
    world.deliver(sends(world.act(answer("item-2", turn_id="turn-2"))), DeliveryStatus.READ)
    assert world.audit().good


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
    ladder = [execution_name(f"{CONVERSATION}-escalation:handoff-2")]
    assert world.audit(running=ladder).good
    forget(world)
    assert broken(world.audit(running=ladder)) == {"effects missing": [CONVERSATION]}


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
