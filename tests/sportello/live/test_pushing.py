from sportello.conversation.handing_over.audience import Audience
from sportello.conversation.state import ConversationState
from sportello.live.push_request import PushRequest
from sportello.routing.presence import Presence
from sportello.table.outward.live_items import places_of
from support.builders import CONVERSATION, offered, queued, seconds, with_agent
from support.clouds.table import all_items
from support.live import LiveDesk

SALES = Audience(queues=("sales",))


def moved_to(queue: str) -> ConversationState:
    return queued().model_copy(update={"queue": queue})


def test_a_row_goes_to_whoever_listens_to_its_queue(live: LiveDesk) -> None:
    live.keep(queued())
    anna, sofia = live.connected("anna"), live.connected("sofia", hello={"queues": "all"})
    bruno = live.connected("bruno", hello={"queues": ["sales"]})
    live.changes(CONVERSATION)
    for name in (anna, sofia):
        (frame,) = live.frames(name, "row")
        row = frame["row"]
        assert (row["conversation_id"], row["queue"]) == (CONVERSATION, "default")
        assert row["sequence"] == queued().sequence
        assert row["name"] == "Giulia"
    assert live.frames(bruno, "row") == []


def test_it_goes_to_its_agent_and_to_who_is_asked_wherever_they_serve(live: LiveDesk) -> None:
    live.has_profile("anna", "sales")
    live.has_profile("dario", "sales")
    asked = with_agent("anna").model_copy(update={"consulted": ("dario",)})
    live.keep(asked)
    anna = live.connected("anna", teams=["north"], scope=frozenset({"sales"}))
    dario = live.connected("dario", teams=["north"], scope=frozenset({"sales"}))
    live.changes(CONVERSATION)
    assert len(live.frames(anna, "row")) == len(live.frames(dario, "row")) == 1


def test_who_listens_in_two_ways_gets_it_once(live: LiveDesk) -> None:
    live.keep(with_agent("anna"))
    name = live.connected("anna", hello={"queues": "all"})
    live.says(name, "resume", queues=["default"])
    live.changes(CONVERSATION)
    assert len(live.frames(name, "row")) == 1


def test_whoever_loses_it_is_told_and_nobody_who_still_has_it(live: LiveDesk) -> None:
    live.keep(moved_to("returns"))
    former = live.connected("anna", hello={"queues": ["sales"]})
    both = live.connected("bruno", hello={"queues": ["sales", "returns"]})
    live.changes(CONVERSATION, former=SALES)
    sequence = queued().sequence
    gone = {"t": "gone", "conversation_id": CONVERSATION, "sequence": sequence}
    assert live.frames(former, "row", "gone") == [gone]
    assert [frame["t"] for frame in live.frames(both, "row", "gone")] == ["row"]


def test_a_conversation_that_has_moved_is_gone_for_everybody(live: LiveDesk) -> None:
    moved = ConversationState(sequence=9, queue="default", moved_to="e" * 32)
    live.keep(moved)
    name = live.connected("anna")
    live.changes(CONVERSATION, former=Audience(queues=("default",), agents=("anna",)))
    assert [frame["t"] for frame in live.frames(name, "row", "gone")] == ["gone"]


def test_what_listens_to_all_hears_of_no_queue_that_its_agent_does_not_see(live: LiveDesk) -> None:
    live.keep(moved_to("returns"))
    name = live.connected(
        "anna", teams=["north"], scope=frozenset({"sales"}), hello={"queues": "all"}
    )
    live.changes(CONVERSATION, former=SALES)
    assert [frame["t"] for frame in live.frames(name, "row", "gone")] == ["gone"]


def test_a_row_of_an_open_offer_says_until_when_it_is_open(live: LiveDesk) -> None:
    live.keep(offered())
    name = live.connected("anna")
    live.changes(CONVERSATION)
    assert live.frames(name, "row")[0]["row"]["offer"]["expires_at"]


def test_several_conversations_go_at_once_each_to_its_own(live: LiveDesk) -> None:
    names = [f"{number:032x}" for number in range(120)]
    for conversation_id in names:
        live.keep(queued(), conversation_id)
    name = live.connected("anna")
    live.changes(*names)
    rows = [frame["row"]["conversation_id"] for frame in live.frames(name, "row")]
    assert rows == names


def test_what_nobody_has_written_in_is_shown_to_nobody(live: LiveDesk) -> None:
    name = live.connected("anna", hello={"queues": "all"})
    live.changes(CONVERSATION)
    assert live.frames(name, "row") == []


def test_a_connection_that_is_gone_is_forgotten_with_all_it_had(live: LiveDesk) -> None:
    live.keep(queued())
    live.connections.gone.add(live.connected("anna"))
    other = live.connected("bruno")
    live.changes(CONVERSATION)
    assert len(live.frames(other, "row")) == 1
    assert live.table.live.of_agent("anna", live.now) == []
    assert not [item for item in all_items(live.table) if "anna" in str(item.get("listener"))]


def test_one_that_is_listed_although_it_is_gone_is_taken_off(live: LiveDesk) -> None:
    live.keep(queued())
    before = kinds_of_lists(live)
    name = live.connected("anna", hello={"queues": ["default", "sales"]})
    connection = live.table.live.connection(name)
    assert connection
    live.closes(name)
    for place in places_of(connection.listener):
        live.table.live._put(connection.listener.to_attributes(place))
    live.changes(CONVERSATION)
    assert kinds_of_lists(live) == before == []


def kinds_of_lists(live: LiveDesk) -> list[str]:
    return [item["entity"]["S"] for item in all_items(live.table) if "listener" in item]


def test_one_that_fails_keeps_no_other_from_its_row_and_stays(live: LiveDesk) -> None:
    live.keep(queued())
    failing = live.connected("anna")
    live.connections.failing.add(failing)
    other = live.connected("bruno")
    live.changes(CONVERSATION)
    assert len(live.frames(other, "row")) == 1
    live.connections.failing.clear()
    live.changes(CONVERSATION)
    assert len(live.frames(failing, "row")) == 1


def test_a_connection_whose_time_is_over_is_pushed_nothing(live: LiveDesk) -> None:
    live.keep(queued())
    name = live.connected("anna")
    live.passes(hours=2)
    live.changes(CONVERSATION)
    assert live.frames(name, "row") == []


def test_an_agent_hears_in_every_tab_what_is_believed_of_them(live: LiveDesk) -> None:
    tabs = [live.connected("anna"), live.connected("anna")]
    other = live.connected("bruno")
    live.table.agents.set_presence("anna", Presence.BUSY, live.now + seconds(60), live.now)
    live.pushing.push(PushRequest(agents=("anna",)), live.now)
    for name in tabs:
        assert live.frames(name, "presence")[0]["presence"] == "busy"
    assert live.frames(other, "presence") == []
