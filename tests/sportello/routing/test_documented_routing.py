"""`docs/routing.md` tells supervisors what the rules do: its tables and examples are tried out."""

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from sportello.bot.triage import HandoffReason
from sportello.channel_kinds import ChannelKind
from sportello.people.placement.queue_routing import READ_CHARACTERS, words_in
from sportello.priorities import Priority
from sportello.queues.settings import QueueSettings
from sportello.routing.choice import Reason, choose_agent
from sportello.routing.line import HEAD_STARTS
from sportello.routing.profile import USUAL_LEVEL
from sportello.routing.queue_choice import Circumstances, choose_queue
from sportello.routing.settings import OverflowTo, QueueRouting, QueueRule, RoutingSettings
from support.builders import CHANNEL, NOW
from support.seats import a_seat, in_line
from support.template import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "routing.md").read_text(encoding="utf-8")
SETTINGS = (DOCS / "settings.md").read_text(encoding="utf-8")

WEDNESDAY = datetime.fromisoformat("2026-03-04T00:00:00+01:00")


def section(title: str) -> str:
    return re.split(r"^#+ ", PAGE.split(f"# {title}\n")[1], flags=re.MULTILINE)[0]


def document(title: str) -> Any:
    (example,) = re.findall(r"```json\n(.*?)```", section(title), re.DOTALL)
    return json.loads(example)


def rows(text: str, first_column: str) -> list[list[str]]:
    """The cells of each row of the table that begins with a column, without what sets them."""
    table = text.split(f"\n| {first_column} |")[1].split("\n\n", maxsplit=1)[0]
    lines = table.splitlines()[2:]
    return [[cell.strip().replace("`", "") for cell in line.split("|")[1:-1]] for line in lines]


def reasons_of(cell: str) -> dict[str, str]:
    """What stands in a cell as `who` `why`, `who` `why`."""
    pairs = re.findall(r"(\w+):? (\w+)", cell)
    return dict(pairs)


# --- which queue ------------------------------------------------------------------------------


def test_every_condition_of_a_rule_is_explained() -> None:
    explained = [row[0] for row in rows(section("Which queue"), "condition")]
    assert set(explained) == QueueRule.model_fields.keys() - {"name", "queue"}


def test_every_reason_to_hand_over_is_named_as_an_intent() -> None:
    sentence = next(line for line in PAGE.splitlines() if line.startswith("The intents are"))
    assert set(re.findall(r"`(\w+)`", sentence)) == {reason.value for reason in HandoffReason}


def test_what_is_read_of_a_text_is_as_long_as_told() -> None:
    assert f"The first {READ_CHARACTERS:,} characters are read" in PAGE


ORDER_OF_RULES = "Example: the order of the rules"


@pytest.mark.parametrize("row", rows(section(ORDER_OF_RULES), "segment"), ids=" ".join)
def test_each_customer_of_the_example_finds_the_queue_told(row: list[str]) -> None:
    segment, language, wrote, at, queue, missed = row
    rules = RoutingSettings.model_validate(document(ORDER_OF_RULES)).rules
    hour = int(re.fullmatch(r"Wednesday (\d\d):00", at)[1])  # type: ignore[index] # or it fails
    choice = choose_queue(
        rules,
        Circumstances(
            channel="whatsapp",
            channel_kind=ChannelKind.MESSAGING,
            account="1",
            language=language,
            intent="unknown_question",
            segment=segment,
            priority=Priority.NORMAL,
            verified=True,
            local=WEDNESDAY + timedelta(hours=hour),
            words=words_in(wrote, (word for rule in rules for word in rule.words)),
        ),
    )
    assert (choice.queue or QueueSettings().handoff_queue) == queue
    assert {each.rule: each.missed for each in choice.tried if each.missed} == reasons_of(missed)


# --- the line ---------------------------------------------------------------------------------


def test_the_head_starts_are_as_told() -> None:
    assert {
        Priority(name): timedelta(minutes=int(told.removesuffix(" minutes")))
        for name, told in rows(section("The line"), "priority")
    } == HEAD_STARTS


# --- which person -----------------------------------------------------------------------------


RELAXING = "Example: skills and language relax"


@pytest.mark.parametrize("row", rows(section(RELAXING), "waiting for"), ids=lambda row: row[0])
def test_as_time_passes_those_told_are_asked(row: list[str]) -> None:
    waited, asked, why_not = row
    routing = QueueSettings.model_validate(document(RELAXING)).queues["default"].routing
    seats = [
        a_seat(
            agent,
            queue=queue,
            languages=tuple(languages.split(", ")),
            skills={CHANNEL: int(level)},
            idle=60 * int(idle.removesuffix(" min")),
        )
        for agent, queue, languages, level, idle in rows(section(RELAXING), "agent")
    ]
    waiting = in_line(language="de", waited=int(waited.removesuffix(" s")))
    choice = choose_agent(waiting, seats, routing, NOW)
    assert (choice.agent_id or "nobody") == asked
    told = list(reasons_of(why_not).items())
    assert [(other.agent_id, other.reason.value) for other in choice.others] == told


LAST_AGENT = "Example: who had it last"


@pytest.mark.parametrize("row", rows(section(LAST_AGENT), "anna"), ids=" ".join)
def test_the_last_agent_is_asked_first_as_told(row: list[str]) -> None:
    anna, first, asked, because, other = row
    waiting = in_line(last_agent="anna", passed_by=("anna",) if anna == "has declined" else ())
    room = 0 if anna == "has no room" else 2
    seats = [a_seat("anna", idle=60, room=room), a_seat("bruno", idle=20 * 60)]
    choice = choose_agent(waiting, seats, QueueRouting(last_agent_first=first == "true"), NOW)
    assert choice.reason is not None
    assert (choice.agent_id, choice.reason.value) == (asked, because)
    assert {each.agent_id: each.reason.value for each in choice.others} == reasons_of(other)


def test_every_reason_is_explained() -> None:
    explained = [row[0] for row in rows(section("Why, and why not"), "reason")]
    assert sorted(explained) == sorted(reason.value for reason in Reason)


def test_the_skill_of_a_profile_that_names_none_is_as_told() -> None:
    assert f"A skill that a profile does not name is {USUAL_LEVEL}" in PAGE


# --- what the settings are --------------------------------------------------------------------


def told_defaults(after: str) -> dict[str, str]:
    """The defaults in the first table after a beginning of `docs/settings.md`."""
    return {name: default for name, default, _ in rows(SETTINGS.split(after)[1], "field")}


def written_defaults(fields: Sequence[tuple[str, Any]]) -> dict[str, str]:
    return {name: "none" if value == () else str(value).lower() for name, value in fields}


def test_the_defaults_of_a_queue_are_as_told() -> None:
    assert told_defaults("`routing` says how") == written_defaults([*QueueRouting()])
    assert f"`after_seconds` ({OverflowTo(queue='x').after_seconds})" in SETTINGS


def test_the_defaults_of_routing_are_as_told() -> None:
    routing = RoutingSettings()
    weights = ", ".join(str(routing.weight(kind)) for kind in ChannelKind)
    defaults = {**dict(routing), "weights": weights}
    assert told_defaults("## `routing`") == written_defaults([*defaults.items()])
