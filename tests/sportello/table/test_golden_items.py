"""Items that earlier landed versions wrote are read as if they had been written today, and those
of later versions as far as we know them.

A folder of `tests/golden` holds what the code of its day left in the table, a file for each story;
never change one, add another with `tools/golden.py`.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sportello.conversation.events import ClockChanged, UnknownEvent, bus_detail
from sportello.conversation.evolution import fold
from sportello.conversation.state import ConversationState, Lifecycle
from sportello.messaging.items import Edit
from sportello.settings.kinds import KINDS
from sportello.sla.clocks import ClockChange
from sportello.sla.policies import Target
from sportello.sla.settings import SlaSettings
from sportello.table.compression import decompress
from sportello.table.inbound.quarantined_payload import QuarantinedPayload
from sportello.table.items import (
    LogEntry,
    PendingEntry,
    StoredSettings,
    read_state,
    state_attributes,
)
from sportello.table.keys import Attributes
from sportello.table.stories.timeline import read_timeline
from sportello.table.upcasters import DOCUMENTS
from support.builders import ACCOUNT, CONVERSATION, HANDLE, NOW, a_clock, an_address, seconds
from support.clouds.table import all_items
from support.clouds.working_desk import WorkingDesk, working_desk
from support.later_version import (
    BESIDE,
    SCHEMA,
    UNKNOWN,
    of_a_later_version,
    with_unknown_events,
    written_back,
)

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted(GOLDEN.glob("*/*.json"))
OLDEST = GOLDEN / "2026-11-22" / "one_conversation.json"
each_file = pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}"
)


BOUNDED = {"/recent_items", "/recent_deliveries"}
"""Of which earlier versions remembered more."""


def items_of(file: Path, entity: str = "") -> list[Attributes]:
    items: list[Attributes] = json.loads(file.read_text(encoding="utf-8"))
    return [decoded(item) for item in items if entity in {"", item["entity"]["S"]}]


def decoded(item: Attributes) -> Attributes:
    return {
        name: {"B": base64.b64decode(value["B"])} if "B" in value else value
        for name, value in item.items()
    }


def document_of(item: Attributes) -> Any:
    return json.loads(item[DOCUMENTS[item["entity"]["S"]]]["S"])


def lost(before: Any, after: Any, path: str = "") -> list[str]:
    """Where something that was there is gone or is something else."""
    match before, after:
        case dict(), dict():
            gone = [f"{path}/{name}" for name in before if name not in after]
            there = [name for name in before if name in after]
            return gone + [
                each for name in there for each in lost(before[name], after[name], f"{path}/{name}")
            ]
        case list(), list() if path in BOUNDED or len(before) == len(after):
            pairs = enumerate(zip(before[-len(after) :], after, strict=True))
            return [each for n, pair in pairs for each in lost(*pair, f"{path}/{n}")]
        case _:
            shortened = path.startswith("/recent_items/") and str(before).startswith(str(after))
            return [] if before == after or shortened else [f"{path}: {before} is {after}"]


@contextmanager
def desk_with(items: list[Attributes]) -> Iterator[WorkingDesk]:
    with working_desk() as desk:
        for item in items:
            desk.table._client.put_item(TableName=desk.table._name, Item=item)
        (state,) = (item for item in items if item["entity"]["S"] == "state")
        desk.now = read_state(state).decided_at or NOW
        yield desk


def test_there_are_versions() -> None:
    assert len({file.parent for file in FILES}) > 1


BEGUN_SINCE = ("last_agent", "message_numbers", "speeches", "undelivered")
"""What states are remembered for since, of facts that were in their logs before."""


@each_file
def test_the_state_is_the_fold_of_the_log(file: Path) -> None:
    (state,) = items_of(file, "state")
    entries = map(LogEntry.from_attributes, items_of(file, "events"))
    log = [event for entry in sorted(entries, key=sequence) for event in entry.events]
    kept = read_state(state)
    assert fold(log).model_copy(update={name: getattr(kept, name) for name in BEGUN_SINCE}) == kept
    assert not [event for event in log if isinstance(event, UnknownEvent)]


def sequence(entry: LogEntry) -> int:
    return entry.sequence


@each_file
@pytest.mark.parametrize("entity", DOCUMENTS)
def test_what_is_written_back_has_lost_nothing(file: Path, entity: str) -> None:
    for item in items_of(file, entity):
        assert lost(document_of(item), written_back(item)) == [], item["sk"]


@each_file
def test_what_has_no_document_is_read(file: Path) -> None:
    for item in items_of(file, "quarantine"):
        assert QuarantinedPayload.from_attributes(item).reason == "not readable"
    for item in items_of(file, "inbound"):
        assert json.loads(decompress(item["raw"]["B"])) is not None
    for item in items_of(file):
        if "pending" in item and item["pending"]["S"] != "QUARANTINE":
            assert PendingEntry.from_attributes(item).entity == item["entity"]["S"]


@each_file
def test_the_story_is_shown_as_a_whole(file: Path) -> None:
    with desk_with(items_of(file)) as desk:
        timeline = read_timeline(desk.table, CONVERSATION, 1_000)
    received = [entry for entry in timeline.entries if entry.type == "MessageReceived"]
    assert timeline.entries
    assert all(
        entry.text or entry.detail["kind"] != "message" or "withdrawn_at" in entry.detail
        for entry in received
    )
    assert "UnknownEvent" not in {entry.type for entry in timeline.entries}
    assert timeline.older is None


# --- of a later version --------------------------------------------------------------------------


@each_file
@pytest.mark.parametrize("entity", DOCUMENTS)
def test_what_a_later_version_knows_besides_is_written_back_too(file: Path, entity: str) -> None:
    for item in map(of_a_later_version, items_of(file, entity)):
        document = document_of(item)
        assert "of_a_later_version" in json.dumps(document)
        assert lost(document, written_back(item)) == [], item["sk"]


@each_file
def test_with_events_of_a_later_version_the_state_is_the_same(file: Path) -> None:
    def entries(items: list[Attributes]) -> list[LogEntry]:
        return sorted(map(LogEntry.from_attributes, items), key=sequence)

    items = items_of(file, "events")
    ours = fold(event for entry in entries(items) for event in entry.events)
    later = entries([with_unknown_events(item) for item in items])
    theirs = fold(event for entry in later for event in entry.events)
    assert theirs.sequence == ours.sequence + 2 * len(items)
    without = {"sequence": 0, "decided_at": None, "message_numbers": (), "speeches": ()}
    assert theirs.model_copy(update=without) == ours.model_copy(update=without)
    for item in map(with_unknown_events, items):
        assert lost(document_of(item), written_back(item)) == []


@each_file
def test_events_of_a_later_version_are_shown_and_not_what_they_tell(file: Path) -> None:
    items = [
        with_unknown_events(of_a_later_version(item))
        if "events" in item
        else of_a_later_version(item)
        for item in items_of(file)
    ]
    with desk_with(items) as desk:
        timeline = read_timeline(desk.table, CONVERSATION, 1_000)
    unknown = [entry for entry in timeline.entries if entry.type == "UnknownEvent"]
    assert [entry.detail["type"] for entry in unknown[:2]] == ["SurveyAnswered", "OwnerChanged"]
    assert "of_a_later_version" not in "".join(e.model_dump_json() for e in unknown)
    assert not [entry for entry in timeline.entries if "of_a_later_version" in entry.detail]


@each_file
def test_a_step_of_ours_leaves_a_later_versions_conversation_whole(file: Path) -> None:
    with desk_with([of_a_later_version(item) for item in items_of(file)]) as desk:
        if desk.state.moved_to:
            return  # nothing happens in it any more
        before = {item["sk"]["S"]: item for item in all_items(desk.table)}
        desk.pass_time(seconds(1))
        edit = Edit(
            account_id=ACCOUNT,
            provider_item_id="edit-99",
            original_message_id="message-1",
            sent_at=desk.now,
            handle=HANDLE,
            reply_to=HANDLE,
            text="Eccoci.",
        )
        desk.note(edit)
        after = {item["sk"]["S"]: item for item in all_items(desk.table)}
    for sort_key in ("STATE", "ADDRESS"):
        item, document = after[sort_key], document_of(after[sort_key])
        assert item != before[sort_key]
        assert (item["schema_number"], item["of_a_later_version"]) == (SCHEMA, BESIDE)
        assert document["of_a_later_version"] == UNKNOWN
    state = document_of(after["STATE"])
    for nested in ("owner", "announced", "offer", "turn"):
        if nested in state and nested in document_of(before["STATE"]):
            assert state[nested]["of_a_later_version"] == UNKNOWN, nested
    assert all(clock["of_a_later_version"] == UNKNOWN for clock in state.get("clocks", ()))
    untouched = before.keys() - {"STATE", "ADDRESS"}
    assert {key: after[key] for key in untouched} == {key: before[key] for key in untouched}


# --- what was called otherwise -------------------------------------------------------------------


def test_what_was_called_otherwise_means_the_same() -> None:
    documents = {
        item["pk"]["S"]: StoredSettings.from_attributes(item).document
        for item in items_of(OLDEST, "settings")
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


def test_a_state_that_is_as_usual_stores_nothing_but_its_numbers() -> None:
    assert json.loads(state_attributes(CONVERSATION, ConversationState())["state"]["S"]) == {}
