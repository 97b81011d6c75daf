"""`docs/table.md` says what is in the table: held against the items that the code makes."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from sportello.conversation.handing_over.agent_claims import claims_of, place_in_line
from sportello.media.kept_file import KeptFile, MediaState
from sportello.media.names import MediaName
from sportello.messaging.items import DeliveryStatus
from sportello.queues.line_summary import summarized
from sportello.routing.breaker import Breaker
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.routing.seating import seats_of
from sportello.table.agents.agent_items import claim_attributes, place_attributes, ranked
from sportello.table.agents.agent_table import AgentTable
from sportello.table.agents.agent_writes import Reseating
from sportello.table.agents.endpoint_table import EndpointTable
from sportello.table.agents.line_item import CountedLine
from sportello.table.agents.link_table import LinkTable
from sportello.table.files.file_link_table import FileLink
from sportello.table.files.media_table import media_attributes
from sportello.table.files.upload_table import Upload, upload_attributes
from sportello.table.inbound.channel_table import ChannelTable
from sportello.table.inbound.quarantined_payload import quarantine_parts
from sportello.table.inbox.inbox_standing import own_standing
from sportello.table.inbox.word_items import (
    WordEntry,
    day_of,
    names_attributes,
    tag_entries,
    word_partition,
)
from sportello.table.items import (
    REPLACED,
    EffectRecord,
    LogEntry,
    StoredSettings,
    settings_sort_key,
    state_attributes,
    wait_attributes,
)
from sportello.table.keys import Attributes, stamp
from sportello.table.outward.attempt_table import Attempt
from sportello.table.outward.event_feed import RecordedEvents
from sportello.table.outward.live_items import Connection, Ticket, Viewing, shown_attributes
from sportello.table.outward.live_table import LiveTable
from sportello.table.outward.subscriber_table import SubscriberTable
from sportello.table.settings.audit_table import AuditEntry
from sportello.table.stories.draft_table import Draft, DraftName, DraftTable
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    a_message,
    a_receipt,
    an_address,
    an_inbound_record,
    decide,
    queued,
    reply,
    with_agent,
)
from support.clouds.small.dynamodb import SmallDynamoDB
from support.clouds.table import client_of
from support.published import some_events
from support.template import ROOT, resources
from support.waits import a_wait

PAGE = (ROOT / "docs/table.md").read_text(encoding="utf-8")
TABLE = ROOT / "layers/sportello/sportello/table"
ROOMS = ROOT / "layers/sportello/sportello"


RETENTION = timedelta(days=30)
SEARCHED_FOR = timedelta(days=90)
"""As a deployment may choose it."""


def rows(header: str) -> dict[str, list[str]]:
    """The cells of each entity's row in the table that begins with a header."""
    table = PAGE.split(header)[1].split("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.split("\n")]
    return {row[0].strip("`"): row[1:] for row in cells if row[0].startswith("`")}


ITEMS = rows("| entity | key |")
ATTRIBUTES = rows("| entity | attributes")


def names_in(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def examples() -> list[Attributes]:
    decision = decide(with_agent(), reply(), NOW, TERMS)
    effects = [
        EffectRecord(conversation_id=CONVERSATION, channel="c", decided_at=NOW, effect=effect)
        for effect in decision.effects
    ]
    settings = StoredSettings(version=1, document={})
    small = SmallDynamoDB()
    outside = ChannelTable(small.name, client_of(small))
    outside.note_refusal("whatsapp", "1", "token", "190", NOW)
    outside.note_success("telegram", "2", NOW)
    acted = AuditEntry(
        at=NOW,
        request_id="r-1",
        agent_id="anna",
        permission="write_settings",
        method="PUT",
        route="/settings/{kind}",
        status=200,
    )
    LinkTable(small.name, client_of(small)).note_outcome("one", "accepted", NOW)
    LinkTable(small.name, client_of(small)).give_back("two", NOW)
    endpoints = EndpointTable(small.name, client_of(small))
    endpoints.mark_gone("desk", "hash", NOW)
    endpoints.note_success("@anna/phone", Breaker(settings_hash="hash", last_success_at=NOW))
    subscribers = SubscriberTable(small.name, client_of(small))
    subscribers.mark_gone("crm", "hash", NOW)
    subscribers.note_behind("crm", NOW)
    subscribers.note_success("wall", Breaker(settings_hash="hash", last_success_at=NOW))
    recorded = RecordedEvents(
        position=f"{stamp(NOW)}#{CONVERSATION}#publish:0", events=some_events()
    )
    agents = AgentTable(small.name, client_of(small))
    agents.put_profile("anna", AgentProfile(), 0, NOW)
    agents.set_presence("anna", Presence.AVAILABLE, NOW + timedelta(hours=1), NOW)
    record = agents.record("anna")
    (seat,) = seats_of(record.agent, ["default"], 10, NOW)
    agents.reseat(record, Reseating(has=(ranked(seat, "longest_idle", 1),)))
    drafts = DraftTable(small.name, client_of(small))
    drafts.keep(DraftName("anna", CONVERSATION, "reply"), Draft(text="Gentile"), 0, NOW)
    (claim,) = claims_of(CONVERSATION, with_agent(), TERMS).values()
    waiting = place_in_line(CONVERSATION, queued(), TERMS, "it")
    own = own_standing(CONVERSATION, with_agent())
    word = WordEntry(word_partition("hash"), day_of(NOW), CONVERSATION, "IN#item-1")
    assert waiting
    assert own
    connection = Connection(
        connection_id="c-1",
        agent_id="anna",
        opened_at=NOW,
        lives_until=NOW + timedelta(hours=2),
        queues=("default",),
    )
    ticket = Ticket(agent_id="anna", good_until=NOW, lives_until=NOW)
    live = LiveTable(small.name, client_of(small))
    live.keep_ticket("hash", ticket)
    live.open_connection(connection)
    live.list_connection(connection)
    live.keep_viewing(CONVERSATION, Viewing(listener=connection.listener, until=NOW))
    return [
        acted.to_attributes(RETENTION),
        recorded.to_attributes(NOW + RETENTION),
        Attempt(at=NOW, event_id="e", event_type="ClockEnded").to_attributes("crm"),
        claim_attributes("anna", claim),
        place_attributes(waiting),
        own.to_attributes(),
        word.to_attributes(a_wait().ended_at + SEARCHED_FOR),
        *tag_entries(CONVERSATION, ["vip"], NOW),
        names_attributes(CONVERSATION, "hash", day_of(NOW), NOW + SEARCHED_FOR),
        an_inbound_record(a_message("Ciao")).to_attributes(b"raw"),
        an_inbound_record(
            a_receipt(DeliveryStatus.READ, "", other_handles=("c_user:1",))
        ).to_attributes(b"raw"),
        state_attributes(CONVERSATION, queued()) | shown_attributes(with_agent(), queued()),
        an_address().to_attributes(CONVERSATION),
        LogEntry(sequence=0, at=NOW, events=decision.events).to_attributes(CONVERSATION),
        *(effect.to_attributes() for effect in effects),
        wait_attributes(a_wait()),
        *(
            settings.to_attributes("bot", settings_sort_key(version), "author", NOW)
            for version in (None, 1)
        ),
        media_attributes(
            MediaName(CONVERSATION, "b" * 32, 0), KeptFile(state=MediaState.STORED, at=NOW)
        ),
        upload_attributes(
            MediaName(CONVERSATION, "c" * 32, 0),
            Upload(agent_id="anna", mime_type="image/png", size_bytes=9, usable_until=NOW),
        ),
        FileLink(
            key="files/x/y/0", file_name="a.pdf", mime_type="application/pdf", until=NOW
        ).to_attributes("token"),
        CountedLine(claimed_at=NOW, summary=summarized([], NOW)).to_attributes("default"),
        *quarantine_parts("id", "c", "reason", b"raw", NOW),
        *small.items.values(),
    ]


EXAMPLES = examples()
each_example = pytest.mark.parametrize(
    "item", EXAMPLES, ids=[f"{item['entity']['S']}-{n}" for n, item in enumerate(EXAMPLES)]
)


def test_every_entity_has_its_rows_and_no_other() -> None:
    entities = {item["entity"]["S"] for item in EXAMPLES}
    kept = (ROOT / "tests/golden").glob("*/*.json")
    stored = {item["entity"]["S"] for file in kept for item in json.loads(file.read_text())}
    assert stored <= entities
    assert entities == set(ITEMS) == set(ATTRIBUTES)


@each_example
def test_an_item_has_the_key_it_is_told_to_have(item: Attributes) -> None:
    partitions, sort_keys = ITEMS[item["entity"]["S"]][0].split(" / ")
    assert any(re.fullmatch(pattern(key), item["pk"]["S"]) for key in names_in(partitions))
    assert any(re.fullmatch(pattern(key), item["sk"]["S"]) for key in names_in(sort_keys))


def pattern(template: str) -> str:
    parts = re.split(r"<[^>]+>", template)
    return ".+".join(map(re.escape, parts))


@each_example
def test_an_item_is_in_the_indexes_it_is_told_to_be_in(item: Attributes) -> None:
    declared = resources("AWS::DynamoDB::Table")["DeskTable"]["GlobalSecondaryIndexes"]
    indexes = {index["IndexName"] for index in declared}
    assert names_in(ITEMS[item["entity"]["S"]][1]) - {"QUARANTINE"} == {
        name for name in indexes if name in item
    }


@each_example
def test_an_item_expires_when_it_is_told_to(item: Attributes) -> None:
    cell = ITEMS[item["entity"]["S"]][2]
    if parameter := {"audit": "AuditRetentionDays", "published": "EventRetentionDays"}.get(
        item["entity"]["S"]
    ):
        assert cell.startswith(f"`{parameter}` after")
        assert item["expires_at"]["N"] == str(int((NOW + RETENTION).timestamp()))
    elif item["entity"]["S"] in {"word", "names"}:
        assert cell.startswith("`SearchRetentionDays` after")
        assert int(item["expires_at"]["N"]) > NOW.timestamp()
    elif item["entity"]["S"].startswith("live_"):
        assert re.match(r"(\d+ \w+|with the connection)", cell)
        soonest, latest = NOW.timestamp(), (NOW + timedelta(minutes=131)).timestamp()
        assert soonest <= int(item["expires_at"]["N"]) <= latest
    elif item["entity"]["S"] == "file_link":
        assert cell.startswith("`FileLinkHours` after")
        assert item["expires_at"]["N"] == str(int(NOW.timestamp()))
    elif days := re.match(r"(\d+) days? after", cell):
        of_now = {"attempt", "draft", "link", "quarantine", "upload"}
        since = NOW if item["entity"]["S"] in of_now else a_wait().ended_at
        expected = since + timedelta(days=int(days[1]))
        assert item["expires_at"]["N"] == str(int(expected.timestamp()))
    else:
        assert cell.partition(" ")[0] == "never"
        assert "expires_at" not in item


@each_example
def test_every_attribute_of_an_item_is_listed(item: Attributes) -> None:
    assert set(item) - {"pk", "sk", "entity"} <= names_in(ATTRIBUTES[item["entity"]["S"]][0])


@pytest.mark.parametrize("entity", ["state", "address"])
def test_what_is_put_anew_replaces_our_attributes_and_no_other(entity: str) -> None:
    ours = names_in(ATTRIBUTES[entity][0]) | {"pk", "sk", "entity"}
    assert REPLACED[entity.upper()] == ours


def test_every_attribute_listed_is_written_somewhere() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in TABLE.rglob("*.py"))
    for cells in ATTRIBUTES.values():
        for name in names_in(cells[0]):
            assert re.search(rf'"{name}"|SET (?:.*, )?{name} =|, {name} =', code), name


def test_whoever_writes_and_reads_is_there() -> None:
    for cells in ITEMS.values():
        for name in names_in(" ".join(cells[3:])):
            assert name in ITEMS or (ROOMS / name).exists() or Path(name).suffix == "", name
