"""Closures out of a calendar that the business keeps elsewhere, added to its opening hours."""

from datetime import date
from typing import Any

from chalice.app import Blueprint, Request, Response
from pydantic import ValidationError

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.preconditions import etag
from agent_api.calls.problems import Problem
from agent_api.calls.request_parts import read_bytes
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.versions import refuse_other_version
from agent_api.settings.documents import put_version
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.hours.closed_days import Closure
from sportello.hours.ical_closures import Skipped, closures_in, new_among
from sportello.hours.icalendar_text import BadCalendar
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import Model
from sportello.table.items import StoredSettings

HORIZON_YEARS = 3
"""Events recur as far as the end of the third year from now: import again by then."""

routes = Blueprint(__name__)


class ImportAnswer(Model):
    """`version` is that of the settings document in force after the import."""

    calendar: str
    version: int
    first: date
    last: date
    imported: tuple[Closure, ...]
    already_there: int
    skipped: tuple[Skipped, ...]


@route(
    routes,
    "POST",
    "/settings/{kind}/calendars/{name}/closures",
    Permission.WRITE_ROUTING,
    body="text/calendar",
    answers={200: ImportAnswer},
    problems=("unknown-calendar", "malformed-calendar", "dangling-reference"),
    versioned=True,
)
def import_closures(request: Request, agent: Agent, kind: str, name: str) -> Response:
    """Add the closed days of a text/calendar body to a calendar, as the next version.

    Sending it again adds nothing; what was taken out of the file stays until somebody removes it.
    """
    if kind != OpeningHoursSettings.kind:
        raise Problem(404, "unknown-path", "Only opening_hours has calendars.")
    content = read_bytes(request, "text/calendar")
    version, document = _in_force()
    settings = _fitting(document)
    refuse_other_version(request, version)
    if name not in settings.calendars:
        raise Problem(404, "unknown-calendar", "Write it into opening_hours first.")
    hours = settings.calendars[name]
    now = runtime.utc_now()
    first = now.astimezone(hours.zone).date()
    last = date(first.year + HORIZON_YEARS, 12, 31)
    try:
        calendar = closures_in(content, hours.zone, first, last)
    except BadCalendar as error:
        raise Problem(422, "malformed-calendar", f"{error}.") from None
    new = new_among(calendar.closures, hours.closed)
    if new:
        version += 1
        stored = StoredSettings(version=version, document=_with_closures(document, name, new))
        put_version(request, agent, kind, stored, now)
    logger.info("closures imported", version=version, new=len(new), skipped=len(calendar.skipped))
    return answer_with(
        ImportAnswer(
            calendar=name,
            version=version,
            first=first,
            last=last,
            imported=new,
            already_there=len(calendar.closures) - len(new),
            skipped=calendar.skipped,
        ),
        headers={"etag": etag(version)},
    )


def _in_force() -> tuple[int, dict[str, Any]]:
    # Not the shared store: what was written a second ago is what we add to.
    stored = runtime.table().settings(OpeningHoursSettings.kind)
    packaged = OpeningHoursSettings().model_dump(mode="json")
    return (stored.version, packaged | stored.document) if stored else (0, packaged)


def _fitting(document: dict[str, Any]) -> OpeningHoursSettings:
    try:
        return OpeningHoursSettings.as_stored(document)
    except ValidationError:
        logger.error("stored settings no longer fit", kind=OpeningHoursSettings.kind)
        raise Problem(
            422, "dangling-reference", "The opening hours must be written anew first."
        ) from None


def _with_closures(document: dict[str, Any], name: str, new: tuple[Closure, ...]) -> dict[str, Any]:
    """Return the document with a calendar closed on more days, and all else as it stands there."""
    calendar = document["calendars"][name]
    added = [closure.model_dump(mode="json") for closure in new]
    changed = calendar | {"closed": [*calendar.get("closed", ()), *added]}
    return document | {"calendars": document["calendars"] | {name: changed}}
