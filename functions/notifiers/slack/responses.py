"""What whoever pressed a button is told, through the URL that came with the press.

docs.slack.dev/interactivity/handling-user-interaction: good for five messages within half an hour.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from notifiers.slack.messages import SlackMessage, escaped
from sportello.aws.logs import logger
from sportello.errors import ProviderUnavailable
from sportello.messaging.outbound_http import NoAnswer, Reply, post

SECONDS = 1.0
"""What is left of the three that Slack waits, after a function that had to start has answered."""

type Response = Mapping[str, Any]
type Respond = Callable[[str, Response], None]
"""Posts a response to a URL that came with a press."""

_PLAIN_URL = re.compile(r"(https?)://([A-Za-z0-9.-]+)(:\d{1,5})?/[A-Za-z0-9/_.~-]*", re.ASCII)
"""Nothing in it that two readers of URLs could understand in two ways."""


def alone(words: str) -> Response:
    """Tell only the person who pressed, below the message, which stays as it is."""
    return {"response_type": "ephemeral", "replace_original": False, "text": escaped(words)}


def instead(message: SlackMessage) -> Response:
    """Put another message in the place of the one with the buttons."""
    return {"replace_original": True, "text": message.text, "blocks": list(message.blocks)}


class Responding:
    """`api_url` says which host Slack is: what is below it is Slack's, and nothing else."""

    def __init__(self, api_url: Callable[[], str], send: Callable[..., Reply] = post) -> None:
        self._api_url = api_url
        self._send = send

    def __call__(self, url: str, response: Response) -> None:
        """Post a response once; that it did not arrive changes nothing of what was done."""
        if not is_below(url, self._api_url()):
            logger.warning("response URL is not Slack's, nobody told")
            return
        body = json.dumps(response).encode()
        headers = {"content-type": "application/json; charset=utf-8"}
        try:
            reply = self._send(url, body, headers, deadline_seconds=SECONDS)
        except (NoAnswer, ProviderUnavailable) as error:
            logger.warning("whoever pressed was not told", error=type(error).__name__)
            return
        if not reply.is_success:
            logger.warning("whoever pressed was not told", error=f"http_{reply.status}")


def is_below(url: str, api_url: str) -> bool:
    """Tell whether a URL has the scheme of Slack's API, and its host or one below that."""
    api = urlsplit(api_url)
    parts = _PLAIN_URL.fullmatch(url)
    if parts is None or api.hostname is None:
        return False
    scheme, host, port = parts[1], parts[2].lower(), (parts[3] or "").removeprefix(":")
    below = host == api.hostname or host.endswith(f".{api.hostname}")
    return scheme == api.scheme and port == str(api.port or "") and below
