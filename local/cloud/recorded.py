"""Recorded provider payloads from `events/`, played as if they were said now."""

import json
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[2] / "events"

TIMES = frozenset({"timestamp", "date", "edit_date"})


def recorded_now(channel: str, case: str, replaced: Mapping[str, str] | None = None) -> bytes:
    """Return a payload with the present time and message ids of its own.

    `replaced` maps texts of the recording to what is to stand there, which is kept as it is.
    """
    text = (EVENTS / channel / f"{case}.json").read_text()
    for old, new in (replaced or {}).items():
        if old not in text:
            raise ValueError(f"{old!r} is not in events/{channel}/{case}.json")
        text = text.replace(old, new)
    replacements = frozenset((replaced or {}).values())
    return json.dumps(_said_now(json.loads(text), replacements)).encode()


def _said_now(node: Any, replacements: frozenset[str], key: str = "") -> Any:  # noqa: PLR0911 -- one arm for each shape, flat
    match node:
        case dict():
            return {name: _said_now(value, replacements, name) for name, value in node.items()}
        case list():
            return [_said_now(value, replacements) for value in node]
        case str() if key in TIMES and node.isdigit():
            return str(int(time.time()))
        case int() if key in TIMES:
            return int(time.time())
        case str() if key == "id" and node.startswith("wamid.") and node not in replacements:
            return f"wamid.{secrets.token_hex(12)}"
        case int() if key == "update_id":
            return secrets.randbelow(10**9)
        case _:
            return node
