"""The agent API behind a session of `requests`, as behind API Gateway: no socket is used."""

import base64
from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from agent_api.app import handler
from support.agent_calls import LambdaContext, event_of

BASE = "http://desk.test/v1"


class Gateway(HTTPAdapter):
    """Hands each request to the function with the claims of a caller."""

    def __init__(self, claims: Mapping[str, str]) -> None:
        super().__init__()
        self._claims = claims

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        raw = handler(event_from(request, self._claims), LambdaContext())
        answer = HTTPResponse(
            body=BytesIO(raw["body"].encode()),
            headers=raw["headers"],
            status=raw["statusCode"],
            reason=HTTPStatus(raw["statusCode"]).phrase,
            preload_content=False,
        )
        return self.build_response(request, answer)


def event_from(request: requests.PreparedRequest, claims: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    sent = request.body or b""
    body = sent.encode() if isinstance(sent, str) else sent
    assert isinstance(body, bytes)
    query = parse_qsl(parts.query, keep_blank_values=True)
    event = event_of(
        request.method or "",
        parts.path.removeprefix("/v1"),
        claims=claims,
        headers={name: str(value) for name, value in request.headers.items()},
        query=dict(query),
    )
    encoded = base64.b64encode(body).decode() if body else None
    return event | {"body": encoded, "isBase64Encoded": bool(encoded)}


def session(agent: str, groups: str) -> requests.Session:
    """Return a session in which somebody is signed in."""
    ours = requests.Session()
    ours.trust_env = False
    ours.mount(BASE, Gateway({"sub": agent, "cognito:groups": groups}))
    return ours
