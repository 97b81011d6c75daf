"""Agents and lines on moto and on the small table: what is written, by whom, and when."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sportello.routing.line import InLine
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.routing.seating import seats_of
from sportello.routing.work import Work
from sportello.table.agents.agent_items import (
    DUE,
    SETTLED_WITHIN,
    UNDER_WAY,
    AgentRecord,
    RankedSeat,
    ranked,
)
from sportello.table.agents.agent_table import AgentTable, ProfileChanged
from sportello.table.agents.agent_writes import Reseating
from sportello.table.desk_table import DeskTable
from support.builders import CONVERSATION, NOW, seconds
from support.clouds.metered import metered
from support.clouds.moto_table import TABLES
from support.clouds.table import all_items

AVAILABLE = Presence.AVAILABLE
IN_TEN_MINUTES = NOW + seconds(600)


@pytest.fixture(params=TABLES)
def desk_table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


@pytest.fixture
def agents(desk_table: DeskTable) -> AgentTable:
    return desk_table.agents


def seated(record: AgentRecord, *queues: str) -> tuple[RankedSeat, ...]:
    return tuple(
        ranked(seat, "longest_idle", 1) for seat in seats_of(record.agent, queues, 10, NOW)
    )


# --- an agent -----------------------------------------------------------------------------------


def test_an_agent_of_whom_nothing_is_known_is_offline_and_serves_all(agents: AgentTable) -> None:
    agent = agents.agent("anna")
    assert (agent.profile, agent.work, agent.claims) == (AgentProfile(), Work(), ())
    assert agents.profile("anna") is None
    assert agents.work("anna").presence_until is None


def test_a_profile_is_written_as_the_version_after_the_one_seen(agents: AgentTable) -> None:
    profile = AgentProfile(display_name="Anna", languages=("it",), queues=("vip",))
    assert agents.put_profile("anna", profile, 0, NOW).version == 1
    stored = agents.profile("anna")
    assert stored is not None
    assert (stored.profile, stored.version, stored.written_at) == (profile, 1, NOW)
    assert agents.put_profile("anna", AgentProfile(), 1, NOW).version == 2
    assert agents.record("anna").profile_version == 2


@pytest.mark.parametrize("version", [0, 2])
def test_a_profile_that_somebody_else_has_written_is_not_overwritten(
    agents: AgentTable, version: int
) -> None:
    agents.put_profile("anna", AgentProfile(display_name="Anna"), 0, NOW)
    with pytest.raises(ProfileChanged):
        agents.put_profile("anna", AgentProfile(), version, NOW)
    assert agents.agent("anna").profile.display_name == "Anna"


def test_a_changed_profile_has_the_agent_settled(agents: AgentTable) -> None:
    agents.put_profile("anna", AgentProfile(), 0, NOW)
    record = agents.record("anna")
    assert (record.is_due, record.look_at) == (True, NOW + SETTLED_WITHIN)
    assert record.agent.work.version == 1
    assert not record.has_worked


# --- presence -----------------------------------------------------------------------------------


def test_who_says_to_be_there_is_believed_until_then(agents: AgentTable) -> None:
    agents.set_presence("anna", AVAILABLE, IN_TEN_MINUTES, NOW)
    assert agents.work("anna").presence_at(NOW) is AVAILABLE
    assert agents.work("anna").presence_at(IN_TEN_MINUTES) is Presence.OFFLINE
    assert agents.work("anna").idle_since == NOW
    assert agents.record("anna").is_due


@pytest.mark.parametrize(("after", "writes"), [(299, 0), (300, 1), (599, 1)])
def test_a_sign_of_life_is_written_once_half_of_the_belief_is_used_up(
    desk_table: DeskTable, after: float, writes: int
) -> None:
    agents, now = desk_table.agents, NOW + seconds(after)
    agents.set_presence("anna", AVAILABLE, IN_TEN_MINUTES, NOW)
    version = agents.work("anna").version
    with metered(desk_table) as usage:
        agents.set_presence("anna", AVAILABLE, now + seconds(600), now)
    work = agents.work("anna")
    assert usage.calls["UpdateItem"] == writes
    assert work.presence_until == (now + seconds(600) if writes else IN_TEN_MINUTES)
    assert (work.version, work.idle_since) == (version, NOW)


def test_who_comes_back_after_their_presence_has_ended_has_been_idle_since_then(
    agents: AgentTable,
) -> None:
    agents.set_presence("anna", AVAILABLE, IN_TEN_MINUTES, NOW)
    later = IN_TEN_MINUTES + seconds(1)
    agents.set_presence("anna", AVAILABLE, later + seconds(600), later)
    work = agents.work("anna")
    assert (work.idle_since, work.version) == (later, 2)


def test_a_shorter_presence_is_believed_at_once(agents: AgentTable) -> None:
    agents.set_presence("anna", AVAILABLE, IN_TEN_MINUTES, NOW)
    agents.set_presence("anna", AVAILABLE, NOW + seconds(60), NOW)
    work = agents.work("anna")
    assert (work.presence_until, work.version) == (NOW + seconds(60), 2)


def test_who_goes_offline_is_so_from_now_on_whatever_they_were_believed(agents: AgentTable) -> None:
    agents.set_presence("anna", AVAILABLE, IN_TEN_MINUTES, NOW)
    now = NOW + seconds(5)
    agents.set_presence("anna", Presence.OFFLINE, IN_TEN_MINUTES, now)
    work = agents.work("anna")
    assert (work.presence, work.presence_until, work.idle_since) == (Presence.OFFLINE, now, NOW)
    assert agents.set_presence("anna", Presence.OFFLINE, now, now + seconds(9)).work == work


def test_what_a_later_version_knows_of_an_agent_stays(desk_table: DeskTable) -> None:
    agents = desk_table.agents
    agents.set_presence("anna", AVAILABLE, IN_TEN_MINUTES, NOW)
    (item,) = (item for item in all_items(desk_table) if item["sk"]["S"] == "WORK")
    item |= {"mood": {"S": "good"}, "presence": {"S": "in_a_call"}}
    desk_table._client.put_item(TableName=desk_table._name, Item=item)
    record = agents.record("anna")
    assert record.agent.work.presence not in set(Presence)
    assert seated(record, "default") == ()
    agents.note_settled(record, None)
    (item,) = (item for item in all_items(desk_table) if item["sk"]["S"] == "WORK")
    assert (item["mood"], item["presence"]) == ({"S": "good"}, {"S": "in_a_call"})


# --- seats --------------------------------------------------------------------------------------


def test_a_profile_is_written_though_a_transaction_has_the_agents_item(
    agents: AgentTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, refusals = agents._client.transact_write_items, iter([True])

    def in_hand(**request: Any) -> Any:
        if next(refusals, False):
            codes = [{"Code": code} for code in ("None", "TransactionConflict", "None")]
            error: Any = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
            raise ClientError(error | {"CancellationReasons": codes}, "TransactWriteItems")
        return write(**request)

    monkeypatch.setattr(agents._client, "transact_write_items", in_hand)
    assert agents.put_profile("anna", AgentProfile(display_name="Anna"), 0, NOW).version == 1


def available(agents: AgentTable, agent_id: str) -> AgentRecord:
    agents.set_presence(agent_id, AVAILABLE, IN_TEN_MINUTES, NOW)
    return agents.record(agent_id)


def test_an_agent_leaves_seats_for_others(desk_table: DeskTable) -> None:
    agents = desk_table.agents
    before = available(agents, "anna")
    assert agents.reseat(before, Reseating(has=seated(before, "default", "vip")))
    record = agents.record("anna")
    assert record == before.reseated(seated(before, "default", "vip"))
    assert agents.reseat(
        record, Reseating(had=record.held_seats, has=seated(record, "vip", "sales"))
    )
    queues = ("default", "vip", "sales")
    there = {
        queue: [s.agent_id for page in desk_table.lines.seats(queue) for s in page]
        for queue in queues
    }
    assert there == {"default": [], "vip": ["anna"], "sales": ["anna"]}


def test_seats_are_taken_only_as_the_agent_was_seen(desk_table: DeskTable) -> None:
    agents = desk_table.agents
    record = available(agents, "anna")
    agents.set_presence("anna", Presence.BUSY, IN_TEN_MINUTES, NOW)
    assert not agents.reseat(record, Reseating(has=seated(record, "default")))
    assert list(desk_table.lines.at_work("default")) == []


def test_the_stream_is_told_once_that_an_agent_is_to_be_settled(desk_table: DeskTable) -> None:
    record = available(desk_table.agents, "anna")
    assert settle_of(desk_table) == DUE
    desk_table.agents.reseat(record, Reseating(has=seated(record, "default")))
    assert settle_of(desk_table) == UNDER_WAY
    record = desk_table.agents.record("anna")
    assert record.is_due
    assert desk_table.agents.note_settled(record, None)
    assert settle_of(desk_table) is None


def settle_of(desk_table: DeskTable) -> str | None:
    (item,) = (item for item in all_items(desk_table) if item["sk"]["S"] == "WORK")
    return item["settle"]["S"] if "settle" in item else None


def test_seats_that_are_as_they_were_are_not_written(desk_table: DeskTable) -> None:
    agents = desk_table.agents
    record = available(agents, "anna")
    agents.reseat(record, Reseating(has=seated(record, "default")))
    record = agents.record("anna")
    with metered(desk_table) as usage:
        assert agents.reseat(
            record, Reseating(had=record.held_seats, has=seated(record, "default"))
        )
    assert usage.write_units == 0


@pytest.mark.parametrize(
    ("order", "expected"),
    [("longest_idle", ["bruno", "anna"]), ("least_loaded", ["anna", "bruno"])],
)
def test_the_best_seat_is_in_front_and_who_stands_is_behind(
    desk_table: DeskTable, order: str, expected: list[str]
) -> None:
    agents = desk_table.agents
    for agent_id, idle, share, room in (
        ("anna", 5, 0.2, 4),
        ("bruno", 9, 0.5, 2),
        ("carla", 99, 1.0, 0),
    ):
        record = available(agents, agent_id)
        (each,) = seated(record, "default")
        update = {"idle_since": NOW - seconds(idle), "share": share, "room": room}
        seat = each.seat.model_copy(update=update)
        agents.reseat(record, Reseating(has=(ranked(seat, order, 1),)))
    pages = desk_table.lines.seats("default")
    assert [seat.agent_id for page in pages for seat in page] == expected
    at_work = [seat.agent_id for seat in desk_table.lines.at_work("default")]
    assert at_work == [*expected, "carla"]


# --- settled ------------------------------------------------------------------------------------


@pytest.mark.parametrize("look_at", [None, IN_TEN_MINUTES])
def test_a_settled_agent_is_looked_at_when_time_changes_something(
    agents: AgentTable, look_at: None
) -> None:
    record = available(agents, "anna")
    assert agents.note_settled(record, look_at)
    record = agents.record("anna")
    assert (record.is_due, record.look_at) == (False, look_at)


def test_who_has_changed_meanwhile_is_still_to_be_settled(agents: AgentTable) -> None:
    record = available(agents, "anna")
    agents.set_presence("anna", Presence.BUSY, IN_TEN_MINUTES, NOW)
    assert not agents.note_settled(record, None)
    assert agents.record("anna").is_due


def test_who_is_asked_to_be_settled_while_a_transaction_has_their_item_is_asked(
    agents: AgentTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = available(agents, "anna")
    agents.note_settled(record, None)
    update, refusals = agents._client.update_item, iter([True])

    def in_hand(**request: Any) -> Any:
        if next(refusals, False):
            error: Any = {"Error": {"Code": "TransactionConflictException", "Message": ""}}
            raise ClientError(error, "UpdateItem")
        return update(**request)

    monkeypatch.setattr(agents._client, "update_item", in_hand)
    agents.ask("anna", NOW)
    assert agents.record("anna").is_due


def test_who_is_to_be_looked_at_earlier_is_though_they_are_seated_meanwhile(
    agents: AgentTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents.note_settled(available(agents, "anna"), IN_TEN_MINUTES)
    read, others = agents.record, iter([True])

    def overtaken(agent_id: str) -> AgentRecord:
        before = read(agent_id)
        if next(others, False):
            assert agents.reseat(before, Reseating(has=seated(before, "default")))
        return before

    monkeypatch.setattr(agents, "record", overtaken)
    agents.look_by("anna", NOW + seconds(60))
    assert read("anna").look_at == NOW + seconds(60)


def test_the_sweep_finds_agents_by_when_they_should_have_been_settled(
    desk_table: DeskTable,
) -> None:
    available(desk_table.agents, "anna")
    due = NOW + SETTLED_WITHIN
    assert list(desk_table.overdue(due)) == []
    (entry,) = desk_table.overdue(due + timedelta(microseconds=1))
    assert (entry.entity, entry.agent_id, entry.conversation_id) == ("agent", "anna", "")
    assert desk_table.postpone(entry, due + seconds(60))
    assert desk_table.agents.record("anna").look_at == due + seconds(60)
    assert not desk_table.postpone(entry, due + seconds(90))


# --- the line -----------------------------------------------------------------------------------


def waiting(name: str, ago: float = 0, language: str = "it") -> InLine:
    return InLine(
        conversation_id=name,
        queue="default",
        channel="fake",
        units=2,
        since=NOW - seconds(ago),
        language=language,
    )


def in_line(desk_table: DeskTable, language: str) -> list[str]:
    pages = desk_table.lines.line("default", language)
    return [each.conversation_id for page in pages for each in page]


def test_a_line_is_read_in_the_order_of_its_places_page_by_page(desk_table: DeskTable) -> None:
    for number in range(45):
        assert desk_table.lines.put_place(waiting(f"c{number:02}", ago=100 - number), 0)
    desk_table.lines.put_place(waiting("other", language=""), 0)
    pages = [len(page) for page in desk_table.lines.line("default", "it")]
    assert pages == [20, 25]
    assert in_line(desk_table, "it") == [f"c{number:02}" for number in range(45)]
    assert in_line(desk_table, "") == ["other"]


def test_a_place_is_given_and_taken_only_as_the_conversation_was_seen(
    desk_table: DeskTable,
) -> None:
    assert not desk_table.lines.put_place(waiting(CONVERSATION), 7)
    assert desk_table.lines.put_place(waiting(CONVERSATION), 0)
    assert desk_table.lines.has_place(waiting(CONVERSATION))
    assert not desk_table.lines.forget_place(waiting(CONVERSATION), 7)
    assert desk_table.lines.forget_place(waiting(CONVERSATION), 0)
    assert not desk_table.lines.has_place(waiting(CONVERSATION))
