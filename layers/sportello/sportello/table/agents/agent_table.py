"""The agents as the desk table has them: what is known of them, and what they are doing now."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from sportello.errors import StorageBusy
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile, StoredProfile
from sportello.routing.work import Agent, Work
from sportello.table.agents.agent_items import (
    AGENT,
    DUE,
    HELD,
    PROFILE,
    UNDER_WAY,
    WORK,
    AgentRecord,
    agent_key,
    as_held,
    profile_attributes,
    read_profile,
    read_work,
)
from sportello.table.agents.agent_list import (
    ListedAgents,
    Roster,
    list_agents,
    listed_agent,
    newly_listed_agent,
    read_roster,
)
from sportello.table.agents.agent_writes import (
    Reseating,
    as_seen,
    ask_to_settle,
    grow,
    seat_writes,
)
from sportello.table.keys import Attributes, key, pending_shard, stamp
from sportello.table.refusals import FAILED, cancellation_codes, is_lost

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 12
_NEVER_STILL = "an agent's item never stood still"


class ProfileChanged(Exception):
    """Somebody else has written the profile since it was read."""


class NotedPresence(NamedTuple):
    """How an agent is at work now; it is no news where they have said the same again."""

    work: Work
    is_news: bool


class AgentTable:
    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    # --- reading ----------------------------------------------------------------------------

    def agent(self, agent_id: str) -> Agent:
        """Read an agent whole; of whom nothing is known it is one as everybody is at first."""
        return self.record(agent_id).agent

    def record(self, agent_id: str) -> AgentRecord:
        """Read an agent whole, with what settling has to know."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            # What they have begun to write lies before, and weighs more than all the rest.
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": f"{AGENT}{agent_id}"},
                ":first": {"S": HELD},
                ":last": {"S": WORK},
            },
            ConsistentRead=True,
        )
        return AgentRecord.from_items(agent_id, (item for page in pages for item in page["Items"]))

    def work(self, agent_id: str) -> Work:
        return read_work(self._get(agent_id, WORK) or {})

    def is_due(self, agent_id: str) -> bool:
        """Tell whether somebody has to settle an agent, without reading what they have."""
        work: Attributes = self._get(agent_id, WORK) or {}
        return "settle" in work

    def profile(self, agent_id: str) -> StoredProfile | None:
        item = self._get(agent_id, PROFILE)
        return read_profile(item) if item else None

    def _get(self, agent_id: str, sort_key: str) -> Attributes | None:
        item: Attributes | None = self._client.get_item(
            TableName=self._name, Key=agent_key(agent_id, sort_key), ConsistentRead=True
        ).get("Item")
        return item

    # --- what agents say --------------------------------------------------------------------

    def put_profile(
        self, agent_id: str, profile: AgentProfile, version: int, now: datetime
    ) -> StoredProfile:
        """Write a profile as the version after the one seen; raises ProfileChanged if it is not."""
        stored = StoredProfile(profile=profile, version=version + 1, written_at=now)
        item = profile_attributes(agent_id, stored, now)
        put = {"TableName": self._name, "Item": item, **_if_version(version)}
        update = ask_to_settle(self._name, agent_id, now)
        listed = listed_agent(self._name, agent_id, profile.queues)
        for _ in range(_ATTEMPTS):
            try:
                self._transact([{"Put": put}, {"Update": update}, {"Put": listed}])
            except ClientError as error:
                if not is_lost(error):
                    raise
                if FAILED in cancellation_codes(error):
                    raise ProfileChanged from None
            else:
                return stored
        raise StorageBusy(_NEVER_STILL)

    def set_presence(
        self,
        agent_id: str,
        wish: Presence,
        until: datetime,
        now: datetime,
        *,
        away_after: int | None = None,
        is_back: bool = False,
    ) -> NotedPresence:
        """Keep what an agent says of themselves; a sign of life writes little, and rarely.

        Who says to be offline is so from now on, whatever `until` says. Who has missed `away_after`
        offers is away, however often a tool says otherwise, until they say that they are back.
        """
        for _ in range(_ATTEMPTS):
            before = self.work(agent_id)
            presence = wish
            if wish is Presence.AVAILABLE and before.hears_nothing(away_after) and not is_back:
                presence = Presence.AWAY
            until = now if presence is Presence.OFFLINE else until
            goes_on = before.presence is presence and (
                presence is Presence.OFFLINE or before.presence_at(now) is presence
            )
            # A tool that says the same again is no proof of anybody before it.
            is_heard = before.missed > 0 and (is_back or (presence is wish and not goes_on))
            if goes_on and not is_heard and _is_believed_on(before, until, now):
                return NotedPresence(before, is_news=False)
            if before.presence_until is None:
                self._list(agent_id)
            request = self._presence_update(
                agent_id, before, presence, until, now, goes_on=goes_on, is_heard=is_heard
            )
            if self._updated(request):
                is_news = is_heard or not goes_on
                work = self.work(agent_id) if is_news else _until(before, until)
                return NotedPresence(work, is_news)
        raise StorageBusy(_NEVER_STILL)

    def prolong_presence(self, agent_id: str, until: datetime, now: datetime) -> Work:
        """Believe an agent longer, whatever they have said; who is offline stays so.

        Written rarely, as a sign of life by `set_presence` is.
        """
        return self._believe(
            agent_id,
            until,
            now,
            lambda work: work.presence_until is None or work.presence_until < until,
        )

    def curtail_presence(self, agent_id: str, until: datetime, now: datetime) -> Work:
        """Believe an agent until an instant and no longer, unless they say something again."""
        return self._believe(
            agent_id,
            until,
            now,
            lambda work: work.presence_until is not None and until < work.presence_until,
        )

    def _believe(
        self, agent_id: str, until: datetime, now: datetime, is_news: Callable[[Work], bool]
    ) -> Work:
        for _ in range(_ATTEMPTS):
            before = self.work(agent_id)
            presence = before.presence_at(now)
            is_offline = presence is Presence.OFFLINE
            if is_offline or not is_news(before) or _is_believed_on(before, until, now):
                return before
            request = self._presence_update(
                agent_id, before, presence, until, now, goes_on=True, is_heard=False
            )
            if self._updated(request):
                return _until(before, until)
        raise StorageBusy(_NEVER_STILL)

    def _presence_update(
        self,
        agent_id: str,
        before: Work,
        presence: Presence,
        until: datetime,
        now: datetime,
        *,
        goes_on: bool,
        is_heard: bool,
    ) -> Attributes:
        texts = {"presence": presence.value, "presence_until": stamp(until)}
        is_shorter = before.presence_until is not None and until < before.presence_until
        if not goes_on or is_heard or is_shorter:
            return ask_to_settle(
                self._name,
                agent_id,
                now,
                given=presence is Presence.AVAILABLE and not goes_on,
                version=before.version,
                sets=texts,
                heard=True if is_heard else None,
            )
        values = {f":{name}": {"S": text} for name, text in texts.items()}
        return {
            "TableName": self._name,
            "Key": agent_key(agent_id, WORK),
            "UpdateExpression": "SET presence = :presence, presence_until = :presence_until",
            **as_seen(before.version, values),
        }

    # --- everybody --------------------------------------------------------------------------

    def listed(
        self, is_meant: Callable[[tuple[str, ...]], bool], limit: int, after: str = ""
    ) -> ListedAgents:
        """List who has a profile or was ever at work, by the queues that their profiles name."""
        return list_agents(self._client, self._name, is_meant, limit, after)

    def roster(self) -> Roster:
        """Tell how everybody is at work who ever was, with the queues that their profiles name."""
        return read_roster(self._client, self._name)

    def _list(self, agent_id: str) -> None:
        try:
            self._client.put_item(**newly_listed_agent(self._name, agent_id))
        except ClientError as error:
            if not is_lost(error):
                raise

    # --- settling ---------------------------------------------------------------------------

    def reseat(self, record: AgentRecord, seats: Reseating) -> bool:
        """Let an agent have these seats and no others; False if they have changed meanwhile."""
        if as_held(seats.has) == record.held_seats:
            return True
        agent = record.agent
        texts = {"entity": "agent", "seats": as_held(seats.has).model_dump_json()}
        if record.is_due:
            texts["settle"] = UNDER_WAY
        update = grow(self._name, agent.agent_id, texts, agent.work.version)
        try:
            self._transact([{"Update": update}, *seat_writes(self._name, seats)])
        except ClientError as error:
            if is_lost(error):
                return False
            raise
        return True

    def ask(self, agent_id: str, now: datetime) -> None:
        """Have an agent looked at, for whom something may be different now."""
        request = ask_to_settle(self._name, agent_id, now)
        for _ in range(_ATTEMPTS):
            if self._updated(request):
                return
        raise StorageBusy(_NEVER_STILL)

    def note_settled(self, record: AgentRecord, look_at: datetime | None) -> bool:
        """Note that an agent has what they could be given; `look_at` is when time changes that.

        False if they have changed since they were read: somebody else is to settle them then.
        """
        agent = record.agent
        if not record.is_due and record.look_at == look_at:
            return True
        if look_at is None:
            update, values = "REMOVE settle, pending, pending_since", {}
        else:
            update = "SET pending = :pending, pending_since = :at REMOVE settle"
            shard = {"S": pending_shard(agent.agent_id)}
            values = {":pending": shard, ":at": {"S": stamp(look_at)}}
        request = {
            "TableName": self._name,
            "Key": agent_key(agent.agent_id, WORK),
            "UpdateExpression": update,
            **as_seen(agent.work.version, values),
        }
        if not request["ExpressionAttributeValues"]:
            del request["ExpressionAttributeValues"]
        return self._updated(request)

    def look_by(self, agent_id: str, at: datetime) -> None:
        """Have an agent looked at by an instant, who has changed thereby for whoever settles them.

        Who is being settled just now may not have seen why: they are to be settled once more.
        """
        for _ in range(_ATTEMPTS):
            record = self.record(agent_id)
            texts = {"entity": "agent"}
            if record.is_due:
                texts["settle"] = DUE
            elif record.look_at is not None and record.look_at <= at:
                return
            else:
                texts |= {"pending": pending_shard(agent_id), "pending_since": stamp(at)}
            if self._updated(grow(self._name, agent_id, texts, record.agent.work.version)):
                return
        raise StorageBusy(_NEVER_STILL)

    def forget_claim(self, record: AgentRecord, conversation_id: str, sequence: int) -> bool:
        """Delete a claim that an earlier version of the code has left, as its state shows.

        False if the conversation, of which `sequence` was seen, has changed meanwhile.
        """
        agent_id = record.agent.agent_id
        claim = {
            "TableName": self._name,
            "Key": agent_key(agent_id, f"{HELD}{conversation_id}"),
        }
        unchanged = state_as_seen(self._name, conversation_id, sequence)
        update = grow(self._name, agent_id, {"entity": "agent"})
        try:
            self._transact([{"ConditionCheck": unchanged}, {"Delete": claim}, {"Update": update}])
        except ClientError as error:
            if is_lost(error):
                return False
            raise
        return True

    # --- writing ----------------------------------------------------------------------------

    def _transact(self, writes: list[Attributes]) -> None:
        self._client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type] # built as plain dicts

    def _updated(self, request: Attributes) -> bool:
        try:
            self._client.update_item(**request)
        except ClientError as error:
            if is_lost(error):
                return False
            raise
        return True


def state_as_seen(table: str, conversation_id: str, sequence: int) -> Attributes:
    """Return the check that nothing has happened in a conversation since it was loaded."""
    check: Attributes = {"TableName": table, "Key": key(conversation_id, "STATE")}
    if sequence == 0:
        return {**check, "ConditionExpression": "attribute_not_exists(pk)"}
    return {
        **check,
        "ConditionExpression": "#sequence = :seen",
        "ExpressionAttributeNames": {"#sequence": "sequence"},
        "ExpressionAttributeValues": {":seen": {"N": str(sequence)}},
    }


def _if_version(version: int) -> Mapping[str, object]:
    if version == 0:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "version = :seen",
        "ExpressionAttributeValues": {":seen": {"N": str(version)}},
    }


def _is_believed_on(work: Work, until: datetime, now: datetime) -> bool:
    """Whether a sign of life tells nothing new: less than half of the belief is used up."""
    if work.presence is Presence.OFFLINE:
        return True
    believed = work.presence_until
    return believed is not None and until >= believed and believed - now > (until - now) / 2


def _until(work: Work, until: datetime) -> Work:
    return work.model_copy(update={"presence_until": until})
