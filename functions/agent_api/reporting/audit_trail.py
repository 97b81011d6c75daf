"""What was audited, newest first, by whoever answers for it."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Self

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints

from agent_api.calls.identity import SUBJECT, Agent
from agent_api.calls.moments import Moment, in_utc
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, Problem, invalid
from agent_api.calls.request_parts import cursor_of, cursor_to, read_query
from agent_api.calls.route_declaration import answer_with, route
from sportello.entrypoints import runtime
from sportello.messaging.identifiers import CONVERSATION_ID
from sportello.model import Instant, Model
from sportello.table.settings.audit_table import AuditEntry

LONGEST = timedelta(days=31)
MOST_READ = 1_000
"""Entries that a call looks through: of somebody who did little a page may hold nothing yet."""

_SORT_KEY = re.compile(r"2\d{3}-\d\d-\d\dT[\d:.]{15}Z#[\w\-]{1,64}", re.ASCII)

routes = Blueprint(__name__)


def _whole(pattern: re.Pattern[str]) -> StringConstraints:
    return StringConstraints(pattern=f"^(?:{pattern.pattern})$")


class AuditQuery(Model):
    """Without `to` until now, without `from` a day."""

    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")
    agent: Annotated[str, _whole(SUBJECT)] | None = None
    conversation: Annotated[str, _whole(CONVERSATION_ID)] | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: Annotated[str, cursor_to(_SORT_KEY, dated=True)] = ""

    def asks_for(self, entry: AuditEntry) -> bool:
        return self.agent in {None, entry.agent_id} and self.conversation in {
            None,
            entry.conversation_id,
        }


class Act(Model):
    """`problem` is None where nothing was refused."""

    at: Instant
    request_id: str
    agent_id: str
    roles: tuple[str, ...]
    team: str | None
    permission: str
    method: str
    route: str
    conversation_id: str | None
    target: Mapping[str, str]
    status: int
    problem: str | None

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        fields = entry.model_dump(include=set(cls.model_fields))
        named = {name: fields[name] or None for name in ("team", "conversation_id", "problem")}
        return cls.model_validate({**fields, **named})


class ActsPage(Model):
    """`cursor` is None once everything that was asked for has been read."""

    acts: tuple[Act, ...]
    cursor: str | None


@route(
    routes,
    "GET",
    "/audit",
    Permission.READ_AUDIT,
    audited=True,
    query=AuditQuery,
    answers={200: ActsPage},
)
def read_audit(request: Request, _agent: Agent) -> Response:
    query = read_query(request, AuditQuery)
    until = in_utc(query.until) if query.until else runtime.utc_now()
    since = in_utc(query.since) if query.since else until - timedelta(days=1)
    if until <= since:
        raise _unfit("to", "not after `from`")
    if until - since > LONGEST:
        raise _unfit("from", f"at most {LONGEST.days} days before `to`")
    entries = runtime.table().audit.newest_first(since, until, query.cursor)
    return answer_with(page_of(query, entries))


def page_of(query: AuditQuery, entries: Iterator[AuditEntry]) -> ActsPage:
    acts: list[Act] = []
    for number, entry in enumerate(entries, start=1):
        if query.asks_for(entry):
            acts.append(Act.of(entry))
        if len(acts) == query.limit or number == MOST_READ:
            cursor = cursor_of(entry.sort_key)
            return ActsPage(acts=tuple(acts), cursor=cursor)
    return ActsPage(acts=tuple(acts), cursor=None)


def _unfit(parameter: str, detail: str) -> Problem:
    fault = Fault(parameter=parameter, detail=detail)
    return invalid(fault)
