"""Every role against every route, and against every kind of settings."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_api.app import app
from agent_api.calls.permissions import (
    ROLES,
    WRITING,
    Permission,
    Role,
    permission_to_write,
    permissions_of,
)
from agent_api.calls.route_declaration import DECLARED
from sportello.settings.kinds import KINDS
from support.agent_calls import PARAMETERS, call
from support.template import ROOT

ROUTES = sorted((method, path) for path, methods in app.routes.items() for method in methods)

WORK = {
    Permission.READ_CONVERSATIONS,
    Permission.WORK_CONVERSATIONS,
    Permission.READ_CONTACT,
    Permission.READ_QUEUES,
    Permission.SET_OWN_PRESENCE,
    Permission.READ_AGENTS,
    Permission.READ_SETTINGS,
    Permission.READ_HEALTH,
}
CONFIGURATION = {
    Permission.READ_ADDRESSES,
    Permission.WRITE_SETTINGS,
    Permission.WRITE_CONTENT,
    Permission.WRITE_ROUTING,
    Permission.WRITE_ENDPOINTS,
    Permission.WRITE_AGENTS,
    Permission.SET_PRESENCE_OF_OTHERS,
    Permission.READ_REPORTS,
    Permission.READ_EVENTS,
    Permission.WRITE_SUBSCRIPTIONS,
}
EXPECTED = {
    Role.AGENT: WORK,
    Role.SUPERVISOR: WORK | CONFIGURATION | {Permission.ACT_FOR_COLLEAGUES, Permission.TAKE_OVER},
    Role.DESIGNER: {
        Permission.READ_SETTINGS,
        Permission.WRITE_SETTINGS,
        Permission.WRITE_CONTENT,
        Permission.READ_REPORTS,
        Permission.READ_HEALTH,
    },
    Role.ANALYST: {
        Permission.READ_SETTINGS,
        Permission.READ_REPORTS,
        Permission.READ_QUEUES,
        Permission.READ_HEALTH,
    },
    Role.ADMIN: CONFIGURATION
    | {
        Permission.READ_QUEUES,
        Permission.READ_AGENTS,
        Permission.READ_SETTINGS,
        Permission.READ_HEALTH,
        Permission.READ_AUDIT,
        Permission.WRITE_TEAMS,
        Permission.WRITE_UNLISTED,
    },
}


@pytest.fixture
def views(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is let through meets a store that is out of reach, and no refusal."""
    from sportello.entrypoints import runtime  # noqa: PLC0415 -- beside what it replaces

    def out_of_reach() -> Any:
        raise LookupError

    for name in ("table", "desk", "settings"):
        monkeypatch.setattr(runtime, name, out_of_reach)


def test_roles_may_what_their_work_asks_for() -> None:
    assert {role: set(permissions) for role, permissions in ROLES.items()} == EXPECTED


def test_the_page_shows_the_table_as_it_is() -> None:
    page = (ROOT / "docs" / "agent-api.md").read_text(encoding="utf-8")
    (header,) = re.findall(r"^\| permission \| for .*$", page, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \|.*?((?:\| x? ?){5})\|$", page, re.MULTILINE)
    roles = [cell.strip() for cell in header.strip("|").split("|")][2:]
    shown = {
        (role, permission)
        for permission, crosses in rows
        for role, cross in zip(roles, crosses.strip("|").split("|"), strict=True)
        if cross.strip()
    }
    assert {permission for permission, _ in rows} == set(Permission)
    assert shown == {(role, each) for role, permissions in ROLES.items() for each in permissions}


@given(st.frozensets(st.sampled_from(Role)), st.frozensets(st.sampled_from(Role)))
def test_whoever_has_several_roles_may_what_any_of_them_may(
    some: frozenset[Role], others: frozenset[Role]
) -> None:
    assert permissions_of(some | others) == permissions_of(some) | permissions_of(others)


def test_an_administrator_reads_no_conversation_by_that_role_alone() -> None:
    about_customers = {
        Permission.READ_CONVERSATIONS,
        Permission.WORK_CONVERSATIONS,
        Permission.READ_CONTACT,
    }
    assert not ROLES[Role.ADMIN] & about_customers


def test_no_route_goes_without_a_permission() -> None:
    assert set(ROUTES) == set(DECLARED)


@pytest.mark.usefixtures("views")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_role_is_let_through_to_what_it_may_do_and_to_nothing_else(
    method: str, path: str, role: Role
) -> None:
    permission = DECLARED[method, path].permission
    answer = call(method, path.format_map(PARAMETERS), groups=role)
    refused = answer.status == 403 and answer.problem == "forbidden"
    assert refused is (permission is not None and permission not in EXPECTED[role])


@pytest.mark.usefixtures("views")
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_whoever_has_all_roles_is_refused_nowhere(method: str, path: str) -> None:
    answer = call(method, path.format_map(PARAMETERS), groups=",".join(Role))
    assert answer.status != 403


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_settings_is_written_by_whom_the_table_says(kind: str, role: Role) -> None:
    document = call("GET", f"/settings/{kind}").document["document"]
    written = call("PUT", f"/settings/{kind}", document, groups=role)
    assert written.status == (200 if WRITING[kind] in EXPECTED[role] else 403)


def test_every_kind_of_settings_is_in_the_table() -> None:
    assert set(WRITING) == set(KINDS)


def test_a_kind_that_nobody_listed_is_left_to_administrators() -> None:
    permission = permission_to_write("of_tomorrow")
    assert [role for role in Role if permission in ROLES[role]] == [Role.ADMIN]


def test_supervisors_write_every_kind_but_the_teams() -> None:
    forbidden = {kind for kind, asked in WRITING.items() if asked not in ROLES[Role.SUPERVISOR]}
    assert forbidden == {"teams"}
