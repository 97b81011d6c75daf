"""What is written down of agents: their profiles, and the endpoints that are their own."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from chalice.app import Blueprint, Request, Response
from pydantic import TypeAdapter, ValidationError

from agent_api.calls import preconditions
from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.preconditions import etag, tag_of
from agent_api.calls.problems import Fault, Problem, invalid
from agent_api.calls.request_parts import MAX_FAULTS, pointer, read_body
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.versions import refuse_other_version, version_mismatch
from agent_api.people.agent_view import AgentView, Shown
from agent_api.people.agents import (
    agent_answer,
    checked_agent,
    require_in_charge,
    require_known,
    view_of,
)
from agent_api.settings.endpoint_addresses import refuse_unfit_endpoints
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.errors import StorageBusy
from sportello.hours.settings import OpeningHoursSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.endpoints import AgentEndpoint, PersonalEndpoint
from sportello.routing.profile import AgentProfile, StoredProfile
from sportello.settings_document import Name
from sportello.table.agents.agent_table import ProfileChanged
from sportello.table.settings.settings_store import SettingsStore

MAX_PROFILE_BYTES = 20_000
"""As stored: whoever reads an agent reads the profile with it."""

MAX_ENDPOINTS = 10
"""As a profile has them at most."""

MAX_ATTEMPTS = 5

_NAME: TypeAdapter[str] = TypeAdapter(Name)

routes = Blueprint(__name__)


@route(
    routes,
    "PUT",
    "/agents/{agent_id}",
    Permission.WRITE_AGENTS,
    body=AgentProfile,
    answers={200: AgentView},
    problems=("dangling-reference",),
    versioned=True,
)
def write_profile(request: Request, agent: Agent, agent_id: str) -> Response:
    """Make the body the agent's profile; a precondition makes sure of which one it replaces.

    Endpoints are the agent's own: left out, they stay.
    """
    checked_agent(agent_id)
    if agent.scope is not None:
        require_known(agent, agent_id)
    stored = stored_profile(agent_id)
    require_in_charge(agent, stored.profile.queues)
    profile = read_body(request, AgentProfile, strict=False)
    refuse_unknown_fields(profile)
    # Before what tells which queues there are: to a team those of others do not exist.
    require_in_charge(agent, profile.queues)
    refuse_dangling_names(profile)
    refuse_other_version(request, stored.version)
    if "endpoints" in profile.model_fields_set:
        agent.require(Permission.READ_ADDRESSES)
    else:
        profile = profile.model_copy(update={"endpoints": stored.profile.endpoints})
    refuse_unfit_endpoints(changed_endpoints(profile.endpoints, stored.profile))
    now = runtime.utc_now()
    try:
        keep(agent_id, profile, stored, now)
    except ProfileChanged:
        if preconditions.names_a_version(request):
            raise version_mismatch() from None
        raise StorageBusy("somebody else wrote the same profile") from None
    logger.info("profile written", of=agent_id, version=stored.version + 1)
    written = runtime.table().agents.record(agent_id)
    shown = Shown(held=False, addresses=agent.may(Permission.READ_ADDRESSES))
    return agent_answer(view_of(written, shown, now))


@route(
    routes,
    "PUT",
    "/agents/me/endpoints/{name}",
    Permission.SET_OWN_PRESENCE,
    body=AgentEndpoint,
    answers={200: AgentEndpoint},
    problems=("too-many-endpoints",),
    versioned=True,
)
def write_own_endpoint(request: Request, agent: Agent, name: str) -> Response:
    """Make the body an endpoint of the caller's own, a browser's subscription for instance."""
    check_name(name)
    endpoint = read_body(request, AgentEndpoint, strict=False)
    refuse_unfit(name, endpoint)

    def with_it(endpoints: Mapping[str, AgentEndpoint]) -> Mapping[str, AgentEndpoint]:
        refuse_other_version(request, version_of(endpoints.get(name)))
        if name not in endpoints and len(endpoints) >= MAX_ENDPOINTS:
            raise Problem(422, "too-many-endpoints", "Remove one first.")
        return {**endpoints, name: endpoint}

    change_endpoints(agent.id, with_it)
    logger.info("own endpoint written", notifier=endpoint.notifier)
    return answer_with(endpoint, headers={"etag": etag(version_of(endpoint) or "")})


@route(
    routes,
    "DELETE",
    "/agents/me/endpoints/{name}",
    Permission.SET_OWN_PRESENCE,
    answers={204: None},
    problems=("validation", "body-too-large"),
    versioned=True,
)
def remove_own_endpoint(request: Request, agent: Agent, name: str) -> Response:
    """Take an endpoint away; one that is not there is gone already."""
    check_name(name)

    def without_it(endpoints: Mapping[str, AgentEndpoint]) -> Mapping[str, AgentEndpoint]:
        if name in endpoints:
            refuse_other_version(request, version_of(endpoints[name]))
        return {other: endpoint for other, endpoint in endpoints.items() if other != name}

    change_endpoints(agent.id, without_it)
    return Response(body="", status_code=204, headers={"cache-control": "no-store"})


def change_endpoints(
    agent_id: str,
    change: Callable[[Mapping[str, AgentEndpoint]], Mapping[str, AgentEndpoint]],
) -> None:
    """Change the endpoints in a profile and leave all else in it as others write it."""
    for _ in range(MAX_ATTEMPTS):
        stored = stored_profile(agent_id)
        endpoints = change(stored.profile.endpoints)
        if endpoints == stored.profile.endpoints:
            return
        profile = stored.profile.model_copy(update={"endpoints": endpoints})
        try:
            keep(agent_id, profile, stored, runtime.utc_now())
        except ProfileChanged:
            continue
        return
    raise StorageBusy(f"{MAX_ATTEMPTS} writers of one profile were faster")


def version_of(endpoint: AgentEndpoint | None) -> str | None:
    """Tell one way of ringing from another; None of an endpoint that is not there."""
    if endpoint is None:
        return None
    return tag_of(json.dumps(endpoint.model_dump(mode="json"), sort_keys=True))


def check_name(name: str) -> None:
    try:
        _NAME.validate_python(name)
    except ValidationError:
        raise Problem(
            422, "validation", "An endpoint is named by lower-case letters, digits, - and _."
        ) from None


def stored_profile(agent_id: str) -> StoredProfile:
    return runtime.table().agents.profile(agent_id) or StoredProfile(profile=AgentProfile())


def changed_endpoints(
    endpoints: Mapping[str, AgentEndpoint], profile: AgentProfile
) -> Mapping[str, AgentEndpoint]:
    """Return those that are not in force as they are: what is stays, whatever is wrong with it."""
    in_force = profile.endpoints
    return {name: each for name, each in endpoints.items() if each != in_force.get(name)}


def refuse_unfit(name: str, endpoint: AgentEndpoint) -> None:
    """Have an endpoint judged that is the whole body."""
    try:
        refuse_unfit_endpoints({name: endpoint})
    except Problem as problem:
        base = f"/endpoints/{name}"
        faults = [
            fault.model_copy(update={"pointer": (fault.pointer or "").removeprefix(base)})
            for fault in problem.faults
        ]
        raise Problem(problem.status, problem.kind, problem.detail, faults=faults) from None


def keep(agent_id: str, profile: AgentProfile, stored: StoredProfile, now: datetime) -> None:
    """Replace a version of a profile; raises ProfileChanged if it is not the one in force."""
    if len(json.dumps(profile.model_dump(mode="json"))) > MAX_PROFILE_BYTES:
        raise Problem(413, "body-too-large", f"At most {MAX_PROFILE_BYTES} bytes as stored.")
    table = runtime.table()
    table.agents.put_profile(agent_id, profile, stored.version, now)
    for name in stored.profile.endpoints.keys() - profile.endpoints.keys():
        # One that is put in again is rung again, whatever the old one said.
        table.endpoints.forget(PersonalEndpoint(agent_id, name).written)


def refuse_unknown_fields(profile: AgentProfile) -> None:
    """A caller's document is read strictly; what is stored keeps what a later version wrote."""
    if unknown := sorted(profile.unknown_fields)[:MAX_FAULTS]:
        faults = [Fault(pointer=pointer((name,)), detail="No such field.") for name in unknown]
        raise invalid(*faults)


def refuse_dangling_names(profile: AgentProfile) -> None:
    # Not the shared store: a name defined a second ago must be found.
    settings = SettingsStore(runtime.table(), max_age_seconds=0)
    queues = settings.get(QueueSettings).queues
    faults = [
        Fault(pointer=pointer(("queues", number)), detail=f"{name} is not in {QueueSettings.kind}")
        for number, name in enumerate(profile.queues)
        if name not in queues
    ]
    calendars = settings.get(OpeningHoursSettings).calendars
    if profile.calendar and profile.calendar not in calendars:
        kind = OpeningHoursSettings.kind
        faults.append(Fault(pointer="/calendar", detail=f"It is not in {kind}."))
    if faults:
        raise Problem(
            422,
            "dangling-reference",
            "Write the document that defines the names first.",
            faults=faults[:MAX_FAULTS],
        )
