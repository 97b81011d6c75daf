"""The only module that talks to DynamoDB, with its parts, the other `..._table.py` beside it.

Access patterns, all on one table (`pk`, `sk`) with three sparse indexes:

- receive keeps an inbound item once: put `CONV#/IN#`, if absent
- receive quarantines what cannot be read: put `QUARANTINE#/PART#n`; recovery lists what is left
  of it: query index `pending`, reads it: query `PART#`, and takes it off the list: update
- every step loads a conversation once, with the items it is about: batch get `STATE`, `ADDRESS`,
  `IN#`, `FX#`; who needs content alone reads only that: batch get `IN#`, `FX#`
- who is found to be one person has several conversations read, and joined, at once: batch get
  `STATE`, `ADDRESS` of each; one transaction as below over both; and what waits in the one that
  moves is put into the other: put `CONV#/IN#`, if absent, update `IN#`
- every step commits: one transaction of `STATE` if unchanged, `EVT#`, `FX#` if absent, `IN#`
  marked applied
- deliver claims a message once, under the owner it was decided for: transaction that checks
  `STATE` and updates `FX#`
- dispatch and notify mark an effect carried out: update `FX#`
- the agent API reads the timeline, newest first: query `EVT#` descending, batch get
- every step reads the settings that it needs and has not read lately: batch get
  `SETTINGS#/CURRENT` of several kinds, get of one
- the agent API reads and writes settings: get, transact put `SETTINGS#/CURRENT` and `V#n`; it tells
  who wrote what: batch get `SETTINGS#/CURRENT` of every kind, query `V#` of one descending
- a report finds which queues there were: query `V#` of `SETTINGS#queues` descending
- a commit that ends a wait for a person puts `WAITS#`; reports and the expected wait query it by
  queue and time
- who waits in a queue is listed and counted: query index `waiting` by queue and shard
- the board tells how queues stand: query index `waiting` by queue and shard, `SEATS#`, index
  `inbox` by queue and lane, `WAITS#`, and of all agents `AGENTS`; batch get `WORK`
- a long line is summed up once a minute: get and conditional put `LINE#`
- changed settings reach running clocks: query index `pending` for every `STATE` in it
- the sweep finds what was left undone: query index `pending` by age
- the agent API writes down every act: put `AUDIT#`; it lists them by day: query
- notify reads a notice with the mark of its endpoint, the state and the ring that it takes back:
  batch get `FX#`, `ENDPOINTS`, `STATE`; marks an endpoint that is gone, fails or works again:
  update, one that is tried: update, if nobody else does; the agent API lists the marks: query,
  and takes them off: put
- dispatch and notify find a person's own endpoint: get `AGENT#/PROFILE`
- an agent is read whole: query `AGENT#` from `HELD#` on; says to be there: get, update `WORK`;
  changes what is known of them: transaction of `PROFILE` if unchanged and `WORK`
- a commit that changes what a conversation takes of an agent puts or deletes `HELD#`, and updates
  `WORK`, if unchanged where their room counts; the agent's seats go along
- who waits for a person has a place: put and delete `PLACES#` by the same commit; who could take
  one more has seats: transaction of `SEATS#` and `WORK` if unchanged; both are queried from the
  front, consistently
- agents' lists are read in pieces: query index `inbox` by queue and lane, and `OWN#`; counted, as
  far as it matters, likewise; then batch get `STATE`, `ADDRESS` of the rows. A commit moves a
  conversation in its agent's list: put and delete `OWN#`
- words are kept behind a message, once: batch get `IN#`, `FX#`, get `NAMES`, batch write `WORDS#`;
  a commit that gives a tag puts `TAGGED#`; whoever searches queries both, newest first
- a file is kept, or not: put `MEDIA#` unless that is over with; who shows it reads that: batch get
- an agent puts up a file for a reply: put `UPLOAD#`; the reply takes it, if no other has: get,
  update; one that is not sent after all: delete `MEDIA#`
- a customer fetches a file that their channel does not carry by a link: put `FILE#`, get
- an offer is answered by a link once: put `LINK#`, if absent, and again with the outcome; who
  follows it again reads that: get
- an agent's draft is written if unchanged, read, and deleted: put, get, delete `AGENT#/DRAFT#`
- who was ever at work or has a profile is listed: put `AGENTS`; the agent API pages through: query
- an agent's browser connects: put, get, update `LIVETICKET#`, put `LIVE#`, and says what it
  listens to: put `LIVEAGENT#`, `LIVEQUEUE#`, `LIVE`; each frame of it: get, update `LIVE#`, who
  views and types: put, query `LIVEVIEW#`; it is gone: delete all of them
- a change is shown to whoever listens, if anybody does: query `LIVE`,
  `LIVEQUEUE#`, `LIVEAGENT#`
- while there are subscriptions, the dispatcher records what it publishes: put `EVENTS#`; the feed
  and replays read it on from a position: query by day
- whoever tells a subscriber reads and keeps how it takes that, as of endpoints: get and update
  `SUBSCRIBERS`, and writes down the attempt: put `ATTEMPTS#`; the agent API lists both: query
- deliver notes what became of a channel's account when it is news: update `CHANNELS`; the agent
  API lists them: query

Inbound items leave the index `pending` when they are applied, effects when a queue or service has
taken them or a delivery has claimed them; a `STATE` is in it while a
turn is leased or a clock runs, under the time at which somebody should have acted.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sportello.conversation.state import ConversationState
from sportello.errors import StorageBusy
from sportello.table.agents.agent_table import AgentTable
from sportello.table.agents.agent_writes import agent_writes
from sportello.table.agents.endpoint_table import EndpointTable
from sportello.table.agents.line_table import LineTable
from sportello.table.agents.link_table import LinkTable
from sportello.table.agents.queue_table import FOREVER, QueueTable
from sportello.table.compression import decompress
from sportello.table.effect_table import EffectTable
from sportello.table.files.file_link_table import FileLinkTable
from sportello.table.files.media_table import MediaTable
from sportello.table.files.upload_table import UploadTable
from sportello.table.inbound.channel_table import ChannelTable
from sportello.table.inbound.inbound_items import InboundRecord, carried_over, handed_on_with
from sportello.table.inbound.quarantined_payload import QUARANTINE, QuarantinedPayload
from sportello.table.items import (
    Address,
    Content,
    Conversation,
    EffectRecord,
    LogEntry,
    PendingEntry,
    StoredSettings,
    read_last_words,
    read_state,
    settings_kind,
    unknown_in,
)
from sportello.table.keys import (
    PENDING_SHARDS,
    Attributes,
    conversation_of,
    key,
    partition,
    stamp,
)
from sportello.table.refusals import CONFLICT, FAILED, cancellation_codes, is_refused
from sportello.table.settings.settings_table import (
    SettingsVersion,
    authors_request,
    in_force_since,
    version_key,
    versions_request,
)
from sportello.table.stories.draft_table import DraftTable
from sportello.table.writes import (
    Commit,
    apply_again,
    commit_writes,
    leave_to,
    put_settings,
)

if TYPE_CHECKING:
    from sportello.table.inbox.inbox_table import InboxTable
    from sportello.table.inbox.words_table import WordsTable
    from sportello.table.outward.live_table import LiveTable
    from sportello.table.outward.subscription_tables import SubscriptionTables
    from sportello.table.settings.audit_table import AuditTable

MOST_MOVES = 20
"""Each is a person's further name; two that moved to one another cannot be."""


