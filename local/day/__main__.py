"""`make day`: three agents and sixty customers, through the API and the socket alone.

Pictures and voice notes go both ways, conversations from one to the other, a reply is refused and
a line is cut. Nothing may be missed, and nothing shown twice.
"""

import argparse
import base64
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import override

from local.beside import Beside
from local.cloud import first_day
from local.cloud.emulator import Capacity
from local.cloud.interruption import stopped_by_signals
from local.cloud.laptop import Laptop
from local.cloud.processes import Failed
from local.cloud.web import call_json
from local.day.agent import Agent
from local.day.audit import Day, complaints
from local.day.cast import STAFF, settings
from local.day.guests import Guests, guests
from local.day.page import Api
from local.providers.provider_calls import CallLog, Fault
from sportello.table.desk_table import DeskTable

ROOM = Capacity(processes_a_function=12, running_at_once=40, stream_shards=3)
PARAMETERS = {"SettingsCacheSeconds": "5", "WebSocketNotifier": "true"}
REFUSALS = (
    Fault(
        "telegram",
        1,
        status=400,
        body={"ok": False, "error_code": 400, "description": "Bad Request: message is not valid"},
    ),
    Fault("whatsapp", 1, status=400, body={"error": {"message": "Unsupported", "code": 131051}}),
)
REFUSES_AFTER_REPLIES = 8


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.day", description=__doc__)
    parser.add_argument("--conversations", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20261129)
    options = parser.parse_args(arguments)
    _say(f"{len(STAFF)} agents, {options.conversations} conversations, seed {options.seed}")
    try:
        with stopped_by_signals(), Laptop(say=_say, capacity=ROOM, parameters=PARAMETERS) as laptop:
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
        super().__init__("wire")
        self._calls = calls
        self._guests = everybody

    @override
    def _run(self) -> None:
        position, replies = 0, 0
        while not self._stopping.is_set():
            new = self._calls.since(position, seconds=0.2)
            position += len(new)
            for call in new:
                if not call.taken or call.channel not in {"telegram", "whatsapp"}:
                    continue
                self._guests.see(call)
                replies += 1
                if replies in {REFUSES_AFTER_REPLIES, 2 * REFUSES_AFTER_REPLIES}:
                    self._calls.inject(REFUSALS[replies // REFUSES_AFTER_REPLIES - 1])


def _play(laptop: Laptop, conversations: int, seed: int) -> list[str]:
    base = laptop.stack.agent_api_base
    everybody = list(guests(conversations, laptop.stack, laptop.conversation_key(), seed))
    visitors = Guests(everybody, laptop.files)
    agents = _engage(laptop, visitors.send_home)
    started = time.monotonic()
    with ExitStack() as stack:
        stack.enter_context(Wire(laptop.calls, visitors))
        for agent in agents:
            stack.enter_context(agent)
        visitors.come()
        day = Day(
            guests=visitors,
            agents=agents,
            supervisor=Api(base, laptop.stack.tokens["supervisor"], _pause),
            table=_table(laptop),
            calls=[call for call in laptop.calls.calls() if call.taken],
        )
        found = list(complaints(day))
    _report(day, time.monotonic() - started)
    return found


def _pause(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def _report(day: Day, seconds: float) -> None:
    _say(f"{seconds:8.1f} s  the day")
    _say(f"  customers   {_told(day.guests.counts)}")
    for agent in day.agents:
        _say(f"  {agent.member.name:<10}  {_told(agent.counts)}")


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{amount} {what}" for what, amount in sorted(counts.items()))


def _engage(laptop: Laptop, gives_up: Callable[[], None]) -> list[Agent]:
    """Give everybody an account, a profile and the desk's own bell, and write the settings."""
    base, supervisor = laptop.stack.agent_api_base, laptop.stack.tokens["supervisor"]
    first_day.write_settings(base, supervisor, settings())
    agents = []
    for member in STAFF:
        token = laptop.engage(first_day.Person(f"{member.name}@example.org", ("agent",)))
        agent_id = _subject(token)
        _put(f"{base}/agents/{agent_id}", member.profile, supervisor)
        _put(f"{base}/agents/me/endpoints/desk", {"notifier": "websocket"}, token)
        agents.append(Agent(member, agent_id, base, token, gives_up))
    for agent in agents:
        agent.colleagues = [other.agent_id for other in agents if other is not agent]
    return agents


def _say(line: str) -> None:
    print(line, flush=True)


def _put(url: str, document: object, token: str) -> None:
    call_json("PUT", url, document, {"Authorization": token}).expect(200, 201, 204)


def _subject(token: str) -> str:
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def _table(laptop: Laptop) -> DeskTable:
    """Read the deployed table with the code of the functions."""
    os.environ["AWS_ENDPOINT_URL"] = laptop.stack.aws_endpoint
    os.environ["AWS_DEFAULT_REGION"] = laptop.stack.region
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    return DeskTable(laptop.stack.table)


if __name__ == "__main__":
    sys.exit(main())
