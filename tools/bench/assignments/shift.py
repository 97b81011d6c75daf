"""A shift in virtual time: a thousand agents, thousands of customers, on one table.

The rules and the table do all of it, as the functions call them; what stands between them, streams
and queues, is a short delay here. Agents decline some offers, let others lapse, and take breaks;
some have devices that never ring.
"""

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sportello.conversation.commands import Command
from sportello.errors import NotAllowed
from sportello.queues.settings import QueueSettings
from sportello.routing.choice import why_not
from sportello.routing.line import InLine
from sportello.routing.presence import Presence
from sportello.routing.seating import seats_of
from sportello.routing.seats import Seat
from sportello.routing.settings import RoutingSettings
from sportello.routing.work import Agent, Claim
from sportello.table.agents.agent_items import AGENT, AgentRecord, agent_of, read_place
from support.builders import accept, decline, reply, resolve, tick
from support.clouds.small.expressions import Item
from tools.bench.assignments.large_table import LargeDynamoDB
from tools.bench.assignments.scenes import agent_name, staffed

if TYPE_CHECKING:
    from support.clouds.staffed_desk import StaffedDesk

UNITS_OF_AN_AGENT = 4
"""Two chats, so that the shift is busy."""

QUEUES: dict[str, Any] = {
    "default": {"routing": {"language_relaxed_after_seconds": 120}},
    "orders": {
        "routing": {
            "language_relaxed_after_seconds": 120,
            "overflow": [{"queue": "default", "after_seconds": 60}],
        }
    },
    "vip": {"routing": {"assignment": "assign", "order": "least_loaded"}},
}
SHARES_OF_QUEUES = {"default": 0.6, "orders": 0.3, "vip": 0.1}
PROFILES: tuple[Mapping[str, Any], ...] = (
    {"queues": ("default",), "languages": ("it",)},
    {"queues": ("default", "orders"), "languages": ("it", "en")},
    {"queues": ("orders",), "languages": ("it", "en")},
    {"queues": ("default", "vip"), "languages": ("it", "en", "de")},
)
SHARES_OF_LANGUAGES = {"it": 0.7, "en": 0.2, "de": 0.1}
RELAXATIONS = (60.5, 120.5)
"""Seconds of waiting after which somebody is looked for anew: more agents may be asked."""

SETTLED_AFTER = 0.3
"""Seconds from a commit, over the stream, to the function that settles an agent."""

SHIFT_SECONDS = 3_600
LONGEST_OFFER = 31.0
ACCEPTED, DECLINED = 0.86, 0.07
BREAKS, BREAK_SECONDS = 0.1, 900.0
LOOKED_AT_EVERY = 120
A_MOMENT = 2.0

type Event = Callable[[], None]


class Outcome(NamedTuple):
    """`waits` are the seconds until somebody had each customer, the shortest first.

    `over_capacity`, `overtaken` and `idle` are how often an agent had more than they can take, was
    asked for somebody while another of theirs stood before them, and had room for somebody who
    waited.
    """

    waits: tuple[float, ...]
    never_served: int
    asked: int
    calls: int
    over_capacity: int
    overtaken: int
    idle: int


