"""Settings: which there are; read a document, replace it whole."""

import json
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Request, Response

from agent_api.calls import preconditions
from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission, permission_to_write
from agent_api.calls.preconditions import etag
from agent_api.calls.problems import Fault, Problem
from agent_api.calls.request_parts import MAX_FAULTS, pointer, read_body
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.versions import not_modified, refuse_other_version, version_mismatch
from agent_api.conversations.queues import names_of_queues
from agent_api.settings.endpoint_addresses import refuse_unfit_addresses
from agent_api.settings.settings_shown import shown_to
from agent_api.settings.subscription_documents import (
    forget_removed_subscribers,
    refuse_unfit_subscriptions,
)
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.errors import NotConfigured, StorageBusy
from sportello.model import Instant, Model
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.endpoints import personal
from sportello.settings.kinds import KINDS
from sportello.settings.references import LINKED_KINDS, LinkedSettings, check_references
from sportello.settings_document import SettingsDocument
from sportello.table.desk_table import Conflict
from sportello.table.items import StoredSettings
from sportello.table.settings.settings_store import SettingsStore

MAX_DOCUMENT_BYTES = 350_000
"""As stored, where every character beyond ASCII is escaped; a table item holds 400 KB in all."""

routes = Blueprint(__name__)


class SettingsAnswer(Model):
    """`version` is 0 while the packaged default holds."""

    kind: str
    version: int
    document: Any


class KindInForce(Model):
    """`author` and `written_at` are None while the packaged default holds, which nobody wrote."""

    kind: str
    version: int
    author: str | None
    written_at: Instant | None
    may_write: bool


class SettingsInForce(Model):
    kinds: tuple[KindInForce, ...]


@route(routes, "GET", "/settings", Permission.READ_SETTINGS, answers={200: SettingsInForce})
def list_settings(_request: Request, agent: Agent) -> Response:
    written = runtime.table().settings_in_force(KINDS)
    kinds = (
        KindInForce(
            kind=kind,
            version=last.version if (last := written.get(kind)) else 0,
            author=last.author if last else None,
            written_at=last.written_at if last else None,
            may_write=agent.may(Permission.WRITE_SETTINGS) and agent.may(permission_to_write(kind)),
        )
        for kind in KINDS
    )
    return answer_with(SettingsInForce(kinds=tuple(kinds)))


@route(
    routes,
    "GET",
    "/settings/{kind}",
    Permission.READ_SETTINGS,
    answers={200: SettingsAnswer},
    versioned=True,
)
def read_settings(request: Request, agent: Agent, kind: str) -> Response:
    stored = in_force(kind, shape_of(kind))
    return not_modified(request, stored.version) or settings_answer(agent, kind, stored)


@route(
    routes,
    "PUT",
    "/settings/{kind}",
    Permission.WRITE_SETTINGS,
    body=SettingsDocument,
    answers={200: SettingsAnswer},
    problems=("dangling-reference", "queue-in-use"),
    versioned=True,
)
def write_settings(request: Request, agent: Agent, kind: str) -> Response:
    """Make the body the next version; a precondition makes sure of which one it replaces."""
    shape = shape_of(kind)
    agent.require(permission_to_write(kind))
    document = read_body(request, shape, strict=False)
    current = judged(request, kind, document)
    stored = next_version(current, document)
    put_version(request, agent, kind, stored, runtime.utc_now())
    forget_what_is_removed(document, current)
    logger.info("settings written", kind=kind, version=stored.version)
    return settings_answer(agent, kind, stored)


def judged(request: Request, kind: str, document: SettingsDocument) -> StoredSettings:
    """Return what is in force, which a document would replace; raises Problem if it must not."""
    refuse_dangling_references(document)
    current = runtime.table().settings(kind)
    refuse_other_version(request, current.version if current else 0)
    refuse_removing_queues_in_use(document, current)
    refuse_unfit_addresses(document, current)
    refuse_unfit_subscriptions(document, current)
    return current or packaged(type(document))


def next_version(current: StoredSettings, document: SettingsDocument) -> StoredSettings:
    return StoredSettings(version=current.version + 1, document=document.model_dump(mode="json"))


