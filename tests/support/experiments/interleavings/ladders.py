"""The escalations of a conversation: each rings a tier after another until it hears an outcome."""

from datetime import timedelta

from sportello.conversation.handing_over.ladders import awaits_people
from support.builders import exhaust, offer, seconds
from support.experiments.interleavings import named_rules
from support.experiments.interleavings.script import Commits
from support.experiments.interleavings.world import Climb, Moves, World, without

RING = seconds(60)


class Ladders:
    def __init__(self, stage: Commits) -> None:
        self._stage = stage

    def climbs(self, world: World) -> Moves:
        tiers = self._stage.script.tiers or 0
        for climb in world.climbs:
            gone = world._replace(climbs=without(world.climbs, climb))
            name = f"the ladder of {climb.handoff_id}"
            if climb.rests_until is not None and world.now < climb.rests_until:
                pass
            elif climb.token:
                if climb.gives_up_at is not None and world.now >= climb.gives_up_at:
                    higher = Climb(climb.handoff_id, climb.tier + 1, climb.ladder_round)
                    yield f"{name} stops ringing tier {climb.tier}", _climbing(gone, higher)
            elif climb.tier < tiers:
                yield from self._ring(gone, climb)
            else:
                yield self._end_round(gone, climb, f"{name} is exhausted")
            if world.mishaps.deaths and self._stage.script.rounds > 1:
                fewer = world.mishaps._replace(deaths=world.mishaps.deaths - 1)
                yield f"{name} dies", gone._replace(mishaps=fewer, ladder_died=True)

    def _end_round(self, world: World, climb: Climb, label: str) -> tuple[str, World]:
        """Go round again after the pause while somebody waits, as often as the script plays."""
        command = exhaust(climb.handoff_id).model_copy(update={"ladder_round": climb.ladder_round})
        with named_rules.during(label):
            after = self._stage.commit(world, command)
        following = climb.ladder_round + 1
        waits = awaits_people(after.state, climb.handoff_id)
        if not waits or following >= self._stage.script.rounds:
            return label, after
        queue = self._stage.terms(after).queue(after.state.queue)
        rests_until = after.now + timedelta(seconds=queue.pause_seconds(climb.ladder_round))
        again = Climb(climb.handoff_id, 0, following, rests_until)
        return label, _climbing(after, again)

    def _ring(self, world: World, climb: Climb) -> Moves:
        """Each time the ladder asks it has another token; an answer lost, it asks again."""
        label = f"the ladder of {climb.handoff_id} rings tier {climb.tier}"
        token = f"{climb.handoff_id}/{climb.ladder_round}/{climb.tier}/{climb.attempt}"
        command = offer(
            handoff_id=climb.handoff_id,
            tier=climb.tier,
            agents=self._stage.script.tier_agents,
            task_token=token,
            expires_at=world.now + RING,
        ).model_copy(update={"ladder_round": climb.ladder_round})
        with named_rules.during(label):
            after = self._stage.commit(world, command)
        yield label, _climbing(after, climb._replace(token=token, gives_up_at=world.now + RING))
        mishaps = world.mishaps
        if mishaps.lost_answers:
            lost = mishaps._replace(lost_answers=mishaps.lost_answers - 1)
            again = climb._replace(attempt=climb.attempt + 1)
            yield f"{label}, its answer is lost", _climbing(after._replace(mishaps=lost), again)

    @staticmethod
    def resumes(world: World) -> Moves:
        for token, outcome in dict.fromkeys(world.resumes):
            after = world._replace(resumes=without(world.resumes, (token, outcome)))
            for climb in world.climbs:
                if climb.token == token:
                    after = after._replace(climbs=without(after.climbs, climb))
                    if outcome == "declined":
                        higher = Climb(climb.handoff_id, climb.tier + 1, climb.ladder_round)
                        after = _climbing(after, higher)
            yield f"the ladder hears {outcome}", after


def _climbing(world: World, climb: Climb) -> World:
    return world._replace(climbs=tuple(sorted((*world.climbs, climb), key=str)))
