"""The document of subscriptions: what a client may write into it, and what it leaves behind."""

from collections.abc import Iterator, Mapping
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from agent_api.calls.problems import Fault, invalid
from agent_api.calls.request_parts import MAX_FAULTS, pointer
from agent_api.settings.endpoint_addresses import judged_at_once
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.people.notifying.endpoint_urls import url_faults
from sportello.settings_document import SettingsDocument
from sportello.subscriptions import signing_keys
from sportello.subscriptions.schemas import published_types
from sportello.subscriptions.settings import Subscription, SubscriptionSettings, fits
from sportello.table.items import StoredSettings

BASE = SubscriptionSettings.kind


def refuse_unfit_subscriptions(document: SettingsDocument, current: StoredSettings | None) -> None:
    """Have new and changed addresses judged, and events that nobody publishes refused."""
    if not isinstance(document, SubscriptionSettings):
        return
    in_force = current.part("subscriptions") if current else {}
    changed = {
        name: subscription
        for name, subscription in document.subscriptions.items()
        if subscription.model_dump(mode="json") != in_force.get(name)
    }
    if faults := [*_unknown_events(changed), *_forbidden(changed)]:
        raise invalid(*faults[:MAX_FAULTS])


def forget_removed_subscribers(document: SettingsDocument, current: StoredSettings | None) -> None:
    """Let one that is put in again begin anew; its secret can be had back for a week."""
    if not isinstance(document, SubscriptionSettings) or current is None:
        return
    for name in current.part("subscriptions").keys() - document.subscriptions.keys():
        runtime.table().subscriptions.subscribers.forget(name)
        try:
            signing_keys.retire(name)
        except (ClientError, BotoCoreError) as error:
            # The document is written: a secret that is left costs money, and nothing else.
            logger.error("secret is left", subscription=name, error=type(error).__name__)


def _unknown_events(subscriptions: Mapping[str, Subscription]) -> Iterator[Fault]:
    types = published_types()
    for name, subscription in subscriptions.items():
        for number, pattern in enumerate(subscription.events):
            if not any(fits(pattern, event_type) for event_type in types):
                place = pointer((BASE, name, "events", number))
                yield Fault(pointer=place, detail="Nothing of that name is published.")


def _forbidden(subscriptions: Mapping[str, Subscription]) -> Iterator[Fault]:
    judges = {name: partial(url_faults, "url", each.url) for name, each in subscriptions.items()}
    for name, fault in judged_at_once(judges):
        yield Fault(pointer=pointer((BASE, name, fault.field)), detail=fault.detail)
