"""How an agent endpoint is rung: the notice is loaded, sent by its notifier, and remembered."""

from typing import Any

from sportello.aws.logs import Metric, count, logger
from sportello.conversation.effects import NotifyAgents, is_known
from sportello.errors import LaterVersionNeeded, NotConfigured
from sportello.messaging.items import DeliveryStatus
from sportello.people.notifier import AgentNotifier, Notification
from sportello.people.settings import AgentEndpointSettings
from sportello.stored import is_unknown
from sportello.table.desk_table import DeskTable
from sportello.table.settings_store import SettingsStore


class Ringing:
    def __init__(
        self, notifier: AgentNotifier[Any], table: DeskTable, settings: SettingsStore
    ) -> None:
        self._notifier = notifier
        self._table = table
        self._settings = settings

    def notify(self, conversation_id: str, effect_key: str) -> None:
        """Ring the endpoint named in the effect; a repeat after success rings nobody.

        Raises what the notifier raises, and NotConfigured for an endpoint that is gone from the
        settings or is another notifier's: the queue tries again and in the end keeps the notice
        as a dead letter.
        """
        content = self._table.content(conversation_id, effect_keys=[effect_key])
        if not content.effects:
            logger.warning("notice is gone, nobody to ring", effect_key=effect_key)
            return
        record = content.effects[0]
        effect = record.effect
        if not is_known(effect) or is_unknown(record.status):
            raise LaterVersionNeeded(effect.type)
        if not isinstance(effect, NotifyAgents) or record.status is DeliveryStatus.ACCEPTED:
            return
        endpoint = self._settings.get(AgentEndpointSettings).endpoints.get(effect.endpoint)
        if endpoint is None:
            raise NotConfigured(f"agent endpoint {effect.endpoint} is not in the settings")
        if endpoint.notifier != self._notifier.name:
            raise NotConfigured(f"agent endpoint {effect.endpoint} has another notifier by now")
        self._notifier.notify(
            Notification(
                id=f"{conversation_id}/{effect_key}",
                notice=effect.notice,
                at=record.decided_at,
                conversation_id=conversation_id,
                channel=record.channel,
                endpoint=effect.endpoint,
                address=endpoint.address,
                data=effect.data,
            )
        )
        self._table.mark_notified(conversation_id, effect_key)
        count(Metric.NOTIFIED, record.channel)
