"""Agents and customers of a simulated shift: who they are, and how they behave, from a seed."""

from dataclasses import dataclass, field
from random import Random

from sportello.routing.profile import AgentProfile

QUEUES = ("orders", "support", "abroad")
LANGUAGES = ("it", "en")
DEAD_DEVICES = 0.05
"""The part of agents whose bell never rings, and whose tool goes on saying that they are there."""

DECLINES, SILENT = 0.05, 0.05
LEAVES_EARLY = 0.2


@dataclass
class SimulatedAgent:
    """`hears` is whether the bell works; `gone` while the agent has left or lost the line."""

    agent_id: str
    profile: AgentProfile
    draw: Random
    hears: bool
    gone: bool = False
    held: set[str] = field(default_factory=set)

    def answer_to_a_ring(self) -> str:
        lot = self.draw.random()
        if lot < DECLINES:
            return "decline"
        return "silent" if lot < DECLINES + SILENT else "accept"


def agents(amount: int, seed: int) -> list[SimulatedAgent]:
    """Make a staff in which every queue and language has its people."""
    staff = []
    for number in range(amount):
        draw = Random(f"{seed}/agent/{number}")  # noqa: S311 -- to be repeated, no secret
        first = QUEUES[number % len(QUEUES)]
        queues = {first, *draw.sample(QUEUES, draw.choice((0, 0, 1)))}
        languages = {LANGUAGES[number // len(QUEUES) % 2], *draw.sample(LANGUAGES, 1)}
        profile = AgentProfile(queues=tuple(sorted(queues)), languages=tuple(sorted(languages)))
        hears = number < len(QUEUES) * len(LANGUAGES) or draw.random() >= DEAD_DEVICES
        staff.append(SimulatedAgent(f"agent-{number:04}", profile, draw, hears))
    return staff


@dataclass
class SimulatedCustomer:
    """`comes_at` is in seconds from the start of the shift, `rounds` how often they write."""

    number: int
    conversation_id: str
    queue: str
    language: str
    comes_at: float
    rounds: int
    draw: Random


def customers(amount: int, seed: int, seconds: float) -> list[SimulatedCustomer]:
    """Make customers who come at random over a time, one after another."""
    crowd = []
    for number in range(amount):
        draw = Random(f"{seed}/customer/{number}")  # noqa: S311 -- to be repeated, no secret
        crowd.append(
            SimulatedCustomer(
                number=number,
                conversation_id=f"{number:032x}",
                queue=draw.choice(QUEUES),
                language=draw.choice(LANGUAGES),
                comes_at=draw.uniform(0, seconds),
                rounds=draw.choice((1, 1, 2)),
                draw=draw,
            )
        )
    return sorted(crowd, key=lambda each: each.comes_at)
