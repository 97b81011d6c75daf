"""Who calls: what the Cognito authorizer proved, and what its groups allow."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypedDict

from agent_api.problems import Problem
from sportello.model import Model

AGENTS = "agent"
SUPERVISORS = "supervisor"

_SUBJECT = re.compile(r"[\w\-]{1,128}", re.ASCII)


class Author(TypedDict):
    """The fields of an owner's command that say who asks."""

    agent_id: str
    supervisor: bool


class Agent(Model):
    """A person at work; `id` is the `sub` of the user pool, which never changes."""

    id: str
    supervisor: bool

    @property
    def author(self) -> Author:
        return {"agent_id": self.id, "supervisor": self.supervisor}

    def require_supervisor(self) -> None:
        if not self.supervisor:
            raise Problem(HTTPStatus.FORBIDDEN, "forbidden", "Only supervisors may do this.")


def agent_of(request_context: Mapping[str, Any]) -> Agent:
    """Read the caller; raises Problem for one who is not signed in, or in neither group."""
    claims = _mapping(_mapping(request_context.get("authorizer")).get("claims"))
    subject = claims.get("sub")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise Problem(HTTPStatus.UNAUTHORIZED, "not-signed-in", "Sign in first.")
    groups = groups_in(claims.get("cognito:groups", ""))
    if not groups & {AGENTS, SUPERVISORS}:
        raise Problem(
            HTTPStatus.FORBIDDEN, "forbidden", f"Only the groups {AGENTS} and {SUPERVISORS} may."
        )
    return Agent(id=subject, supervisor=SUPERVISORS in groups)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def groups_in(claim: object) -> frozenset[str]:
    """Read the groups claim: `agent,supervisor`, `[agent supervisor]`, or a list of them.

    Which one it is depends on the authorizer and the pool's triggers.
    """
    if isinstance(claim, list):
        return frozenset(name for name in claim if isinstance(name, str))
    if not isinstance(claim, str):
        return frozenset()
    return frozenset(filter(None, re.split(r"[\s,]+", claim.strip("[] "))))
