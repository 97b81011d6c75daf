"""Who calls: what the Cognito authorizer proved, and what its groups allow."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, TypedDict

from agent_api.calls.permissions import Permission, Role, permissions_of
from agent_api.calls.problems import Problem
from sportello.aws.environment import Environment
from sportello.model import Model
from sportello.routing.teams import Scope, sees

SUBJECT = re.compile(r"[\w\-]{1,128}", re.ASCII)
"""How a user pool may name a person."""

_TEAM = "team-"
"""What the group of a team begins with, in whatever case it is written."""


class SignInEnvironment(Environment):
    """The client of a page that the business has itself; empty if it has none."""

    federated_client_id: str = ""


class Author(TypedDict):
    """The fields of an owner's command that say who asks."""

    agent_id: str
    supervisor: bool


class Agent(Model):
    """A person at work; `id` is the `sub` of the user pool, which never changes.

    `scope` are the queues they see: those of their teams, every one for who is in no team.
    """

    id: str
    roles: frozenset[Role] = frozenset()
    teams: tuple[str, ...] = ()
    scope: Scope = None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles, in_team=bool(self.teams))

    @property
    def supervisor(self) -> bool:
        return self.may(Permission.ACT_FOR_COLLEAGUES)

    @property
    def team(self) -> str:
        """Name the teams as one; empty for who is in none."""
        return ",".join(self.teams)

    @property
    def author(self) -> Author:
        return {"agent_id": self.id, "supervisor": self.supervisor}

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        if not self.may(permission):
            raise Problem(HTTPStatus.FORBIDDEN, "forbidden", f"This needs {permission}.")

    def sees(self, queue: str, *, is_own: bool = False) -> bool:
        return sees(self.scope, queue, is_own=is_own)


def agent_of(
    request_context: Mapping[str, Any], stage_variables: Mapping[str, Any] | None = None
) -> Agent:
    """Read the caller; raises Problem for one who is not signed in.

    The stage says which client is the desk's. Whoever is in a team sees nothing until `scope` is
    set from the settings.
    """
    claims = _mapping(_mapping(request_context.get("authorizer")).get("claims"))
    subject = claims.get("sub")
    if not isinstance(subject, str) or not SUBJECT.fullmatch(subject):
        raise Problem(HTTPStatus.UNAUTHORIZED, "not-signed-in", "Sign in first.")
    groups = groups_in(claims.get("cognito:groups", ""))
    groups |= _groups_of_the_provider(claims, (stage_variables or {}).get("desk_client"))
    teams = teams_in(groups)
    return Agent(
        id=subject,
        roles=frozenset(Role(name) for name in groups if name in Role),
        teams=teams,
        scope=frozenset() if teams else None,
    )


def teams_in(groups: Iterable[str]) -> tuple[str, ...]:
    """Return the teams that some groups are, those too that no setting can name.

    `Team-North` is a team without queues: whoever is in no team sees everything, so that a name
    that was mistyped must not be taken for none.
    """
    names = (name[len(_TEAM) :] for name in groups if name.casefold().startswith(_TEAM))
    return tuple(sorted(names))


def _groups_of_the_provider(claims: Mapping[str, Any], desk_client: object) -> frozenset[str]:
    """Read what an identity provider says of its people, of nobody who may have come without it.

    Whoever signs in by a call with a password might have written the attribute themselves, and
    somebody may have an account of both kinds: so the client has to be a page's as well, at which
    nobody can write it. At the desk's a password is taken too. There the account has to be the
    provider's own, which no password opens: one of the pool's that was linked to it would keep the
    groups that the provider said last, also when it lets nobody in any more.
    """
    audience = claims.get("aud")
    is_federated = bool(str(claims.get("identities") or "").strip("[]{} "))
    if not audience or not is_federated:
        return frozenset()
    at_the_providers = audience == SignInEnvironment.load().federated_client_id
    at_the_desks = audience == desk_client and _is_the_providers_own(claims)
    if not at_the_providers and not at_the_desks:
        return frozenset()
    return names_in(claims.get("custom:groups"))


def _is_the_providers_own(claims: Mapping[str, Any]) -> bool:
    """Tell accounts that a provider's people got at their first sign-in: named by it, and its id.

    The pool calls those that it made itself by their subject, for people go by their address.
    """
    return claims.get("cognito:username") not in (None, "", claims.get("sub"))


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


def names_in(attribute: object) -> frozenset[str]:
    """Read an attribute of several values as Cognito keeps it: `[agent, team-north]`, or JSON.

    A comma within a value is percent-encoded in the first, and one value alone stands as it is: so
    nothing in brackets is no list, and a name with a blank in it stays one name.
    """
    text = attribute.strip() if isinstance(attribute, str) else ""
    if not (text.startswith("[") and text.endswith("]")):
        return frozenset({text} - {""})
    try:
        values = json.loads(text)
    except ValueError:
        values = text[1:-1].split(",")
    return frozenset(value.strip() for value in values if isinstance(value, str)) - {""}
