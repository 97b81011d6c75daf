import json
from datetime import timedelta

import pytest

from sportello.live.listening import MOST_CONNECTIONS
from sportello.live.pace import BURST
from sportello.live.posting import GRACE
from sportello.live.tickets import LIVES_FOR
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings
from support.builders import CONVERSATION, with_agent
from support.clouds.metered import metered
from support.clouds.table import all_items, configure
from support.live import LiveDesk

OTHERS = "f" * 32
"""A conversation that there is not."""


def at_work(live: LiveDesk, agent_id: str = "anna", seconds: int = 300) -> None:
    until = live.now + timedelta(seconds=seconds)
    live.table.agents.set_presence(agent_id, Presence.AVAILABLE, until, live.now)


def kinds(live: LiveDesk) -> set[str]:
    return {item["entity"]["S"] for item in all_items(live.table)}


# --- hello --------------------------------------------------------------------------------------


def test_whoever_says_hello_is_told_who_they_are_and_what_they_listen_to(live: LiveDesk) -> None:
    live.has_profile("anna", "sales", "returns")
    welcome = live.last(live.connected("anna"))
    assert welcome["agent_id"] == "anna"
    assert welcome["queues"] == ["sales", "returns"]
    assert (welcome["presence"], welcome["presence_until"]) == ("offline", None)
    assert welcome["renew_at"] < welcome["lives_until"]
    assert welcome["connection"] == "c-1"


def test_nothing_is_pushed_and_nobody_listens_before_hello(live: LiveDesk) -> None:
    name = live.opened("anna")
    assert not live.table.live.is_listened_to(live.now)
    live.says(name, "ping")
    assert live.last(name) == {"t": "error", "code": "hello-first"}
    live.says(name, "hello")
    assert live.table.live.is_listened_to(live.now)


def test_nobody_listens_to_a_queue_that_they_do_not_see(live: LiveDesk) -> None:
    live.has_profile("anna", "sales", "returns")
    scope = frozenset({"returns"})
    by_profile = live.connected("anna", teams=["north"], scope=scope)
    wish = {"queues": ["sales", "returns", "default"]}
    by_wish = live.connected("anna", teams=["north"], scope=scope, hello=wish)
    assert live.last(by_profile)["queues"] == ["returns"]
    assert live.last(by_wish)["queues"] == ["returns"]
    assert live.table.live.of_queue("sales", live.now) == []


def test_without_a_profile_somebody_listens_to_the_queue_of_handoffs(live: LiveDesk) -> None:
    assert live.last(live.connected("anna"))["queues"] == ["default"]
    stranger = live.connected("bruno", teams=["north"], scope=frozenset({"sales"}))
    assert live.last(stranger)["queues"] == []


def test_another_hello_changes_what_is_listened_to(live: LiveDesk) -> None:
    name = live.connected("anna", hello={"queues": ["sales"]})
    live.says(name, "resume", queues=["returns"])
    assert live.last(name)["queues"] == ["returns"]
    assert live.table.live.of_queue("sales", live.now) == []
    assert len(live.table.live.of_queue("returns", live.now)) == 1


def test_a_connection_takes_the_place_of_its_own_agents_alone(live: LiveDesk) -> None:
    old, anothers = live.connected("anna"), live.connected("bruno")
    new = live.connected("anna", hello={"replaces": old})
    live.connected("anna", hello={"replaces": anothers})
    names = {each.connection_id for each in live.table.live.of_agent("anna", live.now)}
    assert old not in names
    assert new in names
    assert [each.connection_id for each in live.table.live.of_agent("bruno", live.now)] == [
        anothers
    ]


def test_the_oldest_gives_way_where_an_agent_has_too_many(live: LiveDesk) -> None:
    names = []
    for _ in range(MOST_CONNECTIONS + 2):
        live.passes(seconds=1)
        names.append(live.connected("anna"))
    assert len(live.table.live.of_agent("anna", live.now)) == MOST_CONNECTIONS
    assert live.connections.ended == names[:2]
    assert live.last(names[0]) == {"t": "goodbye", "reason": "too-many-connections"}


# --- there --------------------------------------------------------------------------------------


def test_pings_keep_an_agent_at_work(live: LiveDesk) -> None:
    at_work(live)
    name = live.connected("anna")
    for _ in range(20):
        live.passes(minutes=4)
        live.says(name, "ping")
        pong = live.last(name)
        assert (pong["t"], pong["presence"]) == ("pong", "available")
    assert live.table.agents.work("anna").presence_at(live.now) is Presence.AVAILABLE


