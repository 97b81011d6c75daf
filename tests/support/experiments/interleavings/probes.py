"""Questions that must decide nothing but what the clocks are owed, asked of every world.

A script brings a stale answer or a repeated item at certain moments only. Here the worst of each
is asked at every moment: an answer that names the very turn and items of now and differs in the
owner version alone, a repetition of all that was ever applied.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from sportello.conversation.commands import Command, FitClocks, ReceivedItem
from sportello.conversation.terms import ServiceTerms
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import RANK
from support.builders import answer, receive, record_delivery, request_human
from support.experiments.explorer import RuleBroken
from support.experiments.interleavings import named_rules
from support.experiments.interleavings.world import Decider, World

type Probe = tuple[str, Command, str]


class Probes:
    def __init__(
        self,
        decider: Decider,
        items: Mapping[str, ReceivedItem],
        terms: Callable[[World], ServiceTerms],
    ) -> None:
        self._decider = decider
        self._terms = terms
        self._items = items
        self._done: set[tuple[object, ...]] = set()

    def check(self, world: World) -> None:
        """Ask, once for each state and time that worlds have in common."""
        statuses = [(sent.key, sent.status) for sent in world.outbox]
        self._ask(world, self._of_state(world), "state")
        for key, status in statuses:
            self._ask(world, _late_receipts(key, status), (key, status))

    def _ask(self, world: World, probes: Iterable[Probe], about: object) -> None:
        question = (world.snapshot, world.now, about)
        if question in self._done:
            return
        self._done.add(question)
        terms = self._terms(world)
        nothing = self._decider.ask(world.snapshot, FitClocks(), world.now, terms)
        for rule, command, label in probes:
            with named_rules.during(label):
                asked = self._decider.ask(world.snapshot, command, world.now, terms)
            if asked is not None and asked.decision.events and asked != nothing:
                raise RuleBroken(rule, "and this decides something", label)

    def _of_state(self, world: World) -> Iterator[Probe]:
        turn, owner = world.state.turn, world.state.owner
        if turn is not None:
            waiting = [item.item_id for item in turn.items]
            in_force = f"while {owner.version}, {owner.kind}, is in force"
            for version in _versions_not_in_force(world):
                late = answer(*waiting, turn_id=turn.leased_to, owner_version=version)
                handover = request_human(turn_id=turn.leased_to, owner_version=version)
                stale = f"for owner version {version} {in_force}"
                yield named_rules.VOICE, late, f"the turn's run answers {stale}"
                yield named_rules.VOICE, handover, f"the turn's run hands over {stale}"
        if world.applied:
            again = receive(*(self._items[name] for name in sorted(world.applied)), turn_id="again")
            yield named_rules.LOST, again, "all that was applied comes again"


def _versions_not_in_force(world: World) -> Iterable[int]:
    """Where people own the conversation, the bot may not even answer for the version in force."""
    owner = world.state.owner
    return range(owner.version + (owner.kind in named_rules.PEOPLE))


def _late_receipts(key: str, known: DeliveryStatus) -> Iterator[Probe]:
    for status in RANK:
        if RANK[status] <= RANK[known]:
            late = record_delivery(key, status, known)
            yield named_rules.ORDER, late, f"{key} is reported {status} after {known}"
