"""What no event tells, said once a day: that there are queues for which nobody can be rung."""

from datetime import datetime

from sportello.aws.logs import Metric, count, logger
from sportello.people.reachability import queues_without_people
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.table.desk_table import DeskTable
from sportello.table.settings.settings_store import SettingsStore

HOUR = 7
"""In UTC: the morning of those who are asked to do something about it."""


def look_once_a_day(table: DeskTable, settings: SettingsStore, now: datetime) -> None:
    """Look at the settings, if this is the minute of the day; called in every one."""
    if (now.hour, now.minute) != (HOUR, 0):
        return
    settings.read_together(QueueSettings, AgentEndpointSettings)
    endpoints = _still_there(table, settings.get(AgentEndpointSettings))
    for queue in queues_without_people(settings.get(QueueSettings), endpoints):
        logger.warning("nobody can be rung", queue=queue)
        count(Metric.NOBODY_TO_RING, "all")


def _still_there(table: DeskTable, configured: AgentEndpointSettings) -> AgentEndpointSettings:
    """Return the endpoints without those that say they are gone, which are not rung any more."""
    gone = {endpoint.name: endpoint.settings_hash for endpoint in table.endpoints.gone()}
    there = {
        name: endpoint
        for name, endpoint in configured.endpoints.items()
        if gone.get(name) != endpoint.hash
    }
    return configured.model_copy(update={"endpoints": there})
