"""Brings back what was set aside: dead letters and quarantined payloads of a deployed stack.

Uses the AWS credentials, region and endpoint of the environment, as every AWS tool does.
Exit status: 0 if nothing is left to do, 1 if something is left, 2 for a wrong call.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud.emulator import CREDENTIALS
from local.cloud.laptop import STACK_FILE
from local.cloud.laptop import Stack as LaptopStack
from recovery import quarantine, stream_records
from recovery.letters import Letter, effect_of, looked_at
from recovery.redriving import Redriving
from recovery.stack import DeadLetterQueue, NotDeployed, Stack
from sportello.aws.logs import logger
from sportello.errors import SportelloError
from sportello.inbox.first_listing import list_what_never_was
from sportello.intake.rerunning import Rerun
from sportello.table.inbound.quarantined_payload import QuarantinedPayload

PATIENCE_SECONDS = 90
"""A sweep comes every minute, and what it starts takes some seconds."""


class WrongCall(Exception):
    """The command line asks for something that is not there."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        stack = _laptop() if options.laptop else Stack(options.stack)
        with _quiet():
            complete: bool = options.command(stack, options)
    except (WrongCall, NotDeployed, quarantine.UnknownPayload) as problem:
        parser.error(str(problem))
    except (ClientError, BotoCoreError, SportelloError) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        print("Stopped; what was done is done, run it again for the rest.", file=sys.stderr)
        return 1
    return 0 if complete else 1


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back the log lines of a function: what the program has to say it prints."""
    level = logger.log_level
    logger.setLevel("CRITICAL")
    try:
        yield
    finally:
        logger.setLevel(level)


def _laptop() -> Stack:
    if not STACK_FILE.exists():
        raise WrongCall("no local cloud is running: start it with `make up`")
    laptop = LaptopStack.read()
    os.environ.update(
        CREDENTIALS,
        AWS_ENDPOINT_URL=laptop.aws_endpoint,
        AWS_DEFAULT_REGION=laptop.region,
        AWS_REGION=laptop.region,
    )
    return Stack(laptop.stack_name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m recovery",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--stack", default="sportello", help="the stack's name (sportello)")
    where.add_argument("--laptop", action="store_true", help="the local cloud that `make up` runs")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    letters = commands.add_parser("dead-letters", help="count them, or show what each is about")
    letters.add_argument("--show", action="store_true", help="one line for each letter")
    letters.set_defaults(command=show_dead_letters)

    redrive = commands.add_parser("redrive", help="bring dead letters back on their way")
    redrive.add_argument("queues", nargs="*", metavar="QUEUE", help="as `dead-letters` names them")
    redrive.add_argument(
        "--wait",
        type=float,
        default=PATIENCE_SECONDS,
        metavar="SECONDS",
        help="how long to wait for what becomes of them (%(default)s)",
    )
    redrive.set_defaults(command=redrive_queues)

    payloads = commands.add_parser("quarantine", help="list unread payloads, or read them again")
    payloads.add_argument("ids", nargs="*", metavar="ID", help="some of them")
    payloads.add_argument("--all", action="store_true", help="all of them")
    payloads.add_argument("--rerun", action="store_true", help="through this checkout's adapters")
    payloads.add_argument("--dry-run", action="store_true", help="only say what would be read")
    payloads.set_defaults(command=quarantined_payloads)

    lists = commands.add_parser(
        "lists", help="put into agents' lists what was last written before there were any"
    )
    lists.set_defaults(command=list_earlier)
    return parser


# --- dead letters -----------------------------------------------------------------------------


def show_dead_letters(stack: Stack, options: argparse.Namespace) -> bool:
    total = 0
    for queue in stack.dead_letter_queues():
        depth = stack.depth(queue)
        total += depth.total
        held = f" ({depth.held} of them held by somebody)" if depth.held else ""
        print(f"{depth.total:6}  {queue.name}{held}")
        if depth.waiting and options.show:
            with looked_at(stack, queue) as letters:
                for letter in letters:
                    print(f"        {_about(stack, queue, letter)}")
                if len(letters) < depth.waiting:
                    print(f"        and {depth.waiting - len(letters)} more behind these")
    return total == 0


def _about(stack: Stack, queue: DeadLetterQueue, letter: Letter) -> str:
    age = f"here for {_span(datetime.now(UTC) - letter.sent_at)}, received {letter.received}x"
    if queue.source_url is None:
        names = stream_records.undone(stream_records.pending(stack.table), letter.about)
        undone = f"still to do: {', '.join(names)}" if names else "all done"
        return f"{letter.about.get('error', 'batch')}  {undone}  {age}"
    if not letter.effect_key:
        return f"{_job_in(letter.about)}  {age}"
    effect = effect_of(stack, letter)
    if effect is None:
        return f"{letter.conversation_id}  {letter.effect_key}  gone  {age}"
    why = f" ({effect.error_code})" if effect.error_code else ""
    decided = _span(datetime.now(UTC) - effect.decided_at)
    return (
        f"{letter.conversation_id}  {letter.effect_key}  {effect.status}{why}"
        f"  decided {decided} ago, {age}"
    )


def _job_in(about: Mapping[str, Any]) -> str:
    """Say what is to be done that no effect of a conversation tells of."""
    match about:
        case {"shard": shard}:
            job = f"clocks to be fitted to changed settings, from shard {shard}"
        case {"agent_id": agent_id}:
            job = f"what waits to be given to agent {agent_id}"
        case {"subscription": subscription, "event": {"id": event_id}}:
            job = f"{event_id}  for the subscription {subscription}"
        case {"subscription": subscription}:
            job = f"a replay for the subscription {subscription}"
        case {"conversation_id": conversation_id, "item_id": item_id, "number": number}:
            job = f"{conversation_id}  file {number} of item {item_id}"
        case {"items": [*items]}:
            job = f"{len(items)} texts to be made searchable"
        case _:
            job = f"{about.get('conversation_id', '')}  acknowledgement of a button press"
    return job


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02} min"


def redrive_queues(stack: Stack, options: argparse.Namespace) -> bool:
    queues = {queue.name: queue for queue in stack.dead_letter_queues()}
    if unknown := [name for name in options.queues if name not in queues]:
        raise WrongCall(f"no dead-letter queue {', '.join(unknown)}; there are {', '.join(queues)}")
    redriving = Redriving(stack, options.wait)
    complete = True
    for name in options.queues or queues:
        redriven = redriving.redrive(queues[name])
        complete = complete and redriven.complete
        became = f": {_counts(redriven.became)}" if redriven.became else ""
        print(f"{name}  moved {redriven.moved}{became}; {redriven.remaining} left")
        for item in redriven.backlog:
            print(f"    still to do: {item}")
    return complete


def list_earlier(stack: Stack, _options: argparse.Namespace) -> bool:
    listed = list_what_never_was(stack.table)
    print(f"{listed} conversations are in agents' lists that were in none")
    return True


# --- quarantine -------------------------------------------------------------------------------


def quarantined_payloads(stack: Stack, options: argparse.Namespace) -> bool:
    if options.rerun and not options.ids and not options.all:
        raise WrongCall("say which payloads to re-run, or --all")
    if options.ids and options.all:
        raise WrongCall("say which payloads, or --all, not both")
    if options.dry_run and not options.rerun:
        raise WrongCall("--dry-run goes with --rerun")
    payloads = quarantine.chosen(stack, options.ids)
    if not options.rerun:
        for payload in payloads:
            print(_payload_line(payload))
        print(f"{len(payloads)} in quarantine")
        return not payloads
    reruns = []
    for rerun in quarantine.rerun(stack, payloads, dry=options.dry_run):
        reruns.append(rerun)
        print(_rerun_line(rerun, dry=options.dry_run))
    unread = sum(not rerun.complete for rerun in reruns)
    print(f"{len(reruns)} read again, {unread} of them still not readable as a whole")
    return not unread


def _payload_line(payload: QuarantinedPayload) -> str:
    return (
        f"{payload.quarantine_id}  {payload.received_at:%Y-%m-%d %H:%M:%S}Z"
        f"  {payload.channel}  {payload.size_bytes} bytes  {payload.reason}"
    )


def _rerun_line(rerun: Rerun, *, dry: bool) -> str:
    items = _counts(rerun.kinds) or "nothing to act on"
    news = "" if dry else f", {rerun.new_items} new"
    rest = f"; still unreadable: {'; '.join(rerun.unreadable)}" if rerun.unreadable else ""
    return f"{rerun.payload.quarantine_id}  {rerun.payload.channel}  {items}{news}{rest}"


def _counts(amounts: Counter[str] | dict[str, int]) -> str:
    return ", ".join(f"{amount} {name}" for name, amount in sorted(amounts.items()))


if __name__ == "__main__":
    sys.exit(main())
