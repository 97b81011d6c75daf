"""Every recorded payload of every channel, quarantined by a broken adapter and read again."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import cycle
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import EndpointConnectionError

from recovery import quarantine
from recovery.__main__ import main
from sportello.errors import MalformedPayload
from sportello.intake.receiving import Receiving
from sportello.messaging.inbound_channel import InboundAdapter, WebhookRequest
from sportello.messaging.items import Parsed, ParseResult, Unreadable
from sportello.table.desk_table import DeskTable
from sportello.table.keys import stamp
from support.builders import KEY
from support.clouds.operated_stack import StackInMoto
from support.clouds.table import all_items
from support.webhooks import PROVIDERS, RECEIVED_AT, cases, recorded, signed

CHANNELS = sorted(quarantine.adapters())
POISONED = {"batch_with_poisoned_item"}
NO_CONNECTION = EndpointConnectionError(endpoint_url="https://storage.example")


class Broken:
    """An adapter with a fault in its reading: each call in the next of `ways`."""

    def __init__(self, adapter: InboundAdapter, *ways: str) -> None:
        self.name, self.capabilities = adapter.name, adapter.capabilities
        self.authenticate = adapter.authenticate
        self._parse, self._ways = adapter.parse, cycle(ways)

    def parse(self, request: WebhookRequest) -> Iterable[ParseResult]:
        way = next(self._ways)
        if way == "envelope":
            raise MalformedPayload("no envelope that we know")
        if way == "bug":
            raise KeyError("somewhere in our code")
        results = self._parse(request)
        return [
            Unreadable(reason="text: missing", raw=result.raw)
            if isinstance(result, Parsed)
            else result
            for result in results
        ]


def receive_recorded(desk_table: DeskTable, adapter: InboundAdapter, wanted: list[str]) -> None:
    """Have recorded payloads come in, a second after the other."""
    receiving = Receiving(adapter, desk_table, lambda: KEY)
    for second, case in enumerate(wanted):
        request = signed(adapter.name, recorded(adapter.name, case))
        at = RECEIVED_AT + timedelta(seconds=second)
        assert receiving.receive(request.model_copy(update={"received_at": at})).status == 200


def empty_table(desk_table: DeskTable) -> None:
    for item in all_items(desk_table):
        desk_table._client.delete_item(
            TableName=desk_table._name, Key={"pk": item["pk"], "sk": item["sk"]}
        )


def inbound(desk_table: DeskTable) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (item["pk"]["S"], item["sk"]["S"]): item
        for item in all_items(desk_table)
        if item["entity"]["S"] == "inbound"
    }


WAYS = ("envelope", "bug", "element")


@pytest.mark.parametrize(
    ("ways", "of_all"),
    [
        pytest.param(WAYS, 8, id="an eighth, each in one way"),
        *(pytest.param((way,), 1, id=way, marks=pytest.mark.experiment) for way in WAYS),
    ],
)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_rerun_leaves_the_table_as_if_the_adapter_had_never_been_broken(
    stack: StackInMoto, channel: str, ways: tuple[str, ...], of_all: int
) -> None:
    wanted = [*cases(channel)[::of_all], *POISONED & set(cases(channel))]
    sound = PROVIDERS[channel].inbound()
    receive_recorded(stack.desk_table, sound, wanted)
    items = inbound(stack.desk_table)
    unreadable_for_ever = len(list(stack.desk_table.quarantined()))
    empty_table(stack.desk_table)

    receive_recorded(stack.desk_table, Broken(sound, *ways), wanted)
    assert inbound(stack.desk_table) == {}
    assert len(list(stack.desk_table.quarantined())) >= len(wanted) / 2

    assert main(["quarantine", "--rerun", "--all"]) == bool(unreadable_for_ever)
    assert items
    assert inbound(stack.desk_table) == items
    assert bool(list(stack.desk_table.quarantined())) == bool(unreadable_for_ever)

    before = all_items(stack.desk_table)
    main(["quarantine", "--rerun", "--all"])
    assert all_items(stack.desk_table) == before


def quarantine_texts(stack: StackInMoto) -> list[str]:
    """Quarantine a text message of each channel; returns their ids, oldest first."""
    for channel in CHANNELS:
        broken = Broken(PROVIDERS[channel].inbound(), "bug")
        Receiving(broken, stack.desk_table, lambda: KEY).receive(
            signed(channel, recorded(channel, "text"))
        )
    return [payload.quarantine_id for payload in stack.desk_table.quarantined()]


def test_the_list_tells_all_but_the_content(
    stack: StackInMoto, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = quarantine_texts(stack)
    capsys.readouterr()
    assert main(["quarantine"]) == 1
    printed = capsys.readouterr().out
    for name, channel in zip(ids, [p.channel for p in stack.desk_table.quarantined()], strict=True):
        [line] = [line for line in printed.splitlines() if name in line]
        assert channel in line
        assert f"{RECEIVED_AT:%Y-%m-%d %H:%M:%S}Z" in line
        assert "the adapter failed: KeyError" in line
    assert "Buongiorno" not in printed
    assert printed.endswith(f"{len(CHANNELS)} in quarantine\n")


def test_one_payload_can_be_read_again_by_itself(stack: StackInMoto) -> None:
    first, *others = quarantine_texts(stack)
    assert main(["quarantine", "--rerun", first]) == 0
    assert [payload.quarantine_id for payload in stack.desk_table.quarantined()] == others
    assert len(inbound(stack.desk_table)) == 1


def test_a_rehearsal_names_kinds_and_writes_nothing(
    stack: StackInMoto, capsys: pytest.CaptureFixture[str]
) -> None:
    quarantine_texts(stack)
    before = all_items(stack.desk_table)
    capsys.readouterr()
    assert main(["quarantine", "--rerun", "--all", "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("1 message") == len(CHANNELS)
    assert "Buongiorno" not in printed
    assert all_items(stack.desk_table) == before


def test_what_is_still_unreadable_stays_and_says_why(
    stack: StackInMoto, capsys: pytest.CaptureFixture[str]
) -> None:
    name = stack.desk_table.quarantine(CHANNELS[0], "once upon a time", b"{]", RECEIVED_AT)
    assert main(["quarantine", "--rerun", "--all"]) == 1
    printed = capsys.readouterr().out
    assert f"{name}  {CHANNELS[0]}  nothing to act on, 0 new; still unreadable: " in printed
    assert "JSONDecodeError" in printed
    assert len(list(stack.desk_table.quarantined())) == 1


@pytest.mark.parametrize(
    "arguments",
    [["--rerun"], ["--dry-run"], ["--rerun", "not-there"], ["--rerun", "a", "--all"]],
)
def test_a_call_that_cannot_be_meant_changes_nothing(
    stack: StackInMoto, arguments: list[str]
) -> None:
    quarantine_texts(stack)
    before = all_items(stack.desk_table)
    with pytest.raises(SystemExit) as ended:
        main(["quarantine", *arguments])
    assert ended.value.code == 2
    assert all_items(stack.desk_table) == before


def test_storage_that_fails_ends_the_run_and_keeps_the_list(stack: StackInMoto) -> None:
    quarantine_texts(stack)
    listed = list(stack.desk_table.quarantined())
    with patch.object(DeskTable, "put_inbound", side_effect=NO_CONNECTION):
        assert main(["quarantine", "--rerun", "--all"]) == 1
    assert list(stack.desk_table.quarantined()) == listed


def test_the_mark_says_when_it_was_read_again(stack: StackInMoto) -> None:
    quarantine_texts(stack)
    main(["quarantine", "--rerun", "--all"])
    marks = [item["rerun_at"]["S"] for item in all_items(stack.desk_table) if "rerun_at" in item]
    assert len(marks) == len(CHANNELS)
    assert all(mark > stamp(RECEIVED_AT) for mark in marks)
