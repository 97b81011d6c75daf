"""A conversation's journey as a person reads it: one line for each thing that happened."""

import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.providers.provider_calls import Call

WIDTH = 110


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    what: str


def journey(conversation: Mapping[str, Any], calls: Iterable[Call]) -> list[Line]:
    """Join what the agent API tells of a conversation with what left on its way out."""
    entries = conversation["timeline"]["entries"]
    lines = [line for entry in entries if (line := _entry_line(entry)) is not None]
    lines += [line for call in calls if (line := _call_line(call, conversation)) is not None]
    return sorted(lines, key=lambda line: line.at)


def render(lines: Iterable[Line]) -> str:
    """Lay the lines out with the time since the first of them, in seconds."""
    lines = list(lines)
    if not lines:
        return "  nothing happened"
    rows = []
    for line in lines:
        since = (line.at - lines[0].at).total_seconds()
        head = f"{since:8.1f} s  {line.who:<9} "
        rows.append(
            textwrap.fill(line.what, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
        )
    return "\n".join(rows)


def _entry_line(entry: Mapping[str, Any]) -> Line | None:  # noqa: PLR0911 -- one arm for each event, flat
    detail = entry["detail"]
    match entry["type"]:
        case "MessageReceived":
            words = entry["text"] or f"({detail['kind']})"
            return _line(entry, "customer", f"“{words}”")
        case "MessageQueued":
            became = detail.get("status", "unknown")
            if code := detail.get("error_code"):
                became += f", {code}"
            return _line(entry, entry["author"], f"“{entry['text']}” [{became}]")
        case "OwnerChanged":
            name = f" {_short(detail['name'])}" if detail["name"] else ""
            return _line(entry, "owner", f"{detail['kind']}{name} (version {detail['version']})")
        case "ClockStarted":
            clock = detail["clock"]
            named = f"{clock['kind']} of {clock['target_seconds']} s"
            return _line(entry, "clock", f"{named}: {_thresholds(clock)}")
        case "ClockChanged":
            clock = detail["clock"]
            why = _in_words(detail["reason"])
            return _line(entry, "clock", f"{clock['kind']} ({why}): {_thresholds(clock)}")
        case "ClockAdvanced" | "ClockEnded":
            return _line(entry, "clock", f"{detail['kind']} {detail['state']}{_lateness(detail)}")
        case "NoteWritten":
            return _line(entry, "note", f"“{entry['text']}”, among colleagues")
        case "HandoffRequested":
            return _line(entry, "bot", f"hands over to {detail['queue']}: {detail['reason']}")
        case _:
            told = _asking(entry["type"], detail) or _handing_on(entry["type"], detail)
            return _line(entry, "people", told) if told else None


def _asking(event: str, detail: Mapping[str, Any]) -> str:  # noqa: PLR0911 -- one arm for each event, flat
    """Say how people were rung: tiers of endpoints, and one agent after another."""
    match event:
        case "ConversationOffered":
            endpoints = ", ".join(detail["endpoints"]) or "nobody"
            until = _clock_time(detail["expires_at"])
            return f"{detail['tier_name']} rung ({endpoints}) until {until}"
        case "LadderPostponed":
            return "rung at the opening: the desk has closed"
        case "LadderRestarted":
            return f"rung again: {_in_words(detail['reason'])}"
        case "OfferDeclined":
            return "declined"
        case "LadderExhausted":
            return f"nobody answered on any tier{_next_round(detail)}"
        case "AgentOffered":
            asked = f"agent {_short(detail['agent_id'])} asked{_why(detail)}"
            return f"{asked}, until {_clock_time(detail['expires_at'])}"
        case "AgentOfferEnded":
            return f"agent {_short(detail['agent_id'])} {_answered(detail)}"
        case "AgentAssigned":
            return f"given to agent {_short(detail['agent_id'])}{_why(detail)}"
        case _:
            return ""


def _handing_on(event: str, detail: Mapping[str, Any]) -> str:  # noqa: PLR0911 -- one arm for each event, flat
    """Say what became of it in people's hands."""
    match event:
        case "ConversationTransferred":
            to = f"agent {_short(detail['to_agent'])} of " if detail["to_agent"] else ""
            return f"handed on by agent {_short(detail['agent_id'])} to {to}{detail['queue']}"
        case "ConversationTakenOver":
            of = f" from agent {_short(detail['from_agent'])}" if detail["from_agent"] else ""
            return f"taken over by supervisor {_short(detail['agent_id'])}{of}"
        case "ConsultRequested":
            colleague = _short(detail["colleague"])
            return f"agent {_short(detail['agent_id'])} asks {colleague} what to do"
        case "ChannelChangePromised":
            return f"{_in_words(detail['way'])} promised within {detail['within_seconds']} s"
        case "ConversationReturned":
            return f"given back to the bot by agent {_short(detail['agent_id'])}"
        case "ConversationSnoozed":
            return f"put aside until {_clock_time(detail['until'])}"
        case "SnoozeEnded":
            return "comes back"
        case "ConversationResolved":
            return "resolved"
        case _:
            return ""


def _why(detail: Mapping[str, Any]) -> str:
    if detail.get("transferred_by"):
        return f" by agent {_short(detail['transferred_by'])}"
    return f" ({_in_words(detail['reason'])})" if detail.get("reason") else ""


def _answered(detail: Mapping[str, Any]) -> str:
    if detail["taken_by"] not in {"", detail["agent_id"]}:
        return f"is asked no more: {_short(detail['taken_by'])} was faster"
    became = {"accepted": "accepts", "declined": "declines", "expired": "lets it ring out"}
    return became.get(detail["outcome"], "is asked no more")


def _next_round(detail: Mapping[str, Any]) -> str:
    """Say when the ladder goes round again; the log of earlier versions does not tell."""
    if not detail.get("again_at"):
        return ""
    return f"; round {detail['ladder_round'] + 2} begins {_clock_time(detail['again_at'])}"


def _short(agent_id: str) -> str:
    return agent_id[:8]


def _in_words(name: str) -> str:
    return name.replace("_", " ")


def _thresholds(clock: Mapping[str, Any]) -> str:
    if clock["due_at"] is None:
        return "paused"
    return f"warns {_clock_time(clock['warn_at'])}, due {_clock_time(clock['due_at'])}"


def _lateness(detail: Mapping[str, Any]) -> str:
    if detail["due_at"] is None:
        return ""
    late = (_instant(detail["at"]) - _instant(detail["due_at"])).total_seconds()
    return f", {abs(late):.1f} s {'after' if late >= 0 else 'before'} it is due"


def _call_line(call: Call, conversation: Mapping[str, Any]) -> Line | None:
    if conversation["conversation_id"] not in call.body:
        return None
    fault = f" -> {call.fault.removeprefix('status_')}" if call.fault else ""
    if call.channel == "agents":
        notice = json.loads(call.body)["type"]
        name = call.path.rsplit("/", 1)[-1]
        return Line(datetime.fromisoformat(call.at), "rung", f"{name}: {notice}{fault}")
    return Line(datetime.fromisoformat(call.at), "out", f"{call.channel} is called{fault}")


def _line(entry: Mapping[str, Any], who: str, what: str) -> Line:
    return Line(_instant(entry["at"]), who, what)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _clock_time(text: str) -> str:
    return _instant(text).strftime("%H:%M:%S")
