"""What a request carries, read strictly: body, query, idempotency key."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from chalice.app import Request
from pydantic import BaseModel, PlainValidator, ValidationError

from agent_api.calls.problems import Fault, Problem, invalid

MAX_BODY_BYTES = 262_144
MAX_FAULTS = 20
_LONGEST_POINTER = 200

_IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,128}")


def read_body[B: BaseModel](
    request: Request, shape: type[B], *, default: bytes = b"", strict: bool = True
) -> B:
    """Return the JSON body as `shape`; an empty body stands for `default`.

    `"5"` and `true` are no numbers. Documents that people write by hand are read less strictly.
    """
    raw = read_bytes(request, "application/json") or default
    try:
        return shape.model_validate_json(raw, strict=strict)
    except ValidationError as error:
        if any(fault["type"] == "json_invalid" for fault in error.errors()):
            raise Problem(400, "malformed-json", "It cannot be read.") from None
        raise invalid(*faults_of(error)) from None


def faults_of(error: ValidationError, base: Sequence[str | int] = ()) -> list[Fault]:
    """Say what is wrong with a part of the body that stands at `base`, and where."""
    return [
        Fault(pointer=pointer((*base, *fault["loc"])), detail=_words(fault))
        for fault in _first(error)
    ]


def read_query[Q: BaseModel](request: Request, shape: type[Q]) -> Q:
    """Return the query parameters as `shape`; the last of a repeated one counts."""
    try:
        return shape.model_validate(dict(request.query_params or {}))
    except ValidationError as error:
        faults = [
            Fault(
                parameter=".".join(map(str, fault["loc"]))[:_LONGEST_POINTER], detail=_words(fault)
            )
            for fault in _first(error)
        ]
        raise invalid(*faults) from None


def cursor_of(position: str) -> str:
    """Return a position as a client passes it on: opaque, and safe in a URL."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def cursor_to(positions: re.Pattern[str], *, dated: bool = False) -> PlainValidator:
    """Return what reads a cursor as the position that it stands for, of this form.

    One that is `dated` begins with an instant that there is.
    """

    def opened(cursor: object) -> str:
        padded = f"{cursor}{'=' * (-len(str(cursor)) % 4)}".encode()
        try:
            position = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
            if dated:
                datetime.fromisoformat(position.partition("#")[0])
        except (ValueError, binascii.Error):
            raise ValueError("none of ours") from None
        if not positions.fullmatch(position):
            raise ValueError("none of ours")
        return position

    return PlainValidator(opened, json_schema_input_type=str)


def read_idempotency_key(request: Request) -> str:
    key: str = request.headers.get("idempotency-key", "").strip()
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise Problem(
            400, "idempotency-key-missing", "Send 1 to 128 printable ASCII characters of your own."
        )
    return key


def hash_of(request: Request, body: BaseModel) -> str:
    """Return what tells a request from any other: method, path, and the body as it was understood.

    Defaults are left out, so that a field of a later version changes no request of today.
    """
    request_line = [request.method, request.path, request.uri_params or {}]
    understood = [*request_line, body.model_dump(mode="json", exclude_defaults=True)]
    return hashlib.sha256(json.dumps(understood, sort_keys=True).encode()).hexdigest()


def pointer(path: Sequence[str | int]) -> str:
    """Return a JSON pointer (RFC 6901) into the body, cut where it gets unreasonably long."""
    tokens = (str(token).replace("~", "~0").replace("/", "~1") for token in path)
    return "".join(f"/{token}" for token in tokens)[:_LONGEST_POINTER]


def read_bytes(request: Request, media_type: str) -> bytes:
    """Return the body as it came, if it is of the type expected."""
    try:
        raw = bytes(cast("bytes", request.raw_body))
    except (binascii.Error, UnicodeError):
        raise Problem(400, "malformed-json", "It cannot be decoded.") from None
    if len(raw) > MAX_BODY_BYTES:
        raise Problem(413, "body-too-large", f"At most {MAX_BODY_BYTES} bytes.")
    if raw and _media_type(request) != media_type:
        raise Problem(415, "unsupported-media-type", f"Content-Type must be {media_type}.")
    return raw


def _media_type(request: Request) -> str:
    header: str = request.headers.get("content-type", "")
    return header.partition(";")[0].strip().lower()


def _first(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_context=False, include_input=False))[
        :MAX_FAULTS
    ]


def _words(fault: Mapping[str, Any]) -> str:
    """Return what is wrong, without the kind of error that pydantic puts before our own words."""
    return str(fault["msg"]).removeprefix("Value error, ")
