"""How a notifier's queue calls it: the factory that `notify` handlers are made with."""

from typing import Any

from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.aws.logs import Metric, logger
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.initialization import prepare
from sportello.entrypoints.queue_reader import Job, queue_reader
from sportello.errors import NotConfigured, SecretsUnavailable
from sportello.people.notifying.answer_links import AnswerLinkSecret, is_answerable, offer_links
from sportello.people.notifying.notifier import AgentNotifier, Notification, OfferLinks
from sportello.people.notifying.ringing import Ringing


class LinkSigningEnvironment(Environment):
    """A notifier without them gets no links: it has no use for them, or may not sign any."""

    answer_url_base: str = ""
    answer_link_secret: str = ""


def notify_queue(notifier: AgentNotifier[Any], *services: str) -> Handler:
    """Make the handler of a notifier's queue; `services` are those of AWS that it rings by."""
    prepare("dynamodb", "secretsmanager", *services)

    def notify_one(job: Job) -> None:
        logger.append_keys(conversation_id=job["conversation_id"])
        ringing = Ringing(
            notifier, runtime.table(), runtime.settings(), runtime.utc_now, answer_links
        )
        ringing.notify(job["conversation_id"], job["effect_key"])

    return queue_reader(notify_one, Metric.NOTICES_OVERDUE, notifier.name)


def answer_links(notification: Notification) -> OfferLinks | None:
    """Make the links of an offer to one person; without its secret it rings without links."""
    environment = LinkSigningEnvironment.load()
    if not environment.answer_url_base or not is_answerable(notification):
        return None
    try:
        secret = read_secret(environment.answer_link_secret, AnswerLinkSecret)
    except (NotConfigured, SecretsUnavailable) as error:
        logger.error("rung without links", error=type(error).__name__, reason=str(error))
        return None
    return offer_links(notification, secret.keys[0], environment.answer_url_base)