def shape_of(kind: str) -> type[SettingsDocument]:
    if kind not in KINDS:
        raise Problem(404, "unknown-settings-kind", f"There are: {', '.join(KINDS)}.")
    return KINDS[kind]


def in_force(kind: str, shape: type[SettingsDocument]) -> StoredSettings:
    """Read the version in force, as which the packaged default has the number 0."""
    return runtime.table().settings(kind) or packaged(shape)


def packaged(shape: type[SettingsDocument]) -> StoredSettings:
    return StoredSettings(version=0, document=shape().model_dump(mode="json"))


def settings_answer(agent: Agent, kind: str, stored: StoredSettings) -> Response:
    shown = shown_to(agent, kind, stored.document)
    return answer_with(
        SettingsAnswer(kind=kind, version=stored.version, document=shown),
        headers={"etag": etag(stored.version)},
    )


def put_version(
    request: Request, agent: Agent, kind: str, stored: StoredSettings, now: datetime
) -> None:
    """Make a document the version in force, unless somebody else was faster."""
    refuse_too_large(stored.document)
    try:
        runtime.table().put_settings(kind, stored, agent.id, now)
    except Conflict:
        if preconditions.names_a_version(request):
            raise version_mismatch() from None
        raise StorageBusy("somebody else wrote the same settings") from None
    runtime.settings().forget()


def refuse_too_large(document: Any) -> None:
    if len(json.dumps(document)) > MAX_DOCUMENT_BYTES:
        raise Problem(413, "body-too-large", f"At most {MAX_DOCUMENT_BYTES} bytes as stored.")


def forget_what_is_removed(document: SettingsDocument, former: StoredSettings) -> None:
    """Let what is put in again begin anew: endpoints, and subscribers with their keys."""
    _forget_removed_endpoints(document)
    forget_removed_subscribers(document, former)


def _forget_removed_endpoints(document: SettingsDocument) -> None:
    """Let an endpoint that is put in again be rung again, whatever the old one said."""
    if isinstance(document, AgentEndpointSettings):
        endpoints = runtime.table().endpoints
        for mark in endpoints.marks():
            if mark.name not in document.endpoints and not personal(mark.name):
                endpoints.forget(mark.name)


def refuse_dangling_references(document: SettingsDocument) -> None:
    """Hold the document against the others that it names, or that name it, as they are now."""
    if not isinstance(document, LINKED_KINDS):
        return
    # Not the shared store: a name defined a second ago must be found.
    others = SettingsStore(runtime.table(), max_age_seconds=0)

    def as_they_would_be(shape: type[SettingsDocument]) -> SettingsDocument:
        return document if isinstance(document, shape) else others.get(shape)

    try:
        linked = LinkedSettings.gathered(as_they_would_be)
    except NotConfigured as error:
        logger.error("stored settings no longer fit", reason=str(error))
        raise Problem(
            422, "dangling-reference", "A document it refers to must be written anew first."
        ) from None
    faults = [
        Fault(
            pointer=pointer(gap.path) if gap.of == document.kind else None,
            detail=f"{'/'.join(map(str, gap.path))}: {gap.name} is not in {gap.kind}",
        )
        for gap in check_references(linked)
    ]
    if faults:
        raise Problem(
            422,
            "dangling-reference",
            "Write the document that defines the names first, or take them out where they stand.",
            faults=faults[:MAX_FAULTS],
        )


def refuse_removing_queues_in_use(
    document: SettingsDocument, current: StoredSettings | None
) -> None:
    """Keep a queue as long as somebody waits in it: nobody would be rung for them any more."""
    if not isinstance(document, QueueSettings):
        return
    queues = runtime.table().queues
    removed = [name for name in names_of_queues(current) if name not in document.queues]
    waiting = {name: queues.length(name) for name in removed}
    faults = [
        Fault(pointer=pointer(("queues",)), detail=f"{name}: {count} waiting")
        for name, count in waiting.items()
        if count
    ]
    if faults:
        raise Problem(
            422,
            "queue-in-use",
            "Take the conversations out of the queues first, or keep the queues.",
            faults=faults[:MAX_FAULTS],
        )