class Conflict(Exception):
    """Somebody else committed to the conversation first: load again and decide again."""


class EffectExists(Exception):
    """An effect of this key was decided before."""


class DeskTable(EffectTable):
    @property
    def queues(self) -> QueueTable:
        """Who waits in the queues, and who has waited."""
        return QueueTable(self._name, self._client)

    @cached_property
    def channels(self) -> ChannelTable:
        """How the channels' accounts are; it remembers what it wrote, so there is one of it."""
        return ChannelTable(self._name, self._client)

    @property
    def endpoints(self) -> EndpointTable:
        """How the agent endpoints take what they are rung with."""
        return EndpointTable(self._name, self._client)

    @property
    def audit(self) -> "AuditTable":
        """Who did what through the agent API."""
        from sportello.table.settings.audit_table import AuditTable  # noqa: PLC0415 -- no one else loads it

        return AuditTable(self._name, self._client)

    @property
    def subscriptions(self) -> "SubscriptionTables":
        """What was published, and how subscribers take it."""
        from sportello.table.outward.subscription_tables import SubscriptionTables  # noqa: PLC0415 -- same

        return SubscriptionTables(self._name, self._client)

    @property
    def agents(self) -> AgentTable:
        """Who the agents are, and what they have and could be given."""
        return AgentTable(self._name, self._client)

    @property
    def inbox(self) -> "InboxTable":
        """Which conversations stand in agents' lists, and where."""
        from sportello.table.inbox.inbox_table import InboxTable  # noqa: PLC0415 -- likewise

        return InboxTable(self._name, self._client)

    @property
    def words(self) -> "WordsTable":
        """The words by which conversations are found."""
        from sportello.table.inbox.words_table import WordsTable  # noqa: PLC0415 -- likewise

        return WordsTable(self._name, self._client)

    @property
    def lines(self) -> LineTable:
        """Who could take one more conversation, and who waits for somebody."""
        return LineTable(self._name, self._client)

    @property
    def drafts(self) -> DraftTable:
        """What agents have begun to write."""
        return DraftTable(self._name, self._client)

    @property
    def links(self) -> LinkTable:
        """What may be used once and has been: links by which offers are answered."""
        return LinkTable(self._name, self._client)

    @property
    def live(self) -> "LiveTable":
        """Which agents are connected, and what they listen to."""
        from sportello.table.outward.live_table import LiveTable  # noqa: PLC0415 -- few functions load it

        return LiveTable(self._name, self._client)

    @property
    def media(self) -> MediaTable:
        """What became of the files that came with messages, and of those of ours."""
        return MediaTable(self._name, self._client)

    @property
    def uploads(self) -> UploadTable:
        """Files that agents were let put into the bucket, until a reply holds them."""
        return UploadTable(self._name, self._client)

    @property
    def file_links(self) -> FileLinkTable:
        """Links by which customers fetch files that their channel does not carry."""
        return FileLinkTable(self._name, self._client)

    # --- quarantine -----------------------------------------------------------------------------

    def quarantined(self) -> Iterator[QuarantinedPayload]:
        """Yield what is still unread, oldest first."""
        for listed in self._pending_before(QUARANTINE, FOREVER):
            item = self._client.get_item(
                TableName=self._name,
                Key={"pk": listed["pk"], "sk": listed["sk"]},
                ProjectionExpression="pk, channel, reason, received_at, size_bytes, parts",
                ConsistentRead=True,
            ).get("Item")
            if item:
                yield QuarantinedPayload.from_attributes(item)

    def quarantined_bytes(self, quarantine_id: str) -> bytes:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": QuarantinedPayload.key(quarantine_id)["pk"]},
            ConsistentRead=True,
        )
        return decompress(b"".join(part["raw"]["B"] for page in pages for part in page["Items"]))

    def mark_rerun(self, quarantine_id: str, now: datetime) -> None:
        """Take a payload off the list; its bytes stay until they expire."""
        self._client.update_item(
            TableName=self._name,
            Key=QuarantinedPayload.key(quarantine_id),
            UpdateExpression=(
                "SET rerun_at = if_not_exists(rerun_at, :now) REMOVE pending, pending_since"
            ),
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":now": {"S": stamp(now)}},
        )

    # --- load and commit ----------------------------------------------------------------------

    def load(
        self,
        conversation_id: str,
        *,
        item_ids: Iterable[str] = (),
        effect_keys: Iterable[str] = (),
    ) -> Conversation:
        """Read a conversation consistently; an unknown one has an unborn state."""
        sort_keys = ["STATE", "ADDRESS", *_sort_keys(item_ids, effect_keys)]
        items = self._get_many(conversation_id, sort_keys)
        state, address = items.pop("STATE", None), items.pop("ADDRESS", None)
        content = _content(items.values())
        return _conversation(conversation_id, state, address, content)

    def load_going_on(
        self,
        conversation_id: str,
        *,
        item_ids: Iterable[str] = (),
        effect_keys: Iterable[str] = (),
    ) -> Conversation:
        """Read a conversation, or the one that goes on in its place."""
        keys = {"item_ids": tuple(item_ids), "effect_keys": tuple(effect_keys)}
        conversation = self.load(conversation_id, **keys)
        for _ in range(MOST_MOVES):
            if not conversation.state.goes_on_in:
                return conversation
            conversation = self.load(conversation.state.goes_on_in, **keys)
        raise StorageBusy("a conversation moved on and on")

    def content(
        self,
        conversation_id: str,
        *,
        item_ids: Iterable[str] = (),
        effect_keys: Iterable[str] = (),
    ) -> Content:
        """Read items of a conversation and nothing else; asked for none, it calls nobody."""
        items = self._get_many(conversation_id, _sort_keys(item_ids, effect_keys))
        return _content(items.values())

    def commit(
        self, conversation: Conversation, commit: Commit, after: ConversationState, now: datetime
    ) -> None:
        """Write one decision in one transaction.

        Raises Conflict if the state is no longer the one loaded or an item was applied by
        somebody else, EffectExists if only an effect of the same key stands in the way.
        """
        self.commit_together([(conversation, commit, after)], now)

    def commit_together(
        self,
        commits: Iterable[tuple[Conversation, Commit, ConversationState]],
        now: datetime,
    ) -> None:
        """Write decisions about several conversations in one transaction; raises like `commit`."""
        commits = tuple(commits)
        guards: list[Attributes] = []
        others: list[Attributes] = []
        for conversation, commit, after in commits:
            writes, count = commit_writes(self._name, conversation, commit, after, now)
            guards += writes[:count]
            others += writes[count:]
        of_agents = agent_writes(self._name, (commit.agents for _, commit, _ in commits), now)
        guards += of_agents[0]
        others += of_agents[1]
        if guards or others:
            self._transact([*guards, *others], len(guards))

    def load_several(self, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        """Read conversations consistently, by their ids, without items; unknown ones are unborn.

        Asked for none, it calls nobody.
        """
        names = list(dict.fromkeys(conversation_ids))
        keys = [key(name, part) for name in names for part in ("STATE", "ADDRESS")]
        parts = {(conversation_of(item), item["sk"]["S"]): item for item in self._get_batch(keys)}
        return {
            name: _conversation(name, parts.get((name, "STATE")), parts.get((name, "ADDRESS")))
            for name in names
        }

    def forward(self, conversation_id: str, item_ids: Iterable[str], to: str) -> None:
        """Have items that are not applied yet applied in another conversation, each once.

        The copy is kept before the item is let go, so that a crash between leaves both, and the
        item is forwarded again to where it is kept already.
        """
        for item in self._get_many(conversation_id, _sort_keys(item_ids, ())).values():
            if "pending" not in item:
                continue
            handed_to, others = handed_on_with(item)
            for other in self._get_many(conversation_id, _sort_keys(others, ())).values():
                if other.get("forwarded_to", {}).get("S") != handed_to:
                    self._carry(other, handed_to, item["pending_since"])
            self._carry(item, handed_to or to, item["pending_since"])

    def _carry(self, item: Attributes, to: str, since: Attributes) -> None:
        copy = carried_over(item, to, since)
        if not self._put_if_absent(copy):
            try:
                self._client.update_item(**apply_again(self._name, copy))
            except ClientError as error:
                if not is_refused(error):
                    raise
        sort_key = item["sk"]["S"]
        self._client.update_item(**leave_to(self._name, conversation_of(item), sort_key, to))

    def _transact(self, writes: list[Attributes], guards: int) -> None:
        try:
            self._client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type] # built as plain dicts
        except ClientError as error:
            codes = cancellation_codes(error)
            if CONFLICT in codes or FAILED in codes[:guards]:
                raise Conflict from None
            if FAILED in codes:
                raise EffectExists from None
            raise

    # --- reading ------------------------------------------------------------------------------

    def log_page(
        self, conversation_id: str, limit: int, before: int | None = None
    ) -> list[LogEntry]:
        """Return up to `limit` commits, newest first, older than the sequence `before`."""
        newest = LogEntry.sort_key(before - 1) if before is not None else "EVT#:"
        return self._log(conversation_id, "EVT#", newest, limit, forward=False)

    def log_since(self, conversation_id: str, limit: int, sequence: int) -> list[LogEntry]:
        """Return up to `limit` commits, oldest first, from a sequence on."""
        oldest = LogEntry.sort_key(sequence)
        return self._log(conversation_id, oldest, "EVT#:", limit, forward=True)

    def _log(
        self, conversation_id: str, first: str, last: str, limit: int, *, forward: bool
    ) -> list[LogEntry]:
        page = self._client.query(
            TableName=self._name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": partition(conversation_id)},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            ScanIndexForward=forward,
            Limit=limit,
            ConsistentRead=True,
        )
        return [LogEntry.from_attributes(item) for item in page["Items"]]

    def overdue(
        self, older_than: datetime, most_in_a_shard: int | None = None
    ) -> Iterator[PendingEntry]:
        """Yield what has been pending since before an instant, oldest first in each shard."""
        for shard in range(PENDING_SHARDS):
            items = self._pending_before(f"PENDING#{shard}", older_than)
            for item in islice(items, most_in_a_shard):
                yield PendingEntry.from_attributes(item)

    def first_due(self, entries: Iterable[PendingEntry]) -> Iterator[PendingEntry]:
        """Yield those inbound items and effects that are there, as old as they are.

        In the index something that was put off looks younger.
        """
        listed = {(entry.conversation_id, entry.sort_key): entry for entry in entries}
        keys = [key(*names) for names in listed]
        for item in self._get_batch(keys):
            since = item["received_at" if _is(item, "inbound") else "decided_at"]["S"]
            entry = listed[conversation_of(item), item["sk"]["S"]]
            yield entry.model_copy(update={"pending_since": datetime.fromisoformat(since)})

    def pending_page(
        self, shard: int, limit: int, start: Mapping[str, str] | None = None
    ) -> tuple[list[PendingEntry], dict[str, str] | None]:
        """Return some of what is pending, and the key to go on from; None at the end."""
        request: Attributes = {
            "TableName": self._name,
            "IndexName": "pending",
            "KeyConditionExpression": "pending = :part",
            "ExpressionAttributeValues": {":part": {"S": f"PENDING#{shard}"}},
            "Limit": limit,
        }
        if start:
            request["ExclusiveStartKey"] = {name: {"S": value} for name, value in start.items()}
        page = self._client.query(**request)
        last = page.get("LastEvaluatedKey")
        goes_on = {name: str(value["S"]) for name, value in last.items()} if last else None
        return [PendingEntry.from_attributes(item) for item in page["Items"]], goes_on

    def _pending_before(self, part: str, instant: datetime) -> Iterator[Attributes]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            IndexName="pending",
            KeyConditionExpression="pending = :part AND pending_since < :instant",
            ExpressionAttributeValues={":part": {"S": part}, ":instant": {"S": stamp(instant)}},
        )
        for page in pages:
            yield from page["Items"]

    # --- settings -----------------------------------------------------------------------------

    def settings(self, kind: str, version: int | None = None) -> StoredSettings | None:
        """Return a version of a document, the current one unless told; None if there is none."""
        item = self._client.get_item(
            TableName=self._name, Key=version_key(kind, version), ConsistentRead=True
        ).get("Item")
        return StoredSettings.from_attributes(item) if item else None

    def current_settings(self, kinds: Iterable[str]) -> dict[str, StoredSettings]:
        """Return the current documents of some kinds, read at once; some have none."""
        items = self._get_batch([version_key(kind, None) for kind in kinds])
        return {settings_kind(item): StoredSettings.from_attributes(item) for item in items}

    def settings_since(self, kind: str, since: datetime) -> Iterator[StoredSettings | None]:
        """Yield what was in force at an instant or later, newest first; None is the packaged one.

        Pages are read as far as the caller goes, and none beyond what was in force at the instant.
        """
        pages = self._client.get_paginator("query").paginate(**versions_request(self._name, kind))
        return in_force_since(since, (item for page in pages for item in page["Items"]))

    def settings_in_force(self, kinds: Iterable[str]) -> dict[str, SettingsVersion]:
        """Return who wrote the current documents of some kinds; a packaged one nobody wrote."""
        items = self._get_batch([version_key(kind, None) for kind in kinds])
        return {settings_kind(item): SettingsVersion.from_attributes(item) for item in items}

    def settings_versions(
        self, kind: str, limit: int, before: int | None = None
    ) -> tuple[SettingsVersion, ...]:
        """Return who wrote the newest versions of a document, or the newest before one."""
        query = authors_request(self._name, kind, before, limit)
        pages = self._client.get_paginator("query").paginate(**query)
        return tuple(SettingsVersion.from_attributes(i) for page in pages for i in page["Items"])

    def put_settings(self, kind: str, settings: StoredSettings, author: str, now: datetime) -> None:
        """Make a new version current, keeping the old ones; raises Conflict if not the next."""
        writes = put_settings(self._name, kind, settings, author, now)
        self._transact([*writes], guards=2)

    # --- batch get ----------------------------------------------------------------------------

    def _get_many(self, conversation_id: str, sort_keys: Iterable[str]) -> dict[str, Attributes]:
        """Return by sort key those items that are there, in the order of the keys."""
        names = list(dict.fromkeys(sort_keys))
        keys = [key(conversation_id, name) for name in names]
        items = {item["sk"]["S"]: item for item in self._get_batch(keys)}
        return {name: items[name] for name in names if name in items}


def _conversation(
    conversation_id: str,
    state: Attributes | None,
    address: Attributes | None,
    content: Content | None = None,
) -> Conversation:
    return Conversation(
        conversation_id=conversation_id,
        state=read_state(state) if state else ConversationState(),
        address=Address.from_attributes(address) if address else None,
        last_words=read_last_words(state) if state else None,
        unknown=unknown_in({"STATE": state, "ADDRESS": address}),
        **(dict(content) if content else {}),
    )


def _sort_keys(item_ids: Iterable[str], effect_keys: Iterable[str]) -> list[str]:
    inbound = [InboundRecord.sort_key(item_id) for item_id in item_ids]
    return inbound + [EffectRecord.sort_key(effect_key) for effect_key in effect_keys]


def _content(items: Collection[Attributes]) -> Content:
    return Content(
        inbound=tuple(InboundRecord.from_attributes(i) for i in items if _is(i, "inbound")),
        effects=tuple(EffectRecord.from_attributes(i) for i in items if _is(i, "effect")),
    )


def _is(item: Attributes, entity: str) -> bool:
    return bool(item["entity"]["S"] == entity)
