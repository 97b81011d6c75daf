"""Writes down what the code of today stores, for every later version to read.

Run `PYTHONPATH=tests:functions:layers/sportello python -m tools.golden 2026-11-29`, with some
AWS_DEFAULT_REGION, before a version is landed that stores something new; the folder of that name in
`tests/golden` is never changed again.
"""

import argparse
import base64
import json
from collections.abc import Iterable
from typing import Any, get_args

from sportello.conversation.effects import KnownEffect
from sportello.conversation.events import KnownEvent
from sportello.messaging.items import KnownItem
from support.golden_stories import STORIES, Items, items_left_by
from support.template import ROOT

GOLDEN = ROOT / "tests/golden"


def as_json(items: Items) -> str:
    """Return items as DynamoDB's JSON has them, with bytes in base64."""
    documents = [
        {name: _without_bytes(value) for name, value in sorted(item.items())} for item in items
    ]
    return json.dumps(documents, ensure_ascii=False, indent=1) + "\n"


def _without_bytes(value: dict[str, Any]) -> dict[str, Any]:
    return {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value


def kinds_without_example(items: Iterable[dict[str, Any]]) -> set[str]:
    """Return the types of events, effects and inbound items that no item is an example of."""
    examples = set()
    for item in items:
        match item["entity"]["S"]:
            case "events":
                examples |= {event["type"] for event in json.loads(item["events"]["S"])}
            case "effect":
                examples.add(json.loads(item["effect"]["S"])["type"])
            case "inbound":
                examples.add(item["kind"]["S"])
    ours = _kinds(KnownEvent, "type") | _kinds(KnownEffect, "type") | _kinds(KnownItem, "kind")
    return ours - examples


def _kinds(union: Any, field: str) -> set[str]:
    models = get_args(get_args(union.__value__)[0])
    return {model.model_fields[field].default for model in models}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of the version, its date as a rule")
    folder = GOLDEN / parser.parse_args().name
    stories = {name: items_left_by(story) for name, story in STORIES.items()}
    if missing := kinds_without_example(item for items in stories.values() for item in items):
        raise SystemExit(f"no story has an example of: {', '.join(sorted(missing))}")
    folder.mkdir()
    for name, items in stories.items():
        (folder / f"{name}.json").write_text(as_json(items), encoding="utf-8")
        print(f"{folder.name}/{name}: {len(items)} items")


if __name__ == "__main__":
    main()
