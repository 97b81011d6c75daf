"""`make chaos`: a loaded desk on a failing wire, and whether it kept its promises.

Everything between the functions and AWS fails at a rate, so do the providers, processes are
killed, and the office closes, opens and changes its mind. When the load is over all is healed, and
what is there must add up.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from local.chaos.audit import audit
from local.chaos.colleagues import Supervisor, Tally
from local.chaos.collecting import Listener, Queues, Rest, redrive
from local.chaos.customers import Outlook
from local.chaos.load import PROMISED_SECONDS, Load
from local.chaos.looking import Look, hold_still
from local.chaos.office import Office
from local.chaos.report import Report, Run
from local.chaos.webhooks import Webhooks
from local.chaos.wire import trouble
from local.cloud.emulator import Capacity
from local.cloud.fault_proxy import FaultProxy
from local.cloud.interruption import stopped_by_signals
from local.cloud.laptop import Laptop
from local.cloud.processes import Failed

CAPACITY = Capacity(processes_a_function=12, running_at_once=40, stream_shards=3)
THREADS = 24
SETTLING_SECONDS = 140
"""Kept back from the load: for what is under way, a lease, a sweep, and to look at everything."""

OWED_SECONDS = PROMISED_SECONDS + 5
"""After the load: so that what was promised in it is kept or broken by then."""

LOOKING_SECONDS = 25

PARAMETERS = {"SettingsCacheSeconds": "10"}
"""Settings change under load, and what follows them a second time is to do so within the run."""


@dataclass(frozen=True)
class Plan:
    """`minutes` bound the whole run."""

    conversations: int
    seed: int
    fault_rate: float
    kills: int
    minutes: float


def main(arguments: Sequence[str] | None = None) -> int:
    plan = _plan(arguments)
    started = time.monotonic()
    print(f"{plan.conversations} conversations, {plan.fault_rate:.0%} faults, seed {plan.seed}")
    try:
        with stopped_by_signals():
            report = _run(plan, started)
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130
    except (Failed, TimeoutError) as failure:
        print(failure, file=sys.stderr)
        return 1
    report.print()
    report.write()
    return 0 if report.good else 1


def _plan(arguments: Sequence[str] | None) -> Plan:
    parser = argparse.ArgumentParser(prog="python -m local.chaos", description=__doc__)
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--fault-rate", type=float, default=0.2)
    parser.add_argument("--kills", type=int, default=12, help="function processes to kill")
    parser.add_argument("--minutes", type=float, default=15.0, help="bound of the whole run")
    options = parser.parse_args(arguments)
    return Plan(
        options.conversations, options.seed, options.fault_rate, options.kills, options.minutes
    )


def _run(plan: Plan, started: float) -> Report:
    ends = started + plan.minutes * 60
    wire = FaultProxy(plan.seed)
    with Laptop(capacity=CAPACITY, wire=wire, parameters=PARAMETERS) as laptop:
        queues = Queues(laptop.client("sqs"), laptop.stack.stack_name)
        queues.hurry()
        webhooks, tally = Webhooks(laptop.stack), Tally()
        office = Office(Supervisor(laptop.stack, tally))
        office.begin()
        run = Run(plan.conversations, plan.seed, plan.fault_rate)
        with (
            Listener(laptop) as listener,
            Outlook(laptop.calls, webhooks, plan.seed) as outlook,
        ):
            load = Load(laptop, laptop.conversation_key(), plan.seed, outlook, webhooks, tally)
            with run.timed("load"):
                _load(plan, run, load, office, wire, ends - SETTLING_SECONDS)
            owed_until = time.monotonic() + OWED_SECONDS
            rest = Rest(laptop, queues, outlook)
            with run.timed("settling"):
                rest.wait(ends - 2 * LOOKING_SECONDS)
                time.sleep(max(0, owed_until - time.monotonic()))
                office.end()
                run.dead_letters = sum(queues.depths(dead=True).values())
                run.redriven = redrive(laptop) if run.dead_letters else 0
                rest.wait(ends - LOOKING_SECONDS)
            with run.timed("looking"):
                look = Look(laptop, listener, outlook, webhooks.noted, tally)
                look.through_functions()
                still = hold_still(wire, rest, read=look.read, position=look.position, until=ends)
            dead = queues.depths(dead=True).items()
            run.backlog = still.left_over
            run.backlog += [f"{n} dead letters in {queue}" for queue, n in dead if n]
        verdict = audit(still.content)
        run.tally = tally.counts
        run.webhooks = webhooks.noted
        run.provider_calls = laptop.calls.calls()
        run.seconds["whole run"] = time.monotonic() - started
    return Report(run, verdict)


def _load(
    plan: Plan, run: Run, load: Load, office: Office, wire: FaultProxy, load_ends: float
) -> None:
    """Hold the conversations while everything fails at its rate and settings change."""
    seconds = min(load_ends - time.monotonic(), 60 + plan.conversations * 0.3)
    with (
        trouble(
            load.laptop,
            wire,
            fault_rate=plan.fault_rate,
            kills=plan.kills,
            seconds=seconds,
            seed=plan.seed,
        ) as met,
        office,
    ):
        run.held = load.run(plan.conversations, threads=THREADS, until=load_ends)
    run.killed, run.wire = met.killed, met.wire


if __name__ == "__main__":
    sys.exit(main())
