"""What settings were: their versions, what changed between two, and the way back to an old one."""

from collections.abc import Iterable
from typing import Any, Self

from chalice.app import Blueprint, Request, Response
from pydantic import ConfigDict, Field, ValidationError

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission, permission_to_write
from agent_api.calls.preconditions import etag, tag_of
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import faults_of, read_body, read_query
from agent_api.calls.route_declaration import NothingNew, answer_with, answer_with_json, route
from agent_api.calls.versions import not_modified
from agent_api.settings.documents import (
    SettingsAnswer,
    forget_what_is_removed,
    in_force,
    judged,
    next_version,
    packaged,
    put_version,
    refuse_too_large,
    settings_answer,
    shape_of,
)
from agent_api.settings.settings_shown import shown_to
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.model import Instant, Model
from sportello.settings.differences import Change, difference
from sportello.settings_document import SettingsDocument
from sportello.table.items import StoredSettings
from sportello.table.settings.settings_table import SettingsVersion

HIGHEST = 999_999
"""As versions are written in the table."""

UNCHANGED_SECONDS = 300
"""A schema changes with a deployment."""

routes = Blueprint(__name__)


class Page(Model):
    limit: int = Field(default=25, ge=1, le=100)
    before: int | None = Field(default=None, ge=1, le=HIGHEST)


class Version(Model):
    version: int
    author: str
    written_at: Instant

    @classmethod
    def of(cls, written: SettingsVersion) -> Self:
        return cls.model_validate(dict(written))


class VersionsPage(Model):
    """Newest first; `older` is the `before` of the page after, None on the last."""

    kind: str
    versions: tuple[Version, ...]
    older: int | None


class Between(Model):
    """Without `to` the version in force, without `from` the one before."""

    since: int | None = Field(default=None, alias="from", ge=0, le=HIGHEST)
    until: int | None = Field(default=None, alias="to", ge=0, le=HIGHEST)


class Difference(Model):
    """`changes` make the document of `to` out of that of `from`, as the caller sees them."""

    model_config = ConfigDict(validate_by_name=True)

    kind: str
    since: int = Field(alias="from")
    until: int = Field(alias="to")
    changes: tuple[Change, ...]


class Rollback(Model):
    """The version to go back to; 0 is the packaged default."""

    version: int = Field(ge=0, le=HIGHEST)


class Checked(Model):
    """What writing the document now would come to: nothing was written.

    `version` is that in force, `document` what would be kept of the one that was sent.
    """

    kind: str
    version: int
    document: Any
    changes: tuple[Change, ...]


@route(
    routes,
    "GET",
    "/settings/{kind}/versions",
    Permission.READ_SETTINGS,
    query=Page,
    answers={200: VersionsPage},
)
def list_versions(request: Request, _agent: Agent, kind: str) -> Response:
    shape_of(kind)
    page = read_query(request, Page)
    # One more tells whether there is a page after.
    written = runtime.table().settings_versions(kind, page.limit + 1, page.before)
    versions = tuple(map(Version.of, written[: page.limit]))
    older = versions[-1].version if len(written) > page.limit else None
    return answer_with(VersionsPage(kind=kind, versions=versions, older=older))


@route(
    routes,
    "GET",
    "/settings/{kind}/versions/{version}",
    Permission.READ_SETTINGS,
    answers={200: SettingsAnswer},
    problems=("unknown-version",),
)
def read_version(_request: Request, agent: Agent, kind: str, version: str) -> Response:
    return settings_answer(agent, kind, version_of(kind, shape_of(kind), number_in(version)))


@route(
    routes,
    "GET",
    "/settings/{kind}/difference",
    Permission.READ_SETTINGS,
    query=Between,
    answers={200: Difference},
    problems=("unknown-version",),
)
def read_difference(request: Request, agent: Agent, kind: str) -> Response:
    shape = shape_of(kind)
    wish = read_query(request, Between)
    until = in_force(kind, shape) if wish.until is None else version_of(kind, shape, wish.until)
    before = max(until.version - 1, 0) if wish.since is None else wish.since
    since = version_of(kind, shape, before)
    changes = changes_between(agent, kind, since, until)
    answer = Difference(kind=kind, since=since.version, until=until.version, changes=tuple(changes))
    return answer_with_json(answer.model_dump_json(by_alias=True))


