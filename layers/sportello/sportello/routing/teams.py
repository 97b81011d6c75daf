"""Teams of partners, each with the queues that its people see. Pure."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from sportello.model import Model
from sportello.settings_document import Name, SettingsDocument

type Scope = frozenset[str] | None
"""The queues somebody sees; None for all there are."""

MAX_TEAMS = 200
MAX_QUEUES = 200


class Team(Model):
    queues: tuple[Name, ...] = Field(default=(), max_length=MAX_QUEUES)


class TeamSettings(SettingsDocument):
    """Whoever is in no team sees every queue."""

    kind: ClassVar[str] = "teams"

    teams: dict[Name, Team] = Field(default_factory=dict, max_length=MAX_TEAMS)

    def scope_of(self, names: Iterable[str]) -> frozenset[str]:
        """Return the queues of some teams together; a team that is not written down has none."""
        teams = (self.teams[name] for name in names if name in self.teams)
        return frozenset(queue for team in teams for queue in team.queues)


def sees(scope: Scope, queue: str, *, is_own: bool = False) -> bool:
    """Tell whether a matter of a queue is anybody's business; one's own is, wherever it went."""
    return is_own or scope is None or queue in scope
