"""The episodes of a conversation, read off its log: when each began, how it ended, and by whom.

A walk goes from the newest commit back, and may be broken off anywhere: where it stands says what
has to be known to go on, so that each episode is told once however long it is.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, Self

from sportello.conversation.events import ConversationResolved, EpisodeOpened
from sportello.model import Instant, Model
from sportello.table.desk_table import DeskTable
from sportello.table.items import LogEntry
from sportello.table.stories.notes import LOG_PAGE, MOST_LOG_PAGES

STANDING = re.compile(r"\d{1,12}(#-|#\d{1,16}#[^#]{0,128}#\d{1,12})?", re.ASCII)
"""A place in a log, with how the episode ended that the walk is within, if that is known."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_MICROSECOND = timedelta(microseconds=1)


class Resolver(Model):
    """Who closed an episode: `name` is an agent's id."""

    kind: Literal["agent"] = "agent"
    name: str


class Episode(Model):
    """`ended_at`, `ended` and `by` are None of the one that goes on; reopened it is the same one.

    `before` is the cursor to the page of the story that ends with it, None for the newest.
    """

    episode: int
    began_at: Instant
    ended_at: Instant | None = None
    ended: Literal["resolved"] | None = None
    by: Resolver | None = None
    before: int | None = None


class EpisodeEnd(NamedTuple):
    at: Instant
    agent_id: str
    before: int


class Walk(NamedTuple):
    """Where a walk stands: what is older than `before` is still to be looked at.

    It `is_within` an episode of which it has not met the beginning; without an `end` that goes on.
    """

    before: int | None = None
    is_within: bool = False
    end: EpisodeEnd | None = None

    @classmethod
    def at(cls, position: str) -> Self:
        """Read where a walk stood; an empty position is the newest commit."""
        before, *within = position.split("#")
        match within:
            case [at, agent_id, end]:
                ending = EpisodeEnd(_EPOCH + int(at) * _MICROSECOND, agent_id, int(end))
                return cls(int(before), is_within=True, end=ending)
            case ["-"]:
                return cls(int(before), is_within=True)
            case _:
                return cls(int(before) if before else None)

    @property
    def position(self) -> str:
        if not self.is_within:
            return str(self.before)
        if self.end is None:
            return f"{self.before}#-"
        at = (self.end.at - _EPOCH) // _MICROSECOND
        return f"{self.before}#{at}#{self.end.agent_id}#{self.end.before}"

    def past(self, commit: LogEntry) -> tuple[Self, list[Episode]]:
        """Go on past a commit, and return the episodes that began in it, the latest first."""
        walk, episodes = self._replace(before=commit.sequence), []
        for event in reversed(commit.events):
            match event:
                case ConversationResolved(at=at, agent_id=agent_id) if not walk.is_within:
                    end = EpisodeEnd(at, agent_id, commit.sequence + len(commit.events))
                    walk = walk._replace(is_within=True, end=end)
                case EpisodeOpened(reopened=True):
                    walk = walk._replace(is_within=True)
                case EpisodeOpened(number=number, at=at):
                    episodes.append(_episode(number, at, walk.end))
                    walk = walk._replace(is_within=False, end=None)
        return walk, episodes


class EpisodesFound(NamedTuple):
    """The latest first; `goes_on` is where to go on, empty where nothing is left."""

    episodes: list[Episode]
    goes_on: str


def read_episodes(
    table: DeskTable, conversation_id: str, limit: int, position: str = ""
) -> EpisodesFound:
    """Read episodes back from a position; fewer than `limit`, or none, where they are very long."""
    walk, episodes = Walk.at(position), list[Episode]()
    for _ in range(MOST_LOG_PAGES):
        log = table.log_page(conversation_id, LOG_PAGE, walk.before)
        for commit in log:
            walk, began = walk.past(commit)
            episodes += began
            if len(episodes) >= limit:
                break
        if not log or not walk.before:
            return EpisodesFound(episodes, "")
        if len(episodes) >= limit:
            break
    return EpisodesFound(episodes, walk.position)


def _episode(number: int, began_at: datetime, end: EpisodeEnd | None) -> Episode:
    episode = Episode(episode=number, began_at=began_at)
    if end is None:
        return episode
    resolver = Resolver(name=end.agent_id)
    changes = {"ended_at": end.at, "ended": "resolved", "by": resolver, "before": end.before}
    return episode.model_copy(update=changes)
