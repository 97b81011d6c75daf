"""Reports for supervisors: how long customers waited for a person, and how many gave up."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

from chalice.app import Blueprint, Request, Response
from pydantic import Field, ValidationError

from agent_api.calls.identity import Agent
from agent_api.calls.moments import Moment
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, Problem, invalid
from agent_api.calls.request_parts import read_query
from agent_api.calls.route_declaration import answer_with, route
from agent_api.conversations.queues import names_of_queues
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.hours.opening_windows import TimeZoneName
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import Instant, Model
from sportello.queues.settings import QueueSettings
from sportello.queues.waits import WAITS_KEPT, WaitRecord
from sportello.reports.report_intervals import Interval, IntervalLength, cut, midnight
from sportello.reports.service_level_report import GoalOf, Row, Total, report
from sportello.settings_document import Name
from sportello.sla.goals import ServiceLevelDefinition, ServiceLevelGoal
from sportello.sla.settings import SlaSettings
from sportello.table.desk_table import DeskTable
from sportello.table.settings.settings_store import SettingsStore

MAX_INTERVALS = 750
"""A month by the hour, a week by the quarter."""

MAX_ROWS = 2_000
"""A row counts once for each goal in it; an answer of a function holds 6 MB."""

MAX_WAITS = 20_000
MAX_VERSIONS = 2_000
"""Of the queues since the report begins; each is read whole, to see which queues there were."""

LESS_TO_READ = "less time, or one queue"
"""What makes less to read; intervals and the channel are cut out of what was read."""

LATE_END = timedelta(days=1)
"""Who was on the way into or out of a queue when it was removed may be answered a while after."""

routes = Blueprint(__name__)


class ServiceLevelQuery(Model):
    """What is wanted; the figures left out are those of the SLA policies."""

    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to")
    interval: IntervalLength = IntervalLength.DAY
    queue: Name | None = None
    channel: Name | None = None
    time_zone: TimeZoneName | None = None
    definition: ServiceLevelDefinition | None = None
    threshold_seconds: int | None = Field(default=None, ge=1, le=31_536_000)
    goal: float | None = Field(default=None, ge=0, le=1)
    short_abandon_seconds: int | None = Field(default=None, ge=0, le=31_536_000)


class Period(Model):
    """From `start` to before `end`; `as_of` is when it was asked: later waits are not in it."""

    start: Instant
    end: Instant
    as_of: Instant
    time_zone: str
    interval: IntervalLength


class ServiceLevelAnswer(Model):
    period: Period
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]


@route(
    routes,
    "GET",
    "/reports/service-level",
    Permission.READ_REPORTS,
    query=ServiceLevelQuery,
    answers={200: ServiceLevelAnswer},
)
def read_service_level(request: Request, agent: Agent) -> Response:
    query = read_query(request, ServiceLevelQuery)
    if query.queue is not None and not agent.sees(query.queue):
        raise unknown_queue()
    table = runtime.table()
    # Not the shared store: a report asked for after a change is about the change.
    settings = SettingsStore(table, max_age_seconds=0)
    zone = zone_of(query, settings)
    period = period_in(query, zone)
    intervals = intervals_in(period, zone)
    queues = queues_in(query, filter(agent.sees, queues_since(table, period.start - LATE_END)))
    waits = read_waits(table, query, queues, period)
    goal_of = goals_for(query, table)
    judged_apart = {(wait.queue, wait.channel, goal_of(wait)) for wait in waits}
    if len(judged_apart) * len(intervals) > MAX_ROWS:
        raise too_much(
            f"more than {MAX_ROWS} rows",
            "longer intervals, less time, or one queue or channel",
        )
    figures = report(waits, intervals, goal_of)
    return answer_with(ServiceLevelAnswer(period=period, rows=figures.rows, totals=figures.totals))


def queues_since(table: DeskTable, since: datetime) -> Iterator[str]:
    """Yield every queue there was at an instant or later, those of today first.

    A queue is yielded once for each version that has it; versions are read as the caller goes.
    """
    for number, version in enumerate(table.settings_since(QueueSettings.kind, since)):
        if number == MAX_VERSIONS:
            raise too_much(f"more than {MAX_VERSIONS} versions of the queues", LESS_TO_READ)
        yield from names_of_queues(version)


def queues_in(query: ServiceLevelQuery, names: Iterator[str]) -> list[str]:
    if query.queue is None:
        return list(dict.fromkeys(names))
    if query.queue not in names:
        raise unknown_queue()
    return [query.queue]


def zone_of(query: ServiceLevelQuery, settings: SettingsStore) -> ZoneInfo:
    """Return the zone asked for, else the queue's own, else that of the queue of handoffs."""
    if query.time_zone:
        return ZoneInfo(query.time_zone)
    queues = settings.get(QueueSettings)
    # A queue of the past has no calendar any more.
    queue = query.queue if query.queue in queues.queues else queues.handoff_queue
    hours = settings.get(OpeningHoursSettings).calendars.get(queues.queues[queue].calendar)
    if hours is None:
        raise unfit("time_zone", "needed, because the queue has no calendar")
    return hours.zone


