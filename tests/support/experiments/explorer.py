"""Walks every path through a finite world and says which rule broke, by the shortest way there.

Worlds are values: two paths that meet in equal worlds go on as one, so that the worlds are far
fewer than the paths. Paths are counted exactly all the same, over the graph that remains.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

PROGRESS = "progress: no move leads back to where it was made"


class RuleBroken(Exception):
    """Raised by moves and checks. `move` names the move that broke the rule, if one did."""

    def __init__(self, rule: str, how: str, move: str = "") -> None:
        super().__init__(f"{rule}: {how}")
        self.rule = rule
        self.how = how
        self.move = move


class Violation(AssertionError):
    """A rule broken at the end of a trace, the shortest there is."""

    def __init__(self, broken: RuleBroken, trace: tuple[str, ...]) -> None:
        self.rule = broken.rule
        self.trace = (*trace, broken.move) if broken.move else trace
        steps = "\n".join(f"  {number}. {move}" for number, move in enumerate(self.trace, 1))
        super().__init__(f"{broken.rule}: {broken.how}\nafter\n{steps or '  nothing'}")


@dataclass(frozen=True)
class Explored:
    """`traces` are the distinct paths from the start to an end, an end being without moves."""

    worlds: int
    moves: int
    ends: int
    traces: int


def explore[W: Hashable](
    start: W,
    moves: Callable[[W], Iterable[tuple[str, W]]],
    check: Callable[[W], None],
    check_end: Callable[[W], None],
    so_far: tuple[str, ...] = (),
) -> Explored:
    """Visit every world reachable from `start`, nearest first; `so_far` begins each trace told."""
    numbers: dict[W, int] = {start: 0}
    came_by: list[tuple[int, str]] = [(-1, "")]
    onward: list[list[int]] = []
    waiting = deque([start])
    while waiting:
        world = waiting.popleft()
        following: list[int] = []
        try:
            check(world)
            for move, after in moves(world):
                number = numbers.setdefault(after, len(came_by))
                if number == len(came_by):
                    came_by.append((len(onward), move))
                    waiting.append(after)
                _check_progress(len(onward), number, move)
                following.append(number)
            if not following:
                check_end(world)
        except RuleBroken as broken:
            raise Violation(broken, so_far + _trace(came_by, len(onward))) from None
        onward.append(following)
    return Explored(
        worlds=len(onward),
        moves=sum(map(len, onward)),
        ends=sum(not following for following in onward),
        traces=_traces(onward),
    )


def _check_progress(here: int, there: int, move: str) -> None:
    if here == there:
        raise RuleBroken(PROGRESS, "this could go on for ever", move)


def _trace(came_by: list[tuple[int, str]], number: int) -> tuple[str, ...]:
    moves = []
    while number > 0:
        number, move = came_by[number]
        moves.append(move)
    return tuple(reversed(moves))


def _traces(onward: list[list[int]]) -> int:
    """Count paths in topological order; a world that can be met again would make them endless."""
    arriving = [0] * len(onward)
    for following in onward:
        for number in following:
            arriving[number] += 1
    paths = [0] * len(onward)
    paths[0] = 1
    ready, seen, traces = [0], 0, 0
    while ready:
        number = ready.pop()
        seen += 1
        if not onward[number]:
            traces += paths[number]
        for after in onward[number]:
            paths[after] += paths[number]
            arriving[after] -= 1
            if not arriving[after]:
                ready.append(after)
    if seen < len(onward):
        raise ValueError("some moves lead back to where they started")
    return traces
