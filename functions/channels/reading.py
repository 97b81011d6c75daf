"""Reading a provider's JSON element by element, so that a poisoned one hurts no neighbour."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, NoReturn

from pydantic import (
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from sportello.aws.logs import logger
from sportello.errors import MalformedPayload
from sportello.messaging.items import (
    MAX_REASON,
    Ignored,
    InboundItem,
    Parsed,
    ParseResult,
    Unreadable,
)
from sportello.model import Instant, Model

_MILLISECONDS_FROM = 100_000_000_000
"""An epoch figure from here on counts milliseconds: as seconds it would lie past the year 5000."""

_MAX_EPOCH_DIGITS = 13
"""Milliseconds until the year 2286."""

_MOST_PLACES = 10
_MAX_LISTED = 100
_MOST_BESIDE_BYTES = 4_096


class Misshapen(ValueError):
    """A well-formed element lacks something that its kind cannot do without."""


class Wire(Model):
    """A provider's object as far as we read it; fields we do not know pass by."""

    model_config = ConfigDict(extra="ignore")


def _aware_instant(value: object) -> datetime:
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError("a time without a zone")
        return at
    digits = str(value)
    if isinstance(value, bool) or not digits.isdigit() or len(digits) > _MAX_EPOCH_DIGITS:
        raise ValueError("not a time")
    epoch = int(digits)
    if epoch == 0:
        raise ValueError("no time given")
    seconds = epoch / 1000 if epoch >= _MILLISECONDS_FROM else epoch
    return datetime.fromtimestamp(seconds, UTC)


ProviderTime = Annotated[Instant, BeforeValidator(_aware_instant)]
"""Epoch seconds or milliseconds, number or string, or ISO 8601 with its zone."""


def _absent_if_misshapen(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


type Decoration[T] = Annotated[T | None, WrapValidator(_absent_if_misshapen)]
"""A part that the element can do without: when it cannot be read, it is as if absent."""


type Listed[T] = Annotated[list[T], Field(max_length=_MAX_LISTED), FailFast()]
"""A list that no honest payload makes long; reading stops at its first fault."""


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_STRICTLY = json.JSONDecoder(parse_constant=_refuse_constant)
_UNESCAPED = json.JSONEncoder(ensure_ascii=False)


def decode_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a webhook body, halves of broken emoji replaced by U+FFFD.

    Raises MalformedPayload, which never quotes the body.
    """
    try:
        document = _STRICTLY.decode(body.decode())
        if rb"\ud" in body.lower():
            text = _UNESCAPED.encode(document)
            # Else every half has its other one, as in nearly all that is sent.
            if not text.isprintable():
                del document  # both at once would be twice the memory
                document = json.loads(_without_lone_surrogates(text))
    except (ValueError, RecursionError) as error:
        raise MalformedPayload(f"the body is not JSON: {type(error).__name__}") from None
    if not isinstance(document, dict):
        raise MalformedPayload("the body is not a JSON object")
    return document


def _without_lone_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def read_element(read: Callable[[], InboundItem | Ignored], raw: dict[str, Any]) -> ParseResult:
    """Run one element's reader; what it cannot read is set aside whole as Unreadable."""
    try:
        reading = read()
        return reading if isinstance(reading, Ignored) else Parsed(item=reading, raw=raw)
    except ValidationError as error:
        return Unreadable(reason=_places(error), raw=raw)
    except Misshapen as error:
        return Unreadable(reason=str(error), raw=raw)
    except Exception as error:  # noqa: BLE001 -- a fault of ours costs one element, never the batch
        logger.error("an element's reader failed", error=type(error).__name__)
        return Unreadable(reason=f"the reader failed: {type(error).__name__}", raw=raw)


def _places(error: ValidationError) -> str:
    """Name the fields and what is wrong with them; never their values, which are personal."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    places = (f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in faults[:_MOST_PLACES])
    return clipped("; ".join(places), MAX_REASON)


def is_small(beside: Any) -> bool:
    """Whether a part may be kept with every element that it stands beside, a thousand perhaps."""
    # A character takes twelve in JSON at most, and Python's own form is written much faster.
    return len(repr(beside)) * 12 <= _MOST_BESIDE_BYTES or (
        len(json.dumps(beside)) <= _MOST_BESIDE_BYTES
    )


def clipped(text: str, length: int) -> str:
    """Shorten a name or label, which is not worth losing a message over."""
    return text[:length]


def ignored(provider_kind: str) -> Ignored:
    return Ignored(provider_kind=clipped(provider_kind, 128))
