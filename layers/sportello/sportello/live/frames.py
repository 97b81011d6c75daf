"""What goes over an agent's connection, in both directions: JSON, told apart by `t`. Pure.

A client of tomorrow may say more than is known here: other frames and fields are passed over.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from sportello.messaging.identifiers import CONVERSATION_ID
from sportello.model import Model, written
from sportello.routing.presence import Presence
from sportello.routing.work import Work
from sportello.settings_document import Name

MOST_BYTES_IN = 8_192
MOST_BYTES_OUT = 131_072
"""What API Gateway takes; docs.aws.amazon.com/apigateway/latest/developerguide/limits.html."""

PROTOCOL = 1

ALL_QUEUES: Literal["all"] = "all"

type ConversationId = Annotated[str, StringConstraints(pattern=rf"^{CONVERSATION_ID.pattern}$")]
type Frame = Mapping[str, Any]


class Unfit(Exception):
    """A frame that cannot be taken; `code` is stable, `field` says where it is at fault."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class _Incoming(Model):
    model_config = ConfigDict(extra="ignore")


class Hello(_Incoming):
    """`queues` left out are those the agent serves; `replaces` is a connection it stands for."""

    v: Annotated[int, Field(ge=1, le=1_000)] = 1
    queues: Annotated[tuple[Name, ...], Field(max_length=50)] | Literal["all"] | None = None
    replaces: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=\-]{0,128}$")] = ""


class Resume(Hello):
    """Like `hello`, on a connection that may have missed something."""


class Ping(_Incoming):
    pass


class SayPresence(_Incoming):
    presence: Presence
    back: bool = False


class Viewing(_Incoming):
    """What is before the agent's eyes; None for nothing."""

    conversation_id: ConversationId | None


class Typing(_Incoming):
    conversation_id: ConversationId
    on: bool = True


SHAPES: Mapping[str, type[_Incoming]] = {
    "hello": Hello,
    "resume": Resume,
    "ping": Ping,
    "presence": SayPresence,
    "viewing": Viewing,
    "typing": Typing,
}


def read_frame(body: str) -> _Incoming | None:
    """Read a frame; None for one that only a later version knows. Raises Unfit."""
    if len(body.encode(errors="surrogatepass")) > MOST_BYTES_IN:
        raise Unfit("too-large")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Unfit("malformed") from None
    if not isinstance(document, dict) or not isinstance(document.get("t"), str):
        raise Unfit("malformed")
    shape = SHAPES.get(document["t"])
    if shape is None:
        return None
    try:
        return shape.model_validate_json(json.dumps(document))
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False)[0]["loc"]
        raise Unfit("invalid", ".".join(map(str, place))[:100]) from None


def written_frame(frame: Frame) -> bytes:
    """Write a frame as it goes out; raises ValueError for one that API Gateway would not take."""
    data = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    if len(data) > MOST_BYTES_OUT:
        raise ValueError(f"a frame of {len(data)} bytes")
    return data


def presence_frame(agent_id: str, work: Work, now: datetime) -> Frame:
    return {"t": "presence", "agent_id": agent_id, **presence_fields(work, now)}


def presence_fields(work: Work, now: datetime) -> Frame:
    presence = work.presence_at(now)
    until = work.presence_until if presence is not Presence.OFFLINE else None
    return {
        "presence": presence,
        "presence_until": written(until) if until else None,
        "missed_offers": work.missed,
    }
