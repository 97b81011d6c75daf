"""What Slack calls when somebody presses a button: the offer is answered, and they are told.

Slack waits three seconds and shows an error to whoever pressed if it gets no 200 within them:
docs.slack.dev/interactivity/handling-user-interaction.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from notifiers.slack.address import SlackAddress, agent_pressing
from notifiers.slack.api import api_url
from notifiers.slack.buttons import ACCEPT, OfferButton, unsealed
from notifiers.slack.messages import SlackMessage, closed, escaped
from notifiers.slack.presses import FRESH, Press, check_signature, form_of, read_press
from notifiers.slack.secret import SigningSecrets, slack_secret
from sportello.aws.logs import Metric, count, logger
from sportello.entrypoints import runtime
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.initialization import prepare
from sportello.entrypoints.receiver import webhook_request
from sportello.errors import (
    MalformedPayload,
    NotConfigured,
    ProviderUnavailable,
    Retryable,
    Unauthenticated,
)
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.messaging.outbound_http import NoAnswer, Reply, post
from sportello.people.endpoints import endpoint_named
from sportello.people.notice_texts import NoticeTexts, notice_texts
from sportello.routing.endpoints import AgentEndpoint, personal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NAME = "slack"
REPLY_SECONDS = 1.0
"""For telling whoever pressed: what remains of Slack's three after a function that had to start."""
