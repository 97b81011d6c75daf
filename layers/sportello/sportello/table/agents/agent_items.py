"""The items of agents and of the lines for them: each owns its keys, and how it is read. Pure.

They hold ids only. Of an agent at work single attributes are written, each by whoever knows it, so
that what a later version has put there stays.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sportello.model import Instant, Model
from sportello.routing.line import InLine
from sportello.routing.profile import AgentProfile, StoredProfile
from sportello.routing.seats import Seat
from sportello.routing.work import Agent, Claim, Work
from sportello.stored import Stored
from sportello.table.keys import Attributes, stamp
from sportello.table.upcasters import schema_attributes, upcast

PROFILE = "PROFILE"
WORK = "WORK"
HELD = "HELD#"

AGENT = "AGENT#"
DUE = "asked"
"""What `settle` is while somebody has to look at what an agent could be given."""

UNDER_WAY = "under_way"
"""What it is while somebody does: the stream tells of nobody twice."""

SETTLED_WITHIN = timedelta(seconds=60)
"""An agent whose wake-up was lost is looked at by the sweep after so long."""

CLAIM_KEPT = timedelta(days=1)
"""How long what counts no more is kept; should it count again, its conversation puts it anew."""

ANY_LANGUAGE = "-"
"""The line of those whose language nobody knows."""


def agent_key(agent_id: str, sort_key: str) -> Attributes:
    return {"pk": {"S": f"{AGENT}{agent_id}"}, "sk": {"S": sort_key}}


def agent_of(attributes: Attributes) -> str:
    return str(attributes["pk"]["S"]).removeprefix(AGENT)


def is_of_agent(attributes: Attributes) -> bool:
    return str(attributes["pk"]["S"]).startswith(AGENT)


# --- the agent ----------------------------------------------------------------------------------


def profile_attributes(agent_id: str, stored: StoredProfile, now: datetime) -> Attributes:
    return {
        **agent_key(agent_id, PROFILE),
        "entity": {"S": "profile"},
        **schema_attributes("profile"),
        "version": {"N": str(stored.version)},
        "profile": {"S": stored.profile.model_dump_json(exclude_defaults=True)},
        "written_at": {"S": stamp(now)},
    }


def read_profile(attributes: Attributes) -> StoredProfile:
    document = upcast("profile", attributes)["profile"]["S"]
    return StoredProfile(
        profile=AgentProfile.model_validate_json(document),
        version=int(attributes["version"]["N"]),
        written_at=attributes["written_at"]["S"],
    )


def claim_attributes(agent_id: str, claim: Claim) -> Attributes:
    """Return a claim's item; an answered conversation that nobody resolves leaves it behind."""
    until = claim.counts_until
    expires = str(int((until + CLAIM_KEPT).timestamp())) if until else None
    return {
        **agent_key(agent_id, f"{HELD}{claim.conversation_id}"),
        "entity": {"S": "claim"},
        **schema_attributes("claim"),
        "claim": {"S": claim.model_dump_json(exclude_defaults=True)},
        **({"expires_at": {"N": expires}} if expires else {}),
    }


class HeldSeats(Stored):
    """The seats an agent has: their sort keys by queue, and a digest of what stands in them."""

    keys: Mapping[str, str] = {}
    digest: str = ""


class AgentRecord(Model):
    """An agent read whole, with what only the table has to know.

    It `is_due` while somebody has to settle them, `look_at` is when the sweep would look at them.
    """

    agent: Agent
    profile_version: int = 0
    held_seats: HeldSeats = HeldSeats()
    is_due: bool = False
    look_at: Instant | None = None

    @property
    def has_worked(self) -> bool:
        """Whether they ever said to be there: of who never did nobody can say that they left."""
        return self.agent.work.presence_until is not None

    @property
    def is_known(self) -> bool:
        """Whether anybody has heard of them: of the others there is an id, and nothing else."""
        return bool(self.profile_version or self.has_worked or self.agent.claims)

    def reseated(self, seats: Sequence["RankedSeat"]) -> "AgentRecord":
        """Return them as they are with these seats, which were written."""
        work = self.agent.work
        grown = work.model_copy(update={"version": work.version + 1})
        return self.model_copy(
            update={
                "agent": self.agent.model_copy(update={"work": grown}),
                "held_seats": as_held(seats),
            }
        )

    @classmethod
    def from_items(cls, agent_id: str, items: Iterable[Attributes]) -> "AgentRecord":
        by_sort_key = {item["sk"]["S"]: item for item in items}
        profile, work = by_sort_key.get(PROFILE), by_sort_key.get(WORK, {})
        stored = read_profile(profile) if profile else StoredProfile(profile=AgentProfile())
        claims = (item for name, item in by_sort_key.items() if name.startswith(HELD))
        return cls(
            agent=Agent(
                agent_id=agent_id,
                profile=stored.profile,
                work=read_work(work),
                claims=tuple(map(read_claim, claims)),
            ),
            profile_version=stored.version,
            held_seats=HeldSeats.model_validate_json(work["seats"]["S"])
            if "seats" in work
            else HeldSeats(),
            is_due="settle" in work,
            look_at=work["pending_since"]["S"] if "pending_since" in work else None,
        )