def test_a_ping_makes_nobody_available_and_shortens_nothing(live: LiveDesk) -> None:
    name = live.connected("anna")
    live.says(name, "ping")
    assert live.last(name)["presence"] == "offline"
    at_work(live, seconds=1_200)
    live.says(name, "ping")
    assert live.table.agents.work("anna").presence_until == live.now + timedelta(seconds=1_200)


def test_an_agent_is_pinged_for_at_least_twice_in_what_is_believed(live: LiveDesk) -> None:
    assert live.last(live.connected("anna"))["ping_seconds"] == 150
    configure(live.table, RoutingSettings(presence_seconds=30))
    assert live.last(live.connected("anna"))["ping_seconds"] == 15
    configure(live.table, RoutingSettings(presence_seconds=86_400))
    assert live.last(live.connected("anna"))["ping_seconds"] == 240


def test_the_last_connection_that_is_lost_ends_presence_after_a_grace(live: LiveDesk) -> None:
    at_work(live)
    first, second = live.connected("anna"), live.connected("anna")
    live.closes(first)
    assert live.table.agents.work("anna").presence_until == live.now + timedelta(seconds=300)
    live.closes(second)
    assert live.table.agents.work("anna").presence_until == live.now + GRACE
    live.passes(seconds=61)
    assert live.table.agents.work("anna").presence_at(live.now) is Presence.OFFLINE


def test_a_page_that_is_loaded_anew_ends_nothing(live: LiveDesk) -> None:
    at_work(live)
    live.closes(live.connected("anna"))
    live.passes(seconds=5)
    live.connected("anna")
    live.passes(seconds=120)
    assert live.table.agents.work("anna").presence_at(live.now) is Presence.AVAILABLE


def test_who_has_gone_home_stays_so_whatever_their_tab_does(live: LiveDesk) -> None:
    at_work(live)
    name = live.connected("anna")
    live.says(name, "presence", presence="offline")
    live.says(name, "ping")
    assert live.last(name)["presence"] == "offline"


def test_a_presence_that_is_said_is_an_act_once_and_told_to_every_tab(live: LiveDesk) -> None:
    name, other = live.connected("anna"), live.connected("anna")
    actor = live.says(name, "presence", presence="busy")
    assert actor
    assert actor.agent_id == "anna"
    assert live.says(name, "presence", presence="busy") is None
    for tab in (name, other):
        assert live.frames(tab, "presence")[0]["presence"] == "busy"


def test_nobody_is_available_for_queues_that_are_none_of_their_teams(live: LiveDesk) -> None:
    live.has_profile("anna", "sales")
    name = live.connected("anna", teams=["north"], scope=frozenset({"returns"}))
    live.says(name, "presence", presence="available")
    assert live.last(name)["code"] == "forbidden"
    assert live.table.agents.work("anna").presence_at(live.now) is Presence.OFFLINE
    live.says(name, "presence", presence="away")
    assert live.table.agents.work("anna").presence_at(live.now) is Presence.AWAY


def test_who_is_at_the_end_of_their_two_hours_is_told_to_renew_and_then_dismissed(
    live: LiveDesk,
) -> None:
    name = live.connected("anna")
    live.passes(minutes=111)
    live.says(name, "ping")
    assert live.last(name)["t"] == "renew"
    live.now += LIVES_FOR
    live.says(name, "ping")
    assert live.last(name) == {"t": "goodbye", "reason": "expired"}
    assert live.connections.ended == [name]
    assert live.table.live.connection(name) is None


# --- before their eyes --------------------------------------------------------------------------


