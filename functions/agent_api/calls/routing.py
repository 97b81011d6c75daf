"""Which route a path means, and the values of its parameters.

API Gateway knows one resource, `/{proxy+}`, because each resource of its own would be a statement
in the function's policy, which holds about fifty. So the routes are resolved here, and a call goes
on as if its route had been a resource.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

LONGEST_PATH = 2_048
"""Characters as sent: room for every name that settings allow, each character percent-encoded."""

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Match:
    route: str
    parameters: Mapping[str, str]


def with_route(event: dict[str, Any], routes: Iterable[str]) -> dict[str, Any]:
    """Return a proxy event as if its route were a resource; one that no route fits as it is."""
    match event:
        case {
            "path": str(path),
            "pathParameters": {"proxy": str(proxy)},
            "requestContext": {"resourcePath": _} as context,
        }:
            match = match_route(_path_below_base(path, proxy), routes)
        case _:
            match = None
    if match is None:
        return event
    return event | {
        "resource": match.route,
        "pathParameters": dict(match.parameters),
        "requestContext": context | {"resourcePath": match.route},
    }


def _path_below_base(path: str, proxy: str) -> str:
    """Return the path without the base path that a custom domain maps to the stage.

    Both arguments are percent-encoded, as they were sent. `path` has the base path in it, `proxy`
    has not, but lacks slashes that are one too many: with these the whole path is what fits no
    route.
    """
    return path if "//" in path or path.endswith("/") else f"/{proxy}"


def match_route(path: str, routes: Iterable[str]) -> Match | None:
    """Find the route of a percent-encoded path; where two fit, a literal segment wins."""
    segments = _segments(path)
    if segments is None:
        return None
    templates = (route[1:].split("/") for route in routes)
    template = min(
        (template for template in templates if _fits(template, segments)),
        key=lambda template: [_is_parameter(part) for part in template],
        default=None,
    )
    if template is None:
        return None
    return Match(
        route="/" + "/".join(template),
        parameters={
            part[1:-1]: value
            for part, value in zip(template, segments, strict=True)
            if _is_parameter(part)
        },
    )


def _segments(path: str) -> list[str] | None:
    """Split, then decode, so that an encoded slash stays within its segment; None if malformed."""
    if len(path) > LONGEST_PATH or not path.startswith("/") or not path.isascii():
        return None
    raw = path[1:].split("/")
    if not all(raw) or _BROKEN_ESCAPE.search(path):
        return None
    try:
        return [unquote(segment, errors="strict") for segment in raw]
    except UnicodeDecodeError:
        return None


def _fits(template: list[str], segments: list[str]) -> bool:
    return len(template) == len(segments) and all(
        _is_parameter(part) or part == segment
        for part, segment in zip(template, segments, strict=True)
    )


def _is_parameter(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")