def read_work(attributes: Attributes) -> Work:
    """Read how an agent is at work, of nothing at all what holds of who never was."""
    names = ("presence", "presence_until", "idle_since")
    texts = {name: attributes[name]["S"] for name in names if name in attributes}
    numbers = {
        name: int(attributes[name]["N"]) for name in ("version", "missed") if name in attributes
    }
    return Work.model_validate({**texts, **numbers})


def read_claim(attributes: Attributes) -> Claim:
    return Claim.model_validate_json(upcast("claim", attributes)["claim"]["S"])


# --- seats --------------------------------------------------------------------------------------


class RankedSeat(Model):
    """A seat and where it stands among those of its queue."""

    seat: Seat
    rank: str

    @property
    def stands(self) -> bool:
        return self.rank.startswith(STANDING)

    @property
    def sort_key(self) -> str:
        return f"{self.rank}#{self.seat.agent_id}"

    def to_attributes(self) -> Attributes:
        return {
            **seat_key(self.seat.queue, self.sort_key),
            "entity": {"S": "seat"},
            **schema_attributes("seat"),
            "seat": {"S": self.seat.model_dump_json(exclude_defaults=True)},
        }


STANDING = "~"
"""Behind every seat: who is at work and has no room is seen there, and not asked."""


def ranked(seat: Seat, order: str, least_units: int) -> RankedSeat:
    """Let the best come first: who has been idle longest, or who has the most of their room."""
    rank = stamp(seat.idle_since.astimezone(UTC))
    if order == "least_loaded":
        rank = f"{seat.share:.4f}#{rank}"
    return RankedSeat(seat=seat, rank=rank if seat.room >= least_units else f"{STANDING}{rank}")


def seats_partition(queue: str) -> str:
    return f"SEATS#{queue}"


def seat_key(queue: str, sort_key: str) -> Attributes:
    return {"pk": {"S": seats_partition(queue)}, "sk": {"S": sort_key}}


def read_seat(attributes: Attributes) -> Seat:
    return Seat.model_validate_json(upcast("seat", attributes)["seat"]["S"])


def as_held(seats: Iterable[RankedSeat]) -> HeldSeats:
    """Return what an agent's item keeps of their seats."""
    seats = tuple(seats)
    content = [(each.sort_key, each.seat.model_dump_json(exclude={"version"})) for each in seats]
    return HeldSeats(
        keys={each.seat.queue: each.sort_key for each in seats},
        digest=hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16] if content else "",
    )


# --- places -------------------------------------------------------------------------------------


def place_key(waiting: InLine) -> Attributes:
    return {
        "pk": {"S": line_partition(waiting.queue, waiting.language)},
        "sk": {"S": f"{stamp(waiting.place.astimezone(UTC))}#{waiting.conversation_id}"},
    }


def line_partition(queue: str, language: str) -> str:
    """Name a queue's line of those who speak a language, empty for those of whom nobody knows."""
    return f"PLACES#{queue}#{language or ANY_LANGUAGE}"


def place_attributes(waiting: InLine) -> Attributes:
    return {
        **place_key(waiting),
        "entity": {"S": "place"},
        **schema_attributes("place"),
        "place": {"S": waiting.model_dump_json(exclude_defaults=True)},
    }


def read_place(attributes: Attributes) -> InLine:
    return InLine.model_validate_json(upcast("place", attributes)["place"]["S"])
