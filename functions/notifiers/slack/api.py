"""Calls of Slack's Web API, and what its refusals mean.

Slack answers 200 whether it took a call or not, and says which in `ok`; 429 with Retry-After when
there were too many: docs.slack.dev/apis/web-api/rate-limits (a message a second to a channel).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Self

from pydantic import Field

from notifiers.slack.messages import SlackMessage
from notifiers.slack.secret import BotToken
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.errors import ConfigurationRefused, EndpointGone, ProviderUnavailable, Rejected
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.outbound_http import Reply, post_json
from sportello.model import Model

FAULTS: Mapping[str, ChannelFault] = {
    **dict.fromkeys(
        (
            "account_inactive",
            "invalid_auth",
            "not_allowed_token_type",
            "not_authed",
            "token_expired",
            "token_revoked",
            "two_factor_setup_required",
        ),
        ChannelFault.TOKEN,
    ),
    **dict.fromkeys(
        (
            "access_denied",
            "accesslimited",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "missing_scope",
            "no_permission",
            "not_in_channel",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "team_access_not_granted",
            "messages_tab_disabled",
        ),
        ChannelFault.PERMISSION,
    ),
    # Of a private channel too that the app was not invited to.
    "channel_not_found": ChannelFault.ADDRESS,
    "team_not_found": ChannelFault.ADDRESS,
    "deprecated_endpoint": ChannelFault.ADDRESS,
    "method_deprecated": ChannelFault.ADDRESS,
    "message_limit_exceeded": ChannelFault.SENDING_LIMIT,
}
"""What an operator cures. The errors of both methods are listed on their pages."""

GONE = frozenset({"is_archived", "is_inactive", "user_disabled", "user_not_found"})
"""People have closed the channel, or the person has left."""

OURS = frozenset(
    {
        "as_user_not_supported",
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "cant_broadcast_message",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_form_data",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_dual_broadcast_content_update",
        "no_text",
        "slack_connect_file_link_sharing_blocked",
        "too_many_attachments",
    }
)
"""Faults of the message: the same one will never be taken."""

NOTHING_LEFT = frozenset(
    {
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "message_not_found",
        "not_in_channel",
        *GONE,
    }
)
"""A ring that can be taken back no more: it was deleted, or may not be edited any longer."""


class SlackApiEnvironment(Environment):
    slack_api_url: str = Field(min_length=1)


class Receipt(Model):
    """Where a ring stands; of a person's id that was rung Slack has made a channel."""

    channel: str
    ts: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.ts}"

    @classmethod
    def read(cls, receipt: str) -> Self | None:
        match = re.fullmatch(r"([CGD][A-Z0-9]{2,30}):(\d{9,10}\.\d{1,9})", receipt, re.ASCII)
        return cls(channel=match[1], ts=match[2]) if match else None

    @property
    def rung_at(self) -> datetime:
        """A message's name in its channel is also when it was posted."""
        return datetime.fromtimestamp(float(self.ts), UTC)


class SlackApi:
    """`token` and `api_url` are asked at each call: both may change while a process lives."""

    def __init__(
        self,
        token: Callable[[], BotToken],
        api_url: Callable[[], str],
        post: Callable[[str, Any, Mapping[str, str]], Reply] = post_json,
    ) -> None:
        self._token = token
        self._api_url = api_url
        self._post = post

    def post(self, channel: str, message: SlackMessage) -> Receipt | None:
        """Write a message; raises as `AgentNotifier.notify` does."""
        quiet = {"unfurl_links": False, "unfurl_media": False, "link_names": False}
        answer = self._call("chat.postMessage", {"channel": channel, **quiet, **_content(message)})
        _raise_refusal(answer)
        return Receipt.read(f"{answer.get('channel')}:{answer.get('ts')}")

    def update(self, receipt: Receipt, message: SlackMessage) -> None:
        """Write a message in another's place; if that is gone, nothing is left to take back."""
        place = {"channel": receipt.channel, "ts": receipt.ts}
        answer = self._call("chat.update", {**place, "link_names": False, **_content(message)})
        if answer.get("error") in NOTHING_LEFT:
            logger.info("a ring could not be taken back", error_code=answer["error"])
            return
        _raise_refusal(answer)

    def _call(self, method: str, document: dict[str, Any]) -> dict[str, Any]:
        """Return Slack's own answer; raises ProviderUnavailable where another one came."""
        token = self._token().bot_token.get_secret_value()
        url = f"{self._api_url().rstrip('/')}/{method}"
        headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/json; charset=utf-8",
        }
        reply = self._post(url, document, headers)
        answer = reply.document()
        is_slacks = isinstance(answer, dict) and isinstance(answer.get("ok"), bool)
        if reply.status != HTTPStatus.OK or not is_slacks:
            raise ProviderUnavailable(
                f"Slack answered {reply.status}", retry_after_seconds=reply.retry_after_seconds
            )
        return dict(answer)


def _content(message: SlackMessage) -> dict[str, Any]:
    # `none` is not the default of chat.update: what looks like a name would become a mention.
    return {"text": message.text, "blocks": list(message.blocks), "parse": "none"}


def _raise_refusal(answer: Mapping[str, Any]) -> None:
    if answer["ok"]:
        return
    error = answer.get("error")
    code = error if isinstance(error, str) and re.fullmatch(r"[a-z_]{1,64}", error) else "unknown"
    if code in GONE:
        raise EndpointGone(f"Slack answered {code}")
    if code in FAULTS:
        raise ConfigurationRefused(FAULTS[code], code)
    if code in OURS:
        raise Rejected(f"Slack refuses the message: {code}")
    # Busy, broken, moving house, or of a later day: all of them may pass.
    raise ProviderUnavailable(f"Slack answered {code}")


def api_url() -> str:
    return SlackApiEnvironment.load().slack_api_url