def period_in(query: ServiceLevelQuery, zone: ZoneInfo) -> Period:
    now = runtime.utc_now()
    since, until = (
        at if isinstance(at, datetime) else midnight(at, zone) for at in (query.since, query.until)
    )
    if since < now - WAITS_KEPT:
        raise unfit("from", f"waits are kept for {WAITS_KEPT.days} days")
    if until <= since:
        raise unfit("to", "not after `from`")
    return Period(start=since, end=until, as_of=now, time_zone=zone.key, interval=query.interval)


def intervals_in(period: Period, zone: ZoneInfo) -> list[Interval]:
    cutting = cut(period.start, period.end, period.interval, zone)
    intervals = list(islice(cutting, MAX_INTERVALS + 1))
    if len(intervals) > MAX_INTERVALS:
        raise too_much(f"more than {MAX_INTERVALS} intervals", "longer intervals, or less time")
    return intervals


def read_waits(
    table: DeskTable, query: ServiceLevelQuery, queues: list[str], period: Period
) -> list[WaitRecord]:
    until = min(period.end, period.as_of)
    ended = (wait for queue in queues for wait in table.queues.waits(queue, period.start, until))
    waits = list(islice(ended, MAX_WAITS + 1))
    if len(waits) > MAX_WAITS:
        raise too_much(f"more than {MAX_WAITS} waits", LESS_TO_READ)
    return [wait for wait in waits if query.channel in {None, wait.channel}]


def goals_for(query: ServiceLevelQuery, table: DeskTable) -> GoalOf:
    """Tell by which goal a wait is judged: that of its policy when it ran, as the query bends it.

    A wait whose policy has none, or can no longer be read, is held against its own target.
    """

    @cache
    def goals_in(version: int) -> Mapping[str, ServiceLevelGoal | None]:
        return goals_of_version(table, version)

    @cache
    def judged_by(policy: str, version: int, target: int | None) -> ServiceLevelGoal | None:
        goal = goals_in(version).get(policy)
        threshold = query.threshold_seconds or target
        if goal is None and threshold is not None:
            goal = ServiceLevelGoal(threshold_seconds=threshold)
        return goal and goal.but(
            definition=query.definition,
            threshold_seconds=query.threshold_seconds,
            goal=query.goal,
            short_abandon_seconds=query.short_abandon_seconds,
        )

    return lambda wait: judged_by(wait.policy, wait.policy_version, wait.target_seconds)


def goals_of_version(table: DeskTable, version: int) -> Mapping[str, ServiceLevelGoal | None]:
    """Return the goal of each policy as it was in a version of the settings; 0 is packaged."""
    stored = table.settings(SlaSettings.kind, version) if version else None
    if version and stored is None:
        return {}
    try:
        settings = SlaSettings.as_stored(stored.document) if stored else SlaSettings()
    except ValidationError:
        logger.warning("an old version of settings fits no more", version=version)
        return {}
    return {policy.name: policy.goal for policy in settings.policies}


def unknown_queue() -> Problem:
    return unfit("queue", "not one of the queues, nor was it since `from`")


def unfit(parameter: str, detail: str) -> Problem:
    return invalid(Fault(parameter=parameter, detail=detail))


def too_much(detail: str, instead: str) -> Problem:
    return Problem(422, "validation", f"This would be {detail}: ask for {instead}.")
