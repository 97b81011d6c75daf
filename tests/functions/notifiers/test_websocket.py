from collections.abc import Iterator
from typing import Any

import pytest

from notifiers.websocket import WebSocket, WebSocketAddress, frame_of
from sportello.errors import NobodyThere, ProviderUnavailable
from sportello.live.frames import MOST_BYTES_OUT, written_frame
from sportello.messaging.items import DeliveryStatus
from sportello.people.notifying.notifier import Notification
from sportello.people.notifying.ringing import Ringing
from sportello.table.desk import Desk
from support.builders import CONVERSATION, NOW, accept, queued, with_agent
from support.clouds.decided_notice import DecidedNotice
from support.clouds.table import desk
from support.live import LiveDesk


@pytest.fixture
def ours() -> Iterator[Desk]:
    with desk() as empty:
        yield empty


@pytest.fixture
def live(ours: Desk) -> LiveDesk:
    return LiveDesk(ours.table)


def a_notice(notice: str = "conversation.offered", **changes: Any) -> Notification:
    fields = {
        "id": f"{CONVERSATION}/offer:handoff-2-7:desk",
        "notice": notice,
        "at": NOW,
        "conversation_id": CONVERSATION,
        "channel": "whatsapp",
        "endpoint": "desk",
        "address": {},
        "data": {"offer_id": "handoff-2-7", "queue": "default"},
    }
    return Notification.model_validate(fields | changes)


def notifier(live: LiveDesk) -> WebSocket:
    return WebSocket(
        lambda: live.table, lambda: live.settings, lambda: live.connections, lambda: live.now
    )


def ring(live: LiveDesk, **changes: Any) -> str:
    return notifier(live).notify(a_notice(**changes))


def test_an_agents_own_ring_is_heard_in_every_tab_under_one_id(live: LiveDesk) -> None:
    tabs = [live.connected("anna"), live.connected("anna")]
    other = live.connected("bruno")
    ring(live, agent_id="anna")
    rings = [frame for name in tabs for frame in live.frames(name, "ring")]
    assert len(rings) == 2
    assert len({frame["id"] for frame in rings}) == 1
    assert rings[0]["data"]["offer_id"] == "handoff-2-7"
    assert rings[0]["conversation_id"] == CONVERSATION
    assert live.frames(other, "ring") == []


def test_a_shared_endpoint_rings_whoever_listens_to_the_queue(live: LiveDesk) -> None:
    live.keep(queued())
    here, everywhere = live.connected("anna"), live.connected("sofia", hello={"queues": "all"})
    elsewhere = live.connected("bruno", hello={"queues": ["sales"]})
    ring(live)
    assert len(live.frames(here, "ring")) == len(live.frames(everywhere, "ring")) == 1
    assert live.frames(elsewhere, "ring") == []


def test_one_that_names_agents_rings_those_of_them_who_see_it(live: LiveDesk) -> None:
    live.keep(queued())
    anna = live.connected("anna", hello={"queues": ["sales"]})
    bruno = live.connected("bruno")
    of_another_team = live.connected("carla", teams=["south"], scope=frozenset({"returns"}))
    ring(live, address={"agents": ["anna", "carla"]})
    assert len(live.frames(anna, "ring")) == 1
    assert live.frames(bruno, "ring") == live.frames(of_another_team, "ring") == []


@pytest.mark.parametrize("agent_id", ["anna", ""])
def test_nobody_connected_is_nobody_there(live: LiveDesk, agent_id: str) -> None:
    live.keep(queued())
    with pytest.raises(NobodyThere):
        ring(live, agent_id=agent_id)
    live.connections.gone.add(live.connected("anna"))
    with pytest.raises(NobodyThere):
        ring(live, agent_id=agent_id)


def test_a_connection_that_takes_nothing_is_tried_again(live: LiveDesk) -> None:
    live.connections.failing.add(live.connected("anna"))
    with pytest.raises(ProviderUnavailable):
        ring(live, agent_id="anna")
    other = live.connected("anna")
    ring(live, agent_id="anna")
    assert len(live.frames(other, "ring")) == 1


