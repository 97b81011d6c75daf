"""Plays a script: from each world, everything that may happen next."""

from datetime import datetime

from sportello.conversation import turns
from sportello.conversation.commands import (
    AccompanyingText,
    AnswerAsBot,
    Command,
    OfferToAgent,
    ReceivedItem,
    ReceiveMessages,
    RecordDelivery,
    Reply,
    Resolve,
    RestartLadder,
    ReturnToBot,
)
from sportello.conversation.decision import Decision
from sportello.conversation.effects import Machine, ResumeWorkflow
from sportello.conversation.events import ItemNoted, MessageReceived, OwnerKind
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from support.builders import (
    NOW,
    answer,
    messages,
    receive,
    request_human,
    retry_turn,
    seconds,
    started,
)
from support.experiments.explorer import Explored, explore
from support.experiments.interleavings import answers, named_rules, routing_rules, rules
from support.experiments.interleavings.door import Door
from support.experiments.interleavings.ladders import Ladders
from support.experiments.interleavings.probes import Probes
from support.experiments.interleavings.script import (
    Acts,
    Arrives,
    Asks,
    Clock,
    Edits,
    Script,
    Step,
)
from support.experiments.interleavings.timers import REFITS, Timers
from support.experiments.interleavings.world import (
    Answer,
    Climb,
    Decider,
    Moves,
    Run,
    Sent,
    World,
    without,
)
from support.sent_messages import after_decision

SWEEP_AFTER = seconds(5)
OFFER = seconds(30)
TURN_ATTEMPTS = 2


def play(script: Script, *, probing: bool = True) -> Explored:
    """Run every interleaving of a script; raises Violation at the first rule broken."""
    stage = Stage(script, probing=probing)
    before = tuple(step.label for step in script.before)
    return explore(stage.opening(), stage.moves, stage.check, stage.check_end, before)


