"""How a deployment replaces one version of the functions by another, and is taken back."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sportello.messaging.items import DeliveryStatus
from support.clouds.one_process.people import Told
from support.clouds.one_process.recorded import recorded
from support.clouds.one_process.versions import Version
from support.template import functions

LATE = timedelta(hours=30)
"""After every story: by then all functions are of the later version."""


@dataclass
class Rollout:
    """While both versions run, `replaced` says which functions are the later one, or the chance of
    `seed` at each call; from `rolled_back_after` on all are the earlier one again, and from
    `done_after` on the later.
    """

    before: Version
    later: Version
    start: datetime
    seed: int
    replaced: frozenset[str] | None = None
    rolled_back_after: timedelta = LATE
    done_after: timedelta = LATE
    calls: Counter[Version] = field(default_factory=Counter)
    late_calls: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 -- repeatable chance, no secret

    @property
    def all(self) -> tuple[Version, Version]:
        return self.before, self.later

    def version_of(self, function: str, now: datetime) -> Version:
        version = self._version_of(function, now - self.start)
        if now - self.start >= self.done_after:
            self.late_calls.add(function)
        elif function in version.handlers:
            self.calls[version] += 1
        return version if function in version.handlers else self.later

    def _version_of(self, function: str, since: timedelta) -> Version:
        if since >= self.done_after:
            return self.later
        if since >= self.rolled_back_after:
            return self.before
        if self.replaced is None:
            return self._chance.choice(self.all)
        return self.later if function in self.replaced else self.before


def half_of_the_functions(seed: int) -> frozenset[str]:
    names = sorted(functions())
    chance = random.Random(seed)  # noqa: S311 -- repeatable chance, no secret
    return frozenset(chance.sample(names, len(names) // 2))


def lost_stamps(told: Told) -> list[str]:
    """Tell what a version that knows nothing of it has lost of what the next version wrote."""
    lost = []
    for conversation in recorded(told):
        (item,) = told.cloud.table.conversation(conversation.customer.conversation_id, "STATE")
        document = json.loads(item["state"]["S"])
        events = [event for entry in conversation.log for event in entry.events]
        stamped = sum(event.type == "UnknownEvent" for event in events)
        kept = sum(
            record.effect.type == "KeepStamp" and record.status is DeliveryStatus.ACCEPTED
            for record in conversation.effects
        )
        if not document.get("stamps", 0) == stamped == kept:
            lost.append(f"{conversation.name}: {document.get('stamps')}, {stamped}, {kept} stamps")
        if stamped:
            beside = item.get("mood"), item.get("schema_number"), document.get("written_by")
            if beside != ({"S": "sunny"}, {"N": "2"}, "next"):
                lost.append(f"{conversation.name}: {beside} beside the state")
    return lost
