"""To get back to a customer another way: a call, another channel, and how to reach them."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints, model_validator

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, invalid
from agent_api.calls.request_parts import hash_of, read_body, read_idempotency_key
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_theirs
from agent_api.conversations.conversation import act, checked, require_same_request
from agent_api.conversations.handing_on import OptionalNote
from agent_api.conversations.reply_window import require_open_window
from agent_api.writing.replies import ReplyAccepted
from sportello.conversation.effects import reply_key
from sportello.conversation.people_commands import PromiseOtherWay
from sportello.entrypoints import runtime
from sportello.messaging.items import DeliveryStatus
from sportello.model import Instant, Model
from sportello.people.handing_on import Asker, HandingOn, OtherWay
from sportello.sla.clocks import PromiseTerms
from sportello.table.desk import Step
from sportello.table.items import Conversation

routes = Blueprint(__name__)

SHORTEST, LONGEST = 60, 30 * 86_400
"""Seconds; as `PromiseTerms` has them."""

type PersonsName = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^([^\W_][\w .'\u2019\-]{0,59})?$")
]

type ChannelWord = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\W_][\w \-]{0,29}$")
]


class OtherWayRequest(Model):
    """By when: `within_seconds`, in opening hours if it says so, or `at` an instant."""

    within_seconds: int | None = Field(default=None, ge=SHORTEST, le=LONGEST)
    in_opening_hours: bool = False
    at: Instant | None = None
    name: PersonsName = ""
    note: OptionalNote = ""

    @model_validator(mode="after")
    def _has_a_time(self) -> Self:
        if (self.within_seconds is None) == (self.at is None):
            raise ValueError("name either within_seconds or at")
        if self.at is not None and self.in_opening_hours:
            raise ValueError("at is an instant, whatever the opening hours")
        return self

    def promise(self, now: datetime) -> PromiseTerms:
        """Return the terms; raises Problem for an instant that is too near or too far."""
        seconds = self.within_seconds
        if self.at is not None:
            seconds = int((self.at - now).total_seconds())
        if seconds is None or not SHORTEST <= seconds <= LONGEST:
            fault = Fault(pointer="/at", detail="It is within a minute and 30 days from now.")
            raise invalid(fault)
        return PromiseTerms(
            within_seconds=seconds, in_opening_hours=self.in_opening_hours, kept_by="hand"
        )


class ChannelChange(OtherWayRequest):
    """`channel` is what the customer calls it: they are told so."""

    channel: ChannelWord


class Contact(Model):
    """How to reach the customer besides writing here."""

    channel: str
    reply_to: str
    display_name: str
    language: str


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/call-back",
    Permission.WORK_CONVERSATIONS,
    body=OtherWayRequest,
    answers={202: ReplyAccepted},
    problems=("reply-window-closed",),
    keyed=True,
)
def call_back(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, OtherWayRequest)
    return _promise(request, agent, conversation_id, body)


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/change-channel",
    Permission.WORK_CONVERSATIONS,
    body=ChannelChange,
    answers={202: ReplyAccepted},
    problems=("reply-window-closed",),
    keyed=True,
)
def change_channel(request: Request, agent: Agent, conversation_id: str) -> Response:
    body = read_body(request, ChannelChange)
    return _promise(request, agent, conversation_id, body, body.channel)


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/contact",
    Permission.READ_CONTACT,
    audited=True,
    answers={200: Contact},
)
def read_contact(_request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    conversation = require_theirs(agent, runtime.table().load_going_on(conversation_id))
    address = conversation.address
    return answer_with(
        Contact(
            channel=address.channel if address else "",
            reply_to=address.reply_to if address else "",
            display_name=address.display_name if address else "",
            language=address.language if address else "",
        )
    )


def _promise(
    request: Request, agent: Agent, conversation_id: str, body: OtherWayRequest, channel: str = ""
) -> Response:
    """Promise once for each idempotency key, as a reply is sent once."""
    checked(conversation_id)
    key = reply_key(agent.id, read_idempotency_key(request))
    request_hash, now = hash_of(request, body), runtime.utc_now()
    handing_on = HandingOn(runtime.table(), runtime.settings())

    def plan(conversation: Conversation) -> Step | None:
        require_theirs(agent, conversation)
        if conversation.effects:
            require_same_request(conversation, request_hash)
            return None
        require_open_window(runtime.table(), conversation, now)
        terms = runtime.settings().terms(conversation)
        other = OtherWay(key=key, channel=channel, name=body.name, promise=body.promise(now))
        command = handing_on.promise(
            Asker(**agent.author, note=body.note), other, conversation, terms, now
        )
        return Step(command=command, terms=terms, request_hashes={key: request_hash})

    before = act(conversation_id, plan, PromiseOtherWay, now, key).before.effects
    status = before[0].status if before else DeliveryStatus.QUEUED
    return answer_with(ReplyAccepted(effect_key=key, status=status), status=HTTPStatus.ACCEPTED)