class Shift:
    """`customers` come within `seconds`; `dead_devices` is the share of agents who hear nothing."""

    def __init__(
        self,
        agents: int,
        customers: int,
        seed: int = 12,
        *,
        seconds: int = SHIFT_SECONDS,
        dead_devices: float = 0.05,
    ) -> None:
        self._seconds = seconds
        self._deaf = {agent_name(each) for each in range(int(agents * dead_devices))}
        self._random = random.Random(seed)  # noqa: S311 -- chance, not secrecy
        self._small = LargeDynamoDB(written=self._written)
        self._desk: StaffedDesk = staffed(self._small)
        self._start = self._desk.now
        self._clock = 0.0
        self._upcoming: list[tuple[float, int, Event]] = []
        self._numbers = itertools.count()
        self._to_settle: set[str] = set()
        self._claims: list[tuple[str, Claim]] = []
        self._offered: set[tuple[str, str]] = set()
        self._came: dict[str, float] = {}
        self._served: dict[str, float] = {}
        self._places: dict[str, InLine] = {}
        self._counted: Counter[str] = Counter()
        self._open(agents)
        for number in range(customers):
            # A rush: twice as many in the middle as all the time on average.
            at = self._random.triangular(0, seconds)
            self._at(at, self._coming(f"customer-{number}"))
        for at in range(LOOKED_AT_EVERY, seconds, LOOKED_AT_EVERY):
            self._at(at, self._look_for_idle_room)

    def run(self) -> Outcome:
        while self._upcoming:
            self._clock, _, event = heapq.heappop(self._upcoming)
            self._desk.now = self._start + timedelta(seconds=self._clock)
            event()
            self._take_note()
        return Outcome(
            waits=tuple(sorted(self._served[name] - self._came[name] for name in self._served)),
            never_served=len(self._came.keys() - self._served.keys()),
            asked=self._counted["asked"],
            calls=self._small.calls,
            over_capacity=self._counted["over_capacity"],
            overtaken=self._counted["overtaken"],
            idle=self._counted["idle"],
        )

    # --- what happens -----------------------------------------------------------------------

    def _open(self, agents: int) -> None:
        self._desk.configure(RoutingSettings, capacity=UNITS_OF_AN_AGENT)
        self._desk.configure(QueueSettings, queues=QUEUES)
        for number, profile in zip(range(agents), itertools.cycle(PROFILES), strict=False):
            self._desk.at_work(agent_name(number), **profile)
            if self._random.random() < BREAKS:
                begins = self._random.uniform(0, self._seconds)
                self._at(begins, self._saying(agent_name(number), Presence.AWAY))
                back = begins + BREAK_SECONDS
                self._at(back, self._saying(agent_name(number), Presence.AVAILABLE))
        self._to_settle.clear()

    def _coming(self, name: str) -> Event:
        queue, language = self._one_of(SHARES_OF_QUEUES), self._one_of(SHARES_OF_LANGUAGES)

        def come() -> None:
            self._came[name] = self._clock
            self._desk.queue(name, queue, language=language)
            self._desk.place(name)
            for after in RELAXATIONS:
                self._at(self._clock + after, lambda: self._desk.place(name))

        return come

    def _saying(self, agent_id: str, presence: Presence) -> Event:
        return lambda: self._desk.present(agent_id, presence)

    def _asked(self, agent_id: str, name: str) -> None:
        """What an agent makes of an offer."""
        chance, reacts_at = self._random.random(), self._clock + self._random.uniform(2, 12)
        if agent_id in self._deaf:
            pass
        elif chance < ACCEPTED:
            self._at(reacts_at, lambda: self._accept(agent_id, name))
        elif chance < ACCEPTED + DECLINED:
            self._at(reacts_at, lambda: self._ask_and_place(name, decline(agent_id)))
        self._at(self._clock + LONGEST_OFFER, lambda: self._ask_and_place(name, tick()))

    def _ask_and_place(self, name: str, command: Command) -> None:
        if name not in self._served:
            self._desk.ask(name, command)
            self._desk.place(name)

    def _accept(self, agent_id: str, name: str) -> None:
        try:
            self._desk.ask(name, accept(agent_id))
        except NotAllowed:
            return

    def _has(self, agent_id: str, name: str) -> None:
        """An agent has a customer: they are answered at once, and in the end helped."""
        self._served[name] = self._clock
        self._at(self._clock + 5, lambda: self._desk.ask(name, reply(agent_id)))
        lasts = self._random.uniform(240, 600)
        self._at(self._clock + lasts, lambda: self._desk.ask(name, resolve(agent_id)))

    # --- what is seen of it -----------------------------------------------------------------

    def _written(self, _event: str, item: Item) -> None:
        match item["entity"]["S"]:
            case "agent" if "settle" in item:
                self._to_settle.add(agent_of(item))
            case "claim":
                claim = Claim.model_validate_json(item["claim"]["S"])
                self._claims.append((agent_of(item), claim))

    def _take_note(self) -> None:
        """Act on what a step has written, as the stream and the agents do."""
        claims, self._claims = self._claims, []
        for agent_id, claim in claims:
            name = claim.conversation_id
            if claim.offered:
                self._offered.add((agent_id, name))
                self._asked(agent_id, name)
                self._look_at(agent_id, name)
            elif name not in self._served:
                self._has(agent_id, name)
                if (agent_id, name) not in self._offered:
                    self._look_at(agent_id, name)
        asked, self._to_settle = self._to_settle, set()
        for agent_id in sorted(asked):
            self._at(self._clock + SETTLED_AFTER, lambda name=agent_id: self._desk.settle(name))  # type: ignore[misc] # bound at once

    def _look_at(self, agent_id: str, name: str) -> None:
        """See for whom an agent is asked, who stood before them, and what the agent has now."""
        agent = self._desk.agent(agent_id)
        self._counted["asked"] += 1
        self._counted["over_capacity"] += agent.load(self._desk.now) > UNITS_OF_AN_AGENT
        others = tuple(each for each in agent.claims if each.conversation_id != name)
        before = agent.model_copy(update={"claims": others})
        seats = self._seats(before)
        self._counted["overtaken"] += any(
            self._came[waiting.conversation_id] < self._came[name]
            and self._may_be_asked(waiting, seats)
            for waiting in self._line()
        )

    def _look_for_idle_room(self) -> None:
        """See who waits while somebody has room for them, and a moment later still does."""
        first = self._could_be_served()
        later = self._clock + A_MOMENT
        self._at(later, lambda: self._counted.update(idle=len(first & self._could_be_served())))

    def _could_be_served(self) -> set[tuple[str, str]]:
        waiting = [*self._line()]
        agents = [
            AgentRecord.from_items(agent_id, items).agent
            for agent_id, items in self._small.partitions(AGENT)
            if waiting
        ]
        return {
            (each.conversation_id, agent.agent_id)
            for agent in agents
            if (seats := self._seats(agent)) and seats[0].room
            for each in waiting
            if self._may_be_asked(each, seats)
        }

    def _seats(self, agent: Agent) -> Sequence[Seat]:
        return seats_of(agent, agent.profile.queues, UNITS_OF_AN_AGENT, self._desk.now)

    def _may_be_asked(self, waiting: InLine, seats: Iterable[Seat]) -> bool:
        """Whether one of them may; who may only just now has a moment to be noticed."""
        routing = self._desk.settings.get(QueueSettings).queues[waiting.queue].routing
        a_moment_ago = self._desk.now - timedelta(seconds=A_MOMENT)
        return any(why_not(waiting, seat, routing, a_moment_ago) is None for seat in seats)

    def _line(self) -> Iterator[InLine]:
        """Yield who waits; each is read once, however often they are looked at."""
        for _, items in self._small.partitions("PLACES#"):
            for item in items:
                text = item["place"]["S"]
                if text not in self._places:
                    self._places[text] = read_place(item)
                yield self._places[text]

    # --- chance and time --------------------------------------------------------------------

    def _at(self, seconds: float, event: Event) -> None:
        heapq.heappush(self._upcoming, (seconds, next(self._numbers), event))

    def _one_of(self, shares: Mapping[str, float]) -> str:
        (one,) = self._random.choices([*shares], weights=[*shares.values()])
        return one
