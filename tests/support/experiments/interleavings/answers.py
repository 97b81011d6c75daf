"""Rule 8, told again without the decider's own code: which answers stand, and who waits then.

Each answer is held against the items it answers, from what was asked and reported alone.
"""

from collections.abc import Iterable

from sportello.conversation.commands import RecordDelivery
from sportello.conversation.decision import Decision
from sportello.conversation.effects import NotifyAgents
from sportello.conversation.events import Author, ClockReopened
from sportello.conversation.state import ConversationState
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.statuses import LOST, STANDS
from support.experiments.interleavings.named_rules import ANSWERS, UNDELIVERED, hold
from support.experiments.interleavings.world import Answer, World

NOTICE = "message.not_delivered"


def answered_by(world: World, key: str, item_ids: Iterable[str]) -> frozenset[Answer]:
    return world.answers.union(Answer(item_id, key) for item_id in item_ids)


def answerable(world: World) -> frozenset[str]:
    """What a person's answer is to: all that waits, or would if an answer were lost."""
    return world.waiting.union(answer.item_id for answer in world.answers)


def settled(answers: Iterable[Answer], item_ids: Iterable[str]) -> frozenset[Answer]:
    """Forget the answers to what nobody will ever wait for again."""
    gone = frozenset(item_ids)
    return frozenset(answer for answer in answers if answer.item_id not in gone)


def after_report(world: World, command: RecordDelivery, *, given_up: bool) -> World:
    """Let an outcome take effect on who waits; people may have given up a withdrawn answer."""
    sent = command.sent
    if sent is None:
        return world
    its = frozenset(a for a in world.answers if a.key == sent.effect_key)
    items = {answer.item_id for answer in its}
    if command.reported in LOST:
        if command.reported is DeliveryStatus.WITHDRAWN and given_up:
            return world._replace(answers=world.answers - its)
        rest = world.answers - its
        answers = rest.union(Answer(item_id, sent.effect_key, lost=True) for item_id in items)
        stand = {answer.item_id for answer in answers if not answer.lost}
        return world._replace(answers=answers, waiting=world.waiting.union(items - stand))
    if sent.author is not Author.AGENT:
        return world
    answers = (world.answers - its).union(Answer(item_id, sent.effect_key) for item_id in items)
    return world._replace(answers=answers, waiting=world.waiting.difference(items))


def check_turn(world: World) -> None:
    turn = world.state.turn
    in_turn = {item.item_id for item in turn.items} if turn else set()
    stands = {answer.item_id for answer in world.answers if not answer.lost}
    for answer in world.answers:
        if answer.lost and answer.item_id not in stands and answer.item_id in world.waiting:
            over = f"{answer.key} was lost, and {answer.item_id} waits for nobody"
            hold(ANSWERS, answer.item_id in in_turn, over)


def check_undelivered(world: World) -> None:
    """A person's answer that is lost is on the list, unless one stands that was written since."""
    listed = {each.effect_key: each for each in world.state.open_undelivered}
    by_people = [sent for sent in world.outbox if sent.author is Author.AGENT]
    arrived = {sent.key for sent in by_people if sent.status in STANDS}
    for number, sent in enumerate(by_people):
        if sent.status is DeliveryStatus.REFUSED and sent.key not in listed:
            later = {other.key for other in by_people[number + 1 :]}
            hold(UNDELIVERED, later & arrived, f"{sent.key} was lost and is not on the list")
    for key, each in listed.items():
        hold(UNDELIVERED, each.of_part or key not in arrived, f"{key} has arrived")
        made_up = arrived.intersection(each.replies_since)
        hold(UNDELIVERED, not made_up, f"{sorted(made_up)} made up for {key}")


def check_loss(before: ConversationState, command: RecordDelivery, decision: Decision) -> None:
    """Clocks go on with the due time they had, and people hear of what they count on."""
    known = {clock.generation: clock for clock in before.clocks}
    for event in decision.events:
        if isinstance(event, ClockReopened) and (was := known.get(event.clock.generation)):
            forgiven = was.due_at and event.clock.due_at and event.clock.due_at > was.due_at
            hold(ANSWERS, not forgiven, f"{was.kind} is due later than before it was answered")
    lost = command.sent is not None and command.reported is DeliveryStatus.REFUSED
    if lost and command.sent is not None and command.sent.author is not Author.SYSTEM:
        told = [e for e in decision.effects if isinstance(e, NotifyAgents) and e.notice == NOTICE]
        hold(ANSWERS, told or not before.ringing, f"nobody hears that {command.effect_key} is lost")
        rung = {effect.endpoint for effect in told}
        missed = set(command.writers_bells) - rung
        hold(UNDELIVERED, not missed, f"{sorted(missed)} of whoever wrote it are not rung")
