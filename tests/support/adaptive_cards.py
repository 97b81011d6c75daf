"""The part of the schema of Adaptive Cards 1.4 that our cards use, and what Teams takes.

adaptivecards.io/schemas/1.4.0/adaptive-card.json; Teams adds its limit of size.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

MOST_BYTES = 28 * 1_024
MOMENT = re.compile(r"\{\{(?:DATE|TIME)\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?:, SHORT)?\)\}\}")
"""Capital letters, no spaces: learn.microsoft.com/adaptive-cards/authoring-cards/text-features."""

TEXT_BLOCK = {"type", "text", "size", "weight", "wrap", "spacing"}
TEXT_RUN = {"type", "text", "weight"}
SIZES = {"Default", "Small", "Medium", "Large", "ExtraLarge"}
WEIGHTS = {"Default", "Lighter", "Bolder"}
SPACINGS = {"Default", "None", "Small", "Medium", "Large", "ExtraLarge", "Padding"}


def check_message(body: bytes) -> dict[str, Any]:
    """Assert that a workflow posts a message as it is; return its card."""
    assert len(body) <= MOST_BYTES
    message = json.loads(body)
    assert message.keys() == {"type", "attachments"}
    assert message["type"] == "message"
    [attachment] = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["contentUrl"] is None
    card: dict[str, Any] = attachment["content"]
    _check_card(card)
    return card


def texts_of(card: dict[str, Any]) -> list[str]:
    """Return what stands in a card, an element a line."""
    return ["".join(_texts(element)) for element in card["body"]]


def _check_card(card: dict[str, Any]) -> None:
    assert card.keys() == {"$schema", "type", "version", "fallbackText", "body", "actions"}
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    for element in card["body"]:
        _check_element(element)
    for action in card["actions"]:
        assert action.keys() == {"type", "title", "url"}
        assert action["type"] == "Action.OpenUrl"
        assert urlsplit(action["url"]).scheme == "https"


def _check_element(element: dict[str, Any]) -> None:
    match element:
        case {"type": "TextBlock", "text": str(text)}:
            assert element.keys() <= TEXT_BLOCK
            assert element.get("size", "Default") in SIZES
            assert element.get("weight", "Default") in WEIGHTS
            assert element.get("spacing", "Default") in SPACINGS
            assert "{{" not in MOMENT.sub("", text)
            assert "[" not in text
        case {"type": "RichTextBlock", "inlines": [*runs]}:
            assert element.keys() == {"type", "inlines"}
            for run in runs:
                assert run.keys() <= TEXT_RUN
                assert run["type"] == "TextRun"
                assert run.get("weight", "Default") in WEIGHTS
                assert "{{" not in run["text"]
                assert "\n" not in run["text"]
        case _:
            raise AssertionError(element)


def _texts(element: dict[str, Any]) -> list[str]:
    runs = element.get("inlines", [element])
    return [run["text"] for run in runs]
