"""What a function called and was answered, in order, with the bytes that go over the wire."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

OK, BAD_REQUEST = 200, 400
PROVIDER_CALL = "POST"
"""What a call to a provider or an agents' endpoint is named by; one of AWS by its operation."""


@dataclass(frozen=True)
class Call:
    service: str
    operation: str
    status: int
    body: bytes

    @cached_property
    def headers(self) -> dict[str, str]:
        if self.service == "s3":
            return {"content-length": str(len(self.body)), "x-amz-request-id": "made-up"}
        # The SDK checks DynamoDB's answers against this sum, which takes time of its own.
        sum_of_body = {"x-amz-crc32": str(zlib.crc32(self.body))}
        return {
            "content-type": "application/x-amz-json-1.0",
            "content-length": str(len(self.body)),
            "x-amzn-requestid": "00000000-0000-4000-8000-000000000002",
            **(sum_of_body if self.service == "dynamodb" else {}),
        }


type Tape = tuple[Call, ...]


OF_S3 = {"PUT": "PutObject"}
"""S3 is called by HTTP's methods, and answers a file that is put with nothing."""

OF_CONNECTIONS = {"POST": "PostToConnection", "DELETE": "DeleteConnection"}


def operation_of(request: Any) -> str:
    """Return what a signed request of the SDK asks for; REST says it by method and path."""
    target = request.headers.get("X-Amz-Target")
    if target is None:
        if "/@connections/" in request.url:
            return OF_CONNECTIONS[request.method]
        return "Invoke" if "/functions/" in request.url else OF_S3[request.method]
    text = target if isinstance(target, str) else target.decode()
    return str(text.rpartition(".")[2])


def answer_of(service: str, operation: str, answer: Mapping[str, Any]) -> Call:
    if service == "s3":
        return Call(service, operation, OK, b"")
    return Call(service, operation, OK, _encoded(answer))


def refusal_of(service: str, operation: str, response: Mapping[str, Any]) -> Call:
    """Write down an error as AWS's JSON protocols do."""
    more = {name: value for name, value in response.items() if name != "Error"}
    fault = {"__type": response["Error"]["Code"], "message": response["Error"]["Message"]}
    return Call(service, operation, BAD_REQUEST, _encoded(fault | more))


def _encoded(document: Any) -> bytes:
    return json.dumps(document, default=text_of_bytes).encode()


def text_of_bytes(value: bytes) -> str:
    """Write bytes as AWS does in JSON; what to give to `json.dumps` as its default."""
    return base64.b64encode(value).decode()
