"""What of the OpenAPI document follows from no route: parameters, headers, the problem document."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from agent_api.calls.problems import MEDIA_TYPE, TITLES
from agent_api.settings.settings_versions import HIGHEST
from agent_api.writing import drafts
from sportello.settings.kinds import KINDS

INFORMATION = {
    "title": "Sportello agent API",
    "version": "1",
    "description": "What people's tools call to read, take, answer and settle conversations.",
    "license": {"name": "MIT", "identifier": "MIT"},
}

ID_TOKEN = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "The ID token of a signed-in user of the user pool.",
}

_NAME = {"type": "string", "pattern": r"^[a-z0-9][a-z0-9_\-]{0,63}$"}

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "conversation_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "kind": {"type": "string", "enum": list(KINDS)},
    "agent_id": {"type": "string", "pattern": r"^[A-Za-z0-9_\-]{1,128}$"},
    "draft_kind": {"type": "string", "enum": list(drafts.KINDS)},
    "queue": _NAME,
    "name": _NAME,
    "version": {"type": "integer", "minimum": 0, "maximum": HIGHEST},
    "Idempotency-Key": {"type": "string", "pattern": "^[!-~]([ -~]{0,126}[!-~])?$"},
}
"""What stands in a path, or a header, of the names."""

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "ETag": {
        "description": "The version, for `If-Match` and `If-None-Match`.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'Calls left now (`r`), and seconds until all are (`t`): `"reads";r=99;t=1`.',
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": 'Calls at once (`q`), all back after `w` seconds: `"reads";q=100;w=4`.',
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which to repeat the call.",
        "schema": {"type": "integer", "minimum": 1},
    },
}

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "description": "RFC 9457. `type` is stable; of a gateway's own answers it is `about:blank`.",
    "type": "object",
    "required": ["type", "title"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string"},
                    "parameter": {"type": "string"},
                },
            },
        },
    },
}

_RETRIED = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


def header(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/headers/{name}"}


def parameter(
    place: str, name: str, schema: Mapping[str, Any], *, required: bool = True
) -> dict[str, Any]:
    described = {key: value for key, value in schema.items() if key != "description"}
    words = {"description": schema["description"]} if "description" in schema else {}
    return {"name": name, "in": place, "required": required, **words, "schema": described}


def problem_response(status: int, kinds: Iterable[str]) -> dict[str, Any]:
    """Describe the problems of a status; the gateway may answer some of them by itself."""
    lines = "\n".join(f"- `/problems/{kind}`: {TITLES[kind]}" for kind in kinds)
    headers = {"headers": {"Retry-After": header("Retry-After")}} if status in _RETRIED else {}
    return {
        "description": f"{HTTPStatus(status).phrase}\n\n{lines}",
        **headers,
        "x-problems": list(kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
