"""How an agent endpoint is rung: the notice is loaded, sent by its notifier, and remembered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sportello.aws.logs import Metric, count, logger
from sportello.conversation.effects import NotifyAgents, is_known
from sportello.errors import (
    ConfigurationRefused,
    EndpointGone,
    ForbiddenUrl,
    LaterVersionNeeded,
    NobodyThere,
    NotConfigured,
    ProviderUnavailable,
    Rejected,
    Retryable,
)
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_http import NoAnswer
from sportello.people.notifying.endpoints import endpoint_named
from sportello.people.notifying.notifier import AgentNotifier, Notification, OfferLinks
from sportello.people.notifying.open_offers import is_open
from sportello.routing.breaker import (
    LONGEST_REST,
    PROBE_PATIENCE_SECONDS,
    Breaker,
    admission,
    after_failure,
    after_success,
    breaker_under,
)
from sportello.routing.endpoints import (
    OFFERED,
    AgentEndpoint,
    Circumstances,
    Unwanted,
    personal,
    takes_back,
    unwanted,
)
from sportello.stored import is_unknown
from sportello.table.agents.endpoint_table import written_breaker
from sportello.table.desk_table import DeskTable
from sportello.table.effect_table import StoredNotice
from sportello.table.items import EffectRecord
from sportello.table.settings.settings_store import SettingsStore

GONE = "gone"
REJECTED = "rejected"
WITHDRAWN = "withdrawn"
NOBODY_THERE = "nobody_there"
"""Why an endpoint was not rung, beside that it did not want to be: kept as the notice's code."""

RING_FIRST = timedelta(minutes=1)
"""How long the end of an offer waits for its ring, which may be under way."""

LONGEST_WISH_SECONDS = LONGEST_REST // timedelta(seconds=1)
"""How long an endpoint may put a notice off: later it is asked again, customers wait."""

_LONGEST_REASON = 200
_OVER = frozenset({DeliveryStatus.ACCEPTED, DeliveryStatus.REFUSED})

type MakeLinks = Callable[[Notification], OfferLinks | None]


class _Bell(NamedTuple):
    """One notice and the endpoint that is to be rung with it."""

    record: EffectRecord
    notice: NotifyAgents
    endpoint: AgentEndpoint
    context: StoredNotice