@pytest.mark.parametrize("end", ["accepted", "declined", "expired", "withdrawn"])
def test_the_end_of_an_offer_ends_its_ring_and_troubles_nobody_who_left(
    live: LiveDesk, end: str
) -> None:
    ring_ended = {"notice": f"offer.{end}", "agent_id": "anna"}
    assert ring(live, **ring_ended) == ""
    name = live.connected("anna")
    ring(live, **ring_ended)
    assert live.frames(name, "ring_ended")[0]["data"]["offer_id"] == "handoff-2-7"


@pytest.mark.parametrize("address", [{}, {"agents": ["anna"]}])
def test_the_end_of_an_offer_is_for_who_heard_it_wherever_it_has_gone(
    live: LiveDesk, address: dict[str, Any]
) -> None:
    live.keep(queued())
    rung = live.connected("anna", teams=["north"], scope=frozenset({"default"}))
    receipt = ring(live, address=address)
    live.keep(queued().model_copy(update={"queue": "sales"}))
    other = live.connected("bruno", hello={"queues": ["sales"]})
    ring(live, notice="offer.withdrawn", address=address, receipt=receipt)
    assert [frame["t"] for frame in live.frames(rung, "ring", "ring_ended")] == [
        "ring",
        "ring_ended",
    ]
    assert live.frames(other, "ring_ended") == []


def test_an_answer_that_did_not_arrive_has_a_frame_of_its_own(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    name = live.connected("anna")
    data = {"effect_key": "reply:1", "reason": "window_closed"}
    ring(live, notice="message.not_delivered", agent_id="anna", data=data)
    assert live.frames(name, "not_delivered")[0]["data"] == data
    ring(live, notice="conversation.assigned", agent_id="anna")
    assert live.frames(name, "notice")[0]["notice"] == "conversation.assigned"


def test_what_is_too_large_is_told_without_its_story() -> None:
    long = [{"author": "customer", "text": "x" * MOST_BYTES_OUT}]
    frame = frame_of(a_notice(data={"offer_id": "o-1", "transcript": long}))
    assert frame["data"] == {"offer_id": "o-1"}
    frame = frame_of(a_notice(data={"words": "x" * MOST_BYTES_OUT}))
    assert frame["data"] == {}
    assert len(written_frame(frame)) < MOST_BYTES_OUT


def test_its_address_is_who_is_rung_and_may_be_left_out() -> None:
    assert WebSocketAddress().agents == ()
    assert notifier_faults() == []


def notifier_faults() -> list[Any]:
    with desk() as empty:
        return list(notifier(LiveDesk(empty.table)).faults(WebSocketAddress()))


# --- with what rings every endpoint --------------------------------------------------------------


def test_who_is_not_there_is_no_failure_of_the_endpoint_and_the_ladder_goes_on(
    ours: Desk, live: LiveDesk
) -> None:
    bell = DecidedNotice(ours)
    bell.configure({"desk": {"notifier": "websocket"}})
    ringing = Ringing(notifier(live), ours.table, bell.settings, lambda: bell.now)
    for _ in range(2):
        ringing.notify(CONVERSATION, bell.key)
    assert bell.outcome() == (DeliveryStatus.REFUSED, "nobody_there")
    assert list(ours.table.endpoints.marks()) == []


def test_who_is_there_is_rung_and_told_of_the_end(ours: Desk, live: LiveDesk) -> None:
    bell = DecidedNotice(ours)
    bell.configure({"desk": {"notifier": "websocket"}})
    name = live.connected("anna")
    ringing = Ringing(notifier(live), ours.table, bell.settings, lambda: bell.now)
    ringing.notify(CONVERSATION, bell.key)
    ringing.notify(CONVERSATION, bell.key)
    end = bell.end_offer(accept())
    ringing.notify(CONVERSATION, end)
    assert [frame["t"] for frame in live.frames(name, "ring", "ring_ended")] == [
        "ring",
        "ring_ended",
    ]
