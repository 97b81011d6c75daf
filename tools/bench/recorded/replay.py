"""Plays tapes back at the wire, beneath the real SDK, so that an invocation repeats exactly."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session
from urllib3._request_methods import RequestMethods

from support.clouds.one_process.cloud import SECRETS
from tools.bench.recorded.tape import Call, Tape, answer_of, operation_of

_make_api_call = vars(BaseClient)["_make_api_call"]  # a cloud puts itself there


class Strayed(BaseException):
    """The function called something else than when the tape was made; no handler may hide it."""


class Wire:
    """What is at the far end while a function runs: a tape, from its beginning."""

    def __init__(self) -> None:
        self._tape: Tape = ()
        self._position = 0
        self._in_turn = threading.Lock()

    def load(self, tape: Tape) -> None:
        self._tape = tape
        self._position = 0

    @property
    def at_end(self) -> bool:
        return self._position == len(self._tape)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Take the place of a cloud that is in place already."""

        def send(_session: Any, request: Any) -> AWSResponse:
            call = self.next(operation_of(request), request.body)
            response = AWSResponse(request.url, call.status, cast("Any", call.headers), None)
            vars(response)["_content"] = call.body  # read already, as it were
            return response

        def post(_pool: Any, method: str, _url: str, **options: Any) -> Reply:
            return Reply(self.next(method, options["body"] or b"").body)

        with (
            patch.object(BaseClient, "_make_api_call", _make_api_call),
            patch.object(URLLib3Session, "send", send),
            patch.object(RequestMethods, "request", post),
        ):
            yield

    def next(self, operation: str, body: bytes) -> Call:
        with self._in_turn:
            return self._next(operation, body)

    def _next(self, operation: str, body: bytes) -> Call:
        if self._position < len(self._tape):
            call = self._tape[self._position]
            if call.operation == operation:
                self._position += 1
                return call
        if operation == "GetSecretValue":
            # A warm function asks every five minutes by the real clock: on no tape of one.
            secret = {"SecretString": SECRETS[json.loads(body)["SecretId"]]}
            return answer_of("secretsmanager", operation, secret)
        raise Strayed(operation)


class Reply:
    """What urllib3 gives for a response."""

    status = 200

    def __init__(self, body: bytes) -> None:
        self.headers = {"content-type": "application/json"}
        self._body = body

    def read(self, limit: int) -> bytes:
        return self._body[:limit]

    def stream(self, _amount: int, **_options: Any) -> Iterator[bytes]:
        yield self._body

    def close(self) -> None:
        """Nothing is held."""

    def release_conn(self) -> None:
        """Nothing is held."""
