"""Calls of the agent API as API Gateway makes them, with the claims Cognito would prove."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.utilities import typing

from agent_api.app import handler
from support.builders import CONVERSATION
from support.conformance import hold_to_document

REQUEST_ID = "0c1e6b4e-8a1f-4a53-9d43-2f3f0c8f9a11"

PARAMETERS = {
    "agent_id": "anna",
    "conversation_id": CONVERSATION,
    "kind": "bot",
    "name": "default",
    "queue": "default",
    "version": "1",
}
"""Something for every place in a path."""


class LambdaContext(typing.LambdaContext):
    """What Lambda tells a function of itself, as far as anybody asks."""

    def __init__(self, function_name: str = "agent-api") -> None:
        self._function_name = function_name
        self._memory_limit_in_mb = 512
        self._invoked_function_arn = (
            f"arn:aws:lambda:eu-south-1:123456789012:function:{function_name}"
        )
        self._aws_request_id = "00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The last part of the problem's type; fails unless this is a well-formed problem."""
        document = self.document
        assert self.headers["content-type"] == "application/problem+json"
        assert document["status"] == self.status
        assert document["instance"] == f"urn:uuid:{REQUEST_ID}"
        assert document["title"]
        assert document["detail"]
        kind: str = document["type"]
        assert kind.startswith("/problems/")
        return kind.removeprefix("/problems/")


def call(
    method: str,
    path: str,
    body: Any = None,
    *,
    agent: str = "anna",
    groups: str = "agent",
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    **changes: Any,
) -> Answer:
    """Call a path as it is sent; a body that is not text is sent as JSON.

    `changes` are to the event. The answer is held to the document of the API.
    """
    claims = {"sub": agent, "cognito:groups": groups}
    event = event_of(method, path, claims=claims, body=body, headers=headers or {}, query=query)
    raw = handler(event | changes, LambdaContext())
    answer = Answer(
        status=raw["statusCode"],
        headers={name.lower(): value for name, value in raw["headers"].items()},
        body=raw["body"],
    )
    media_type = answer.headers.get("content-type", "")
    hold_to_document(method, path, answer.status, media_type, answer.body)
    return answer


def event_of(
    method: str,
    path: str,
    *,
    claims: Mapping[str, str] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Make the event of the proxy resource, whose parameter lacks empty segments of the path."""
    resource = "/{proxy+}"
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    sent = {} if text is None else {"Content-Type": "application/json"}
    all_headers = {**sent, **(headers or {})}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": all_headers or None,
        "multiValueHeaders": {name: [value] for name, value in all_headers.items()} or None,
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {n: [v] for n, v in query.items()} if query else None,
        "pathParameters": {"proxy": "/".join(filter(None, path.split("/")))},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "path": f"/v1{path}",
            "httpMethod": method,
            "requestId": REQUEST_ID,
            "authorizer": {"claims": dict(claims or {})},
        },
        "body": text,
        "isBase64Encoded": False,
    }
