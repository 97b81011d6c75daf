"""Events as every landed version has written them into the log."""

import json
from collections.abc import Iterator

from sportello.conversation.events import ConversationEvent
from sportello.table.items import LogEntry
from support.template import ROOT


def logged_events() -> Iterator[ConversationEvent]:
    for file in sorted((ROOT / "tests/golden").glob("*/*.json")):
        for item in json.loads(file.read_text(encoding="utf-8")):
            if item["entity"]["S"] == "events":
                yield from LogEntry.from_attributes(item).events
