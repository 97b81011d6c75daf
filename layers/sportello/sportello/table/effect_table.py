"""The desk table as whoever carries effects out needs it: claimed, carried out, put off."""

import random
import time
import uuid
from collections.abc import Iterator
from datetime import datetime

from botocore.exceptions import ClientError

from sportello.conversation.effects import SendMessage
from sportello.errors import StorageBusy
from sportello.messaging.items import DeliveryStatus
from sportello.table.endpoint_table import ENDPOINTS, GoneEndpoint, endpoint_key
from sportello.table.inbound_table import InboundTable
from sportello.table.items import EffectRecord, PendingEntry
from sportello.table.keys import Attributes, key, partition, stamp
from sportello.table.writes import check_owner, claim_effect

FAILED = "ConditionalCheckFailed"
_BATCH_GET_ATTEMPTS = 5


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
            if FAILED in {*cancellation_codes(error), error_code(error).removesuffix("Exception")}:
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

    def notice(
        self, conversation_id: str, effect_key: str
    ) -> tuple[EffectRecord | None, GoneEndpoint | None]:
        """Read an effect, and whether the endpoint that a notice's key ends in is gone."""
        endpoint = endpoint_key(effect_key.rpartition(":")[2])
        record_key = key(conversation_id, EffectRecord.sort_key(effect_key))
        items = {item["pk"]["S"]: item for item in self._get_batch([record_key, endpoint])}
        record, gone = items.get(partition(conversation_id)), items.get(ENDPOINTS)
        return (
            EffectRecord.from_attributes(record) if record else None,
            GoneEndpoint.from_attributes(gone) if gone else None,
        )

    def mark_not_notified(self, conversation_id: str, effect_key: str) -> None:
        """Remember that an endpoint will never take its notification."""
        refused = {":refused": {"S": DeliveryStatus.REFUSED}, ":code": {"S": "gone"}}
        update = "SET delivery = :refused, error_code = :code"
        self._update_effect(conversation_id, effect_key, update, refused)

    def mark_notified(self, conversation_id: str, effect_key: str) -> None:
        """Remember that an endpoint took its notification, so that a repeat is not rung."""
        accepted = {":accepted": {"S": DeliveryStatus.ACCEPTED}}
        self._update_effect(conversation_id, effect_key, "SET delivery = :accepted", accepted)

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
            if error_code(error).removesuffix("Exception") in {FAILED, "TransactionConflict"}:
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

    def _get_batch(self, keys: list[Attributes]) -> Iterator[Attributes]:
        for attempt in range(_BATCH_GET_ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 -- jitter, no secret
            answer = self._client.batch_get_item(
                RequestItems={self._name: {"Keys": keys, "ConsistentRead": True}}
            )
            yield from answer["Responses"][self._name]
            unprocessed = answer["UnprocessedKeys"].get(self._name)
            if not unprocessed:
                return
            keys = list(unprocessed["Keys"])
        raise StorageBusy("the table left keys unread")


def error_code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def cancellation_codes(error: ClientError) -> list[str]:
    """Return why each write of a transaction was cancelled, in the order of the writes."""
    if error_code(error) != "TransactionCanceledException":
        return []
    return [reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])]
