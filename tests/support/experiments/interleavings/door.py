"""The provider's door: each message claimed, sent, its outcome and its receipts recorded."""

from datetime import datetime

from sportello.conversation.commands import RecordDelivery, SentMessage
from sportello.conversation.decision import Decision
from sportello.conversation.events import DeliveryRecorded
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import RANK
from support.experiments.interleavings import named_rules
from support.experiments.interleavings.claims import may_claim
from support.experiments.interleavings.script import Commits
from support.experiments.interleavings.world import Moves, Sent, World, without
from support.sent_messages import outcome


class Door:
    """A queue in order: a message is claimed once those before it have their outcome."""

    def __init__(self, stage: Commits) -> None:
        self._stage = stage
        self._claims: dict[tuple[Sent, int], bool] = {}

    def moves(self, world: World) -> Moves:
        for index, sent in enumerate(world.outbox):
            yield from self._receipts(world, index, sent)
            if not sent.outcome_known:
                yield from self._deliver(world, index, sent)
                return

    def check(self, world: World) -> None:
        """Whoever comes to claim a message that was claimed already is refused."""
        for sent in world.outbox:
            if sent.called:
                again = self._may_claim(sent, world.state.owner.version, world.now)
                named_rules.hold(
                    named_rules.ONCE, not again, f"{sent.key} may be claimed once more"
                )

    @staticmethod
    def recorded(outbox: tuple[Sent, ...], decision: Decision) -> tuple[Sent, ...]:
        """The record of a message takes the status of the event, as the commit writes it."""
        for event in decision.events:
            if isinstance(event, DeliveryRecorded):
                for index, sent in enumerate(outbox):
                    if sent.key == event.effect_key:
                        rose = RANK[event.status] > RANK[sent.status]
                        fall = f"{sent.key} fell from {sent.status} to {event.status}"
                        named_rules.hold(named_rules.ORDER, rose, fall)
                        outbox = _put(outbox, index, sent._replace(status=event.status))
        return tuple(_reopening(sent, decision) for sent in outbox)

    def _deliver(self, world: World, index: int, sent: Sent) -> Moves:
        if sent.stale:
            yield self._settle(world, index, sent, DeliveryStatus.WITHDRAWN)
        elif not sent.called:
            yield self._claim(world, index, sent)
        else:
            for outcome in self._stage.script.outcomes:
                yield self._settle(world, index, sent, outcome)
            yield from self._mishaps(world, index, sent)

    def _claim(self, world: World, index: int, sent: Sent) -> tuple[str, World]:
        state = world.state
        if not self._may_claim(sent, state.owner.version, world.now):
            stale = _put(world.outbox, index, sent._replace(stale=True))
            return f"{sent.key} may not leave", world._replace(outbox=stale)
        label = f"{sent.key} leaves"
        with named_rules.during(label):
            in_force = not sent.automatic or sent.owner_version == state.owner.version
            decided = f"decided under owner version {sent.owner_version}"
            named_rules.hold(
                named_rules.VOICE, in_force, f"{decided}, now it is {state.owner.version}"
            )
        claimed = sent._replace(called=True, status=DeliveryStatus.SENDING)
        return label, world._replace(outbox=_put(world.outbox, index, claimed))

    def _settle(
        self, world: World, index: int, sent: Sent, outcome: DeliveryStatus
    ) -> tuple[str, World]:
        label = f"{sent.key} is {outcome}"
        command = report(world, sent, outcome)
        settled = _put(world.outbox, index, sent._replace(outcome_known=True))
        with named_rules.during(label):
            return label, self._stage.commit(world._replace(outbox=settled), command)

    def _mishaps(self, world: World, index: int, sent: Sent) -> Moves:
        mishaps = world.mishaps
        if mishaps.redeliveries:
            left = mishaps._replace(redeliveries=mishaps.redeliveries - 1)
            command = report(world, sent, DeliveryStatus.UNKNOWN)
            label = f"{sent.key} comes round again while it is being sent"
            with named_rules.during(label):
                yield label, self._stage.commit(world._replace(mishaps=left), command)
        if mishaps.outages and sent.status is DeliveryStatus.SENDING:
            left = mishaps._replace(outages=mishaps.outages - 1)
            queued = sent._replace(called=False, status=DeliveryStatus.QUEUED)
            released = _put(world.outbox, index, queued)
            yield f"{sent.key} finds nobody in", world._replace(outbox=released, mishaps=left)

    def _receipts(self, world: World, index: int, sent: Sent) -> Moves:
        if not sent.called:
            return
        for status in dict.fromkeys(sent.receipts):
            label = f"receipt: {sent.key} {status}"
            rest = sent._replace(receipts=without(sent.receipts, status))
            command = report(world, sent, status)
            read = world._replace(outbox=_put(world.outbox, index, rest))
            with named_rules.during(label):
                yield label, self._stage.commit(read, command)

    def _may_claim(self, sent: Sent, owner_version: int, now: datetime) -> bool:
        plain = sent._replace(
            receipts=(), called=False, outcome_known=False, stale=False, message=None
        )
        question = (plain, owner_version)
        if question not in self._claims:
            self._claims[question] = may_claim(plain, owner_version, now)
        return self._claims[question]


def report(world: World, sent: Sent, status: DeliveryStatus) -> RecordDelivery:
    """As `Outcomes` asks, with what the table has of this message and of the others."""
    kept = {each.key: _kept(each) for each in world.outbox}
    return outcome(kept | {sent.key: _kept(sent)}, world.state, sent.key, status)


def _kept(sent: Sent) -> SentMessage:
    assert sent.message is not None
    return sent.message.model_copy(update={"status": sent.status})


def _reopening(sent: Sent, decision: Decision) -> Sent:
    if sent.message is None or sent.key not in decision.reopenings:
        return sent
    update = {"reopens": decision.reopenings[sent.key]}
    return sent._replace(message=sent.message.model_copy(update=update))


def _put(outbox: tuple[Sent, ...], index: int, sent: Sent) -> tuple[Sent, ...]:
    return (*outbox[:index], sent, *outbox[index + 1 :])
