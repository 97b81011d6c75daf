"""`make day`: three agents and sixty customers, through the API and the socket alone.

Pictures and voice notes go both ways, conversations from one to the other, a reply is refused and
a line is cut. Nothing may be missed, and nothing shown twice.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import override

from local.beside import Beside
from local.cloud import first_day
from local.cloud.emulator import Capacity
from local.cloud.interruption import stopped_by_signals
from local.cloud.laptop import Laptop
from local.cloud.processes import Failed
from local.cloud.reception import MARK, listed
from local.cloud.staff import deployed_table, engage, say
from local.day.agent import Agent
from local.day.audit import Day, complaints
from local.day.cast import STAFF, settings
from local.day.guests import Guests, guests
from local.day.page import Api
from local.providers.provider_calls import CallLog, Fault

ROOM = Capacity(processes_a_function=12, running_at_once=40, stream_shards=3)
PARAMETERS = {"SettingsCacheSeconds": "5", "WebSocketNotifier": "true"}
REFUSALS = {
    "telegram": Fault(
        "telegram",
        1,
        status=400,
        body={"ok": False, "error_code": 400, "description": "Bad Request: chat not found"},
    ),
    "whatsapp": Fault(
        "whatsapp", 1, status=400, body={"error": {"message": "Unsupported", "code": 131051}}
    ),
}
REFUSES_AFTER = 8
"""Messages that the providers take before they refuse one after the other, until it is a reply."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.day", description=__doc__)
    parser.add_argument("--conversations", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20261129)
    options = parser.parse_args(arguments)
    say(f"{len(STAFF)} agents, {options.conversations} conversations, seed {options.seed}")
    try:
        with stopped_by_signals(), Laptop(say=say, capacity=ROOM, parameters=PARAMETERS) as laptop:
            found = _play(laptop, options.conversations, options.seed)
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130
    except (Failed, TimeoutError) as failure:
        print(failure, file=sys.stderr)
        return 1
    print("\n".join(f"FAILED  {each}" for each in found) or "Nothing was missed or shown twice.")
    return 1 if found else 0


class Wire(Beside):
    """Hands on what reaches customers, and has a provider refuse a reply in the middle of it."""

    def __init__(self, calls: CallLog, everybody: Guests) -> None:
        super().__init__("wire", failed=everybody.send_home)
        self._calls = calls
        self._guests = everybody

    @override
    def _run(self) -> None:
        position, taken = 0, 0
        awaits_refusal = has_refused_a_reply = False
        while not self._stopping.is_set():
            new = self._calls.since(position, seconds=0.2)
            position += len(new)
            for call in new:
                if call.channel not in REFUSALS:
                    continue
                if not call.taken:
                    awaits_refusal, has_refused_a_reply = False, MARK in call.body
                    continue
                self._guests.see(call)
                taken += 1
                if taken >= REFUSES_AFTER and not (awaits_refusal or has_refused_a_reply):
                    awaits_refusal = True
                    self._calls.inject(REFUSALS[call.channel])


def _play(laptop: Laptop, conversations: int, seed: int) -> list[str]:
    base = laptop.stack.agent_api_base
    everybody = list(guests(conversations, laptop.stack, laptop.conversation_key(), seed))
    visitors = Guests(everybody, laptop.files)
    agents = _engage(laptop, visitors.send_home)
    started = time.monotonic()
    with ExitStack() as stack:
        beside = [Wire(laptop.calls, visitors), *agents]
        for each in beside:
            stack.enter_context(each)
        visitors.come()
        for each in beside:
            each.raise_failure()
        day = Day(
            guests=visitors,
            agents=agents,
            supervisor=Api(base, laptop.stack.tokens["supervisor"], _pause),
            table=deployed_table(laptop.stack),
            calls=laptop.calls,
        )
        found = list(complaints(day))
    _report(day, time.monotonic() - started)
    return found


def _pause(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def _report(day: Day, seconds: float) -> None:
    say(f"{seconds:8.1f} s  the day")
    say(f"  customers   {day.guests.told()}")
    for agent in day.agents:
        say(f"  {agent.member.name:<10}  {listed(agent.counts)}")


def _engage(laptop: Laptop, gives_up: Callable[[], None]) -> list[Agent]:
    """Give everybody an account, a profile and the desk's own bell, and write the settings."""
    base, supervisor = laptop.stack.agent_api_base, laptop.stack.tokens["supervisor"]
    first_day.write_settings(base, supervisor, settings())
    agents = []
    for member in STAFF:
        account = engage(laptop, member.name, member.profile, {"notifier": "websocket"})
        agents.append(Agent(member, account, base, gives_up))
    for agent in agents:
        agent.colleagues = [other.agent_id for other in agents if other is not agent]
    return agents


if __name__ == "__main__":
    sys.exit(main())
