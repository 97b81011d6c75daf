"""The verdict on promises, apologies, news of a wait, ladders, clocks and settings that changed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from local.chaos.evidence import conversations_in
from sportello.conversation.commands import (
    ExhaustLadder,
    SpokenPromise,
    Tick,
    WaitNow,
)
from sportello.conversation.effects import SendMessage
from sportello.conversation.events import (
    Author,
    ClockEnded,
    ConversationOffered,
    MessageQueued,
    OutOfHoursTold,
    WaitAnnounced,
)
from sportello.dispatch.dispatcher import execution_name
from sportello.hours.settings import OpeningHoursSettings
from sportello.messaging.items import DeliveryStatus, Visibility
from sportello.queues.waits import REFRESH_GAP, AnnouncedWait
from sportello.sla.clocks import ClockEnding, ClockKind, ClockState, PromiseTerms
from sportello.sla.policies import Target
from sportello.table.items import StoredSettings, settings_sort_key
from support.builders import (
    CONVERSATION,
    NIGHT,
    NOW,
    accept,
    an_away_text,
    an_item,
    offer,
    receive,
    reply,
    request_human,
    return_to_bot,
    seconds,
    terms_with,
)
from support.chaos_world import World, broken, sends

MINUTE = PromiseTerms(within_seconds=60, kept_by="hand")
LADDER = execution_name(f"{CONVERSATION}-escalation:handoff-2")


def a_wait(at: datetime = NOW) -> AnnouncedWait:
    return AnnouncedWait(position=1, low_seconds=60, high_seconds=120, at=at, review_at=None)


def settle(world: World, key: str) -> None:
    world.deliver(key, DeliveryStatus.ACCEPTED)


@pytest.fixture
def world() -> World:
    """A customer who waits for people, and was told for how long."""
    world = World(running={LADDER})
    world.acknowledge(1)
    world.act(receive(an_item("item-1")))
    handoff = request_human().model_copy(update={"announced": a_wait()})
    settle(world, sends(world.act(handoff)))
    return world


@pytest.fixture
def promised() -> World:
    """A customer whom a person has promised a call within a minute."""
    world = World()
    world.acknowledge(1)
    world.act(receive(an_item("item-1")))
    settle(world, sends(world.act(request_human())))
    world.act(offer())
    world.act(accept())
    settle(world, sends(world.act(reply().model_copy(update={"promise": MINUTE}))))
    return world


def promise_of(world: World) -> frozenset[tuple[str, str]]:
    (clock,) = (clock for clock in world.state.clocks if clock.kind is ClockKind.PROMISE)
    return frozenset({(CONVERSATION, clock.promise_id)})


def after_breaking(world: World) -> World:
    world.now += seconds(61)
    world.act(Tick(woken_for=world.now, apology="Ci dispiace."))
    return world


# --- promises and apologies -----------------------------------------------------------------------


def test_a_promise_that_runs_is_good(promised: World) -> None:
    verdict = promised.audit(promised=promise_of(promised))
    assert dict(verdict.offences) == {}
    assert verdict.figures["promises made"] == 1


def test_a_promise_that_no_clock_keeps_is_an_offence(promised: World) -> None:
    verdict = promised.audit(promised=frozenset({(CONVERSATION, "reply:another")}))
    assert broken(verdict) == {"promises without a clock": [CONVERSATION]}


def test_a_reply_that_promised_and_started_no_clock_is_an_offence(promised: World) -> None:
    promises = promise_of(promised)
    answer = sends(promised.act(reply(key="2")))
    settle(promised, answer)
    verdict = promised.audit(promised=promises | {(CONVERSATION, answer)})
    assert broken(verdict) == {"promises without a clock": [CONVERSATION]}


def test_an_agent_rung_for_a_broken_promise_is_good(promised: World) -> None:
    verdict = after_breaking(promised).audit()
    assert dict(verdict.offences) == {}
    assert (verdict.figures["promises broken"], verdict.figures["apologies"]) == (1, 0)


def test_a_customer_whose_promise_broke_hears_it_once(promised: World) -> None:
    promised.act(return_to_bot())
    settle(after_breaking(promised), "promise_broken:" + generation(promised))
    verdict = promised.audit()
    assert dict(verdict.offences) == {}
    assert verdict.figures["apologies"] == 1


def generation(world: World) -> str:
    (clock,) = (clock for clock in world.state.clocks if clock.kind is ClockKind.PROMISE)
    return str(clock.generation)


def test_a_broken_promise_nobody_speaks_of_is_an_offence(promised: World) -> None:
    promised.act(return_to_bot())
    promised.now += seconds(61)
    promised.act(Tick(woken_for=promised.now))
    assert broken(promised.audit()) == {"broken promises passed over": [CONVERSATION]}


def test_a_broken_promise_that_no_agent_is_rung_for_is_an_offence(promised: World) -> None:
    after_breaking(promised)
    for name in [name for name in promised.items if name.startswith("FX#promise_broken:")]:
        del promised.items[name]
    assert broken(promised.audit()) == {"broken promises passed over": [CONVERSATION]}


def test_an_apology_for_nothing_is_an_offence(promised: World) -> None:
    promised.act(return_to_bot())
    say(promised, "promise_broken:3")
    assert broken(promised.audit()) == {"apologies for nothing": [CONVERSATION]}


def test_a_second_apology_is_an_offence(promised: World) -> None:
    promised.act(return_to_bot())
    apology = "promise_broken:" + generation(promised)
    settle(after_breaking(promised), apology)
    say(promised, apology)
    assert broken(promised.audit())["apologies for nothing"] == [CONVERSATION]


def test_an_answer_promised_by_the_ladder_has_its_clock(world: World) -> None:
    spoken = SpokenPromise(text="Entro le 11:01.", terms=PromiseTerms(within_seconds=60))
    ended = world.act(ExhaustLadder(handoff_id="handoff-2", promise=spoken))
    settle(world, sends(ended))
    assert dict(world.audit().offences) == {}
    say(world, "promise:handoff-3")
    assert broken(world.audit()) == {"promises without a clock": [CONVERSATION]}


def say(world: World, key: str, *others: Any) -> None:
    """Record words that nothing has called for, and have them reach the customer."""
    queued = MessageQueued(
        at=world.now,
        effect_key=key,
        author=Author.SYSTEM,
        visibility=Visibility.PRIVATE,
        automatic=True,
    )
    message = SendMessage(
        key=key,
        author=Author.SYSTEM,
        text=f"Qualcosa {key}.",
        visibility=Visibility.PRIVATE,
        automatic=True,
        owner_version=world.state.owner.version,
    )
    world.record(queued, *others, effects=[message])
    settle(world, key)


# --- what is said while nobody is there, and of the wait ------------------------------------------


def test_a_closed_period_is_told_once(world: World) -> None:
    closed = NIGHT - timedelta(hours=3)
    world.act(receive(an_item("item-2"), away=an_away_text(closed)))
    world.acknowledge(2)
    settle(world, f"out_of_hours:{closed:%Y%m%dT%H%M%SZ}")
    verdict = world.audit()
    assert dict(verdict.offences) == {}
    assert verdict.figures["out-of-hours replies"] == 1
    say(world, "out_of_hours:again", OutOfHoursTold(at=world.now, closed_since=closed))
    assert broken(world.audit()) == {"closed periods told twice": [CONVERSATION]}


def test_news_of_a_wait_is_good_after_a_while(world: World) -> None:
    world.now += REFRESH_GAP
    news = WaitNow(wait=a_wait(world.now), text="Ora circa dieci minuti.")
    settle(world, sends(world.act(Tick(woken_for=world.now, news=news))))
    verdict = world.audit()
    assert dict(verdict.offences) == {}
    assert (verdict.figures["waits announced"], verdict.figures["news of the wait"]) == (2, 1)


def test_news_of_a_wait_that_comes_too_soon_is_an_offence(world: World) -> None:
    world.now += REFRESH_GAP - seconds(1)
    say(world, "wait:9.0", WaitAnnounced(at=world.now, wait=a_wait(world.now)))
    assert broken(world.audit()) == {"news of the wait out of turn": [CONVERSATION]}


def test_news_of_a_wait_that_is_over_is_an_offence(world: World) -> None:
    world.act(accept())
    world.running.clear()
    world.now += REFRESH_GAP
    news = WaitAnnounced(at=world.now, wait=a_wait(world.now))
    say(world, "wait:9.0", news)
    assert "news of the wait out of turn" in broken(world.audit())


# --- ladders --------------------------------------------------------------------------------------


def closed_at_night() -> World:
    """A customer who was handed over at night: the ladder climbs in the morning."""
    hours = {
        "calendars": {"default": {"time_zone": "UTC", "weekly": {"mon-sun": [["08:00", "18:00"]]}}}
    }
    world = World(
        now=NIGHT,
        running={LADDER},
        terms=terms_with(opening_hours=OpeningHoursSettings.model_validate(hours)),
    )
    world.acknowledge(1)
    world.act(receive(an_item("item-1", NIGHT)))
    settle(world, sends(world.act(request_human())))
    return world


def test_a_ladder_that_waits_for_the_opening_is_good() -> None:
    world = closed_at_night()
    world.now = NIGHT.replace(hour=8) + timedelta(days=1)
    world.act(Tick(woken_for=world.now))
    world.act(offer())
    verdict = world.audit()
    assert dict(verdict.offences) == {}
    assert (verdict.figures["ladders of an opening"], verdict.figures["offers"]) == (1, 1)


def test_a_ring_before_the_opening_is_an_offence() -> None:
    world = closed_at_night()
    world.act(offer())
    assert broken(world.audit()) == {"rung before the opening": [CONVERSATION]}


CLOSED = [["08:00", "09:30"]]
OPEN = [["00:00", "24:00"]]


def write_hours(world: World, *versions: tuple[timedelta, list[list[str]]]) -> None:
    """Have opening hours written, each so long before now."""
    for version, (ago, windows) in enumerate(versions, 1):
        calendar = {"time_zone": "UTC", "weekly": {"mon-sun": windows}}
        stored = StoredSettings(version=version, document={"calendars": {"default": calendar}})
        for name in (settings_sort_key(version), settings_sort_key(None)):
            item = stored.to_attributes("opening_hours", name, "sofia", world.now - ago)
            world.items[name] = item


@pytest.mark.parametrize(
    ("versions", "good"),
    [
        ([(seconds(600), CLOSED), (seconds(1), OPEN)], True),
        ([(seconds(600), OPEN), (seconds(1), CLOSED)], True),
        ([(seconds(600), OPEN), (seconds(60), CLOSED)], False),
        ([(seconds(600), CLOSED), (seconds(-1), OPEN)], False),
    ],
    ids=["opened", "just closed", "closed for long", "opens later"],
)
def test_a_ring_while_nobody_is_there_is_an_offence(
    *, versions: list[tuple[timedelta, list[list[str]]]], good: bool, world: World
) -> None:
    write_hours(world, *versions)
    world.act(offer())
    assert ("rung before the opening" not in world.audit().offences) is good


def test_a_tier_rung_twice_is_an_offence(world: World) -> None:
    world.act(offer())
    conversation = conversations_in(world.collect().items)[CONVERSATION]
    world.record(*(e for e in conversation.events if isinstance(e, ConversationOffered)))
    assert broken(world.audit()) == {"tiers rung twice": [CONVERSATION]}


def test_a_customer_whose_ladder_has_vanished_is_an_offence(world: World) -> None:
    world.running.clear()
    assert broken(world.audit()) == {"customers nobody is rung for": [CONVERSATION]}


# --- clocks and settings --------------------------------------------------------------------------


def test_a_clock_that_nobody_acted_on_is_an_offence(world: World) -> None:
    world.now += seconds(241)
    assert world.audit().good
    world.now += seconds(10)
    assert broken(world.audit()) == {"clocks not acted on": [CONVERSATION]}
    world.act(Tick(woken_for=world.now))
    assert world.audit().good


def test_a_clock_that_ended_twice_is_an_offence(promised: World) -> None:
    ended = ClockEnded(
        at=promised.now,
        kind=ClockKind.FIRST_RESPONSE,
        state=ClockState.ACHIEVED,
        due_at=None,
        counted_seconds=0,
        ending=ClockEnding.ANSWERED,
    )
    promised.record(ended)
    assert broken(promised.audit()) == {"clocks ended twice": [CONVERSATION]}


def test_clocks_follow_settings_that_changed(world: World) -> None:
    changed = terms_with(
        {ClockKind.FIRST_RESPONSE: Target(seconds=60, around_the_clock=True)}, sla_version=1
    )
    verdict = world.audit(terms={CONVERSATION: world.terms})
    assert dict(verdict.offences) == {}
    verdict = world.audit(terms={CONVERSATION: changed})
    assert broken(verdict) == {"clocks behind the settings": [CONVERSATION]}


def test_a_clock_whose_target_was_taken_away_is_behind(world: World) -> None:
    gone = terms_with({ClockKind.RESOLUTION: Target(seconds=60)}, sla_version=1)
    verdict = world.audit(terms={CONVERSATION: gone})
    assert broken(verdict) == {"clocks behind the settings": [CONVERSATION]}


def test_settings_that_were_taken_are_there(world: World) -> None:
    for sort_key in (settings_sort_key(1), settings_sort_key(2), settings_sort_key(None)):
        version = 1 if sort_key == settings_sort_key(1) else 2
        stored = StoredSettings(version=version, document={})
        world.items[sort_key] = stored.to_attributes("queues", sort_key, "sofia", NOW)
    assert world.audit(written=frozenset({("queues", 1), ("queues", 2)})).good
    verdict = world.audit(written=frozenset({("queues", 3)}))
    assert broken(verdict) == {"settings lost": ["queues"]}
    world.items.pop(settings_sort_key(None))
    assert broken(world.audit()) == {"settings lost": ["queues"]}
