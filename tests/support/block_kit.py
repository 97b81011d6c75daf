"""Slack's limits of messages, as docs.slack.dev/reference/block-kit has them (November 2026)."""

import json
import re
from typing import Any

MOST_BLOCKS = 50
MOST_TEXT = 3_000
MOST_HEADER = 150
MOST_FIELDS = 10
MOST_FIELD = 2_000
MOST_CONTEXT = 10
MOST_ACTIONS = 25
MOST_TITLE = 75
MOST_VALUE = 2_000
MOST_ACTION_ID = 255
MOST_FALLBACK = 4_000
"""What chat.postMessage recommends; chat.update refuses more."""

MOST_TOGETHER = 12_000
"""Undocumented: at some 13,200 Slack answers `msg_blocks_too_long` (slackapi/bolt-js#2509)."""

MARKUP = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-\d: ]+ UTC>|<@[UW][A-Z0-9]+>")
"""All the signs of Slack's that we ever write."""


def check_message(text: str, blocks: list[dict[str, Any]]) -> None:
    """Assert that Slack takes a message, and that nothing in it is a sign but our own."""
    assert 1 <= len(text) <= MOST_FALLBACK
    assert not re.search("[<>]", MARKUP.sub("", text))
    assert 1 <= len(blocks) <= MOST_BLOCKS
    assert len(json.dumps(blocks)) <= MOST_TOGETHER
    for block in blocks:
        _check_block(block)


def _check_block(block: dict[str, Any]) -> None:
    match block:
        case {"type": "header", "text": text, **rest}:
            assert text["type"] == "plain_text"
            _check_text(text, MOST_HEADER)
        case {"type": "section", "text": text, **rest}:
            _check_text(text, MOST_TEXT)
        case {"type": "section", "fields": fields, **rest}:
            assert 1 <= len(fields) <= MOST_FIELDS
            for field in fields:
                _check_text(field, MOST_FIELD)
        case {"type": "context", "elements": elements, **rest}:
            assert 1 <= len(elements) <= MOST_CONTEXT
            for element in elements:
                _check_text(element, MOST_TEXT)
        case {"type": "actions", "elements": elements, **rest}:
            assert 1 <= len(elements) <= MOST_ACTIONS
            names = [_check_button(element) for element in elements]
            assert len(names) == len(set(names))
        case _:
            raise AssertionError(block)
    assert not rest


def _check_button(button: dict[str, Any]) -> str:
    assert button.keys() <= {"type", "text", "action_id", "value", "style"}
    assert button["type"] == "button"
    assert button["text"]["type"] == "plain_text"
    _check_text(button["text"], MOST_TITLE)
    assert 1 <= len(button["action_id"]) <= MOST_ACTION_ID
    assert 1 <= len(button["value"]) <= MOST_VALUE
    assert button.get("style", "primary") in {"primary", "danger"}
    return str(button["action_id"])


def _check_text(text: dict[str, Any], most: int) -> None:
    assert 1 <= len(text["text"]) <= most
    assert "\n" not in text["text"]
    match text:
        case {"type": "plain_text", "text": content, "emoji": False, **rest}:
            assert not re.search("[<>]", content)
        case {"type": "mrkdwn", "text": content, "verbatim": True, **rest}:
            assert not re.search("[<>]", MARKUP.sub("", content))
        case _:
            raise AssertionError(text)
    assert not rest
    assert not re.search(r"&(?!(?:amp|lt|gt);)", content)
