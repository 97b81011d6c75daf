"""`make demo`: the whole story on this machine, in one run, with a verdict."""

import sys
import time

from local.cloud.interruption import stopped_by_signals
from local.cloud.laptop import Laptop
from local.cloud.processes import Failed
from local.demo.journey import journey, render
from local.demo.story import Story, Unfulfilled


def main() -> int:
    started = time.monotonic()
    print("Setting up the laptop cloud: the real template, deployed by SAM, with IAM enforced.")
    try:
        with stopped_by_signals(), Laptop() as laptop:
            fulfilled = _play(laptop)
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"\n{'All is as it should be' if fulfilled else 'FAILED'}", end="")
    print(f", after {time.monotonic() - started:.0f} s.")
    return 0 if fulfilled else 1


def _play(laptop: Laptop) -> bool:
    print("\nPlaying the recorded payloads of events/:")
    story = Story(laptop, _tell)
    fulfilled = True
    try:
        story.play()
    except Unfulfilled:
        fulfilled = False
    except TimeoutError as error:
        _tell(str(error), fulfilled=False)
        fulfilled = False
    for title, conversation in story.journeys().items():
        print(f"\n{title}, conversation {conversation['conversation_id']}\n")
        print(render(journey(conversation, laptop.calls.calls())))
    return fulfilled


def _tell(fact: str, fulfilled: bool) -> None:  # noqa: FBT001 -- it is what a fact is
    print(f"  {'ok    ' if fulfilled else 'FAILED'}  {fact}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
