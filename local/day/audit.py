"""What must be so at the end of the day, held against the table and against what arrived."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.cloud.observing import wait_until
from local.cloud.reception import MARK
from local.day.agent import Agent
from local.day.guests import CHANNELS, Guest, Guests
from local.day.page import Api, opened_file, whole_story
from local.providers.provider_calls import CallLog
from local.shift.evidence import read_log
from sportello.conversation.events import AnswerLost, MessageReceived
from sportello.table.desk_table import DeskTable

SETTLING_SECONDS = 120.0
SEARCHES = 10

type Row = Mapping[str, Any]

_PRACTICE = re.compile(rf"{MARK} ([0-9a-f]{{12}})")


@dataclass(frozen=True)
class Day:
    """What was looked at: of everybody, of the agents, and of the wire."""

    guests: Guests
    agents: Sequence[Agent]
    supervisor: Api
    table: DeskTable
    calls: CallLog

    @property
    def everybody(self) -> list[Guest]:
        return self.guests.everybody


def complaints(day: Day) -> Iterator[str]:
    """Say what was not as it has to be; nothing if all was."""
    # Agents work on until all is resolved: what is read before may change under the reader.
    yield from _endings(day)
    yield from _answers(day)
    yield from _stories(day)
    yield from _rows(day)
    yield from _files(day)
    yield from _lost_replies(day)
    yield from _searches(day)
    if not sum(agent.counts["lines lost"] for agent in day.agents):
        yield "no line was ever lost"


def _endings(day: Day) -> Iterator[str]:
    names = {guest.conversation_id for guest in day.everybody}

    def all_closed() -> bool:
        return names <= _closed(day).keys()

    try:
        wait_until(all_closed, seconds=SETTLING_SECONDS, what="end of the conversations")
    except TimeoutError:
        yield f"{len(names - _closed(day).keys())} conversations were not resolved"


def _closed(day: Day) -> dict[str, Row]:
    return {row["conversation_id"]: row for row in day.supervisor.rows("closed")}


def _answers(day: Day) -> Iterator[str]:
    answered = day.guests.counts["answered twice"]
    if answered < len(day.everybody):
        yield f"{len(day.everybody) - answered} customers were not answered twice"
    taken = [call for call in day.calls.calls() if call.taken and call.channel in CHANNELS]
    arrivals = Counter(_practices(call.body for call in taken))
    texts = [text for agent in day.agents for text in agent.sent.values()]
    for practice in _practices(texts):
        if arrivals[practice] == 0:
            yield f"reply {practice} never left"
    twice = [name for name, times in arrivals.items() if times > 1]
    if twice:
        yield f"{len(twice)} replies left twice"


def _practices(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if match := _PRACTICE.search(text):
            yield match[1]


def _stories(day: Day) -> Iterator[str]:
    """Nothing is missed, and nothing is shown twice: of each page, and of each conversation."""
    for guest in day.everybody:
        events = read_log(day.table, guest.conversation_id)
        items = Counter(e.item_id for e in events if isinstance(e, MessageReceived))
        if items.total() != guest.messages or len(items) != guest.messages:
            yield f"{guest.name} wrote {guest.messages} messages, {items.total()} are recorded"
    for agent in day.agents:
        for name, story in agent.stories.items():
            twice = [key for key, times in story.shown.items() if times > 1]
            if twice:
                yield f"{agent.member.name} was shown {len(twice)} words twice"
            story.read(agent.api)
            missing = whole_story(agent.api, name) - story.shown.keys()
            if missing:
                yield f"{agent.member.name} missed {len(missing)} words of a conversation"


def _rows(day: Day) -> Iterator[str]:
    """What the sockets brought is what the lists say, but for what timers count since."""
    names = {guest.conversation_id for guest in day.everybody}
    listed = _closed(day)
    for agent in day.agents:
        pushed = agent.live.rows
        stale = [
            name
            for name in names & listed.keys() & pushed.keys()
            if _shown(pushed[name]) != _shown(listed[name])
        ]
        if stale:
            yield f"{agent.member.name} has {len(stale)} rows that are not the newest"


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "sequence"}


def _files(day: Day) -> Iterator[str]:
    """Every file that a customer sent can be opened, and is what they sent."""
    opened = {digest for agent in day.agents for digest in agent.opened.values()}
    for guest in day.everybody:
        if guest.file and guest.file not in opened and guest.file not in _left(day, guest):
            yield f"{guest.name} sent a {guest.sends} that nobody could open"
    sent = sum(
        agent.counts["pictures sent"] + agent.counts["voice notes sent"] for agent in day.agents
    )
    if not sent:
        yield "no agent sent a file"


def _left(day: Day, guest: Guest) -> Iterator[str]:
    """Open what no agent happened to look at again after it had come."""
    for agent in day.agents:
        story = agent.stories.get(guest.conversation_id)
        for media_id in story.files if story else ():
            yield opened_file(agent.api, guest.conversation_id, media_id) or ""


def _lost_replies(day: Day) -> Iterator[str]:
    lost = sum(
        isinstance(event, AnswerLost)
        for guest in day.everybody
        for event in read_log(day.table, guest.conversation_id)
    )
    noticed = sum(agent.counts["told of a reply that was lost"] for agent in day.agents)
    mended = sum(agent.counts["lost replies mended"] for agent in day.agents)
    if not lost:
        yield "no reply was refused"
    if mended < lost:
        yield f"{lost} replies were lost, agents were told of {noticed} and mended {mended}"


def _searches(day: Day) -> Iterator[str]:
    for guest in day.everybody[:: max(1, len(day.everybody) // SEARCHES)]:
        answer = day.supervisor.ask("GET", f"/search?q={guest.name}").expect(200).document()
        found = {hit["row"]["conversation_id"] for hit in answer["hits"]}
        if guest.conversation_id not in found:
            yield f"searching for {guest.name} does not find them"
