"""What the desk table remembers of the channels' accounts, over several processes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sportello.table.desk_table import DeskTable
from sportello.table.inbound.channel_table import REMEMBERED_SECONDS, ChannelAccount, ChannelTable
from support.builders import NOW
from support.clouds.metered import metered
from support.clouds.moto_table import TABLES

LATER = NOW + timedelta(hours=1)


@pytest.fixture(params=TABLES)
def desk_table(request: pytest.FixtureRequest) -> Iterator[DeskTable]:
    with TABLES[request.param]() as empty:
        yield empty


def another_process(desk_table: DeskTable) -> ChannelTable:
    return ChannelTable(desk_table._name, desk_table._client)


def accounts(desk_table: DeskTable) -> list[ChannelAccount]:
    return list(desk_table.channels.accounts())


def test_of_many_processes_one_is_the_first_to_be_refused(desk_table: DeskTable) -> None:
    processes = [another_process(desk_table) for _ in range(5)]
    firsts = [each.note_refusal("whatsapp", "1", "token", "190", NOW) for each in processes]
    assert firsts == [True, False, False, False, False]


def test_another_fault_is_news(desk_table: DeskTable) -> None:
    channels = desk_table.channels
    assert channels.note_refusal("whatsapp", "1", "token", "190", NOW)
    assert channels.note_refusal("whatsapp", "1", "payment", "131042", LATER)
    (account,) = accounts(desk_table)
    assert (account.fault, account.refused_since) == ("payment", LATER)


def test_a_fault_that_comes_back_after_a_success_is_news_again(desk_table: DeskTable) -> None:
    channels = desk_table.channels
    assert channels.note_refusal("whatsapp", "1", "token", "190", NOW)
    channels.note_success("whatsapp", "1", NOW)
    assert channels.note_refusal("whatsapp", "1", "token", "190", LATER)


def test_what_a_process_believes_of_an_account_is_soon_looked_at_anew(
    desk_table: DeskTable,
) -> None:
    seconds = [0.0]
    here = ChannelTable(desk_table._name, desk_table._client, lambda: seconds[0])
    here.note_success("whatsapp", "1", NOW)
    another_process(desk_table).note_refusal("whatsapp", "1", "token", "190", NOW)
    here.note_success("whatsapp", "1", NOW)
    assert [account.fault for account in accounts(desk_table)] == ["token"]
    seconds[0] += REMEMBERED_SECONDS
    here.note_success("whatsapp", "1", LATER)
    assert [account.fault for account in accounts(desk_table)] == [""]


def test_each_account_has_its_own_health(desk_table: DeskTable) -> None:
    channels = desk_table.channels
    channels.note_success("whatsapp", "2", NOW)
    channels.note_refusal("whatsapp", "1", "token", "190", NOW)
    channels.note_success("telegram", "7", NOW)
    assert [(each.channel, each.account_id, each.fault) for each in accounts(desk_table)] == [
        ("telegram", "7", ""),
        ("whatsapp", "1", "token"),
        ("whatsapp", "2", ""),
    ]


def test_what_is_no_news_costs_nothing(desk_table: DeskTable) -> None:
    channels = desk_table.channels
    channels.note_success("whatsapp", "1", NOW)
    with metered(desk_table) as usage:
        for _ in range(5):
            channels.note_success("whatsapp", "1", NOW)
    assert not usage.calls
