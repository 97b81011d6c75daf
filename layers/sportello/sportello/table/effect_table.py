"""The desk table as whoever carries effects out needs it: claimed, carried out, put off."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from botocore.exceptions import ClientError

from sportello.conversation.effects import SendMessage
from sportello.conversation.state import ConversationState
from sportello.messaging.items import DeliveryStatus
from sportello.model import Model
from sportello.routing.endpoints import endpoint_in, ring_taken_back
from sportello.table.agents.endpoint_table import ENDPOINTS, EndpointMark, endpoint_key
from sportello.table.batch_table import read_batches
from sportello.table.inbound.inbound_table import InboundTable
from sportello.table.items import EffectRecord, PendingEntry, read_state
from sportello.table.keys import Attributes, key, partition, stamp
from sportello.table.refusals import FAILED, cancellation_codes, error_code, is_lost
from sportello.table.writes import check_owner, claim_effect


class StoredNotice(Model):
    """A notice as it stands, with what has to be known before anybody is rung.

    `record` is None if there is no such effect, `mark` is of the endpoint that its key ends in,
    and `ring` is the one that it takes back, None where it takes none back. The `state` is unborn
    where it does.
    """

    record: EffectRecord | None
    state: ConversationState
    mark: EndpointMark
    ring: EffectRecord | None


class EffectTable(InboundTable):
    def claim_message(self, conversation_id: str, message: SendMessage, now: datetime) -> bool:
        """Take the right to call the provider, once; False if it is taken, settled or withdrawn.

        An automatic message is claimed only while the conversation still has the owner version
        it was decided for.
        """
        claim = claim_effect(self._name, conversation_id, message.key, uuid.uuid4().hex, now)
        check = check_owner(self._name, conversation_id, message.owner_version)
        try:
            if message.automatic:
                self._client.transact_write_items(
                    TransactItems=[{"ConditionCheck": check}, {"Update": claim}]  # type: ignore[typeddict-item] # built as plain dicts
                )
            else:
                self._client.update_item(**claim)
        except ClientError as error:
            if FAILED in {error_code(error), *cancellation_codes(error)}:
                return False
            raise
        return True

    def release_message(self, conversation_id: str, effect_key: str) -> None:
        """Give a claim back after a send that surely did not happen."""
        self._update_effect(
            conversation_id,
            effect_key,
            "SET delivery = :queued",
            {
                ":queued": {"S": DeliveryStatus.QUEUED},
                ":sending": {"S": DeliveryStatus.SENDING},
            },
            condition="delivery = :sending",
        )

    def note_part_sent(self, conversation_id: str, effect_key: str, parts_sent: int) -> None:
        parts = {":parts": {"N": str(parts_sent)}}
        self._update_effect(conversation_id, effect_key, "SET parts_sent = :parts", parts)

    def notice(self, conversation_id: str, effect_key: str) -> StoredNotice:
        """Read an effect, and all that matters to whoever rings, in one call."""
        endpoint, ring_key = endpoint_in(effect_key), ring_taken_back(effect_key)
        # What takes a ring back goes where that went, whatever the conversation is like now.
        beside = EffectRecord.sort_key(ring_key) if ring_key else "STATE"
        keys = [
            key(conversation_id, EffectRecord.sort_key(effect_key)),
            key(conversation_id, beside),
            endpoint_key(endpoint),
        ]
        items = {(item["pk"]["S"], item["sk"]["S"]): item for item in self._get_batch(keys)}
        here = partition(conversation_id)

        def effect(name: str) -> EffectRecord | None:
            item = items.get((here, EffectRecord.sort_key(name)))
            return EffectRecord.from_attributes(item) if item else None

        state, mark = items.get((here, "STATE")), items.get((ENDPOINTS, endpoint))
        return StoredNotice(
            record=effect(effect_key),
            state=read_state(state) if state else ConversationState(),
            mark=EndpointMark.from_attributes(mark) if mark else EndpointMark(name=endpoint),
            ring=effect(ring_key) if ring_key else None,
        )

    def mark_not_notified(self, conversation_id: str, effect_key: str, code: str) -> None:
        """Remember that an endpoint is never rung with a notice, and why."""
        refused = {":refused": {"S": DeliveryStatus.REFUSED}, ":code": {"S": code}}
        update = "SET delivery = :refused, error_code = :code"
        self._update_effect(conversation_id, effect_key, update, refused)

    def mark_notified(self, conversation_id: str, effect_key: str, receipt: str = "") -> None:
        """Remember that an endpoint took its notice, so that a repeat is not rung.

        The `receipt` is what its ring can be taken back by.
        """
        values: Attributes = {":accepted": {"S": DeliveryStatus.ACCEPTED}}
        update = "SET delivery = :accepted"
        if receipt:
            values[":receipt"], update = {"S": receipt}, f"{update}, receipt = :receipt"
        self._update_effect(conversation_id, effect_key, update, values)

    def mark_carried_out(self, conversation_id: str, effect_key: str) -> None:
        """Take an effect off the pending index; doing it again changes nothing."""
        self._update_effect(conversation_id, effect_key, "REMOVE pending, pending_since")

    def postpone(self, entry: PendingEntry, until: datetime) -> bool:
        """Let something overdue look as old as `until`; False if it is no longer as it was listed.

        So of two who take it up one does, and what is done meanwhile stays done.
        """
        try:
            self._client.update_item(
                TableName=self._name,
                Key=entry.key,
                UpdateExpression="SET pending_since = :until",
                # The second is what it finds if the SDK repeats what got no answer.
                ConditionExpression="pending_since = :listed OR pending_since = :until",
                ExpressionAttributeValues={
                    ":listed": {"S": stamp(entry.pending_since)},
                    ":until": {"S": stamp(until)},
                },
            )
        except ClientError as error:
            # A transaction that has the item in hand is somebody who is at it.
            if is_lost(error):
                return False
            raise
        return True

    def _update_effect(
        self,
        conversation_id: str,
        effect_key: str,
        update: str,
        values: Attributes | None = None,
        *,
        condition: str = "attribute_exists(pk)",
    ) -> None:
        request: Attributes = {
            "TableName": self._name,
            "Key": key(conversation_id, EffectRecord.sort_key(effect_key)),
            "UpdateExpression": update,
            "ConditionExpression": condition,
        }
        if values:
            request["ExpressionAttributeValues"] = values
        self._client.update_item(**request)

    def _get_batch(self, keys: Iterable[Attributes]) -> Iterator[Attributes]:
        return read_batches(self._client, self._name, keys)