class Ringing:
    """`clock` gives the present, aware; `links` those by which an offer is answered, if any."""

    def __init__(
        self,
        notifier: AgentNotifier[Any],
        table: DeskTable,
        settings: SettingsStore,
        clock: Callable[[], datetime],
        links: MakeLinks = lambda _: None,
    ) -> None:
        self._notifier = notifier
        self._table = table
        self._settings = settings
        self._clock = clock
        self._links = links

    def notify(self, conversation_id: str, effect_key: str) -> None:
        """Ring the endpoint named in the effect; a repeat after success rings nobody.

        An endpoint that says it is gone is rung no more until its settings change, one that fails
        again and again not for a while, and what it rejects is not offered to it again. Raises
        what else the notifier raises, ProviderUnavailable while
        an endpoint rests, Retryable for the end of an offer whose ring is under way, and
        NotConfigured for an endpoint that is gone from the settings or is another notifier's: the
        queue tries again and in the end keeps the notice as a dead letter.
        """
        context = self._table.notice(conversation_id, effect_key)
        record = context.record
        if record is None:
            logger.warning("notice is gone, nobody to ring", effect_key=effect_key)
            return
        notice = record.effect
        if not is_known(notice) or is_unknown(record.status):
            raise LaterVersionNeeded(notice.type)
        if not isinstance(notice, NotifyAgents) or record.status in _OVER:
            return
        bell = _Bell(record, notice, self._endpoint(notice.endpoint), context)
        if code := self._why_not(bell):
            logger.info("endpoint is not rung", endpoint=notice.endpoint, reason=code)
            self._table.mark_not_notified(conversation_id, effect_key, code)
            return
        self._ring(bell)

    def _endpoint(self, name: str) -> AgentEndpoint:
        endpoint = endpoint_named(name, self._table, self._settings)
        if endpoint is None:
            raise NotConfigured(f"agent endpoint {name} is not in the settings")
        if endpoint.notifier != self._notifier.name:
            raise NotConfigured(f"agent endpoint {name} has another notifier by now")
        return endpoint

    def _why_not(self, bell: _Bell) -> str:
        """Return why a notice rings nobody; empty if it rings."""
        notice, endpoint, state = bell.notice, bell.endpoint, bell.context.state
        if bell.context.mark.is_gone(endpoint.hash):
            return GONE
        if takes_back(notice.notice):
            return self._why_not_taken_back(bell)
        if notice.notice == OFFERED and not is_open(state, notice.data.get("offer_id", "")):
            return WITHDRAWN
        circumstances = Circumstances(
            channel=bell.record.channel,
            queue=str(notice.data.get("queue") or state.queue),
            priority=state.priority,
        )
        now, usual = self._clock(), self._notifier.notices
        return unwanted(endpoint, notice.notice, circumstances, now, usual) or ""

    def _why_not_taken_back(self, bell: _Bell) -> str:
        """The end of an offer goes where its ring went, whatever the endpoint filters."""
        usual, ring = self._notifier.notices, bell.context.ring
        if usual is not None and bell.notice.notice not in usual:
            return Unwanted.FILTERED
        if ring is None:
            return ""
        if ring.status is DeliveryStatus.REFUSED and ring.error_code != WITHDRAWN:
            return ring.error_code
        if ring.status not in _OVER and self._clock() - bell.record.decided_at < RING_FIRST:
            raise Retryable("the ring that is to be taken back is still under way")
        # A ring that was withdrawn may have been heard at an attempt that got no answer.
        return ""

    def _ring(self, bell: _Bell) -> None:
        conversation_id, key = bell.record.conversation_id, bell.notice.key
        breaker = self._admitted(bell)
        try:
            receipt = self._receipt_of(self._notification(bell))
        except EndpointGone:
            self._mark_gone(bell)
            self._table.mark_not_notified(conversation_id, key, GONE)
            return
        except NobodyThere:
            logger.info("nobody is there to be rung", endpoint=bell.notice.endpoint)
            self._table.mark_not_notified(conversation_id, key, NOBODY_THERE)
            return
        except NotConfigured:
            raise  # a fault of ours, which says nothing of the endpoint
        except (ProviderUnavailable, ConfigurationRefused, ForbiddenUrl) as error:
            self._note_failure(bell, breaker, error)
            raise
        except Rejected as error:
            self._note_failure(bell, breaker, error)
            logger.error("notice is refused", endpoint=bell.notice.endpoint, reason=str(error))
            self._table.mark_not_notified(conversation_id, key, REJECTED)
            return
        self._table.mark_notified(conversation_id, key, receipt)
        count(Metric.NOTIFIED, bell.record.channel)
        if news := after_success(breaker, self._clock()):
            self._table.endpoints.note_success(bell.notice.endpoint, news)

    def _receipt_of(self, notification: Notification) -> str:
        """Ring once; the endpoint's own wish counts as far as customers can wait for it."""
        try:
            return self._notifier.notify(notification)
        except NoAnswer:
            # Perhaps it has rung: twice is better than not at all.
            raise ProviderUnavailable("no answer from the endpoint") from None
        except ProviderUnavailable as error:
            wish = min(error.retry_after_seconds or 0, LONGEST_WISH_SECONDS)
            raise ProviderUnavailable(str(error), retry_after_seconds=wish) from None

    def _admitted(self, bell: _Bell) -> Breaker:
        """Return the endpoint's breaker, if it lets the endpoint be rung now."""
        mark = bell.context.mark
        breaker = breaker_under(bell.endpoint.hash, mark.breaker)
        door = admission(breaker, self._clock())
        if door.wait_seconds:
            raise ProviderUnavailable(
                "the endpoint rests after failures", retry_after_seconds=door.wait_seconds
            )
        if door.trial is None:
            return breaker
        name = bell.notice.endpoint
        if not self._table.endpoints.note_unless_changed(name, door.trial, mark.written):
            raise ProviderUnavailable(
                "somebody else tries the endpoint", retry_after_seconds=PROBE_PATIENCE_SECONDS
            )
        return door.trial

    def _note_failure(self, bell: _Bell, breaker: Breaker, error: Exception) -> None:
        """Count a failure; two at the very same moment count once."""
        wish = error.retry_after_seconds if isinstance(error, ProviderUnavailable) else None
        reason = str(error)[:_LONGEST_REASON]
        failing = after_failure(breaker, reason, self._clock(), wish or 0)
        name, mark = bell.notice.endpoint, bell.context.mark
        before = written_breaker(breaker) if breaker.is_open else mark.written
        noted = self._table.endpoints.note_unless_changed(name, failing, before)
        if noted and failing.is_open:
            count(Metric.ENDPOINT_RESTS, bell.record.channel)
            logger.warning(
                "endpoint rests after failures", endpoint=name, failures=failing.failures
            )

    def _mark_gone(self, bell: _Bell) -> None:
        name = bell.notice.endpoint
        if self._table.endpoints.mark_gone(name, bell.endpoint.hash, self._clock()):
            count(Metric.ENDPOINT_GONE, bell.record.channel)
            logger.error("endpoint is gone", endpoint=name, to_do=_to_do(name))

    def _notification(self, bell: _Bell) -> Notification:
        record, notice = bell.record, bell.notice
        own, ring = personal(notice.endpoint), bell.context.ring
        notification = Notification(
            id=f"{record.conversation_id}/{notice.key}",
            notice=notice.notice,
            at=record.decided_at,
            conversation_id=record.conversation_id,
            channel=record.channel,
            endpoint=notice.endpoint,
            address=bell.endpoint.address,
            data=notice.data,
            agent_id=own.agent_id if own else "",
            receipt=ring.receipt if ring else "",
        )
        return notification.model_copy(update={"links": self._links(notification)})


def _to_do(endpoint: str) -> str:
    if personal(endpoint):
        return "have its agent change it, or take it out of their profile"
    return "change its settings, or take it out of agent_endpoints and of queues"