def test_those_who_look_at_a_conversation_know_of_each_other(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    anna, bruno = live.connected("anna"), live.connected("bruno")
    for name in (anna, bruno):
        live.says(name, "viewing", conversation_id=CONVERSATION)
    assert viewers(live, anna) == ["anna", "bruno"]
    assert viewers(live, bruno) == ["anna", "bruno"]
    live.says(bruno, "viewing", conversation_id=None)
    assert viewers(live, anna) == ["anna"]
    live.says(bruno, "viewing", conversation_id=CONVERSATION)
    live.closes(bruno)
    assert viewers(live, anna) == ["anna"]


def viewers(live: LiveDesk, name: str) -> list[str]:
    return [each["agent_id"] for each in live.frames(name, "viewing")[-1]["agents"]]


def test_who_types_is_told_to_those_who_look_and_to_nobody_else(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    anna, bruno, carla = (live.connected(name) for name in ("anna", "bruno", "carla"))
    live.says(bruno, "viewing", conversation_id=CONVERSATION)
    live.says(anna, "typing", conversation_id=CONVERSATION)
    (typing,) = live.frames(bruno, "typing")
    assert (typing["agent_id"], typing["conversation_id"]) == ("anna", CONVERSATION)
    assert live.frames(anna, "typing") == live.frames(carla, "typing") == []
    live.says(anna, "typing", conversation_id=CONVERSATION, on=False)
    assert live.frames(bruno, "typing")[-1]["until"] < typing["until"]


def test_typing_on_reads_the_conversation_once(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    anna, bruno = (live.connected(name) for name in ("anna", "bruno"))
    live.says(bruno, "viewing", conversation_id=CONVERSATION)
    live.says(anna, "typing", conversation_id=CONVERSATION)
    with metered(live.table) as usage:
        live.says(anna, "typing", conversation_id=CONVERSATION)
    assert usage.calls["BatchGetItem"] == 1


def test_nothing_of_it_is_in_the_log(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    name = live.connected("anna")
    live.says(name, "viewing", conversation_id=CONVERSATION)
    live.says(name, "typing", conversation_id=CONVERSATION)
    assert "events" not in kinds(live)
    views = [item for item in all_items(live.table) if item["entity"]["S"] == "live_viewing"]
    assert all("expires_at" in view for view in views)


def test_a_conversation_that_is_not_theirs_is_as_one_that_there_is_not(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    stranger = live.connected("bruno", teams=["south"], scope=frozenset({"returns"}))
    for conversation_id in (CONVERSATION, OTHERS):
        for frame in ("viewing", "typing"):
            live.says(stranger, frame, conversation_id=conversation_id)
            assert live.last(stranger)["code"] == "unknown-conversation"
    assert "live_viewing" not in kinds(live)


def test_who_may_not_see_it_any_more_is_told_of_nobody(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    anna = live.connected("anna")
    bruno = live.connected("bruno", teams=["north"], scope=frozenset({"default"}))
    live.says(bruno, "viewing", conversation_id=CONVERSATION)
    moved = with_agent("anna").model_copy(update={"queue": "returns", "sequence": 9})
    live.keep(moved)
    heard = len(live.frames(bruno))
    live.says(anna, "viewing", conversation_id=CONVERSATION)
    live.says(anna, "typing", conversation_id=CONVERSATION)
    assert live.frames(bruno)[heard:] == []
    assert viewers(live, anna) == ["anna"]


# --- bounds -------------------------------------------------------------------------------------


def test_a_frame_too_many_is_passed_over(live: LiveDesk) -> None:
    name = live.connected("anna")
    for _ in range(BURST + 5):
        live.says(name, "ping")
    errors = live.frames(name, "error")
    assert {error["code"] for error in errors} == {"too-many-frames"}
    assert len(errors) == 6
    live.passes(seconds=10)
    live.says(name, "ping")
    assert live.last(name)["t"] == "pong"


@pytest.mark.parametrize(
    ("body", "code"),
    [("{", "malformed"), ("x" * 8_193, "too-large"), ('{"t": "typing"}', "invalid")],
)
def test_what_cannot_be_read_is_answered_and_ends_nothing(
    live: LiveDesk, body: str, code: str
) -> None:
    name = live.connected("anna")
    live.sends(name, body)
    assert live.last(name)["code"] == code
    live.says(name, "ping")
    assert live.last(name)["t"] == "pong"


def test_what_only_a_later_version_knows_is_passed_over(live: LiveDesk) -> None:
    name = live.connected("anna")
    heard = len(live.frames(name))
    live.sends(name, json.dumps({"t": "dance", "with": ["me"]}))
    assert live.frames(name)[heard:] == []


def test_a_connection_that_nobody_knows_is_ended(live: LiveDesk) -> None:
    live.says("c-99", "hello")
    assert live.connections.ended == ["c-99"]
    assert all_items(live.table) == []


def test_nothing_is_left_of_a_connection_but_what_its_agent_said(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    at_work(live)
    before = kinds(live)
    name = live.connected("anna", hello={"queues": ["default", "sales"]})
    live.says(name, "viewing", conversation_id=CONVERSATION)
    live.closes(name)
    assert kinds(live) - {"live_ticket"} == before


def test_every_item_expires(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    name = live.connected("anna")
    live.says(name, "viewing", conversation_id=CONVERSATION)
    ours = [item for item in all_items(live.table) if item["entity"]["S"].startswith("live_")]
    assert len({item["entity"]["S"] for item in ours}) == 6
    latest = max(int(item["expires_at"]["N"]) for item in ours)
    assert latest - live.now.timestamp() <= timedelta(minutes=131).total_seconds()