class Stage:
    def __init__(self, script: Script, *, probing: bool) -> None:
        self.script = script
        self.items = script.items
        self.decider = Decider(rules.check_decision)
        self.probes = Probes(self.decider, self.items, self.terms) if probing else None
        self.door = Door(self)
        self.ladders = Ladders(self)
        self.timers = Timers(self)
        self._ends: set[tuple[object, ...]] = set()
        promised = [set(t.sla.policies[-1].targets) for t in script.terms]
        self._promised = frozenset(set.intersection(*promised))

    def opening(self) -> World:
        world = World(
            now=NOW,
            snapshot=self.decider.snapshot(ConversationState()),
            positions=(0,) * len(self.script.actors),
            mishaps=self.script.mishaps,
        )
        for step in self.script.before:
            world = self._take(world, step)
        turn = world.state.turn
        holding = [run for run in world.runs if turn and turn.leased_to == run.turn_id]
        return world._replace(runs=tuple(holding))

    # --- checks ---------------------------------------------------------------------------

    def check(self, world: World) -> None:
        rules.check_world(world, self._promised)
        routing_rules.check_world(world, self.script, self.terms(world))
        if self.probes is not None:
            self.probes.check(world)
        self.door.check(world)

    def check_end(self, world: World) -> None:
        rules.check_end(world, frozenset(self.items), self.terms(world))
        routing_rules.check_end(world)
        if self.script.confluent:
            self._ends.add(rules.facts(world))
            named_rules.hold(
                named_rules.ORDER, len(self._ends) == 1, "another order ended in other facts"
            )

    # --- what may happen ------------------------------------------------------------------

    def moves(self, world: World) -> Moves:
        choices = (
            self._scripted,
            self._runs,
            self.timers.wakes,
            self.ladders.climbs,
            self.ladders.resumes,
            self._sweep,
            self.timers.refits,
            self.door.moves,
        )
        for choice in choices:
            yield from choice(world)
        if world.settings and world.mishaps.old_reads:
            left = world.mishaps._replace(old_reads=world.mishaps.old_reads - 1)
            reading = world._replace(mishaps=left, reads_old=True)
            for choice in (self._scripted, self.timers.wakes):
                for label, after in choice(reading):
                    yield f"{label}, by older settings", after._replace(reads_old=False)

    def terms(self, world: World) -> ServiceTerms:
        return self.script.terms[world.settings - world.reads_old]

    def _scripted(self, world: World) -> Moves:
        for actor, position in enumerate(world.positions):
            steps = self.script.actors[actor]
            if position < len(steps):
                positions = (*world.positions[:actor], position + 1, *world.positions[actor + 1 :])
                step = steps[position]
                with named_rules.during(step.label):
                    after = self._take(world._replace(positions=positions), step)
                yield step.label, after

    def _take(self, world: World, step: Step) -> World:
        match step:
            case Arrives():
                return self._apply(world, step)
            case Acts(command=command):
                return self.commit(world, command)
            case Asks():
                return self._ask(world, step)
            case Clock(to=to):
                return world._replace(now=max(world.now, to))
            case Edits():
                return world._replace(settings=world.settings + 1, refits=REFITS)

    def _apply(self, world: World, step: Arrives) -> World:
        """As `Applying` does. The table would stop a repeated item: here the decider has to."""
        waiting = world.state.owner.kind is OwnerKind.QUEUE
        away = self.away(world) if waiting else None
        command = receive(*step.items, turn_id=step.turn_id, away=away)
        return self._with_run(self.commit(world, command), world, step.turn_id)

    def _ask(self, world: World, step: Asks) -> World:
        """As `Assigning` does: whoever passed in this round is not chosen again."""
        state = world.state
        if state.owner.kind is not OwnerKind.QUEUE or step.agent_id in state.passed_by:
            return world
        command = OfferToAgent(
            handoff_id=state.handoff_id,
            agent_id=step.agent_id,
            endpoints=(f"@{step.agent_id}/phone",),
            units=2,
            expires_at=world.now + OFFER,
            assigns=step.assigns,
        )
        return self.commit(world, command)

    def away(self, world: World) -> AccompanyingText | None:
        since = self.script.closed_since
        if since is None or world.now < since:
            return None
        return AccompanyingText(text="Siamo chiusi.", closed_since=since)

    def _with_run(self, world: World, before: World, turn_id: str) -> World:
        """The run that took the turn goes on to the bot, any other one ends."""
        turn, was = world.state.turn, before.state.turn
        if turn is None or turn.leased_to != turn_id or (was and was.leased_to == turn_id):
            return world
        return world._replace(runs=tuple(sorted((*world.runs, Run(turn_id)))))

    # --- the bot --------------------------------------------------------------------------

    def _runs(self, world: World) -> Moves:
        for run in dict.fromkeys(world.runs):
            gone = world._replace(runs=without(world.runs, run))
            if run.version is None:
                yield f"{run.turn_id} reads its turn", self._read(gone, run)
            elif run.gives_up:
                yield self._hand_over(gone, run)
            else:
                if "answers" in self.script.verdicts:
                    yield self._answer(gone, run)
                if "hands over" in self.script.verdicts:
                    yield self._hand_over(gone, run)
            if world.mishaps.deaths:
                died = world.mishaps._replace(deaths=world.mishaps.deaths - 1)
                yield f"{run.turn_id} dies", gone._replace(mishaps=died)

    @staticmethod
    def _read(world: World, run: Run) -> World:
        state = world.state
        version = state.owner.version
        if state.turn is None or not turns.bot_may_answer(state, run.turn_id, version):
            return world
        item_ids = tuple(item.item_id for item in state.turn.items)
        return _with(world, Run(run.turn_id, version, item_ids))

    def _answer(self, world: World, run: Run) -> tuple[str, World]:
        label = f"{run.turn_id} answers {', '.join(run.item_ids)}"
        version = run.version or 0
        command = answer(*run.item_ids, turn_id=run.turn_id, owner_version=version)
        with named_rules.during(label):
            after = self.commit(world, command)
        answered = len(after.automatic_at) > len(world.automatic_at)
        if not answered and after.state.budget_left(after.now) <= 0:
            return label, _with(after, run._replace(gives_up=True))
        if not answered and not turns.bot_may_answer(after.state, run.turn_id, version):
            return label, after
        if after.state.turn is None:
            return label, after
        return label, _with(after, Run(run.turn_id))

    def _hand_over(self, world: World, run: Run) -> tuple[str, World]:
        label = f"{run.turn_id} hands over"
        with named_rules.during(label):
            return label, self._request_human(world, run.turn_id, "asked_for_person")

    def _request_human(self, world: World, turn_id: str, reason: str) -> World:
        """As `Escalating.request_human`: the owner version is read with the decision."""
        turn = world.state.turn
        if turn is None:
            return world
        command = request_human(
            turn_id=turn_id,
            owner_version=world.state.owner.version,
            reason=reason,
            accompanying_text=self.away(world),
        )
        if self.script.announces:
            command = command.model_copy(update={"announced": self.timers.wait_told(world.now)})
        return self.commit(world, command)

    # --- the sweep ------------------------------------------------------------------------

    def _sweep(self, world: World) -> Moves:
        state, turn = world.state, world.state.turn
        if not world.mishaps.sweeps:
            return
        left = world.mishaps.sweeps - 1
        swept = world._replace(mishaps=world.mishaps._replace(sweeps=left))
        if state.wake_at is not None and state.wake_at + SWEEP_AFTER <= world.now:
            with named_rules.during("the sweep ticks"):
                yield "the sweep ticks", self.commit(swept, self.timers.time_passes(swept, None))
        if state.rings_by is not None and state.rings_by <= world.now and self.script.rounds > 1:
            with named_rules.during("the sweep starts another ladder"):
                rung = self.commit(swept, RestartLadder())
            yield "the sweep starts another ladder", rung
        if turn is None or turn.lease_expires_at is None or turn.lease_expires_at > world.now:
            return
        if turn.attempt >= TURN_ATTEMPTS:
            with named_rules.during("the sweep hands over"):
                after = self._request_human(swept, turn.leased_to, "bot_failed")
            yield "the sweep hands over", after
        else:
            run = f"swept-{left}"
            with named_rules.during(f"{run} takes over the turn"):
                after = self.commit(swept, retry_turn(run))
            yield f"{run} takes over the turn", self._with_run(after, world, run)

    # --- committing -----------------------------------------------------------------------

    def commit(self, world: World, command: Command) -> World:
        """Decide and commit as `Desk.act` does, and carry out what that leads to."""
        asked = self.decider.ask(world.snapshot, command, world.now, self.terms(world))
        if asked is None or not asked.decision.events:
            return world
        decision = asked.decision
        if isinstance(command, Reply) and any(m.key in world.keys for m in messages(decision)):
            return world  # the table refuses the transaction: EffectExists
        rules.check_step(world, decision)
        routing_rules.check_step(world, command, decision)
        sent = [message for message in messages(decision) if message.automatic]
        after = world._replace(
            snapshot=asked.after,
            keys=world.keys.union(rules.lasting_keys(world, decision)),
            automatic_at=(*world.automatic_at, *(world.now for _ in sent)),
            applied=world.applied.union(_item_ids(decision)),
            waiting=self._waiting(world, command, decision),
            answers=self._answers(world, command, decision),
            told=world.told.union(
                event.closed_since for event in decision.events if event.type == "OutOfHoursTold"
            ),
        )
        after = after._replace(passed_by=routing_rules.passed_by(world, decision))
        if isinstance(command, RecordDelivery):
            given_up = world.state.owner.kind not in named_rules.PEOPLE
            after = answers.after_report(after, command, given_up=given_up)
        return self._carry_out(after, decision)

    def _answers(self, world: World, command: Command, decision: Decision) -> frozenset[Answer]:
        """Which messages answer what, as long as they may still be lost."""
        if not self.script.outcomes:
            return frozenset()
        match command:
            case ReceiveMessages(items=items):
                return answers.settled(world.answers, self._echoed(world, items))
            case AnswerAsBot(item_ids=answered, key=key) if messages(decision):
                return answers.answered_by(world, key, answered)
            case Reply(key=key):
                return answers.answered_by(world, key, answers.answerable(world))
            case Resolve() | ReturnToBot():
                return answers.settled(world.answers, world.waiting)
            case _:
                return world.answers

    def _echoed(self, world: World, items: tuple[ReceivedItem, ...]) -> list[str]:
        """What was sent before an echo is answered for good."""
        known = {item.item_id: item for item in items} | {
            name: self.items[name] for name in world.applied
        }
        echoes = [item.sent_at for item in known.values() if item.kind == "echo"]
        return [name for name, item in known.items() if echoes and item.sent_at < max(echoes)]

    def _waiting(self, world: World, command: Command, decision: Decision) -> frozenset[str]:
        """Who still waits for an answer, told from what was asked and not from the events."""
        match command:
            case ReceiveMessages(items=items):
                return self._still_waiting(world, items)
            case AnswerAsBot(item_ids=answered) if messages(decision):
                return world.waiting.difference(answered)
            case Reply() | Resolve() | ReturnToBot():
                return frozenset()
            case _:
                return world.waiting

    def _still_waiting(self, world: World, items: tuple[ReceivedItem, ...]) -> frozenset[str]:
        """An echo is a person's answer to all that was sent before it, whichever arrives first."""
        new = [each for each in items if each.wants_answer and each.item_id not in world.applied]
        thanked_only = all(each.thanks for each in new)
        owed = world.waiting.union(() if thanked_only else (each.item_id for each in new))
        known = (*items, *(self.items[name] for name in world.applied))
        echoes = [item.sent_at for item in known if item.kind == "echo"]
        return frozenset(
            name for name in owed if not echoes or self.items[name].sent_at >= max(echoes)
        )

    def _carry_out(self, world: World, decision: Decision) -> World:
        outbox = self.door.recorded(world.outbox, decision)
        if self.script.outcomes:
            written = after_decision({}, decision.model_copy(update={"reopenings": {}}), world.now)
            outbox += tuple(
                Sent(
                    m.key,
                    m.author,
                    m.automatic,
                    m.owner_version,
                    receipts=self.script.receipts,
                    message=written[m.key],
                )
                for m in messages(decision)
            )
        timers, climbs = list(world.timers), world.climbs
        for start in started(decision):
            if start.machine is Machine.SLA_TIMER:
                timers.append(datetime.fromisoformat(start.input["wake_at"]))
            elif self.script.tiers is not None:
                start_at = datetime.fromisoformat(start.input["start_at"])
                climb = Climb(
                    start.input["handoff_id"],
                    0,
                    start.input.get("round", 0),
                    start_at if start_at > world.now else None,
                )
                climbs = (*climbs, climb)
        resumes = [
            (effect.task_token, effect.output["outcome"])
            for effect in decision.effects
            if isinstance(effect, ResumeWorkflow)
        ]
        return world._replace(
            outbox=outbox,
            timers=tuple(sorted(timers)),
            climbs=climbs,
            resumes=tuple(sorted((*world.resumes, *resumes))),
        )


def _with(world: World, run: Run) -> World:
    return world._replace(runs=tuple(sorted((*world.runs, run), key=str)))


def _item_ids(decision: Decision) -> list[str]:
    return [
        event.item_id for event in decision.events if isinstance(event, MessageReceived | ItemNoted)
    ]
