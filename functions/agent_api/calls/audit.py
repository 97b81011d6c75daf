"""Who did what: written down after every act."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

from chalice.app import Request

from agent_api.calls.identity import Agent
from sportello.entrypoints import runtime
from sportello.messaging.identifiers import CONVERSATION_ID
from sportello.people.auditing import keep_act
from sportello.table.settings.audit_table import AuditEntry

_NAME = re.compile(r"(?=.*[a-z])[a-z0-9][a-z0-9_\-]{0,63}", re.ASCII)
"""As settings have them; digits alone may be somebody's number."""


def audit(
    request: Request,
    agent: Agent,
    route: str,
    permission: str,
    status: int,
    problem: str,
) -> None:
    """Write down what came of a request; what it did stands, whether or not this can be written."""
    entry = AuditEntry(
        at=runtime.utc_now(),
        request_id=str(request.context.get("requestId") or uuid4()),
        agent_id=agent.id,
        roles=tuple(sorted(agent.roles)),
        team=agent.team,
        permission=permission,
        method=request.method,
        route=route,
        conversation_id=_conversation_in(request.uri_params or {}),
        target=_targets_in(request.uri_params or {}, status),
        status=status,
        problem=problem,
    )
    keep_act(runtime.table, entry)


def _conversation_in(parameters: Mapping[str, str]) -> str:
    named = parameters.get("conversation_id", "")
    return named if CONVERSATION_ID.fullmatch(named) else ""


def _targets_in(parameters: Mapping[str, str], status: int) -> dict[str, str]:
    """Return what a path names beside a conversation; what is not there may be anything."""
    if status == HTTPStatus.NOT_FOUND:
        return {}
    return {
        name: value
        for name, value in parameters.items()
        if name != "conversation_id" and _NAME.fullmatch(value)
    }
