"""Reads the queue of subscriptions: a subscriber is told of an event, or a stretch is replayed."""

from collections.abc import Mapping

from sportello.aws.logs import Metric, logger
from sportello.entrypoints import queue_reader as queues
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.messaging.outbound_http import Reply, StepLimits
from sportello.messaging.public_calls import post_to_settings_url
from sportello.people.notifying.endpoint_urls import EndpointEnvironment
from sportello.subscriptions import attempts
from sportello.subscriptions.informing import Informing
from sportello.subscriptions.jobs import Job
from sportello.subscriptions.replaying import Replaying
from sportello.subscriptions.signing_keys import signing_keys

prepare("dynamodb", "secretsmanager")


def deliver(body: Mapping[str, str]) -> None:
    job = Job.model_validate(body)
    logger.append_keys(subscription=job.subscription)
    table, settings = runtime.table(), runtime.settings()
    if job.replay:
        Replaying(table, settings, runtime.utc_now).replay(job, job.replay)
    else:
        Informing(table, settings, signing_keys, post, runtime.utc_now).inform(job)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    return post_to_settings_url(
        url,
        body,
        headers,
        allow_private=EndpointEnvironment.load().allow_private_endpoints,
        deadline_seconds=attempts.TOTAL_SECONDS,
        limits=StepLimits(attempts.CONNECT_SECONDS, attempts.READ_SECONDS),
    )


handler = queues.queue_reader(deliver, Metric.EVENTS_OVERDUE, "subscriptions")
