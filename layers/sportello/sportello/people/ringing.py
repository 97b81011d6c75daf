"""How an agent endpoint is rung: the notice is loaded, sent by its notifier, and remembered."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sportello.aws.logs import Metric, count, logger
from sportello.conversation.effects import NotifyAgents, is_known
from sportello.errors import EndpointGone, LaterVersionNeeded, NotConfigured
from sportello.messaging.items import DeliveryStatus
from sportello.people.notifier import AgentNotifier, Notification
from sportello.people.settings import AgentEndpointSettings
from sportello.routing.endpoints import AgentEndpoint
from sportello.stored import is_unknown
from sportello.table.desk_table import DeskTable
from sportello.table.items import EffectRecord
from sportello.table.settings_store import SettingsStore

_OVER = frozenset({DeliveryStatus.ACCEPTED, DeliveryStatus.REFUSED})


class Ringing:
    """`clock` gives the present, aware."""

    def __init__(
        self,
        notifier: AgentNotifier[Any],
        table: DeskTable,
        settings: SettingsStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._notifier = notifier
        self._table = table
        self._settings = settings
        self._clock = clock

    def notify(self, conversation_id: str, effect_key: str) -> None:
        """Ring the endpoint named in the effect; a repeat after success rings nobody.

        An endpoint that says it is gone is rung no more until its settings change. Raises what
        else the notifier raises, and NotConfigured for an endpoint that is gone from the settings
        or is another notifier's: the queue tries again and in the end keeps the notice as a dead
        letter.
        """
        record, gone = self._table.notice(conversation_id, effect_key)
        if record is None:
            logger.warning("notice is gone, nobody to ring", effect_key=effect_key)
            return
        effect = record.effect
        if not is_known(effect) or is_unknown(record.status):
            raise LaterVersionNeeded(effect.type)
        if not isinstance(effect, NotifyAgents) or record.status in _OVER:
            return
        endpoint = self._endpoint(effect.endpoint)
        if gone and gone.settings_hash == endpoint.hash:
            logger.warning("endpoint is gone, not rung", endpoint=effect.endpoint)
            self._table.mark_not_notified(conversation_id, effect_key)
            return
        try:
            self._notifier.notify(_notification(record, effect, endpoint))
        except EndpointGone:
            self._mark_gone(effect.endpoint, endpoint, record.channel)
            self._table.mark_not_notified(conversation_id, effect_key)
            return
        self._table.mark_notified(conversation_id, effect_key)
        count(Metric.NOTIFIED, record.channel)

    def _endpoint(self, name: str) -> AgentEndpoint:
        endpoint = self._settings.get(AgentEndpointSettings).endpoints.get(name)
        if endpoint is None:
            raise NotConfigured(f"agent endpoint {name} is not in the settings")
        if endpoint.notifier != self._notifier.name:
            raise NotConfigured(f"agent endpoint {name} has another notifier by now")
        return endpoint

    def _mark_gone(self, name: str, endpoint: AgentEndpoint, channel: str) -> None:
        if self._table.endpoints.mark_gone(name, endpoint.hash, self._clock()):
            count(Metric.ENDPOINT_GONE, channel)
            logger.error(
                "endpoint is gone",
                endpoint=name,
                to_do="change its settings, or take it out of agent_endpoints and of queues",
            )


def _notification(
    record: EffectRecord, effect: NotifyAgents, endpoint: AgentEndpoint
) -> Notification:
    return Notification(
        id=f"{record.conversation_id}/{effect.key}",
        notice=effect.notice,
        at=record.decided_at,
        conversation_id=record.conversation_id,
        channel=record.channel,
        endpoint=effect.endpoint,
        address=endpoint.address,
        data=effect.data,
    )
