"""What time brings: timers wake, a wait that was told is told anew, edits reach the clocks."""

from datetime import datetime

from sportello.conversation.commands import FitClocks, Tick, WaitNow
from sportello.queues.waits import AnnouncedWait
from support.builders import NOW, seconds
from support.experiments.interleavings import named_rules
from support.experiments.interleavings.script import Commits
from support.experiments.interleavings.world import Moves, World, without

REFITS = 2
"""Passes after an edit: at once, and when nobody reads the settings before it any more."""


class Timers:
    def __init__(self, stage: Commits) -> None:
        self._stage = stage

    def wakes(self, world: World) -> Moves:
        for wake in dict.fromkeys(world.timers):
            early = wake > world.now
            if early and not world.mishaps.early_ticks:
                continue
            label = f"the timer for {(wake - NOW).total_seconds():+.0f} s wakes"
            mishaps = world.mishaps
            if early:
                label = f"{label} early"
                mishaps = mishaps._replace(early_ticks=mishaps.early_ticks - 1)
            with named_rules.during(label):
                ticked = self._stage.commit(
                    world._replace(mishaps=mishaps), self.time_passes(world, wake)
                )
            yield label, ticked._replace(timers=without(ticked.timers, wake))
            if mishaps.lost_answers:
                lost = mishaps._replace(lost_answers=mishaps.lost_answers - 1)
                yield f"{label}, its answer is lost", ticked._replace(mishaps=lost)
            if mishaps.deaths:
                died = mishaps._replace(deaths=mishaps.deaths - 1)
                yield (
                    f"{label} and dies",
                    world._replace(
                        timers=without(world.timers, wake), mishaps=died, timer_died=True
                    ),
                )

    def time_passes(self, world: World, woken_for: datetime | None) -> Tick:
        """A wait that was told has changed by the time it is looked at again."""
        told = world.state.announced
        due = told is not None and told.review_at is not None and told.review_at <= world.now
        news = WaitNow(wait=self.wait_told(world.now), text="Ancora poco.") if due else None
        return Tick(woken_for=woken_for, apology="Ci scusiamo.", news=news)

    def refits(self, world: World) -> Moves:
        """As `FittingClocks`: it reads the settings anew, and finds what something will wake."""
        if not world.refits:
            return
        mishaps = world.mishaps
        if world.refits == 1:
            mishaps = mishaps._replace(old_reads=0)
        done = world._replace(refits=world.refits - 1, mishaps=mishaps)
        with named_rules.during("the clocks are fitted"):
            after = done if world.state.wake_at is None else self._stage.commit(done, FitClocks())
        yield "the clocks are fitted", after

    def wait_told(self, now: datetime) -> AnnouncedWait:
        review_at = now + seconds(self._stage.script.announces)
        return AnnouncedWait(
            position=1, low_seconds=60, high_seconds=240, at=now, review_at=review_at
        )
