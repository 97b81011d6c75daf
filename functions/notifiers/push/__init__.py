"""Agent endpoints that are browsers: Web Push (RFC 8030) to the device that a person works at.

The push service, which the browser chose, learns that something came and when, and no more.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec

from pydantic import Field

from notifiers.push.keys import key_seed
from notifiers.push.message import document, life_seconds, payload, topic_of
from notifiers.push.subscription import Subscription
from sportello.aws.environment import Environment
from sportello.entrypoints import runtime
from sportello.entrypoints.notifier import notify_queue
from sportello.errors import EndpointGone, ProviderUnavailable, Rejected
from sportello.messaging.outbound_http import Reply
from sportello.people.notifying.endpoint_urls import post_to_endpoint, url_faults
from sportello.people.notifying.notice_texts import language_faults
from sportello.people.notifying.notifier import AddressFault, Notification

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NEVER = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
_KEY_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class PushEnvironment(Environment):
    """`push_contact` is whom a push service turns to; Apple's refuses messages without one."""

    push_contact: str = Field(pattern=r"^(mailto:[^\s@]+@[^\s@]+|https://\S+)$")


class Push:
    name = "push"
    address = Subscription
    notices: frozenset[str] | None = None

    def __init__(
        self,
        seed: Callable[[], str],
        post: Callable[[str, bytes, Mapping[str, str]], Reply],
        now: Callable[[], datetime],
    ) -> None:
        self._seed = seed
        self._post = post
        self._now = now

    def faults(self, address: Subscription) -> Sequence[AddressFault]:
        return [*language_faults(address.language), *url_faults("endpoint", address.endpoint)]

    def notify(self, notification: Notification) -> str:
        subscription = Subscription.model_validate(notification.address, extra="ignore")
        content = payload(notification, subscription)
        reply = self._push(notification, subscription, content)
        if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            brief = document(notification, subscription, brief=True)
            if brief != content:
                reply = self._push(notification, subscription, brief)
        _judge(reply)
        return ""

    def _push(
        self, notification: Notification, subscription: Subscription, content: bytes
    ) -> Reply:
        from notifiers.push.ciphers import encrypted, proof  # noqa: PLC0415 -- see its docstring

        url, now, keys = str(subscription.endpoint), self._now(), subscription.keys
        headers = {
            "authorization": proof(self._seed(), url, PushEnvironment.load().push_contact, now),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(life_seconds(notification, now)),
            "topic": topic_of(notification),
            "urgency": "high",
        }
        return self._post(url, encrypted(content, keys.receiver, keys.secret), headers)


def _judge(reply: Reply) -> None:
    """Raise what an answer means. RFC 8030, 5 and 8.4; RFC 8292, 4.

    Of a refused key nobody can tell whether the subscription was made with another one or our
    clock is wrong: it is tried again, so that a wrong clock ends no subscription. Microsoft says
    406 for 429: github.com/MicrosoftDocs/windows-dev-docs/issues/4166.
    """
    status = reply.status
    if reply.is_success:
        return
    if status in _GONE:
        raise EndpointGone(f"the push service answered {status}")
    if status in _NEVER:
        raise Rejected(f"the push service answered {status}")
    what = "refuses our key" if status in _KEY_REFUSED else "did not take the message"
    raise ProviderUnavailable(
        f"the push service {what}: {status}",
        retry_after_seconds=reply.retry_after_seconds,
    )


notifier = Push(key_seed, post_to_endpoint, runtime.utc_now)
notify = notify_queue(notifier)

if find_spec("http_ece"):
    # Where the layer is, it is loaded while Lambda starts us, at full speed.
    import_module("notifiers.push.ciphers")
