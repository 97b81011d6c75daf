"""`make shift`: eight agents in three queues and two languages, and everybody who comes to them.

Agents decline, fall silent, leave with conversations in hand and lose their line, and their
endpoints fail. Nobody may be given more than they can take, and nobody may be left standing.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from local.cloud import first_day
from local.cloud.emulator import Capacity
from local.cloud.interruption import stopped_by_signals
from local.cloud.laptop import Laptop
from local.cloud.observing import wait_until
from local.cloud.processes import Failed
from local.cloud.staff import Account, deployed_table, engage, say
from local.providers.provider_calls import TIMEOUT, Chance, Fault
from local.shift.cast import CAPACITY, STAFF, settings
from local.shift.crowd import Crowd, Visitor, visitors
from local.shift.evidence import Evidence, examine, is_left_standing, read_log
from local.shift.report import Shift, lines, verdict
from local.shift.watching import CapacityWatch, Follower, Progress
from local.shift.worker import Worker
from sportello.table.desk_table import DeskTable

SECONDS_A_VISITOR = 0.9
SETTLING_SECONDS = 60.0
PARAMETERS = {"SettingsCacheSeconds": "5"}
FAULTS = (
    Chance(0.1, Fault("agents", 1, status=503)),
    Chance(0.02, Fault("agents", 1, fault=TIMEOUT)),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.shift", description=__doc__)
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261129)
    parser.add_argument(
        "--minutes", type=float, default=15.0, help="how long customers are waited for at most"
    )
    options = parser.parse_args(arguments)
    ends = time.monotonic() + options.minutes * 60
    comes_to = SECONDS_A_VISITOR * options.conversations
    say(f"{len(STAFF)} agents, {options.conversations} conversations, seed {options.seed}")
    say(f"They come within {comes_to:.0f} s and are helped, or {options.minutes:g} min are over.")
    try:
        with (
            stopped_by_signals(),
            Laptop(say=say, capacity=CAPACITY_OF_THE_LAPTOP, parameters=PARAMETERS) as laptop,
        ):
            shift = _play(laptop, options.conversations, options.seed, ends)
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130
    except (Failed, TimeoutError) as failure:
        print(failure, file=sys.stderr)
        return 1
    print("\n".join(lines(shift)))
    complaints = verdict(shift)
    print("\n".join(f"FAILED  {each}" for each in complaints) or "All is as it should be.")
    return 1 if complaints else 0


CAPACITY_OF_THE_LAPTOP = Capacity(processes_a_function=12, running_at_once=40, stream_shards=3)


def _play(laptop: Laptop, conversations: int, seed: int, ends: float) -> Shift:
    accounts = _engage(laptop)
    table = deployed_table(laptop.stack)
    everybody = list(visitors(conversations, laptop.stack, laptop.conversation_key(), seed))
    crowd = Crowd(SECONDS_A_VISITOR * conversations, until=ends)
    base = laptop.stack.agent_api_base
    workers = {
        member.name: Worker(
            member,
            accounts[member.name],
            base,
            random.Random(f"{seed}/{member.name}"),  # noqa: S311 -- to be repeated, no secret
        )
        for member in STAFF
    }
    agents = {name: account.agent_id for name, account in accounts.items()}
    started = time.monotonic()
    with ExitStack() as stack:
        watch = stack.enter_context(CapacityWatch(table, agents, CAPACITY))
        stack.enter_context(Follower(laptop.calls, workers, crowd))
        stack.enter_context(Progress(crowd, say))
        for worker in workers.values():
            stack.enter_context(worker)
        laptop.calls.fail_by_chance(FAULTS, seed=seed)
        crowd.come(everybody)
        laptop.calls.heal()
        evidence = _settled(table, everybody)
    return Shift(
        seconds=time.monotonic() - started,
        conversations=conversations,
        evidence=evidence,
        customers=crowd.counts,
        workers={name: worker.counts for name, worker in workers.items()},
        most_held=watch.most,
        over_capacity=watch.over,
        looks=watch.looks,
    )


def _settled(table: DeskTable, everybody: Sequence[Visitor]) -> Evidence:
    """Read the logs when nobody waits any more, or when that takes too long."""
    names = [visitor.conversation_id for visitor in everybody]

    def nobody_waits() -> bool:
        return not any(is_left_standing(table.load(name).state) for name in names)

    with suppress(TimeoutError):  # whoever still waits is in the logs
        wait_until(nobody_waits, seconds=SETTLING_SECONDS, what="end of the waits")
    evidence = Evidence()
    for name in names:
        examine(evidence, name, read_log(table, name))
    return evidence


def _engage(laptop: Laptop) -> dict[str, Account]:
    """Give everybody an account, a profile and a bell of their own, and write the settings."""
    base, supervisor = laptop.stack.agent_api_base, laptop.stack.tokens["supervisor"]
    first_day.write_settings(base, supervisor, settings())
    accounts = {}
    for member in STAFF:
        bell = {"notifier": "webhook", "url": f"{laptop.stack.provider_base}/agents/{member.name}"}
        accounts[member.name] = engage(laptop, member.name, member.profile, bell)
    return accounts


if __name__ == "__main__":
    sys.exit(main())
