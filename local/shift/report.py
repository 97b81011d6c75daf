"""What a shift came to, for people."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from local.cloud.reception import listed
from local.shift.evidence import Evidence, quantile


@dataclass(frozen=True)
class Shift:
    """`looks` is how often it was looked at what every agent held, `over_capacity` by agent."""

    seconds: float
    conversations: int
    evidence: Evidence
    customers: Counter[str]
    workers: Mapping[str, Counter[str]]
    most_held: Counter[str]
    over_capacity: Counter[str]
    looks: int


def verdict(shift: Shift) -> list[str]:
    """Say what was not as it has to be; nothing if all was."""
    found = shift.evidence
    complaints = [f"{name} held more than they can take" for name in shift.over_capacity]
    if found.stranded:
        complaints.append(f"{len(found.stranded)} customers were left standing")
    if found.left_open:
        complaints.append(f"{len(found.left_open)} offers never ended")
    if found.asked_twice_at_once:
        complaints.append(f"{len(found.asked_twice_at_once)} times two were asked at once")
    if found.offers["agents asked"] + found.offers["agents assigned"] == 0:
        complaints.append("no agent was ever asked")
    answered = shift.customers["answered by a person"]
    if answered < shift.conversations:
        complaints.append(f"{shift.conversations - answered} customers never heard from a person")
    if not shift.looks:
        complaints.append("nobody looked at what the agents held")
    return complaints


def lines(shift: Shift) -> Iterator[str]:
    found = shift.evidence
    yield f"{shift.seconds:8.1f} s  the shift"
    yield ""
    for title, values in (
        ("to a person's first word", found.to_a_person),
        ("to be taken by an agent", found.to_be_taken),
    ):
        p50, p95, longest = quantile(values, 0.5), quantile(values, 0.95), max(values, default=0)
        told = f"p50 {p50:6.1f} s   p95 {p95:6.1f} s   longest {longest:6.1f} s"
        yield f"  {title:<28} {told}   of {len(values)}"
    yield ""
    for title, counts in (
        ("customers", shift.customers),
        ("by queue", found.queues),
        ("handed over because", found.handoffs),
        ("rings", found.offers),
    ):
        yield f"  {title:<28} {listed(counts)}"
    yield ""
    for name, counts in shift.workers.items():
        yield f"  {name:<8} held {shift.most_held[name]:>2} units at most: {listed(counts)}"
    yield f"  what they held was looked at {shift.looks} times"
