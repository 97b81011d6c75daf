"""Agent endpoints that are Slack channels, or one person's messages with the app.

docs.slack.dev/reference/methods/chat.postMessage and chat.update. Slack knows no idempotency key:
when it gave no answer a notice may be rung twice, and the first ring is then never taken back; its
buttons say that the offer is over.
"""

from collections.abc import Callable, Sequence
from functools import partial

from notifiers.slack.address import SlackAddress
from notifiers.slack.api import Receipt, SlackApi, api_url
from notifiers.slack.buttons import OfferButton, sealed
from notifiers.slack.messages import ended, ring
from notifiers.slack.secret import BotToken, SigningSecrets, slack_secret
from sportello.entrypoints.notifier import notify_queue
from sportello.people.notifying.notice_texts import language_faults
from sportello.people.notifying.notifier import NEEDING_SOMEBODY, AddressFault, Notification
from sportello.routing.endpoints import takes_back

OFFER_ENDS = frozenset({"offer.accepted", "offer.declined", "offer.expired", "offer.withdrawn"})


class Slack:
    name = "slack"
    address = SlackAddress
    notices: frozenset[str] | None = NEEDING_SOMEBODY | OFFER_ENDS

    def __init__(self, api: SlackApi, signing: Callable[[], SigningSecrets]) -> None:
        self._api = api
        self._signing = signing

    def faults(self, address: SlackAddress) -> Sequence[AddressFault]:
        return language_faults(address.language)

    def notify(self, notification: Notification) -> str:
        address = SlackAddress.model_validate(notification.address, extra="ignore")
        if not takes_back(notification.notice):
            message = ring(notification, address, self._seal)
            receipt = self._api.post(address.channel, message)
            return str(receipt) if receipt else ""
        # Without a receipt nothing was rung, or nobody knows where.
        if rung := Receipt.read(notification.receipt):
            self._api.update(rung, ended(notification, address, rung.rung_at))
        return ""

    def _seal(self, button: OfferButton) -> str:
        return sealed(button, self._signing().keys[0])


notifier = Slack(
    SlackApi(partial(slack_secret, BotToken), api_url), partial(slack_secret, SigningSecrets)
)
notify = notify_queue(notifier)