@route(
    routes,
    "POST",
    "/settings/{kind}/check",
    Permission.WRITE_SETTINGS,
    body=SettingsDocument,
    answers={200: Checked},
    problems=("dangling-reference", "queue-in-use"),
    versioned=True,
)
def check(request: Request, agent: Agent, kind: str) -> Response:
    """Judge a document as if it were written, and tell what it would change."""
    shape = shape_of(kind)
    agent.require(permission_to_write(kind))
    document = read_body(request, shape, strict=False)
    current = judged(request, kind, document)
    would_be = next_version(current, document)
    refuse_too_large(would_be.document)
    answer = answer_with(
        Checked(
            kind=kind,
            version=current.version,
            document=shown_to(agent, kind, would_be.document),
            changes=tuple(changes_between(agent, kind, current, would_be)),
        ),
        headers={"etag": etag(current.version)},
    )
    return NothingNew(answer.body, answer.headers)


@route(
    routes,
    "POST",
    "/settings/{kind}/rollback",
    Permission.WRITE_SETTINGS,
    body=Rollback,
    answers={200: SettingsAnswer},
    problems=("unknown-version", "dangling-reference", "queue-in-use"),
    versioned=True,
)
def roll_back(request: Request, agent: Agent, kind: str) -> Response:
    """Make an old version the next one, if it fits what is in force; the same again is no news."""
    shape = shape_of(kind)
    agent.require(permission_to_write(kind))
    number = read_body(request, Rollback).version
    document = fitting(shape, version_of(kind, shape, number))
    current = judged(request, kind, document)
    stored = next_version(current, document)
    if current.document == stored.document:
        answer = settings_answer(agent, kind, current)
        return NothingNew(answer.body, answer.headers)
    put_version(request, agent, kind, stored, runtime.utc_now())
    forget_what_is_removed(document, current)
    logger.info("settings rolled back", kind=kind, version=stored.version, to=number)
    return settings_answer(agent, kind, stored)


@route(
    routes,
    "GET",
    "/settings/{kind}/schema",
    Permission.READ_SETTINGS,
    answers={200: "application/schema+json"},
    versioned=True,
)
def read_schema(request: Request, _agent: Agent, kind: str) -> Response:
    from agent_api.calls.json_schemas import settings_schema  # noqa: PLC0415 -- no other route makes schemas

    schema = settings_schema(shape_of(kind))
    version = tag_of(schema)
    return not_modified(request, version) or answer_with_json(
        schema,
        headers={
            "content-type": "application/schema+json",
            "cache-control": f"private, max-age={UNCHANGED_SECONDS}",
            "etag": etag(version),
        },
    )


def number_in(version: str) -> int:
    """Read a version out of a path; raises Problem for what can be none."""
    if not (version.isascii() and version.isdecimal()) or int(version) > HIGHEST:
        raise unknown_version()
    return int(version)


def version_of(kind: str, shape: type[SettingsDocument], number: int) -> StoredSettings:
    stored = runtime.table().settings(kind, number) if number else packaged(shape)
    if stored is None:
        raise unknown_version()
    return stored


def fitting(shape: type[SettingsDocument], stored: StoredSettings) -> SettingsDocument:
    """Read an old document as strictly as a caller's; raises Problem where it fits no more."""
    try:
        return shape.model_validate(stored.document)
    except ValidationError as error:
        detail = f"Version {stored.version} does not fit any more: see errors."
        raise Problem(422, "validation", detail, faults=faults_of(error)) from None


def changes_between(
    agent: Agent, kind: str, since: StoredSettings, until: StoredSettings
) -> Iterable[Change]:
    """Hold two versions against each other as far as they are the caller's business."""
    return difference(shown_to(agent, kind, since.document), shown_to(agent, kind, until.document))


def unknown_version() -> Problem:
    return Problem(404, "unknown-version", "See the list of versions for which there are.")
