"""The examples of the OpenAPI document, taken out of `docs/agent-api.md`.

Run `PYTHONPATH=functions:layers/sportello python -m tools.examples` after a change of the page's
examples. A call is a block that begins with its request line, or else the heading that names its
route; the first JSON after it is its answer.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent_api.app import app
from agent_api.calls.routing import match_route
from agent_api.documentation.api_document import EXAMPLES

PAGE = Path(__file__).parents[1] / "docs" / "agent-api.md"

_PARTS = re.compile(
    r"^(?:#+ (?P<heading>[^\n]*)|```(?P<kind>\w*)\n(?P<block>.*?)^```)$", re.MULTILINE | re.DOTALL
)
_ROUTE = re.compile(r"`([A-Z]+) (/\S*)`")
_REQUEST_LINE = re.compile(r"([A-Z]+) /v1(/[^\s?]*)")

type Examples = dict[str, dict[str, Any]]


def examples(page: str) -> Examples:
    """Return by route, as `GET /me`, what the page shows as `request` and `response`."""
    shown: Examples = {}
    for route, role, document in _documents(page):
        shown.setdefault(route, {}).setdefault(role, document)
    return dict(sorted(shown.items()))


def _documents(page: str) -> Iterator[tuple[str, str, Any]]:
    route = ""
    for part in _PARTS.finditer(page):
        if part["heading"] is not None:
            named = _ROUTE.match(part["heading"])
            route = f"{named[1]} {named[2]}" if named else ""
            continue
        block, role = part["block"], "response"
        if part["kind"] == "http" and (line := _REQUEST_LINE.match(block)):
            match = match_route(line[2], app.routes)
            route, role = f"{line[1]} {match.route}" if match else "", "request"
        document = _json_in(block) if part["kind"] in {"http", "json"} else None
        if route and document is not None:
            yield route, role, document


def _json_in(block: str) -> Any:
    """Return the JSON at the end of a block, None where there is none."""
    start = re.search(r"^\{", block, re.MULTILINE)
    return json.loads(block[start.start() :]) if start else None


def main() -> None:
    made = examples(PAGE.read_text(encoding="utf-8"))
    EXAMPLES.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
