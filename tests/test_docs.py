"""What can be checked of the documentation is checked."""

import ast
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib import import_module
from math import sumprod
from pathlib import Path

import pytest

from sportello.aws.logs import BY_CHANNEL, Metric
from sportello.conversation.events import OfferOutcome
from sportello.hours.opening_hours import OpeningHours
from sportello.model import written
from sportello.people.notifying.notice_texts import notice_texts
from sportello.people.notifying.notifier import NEEDING_SOMEBODY
from sportello.routing.endpoints import takes_back
from sportello.settings.kinds import KINDS
from sportello.sla.clocks import ClockState
from support.template import (
    ROOT,
    channels_on_disk,
    events,
    functions,
    notifiers_on_disk,
    resources,
    template,
)

README = (ROOT / "README.md").read_text()
LAYER = ROOT / "layers" / "sportello"
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "statemachines" / "README.md", *sorted(DOCS.glob("*.md"))]
PRESENT_PAGES = [page for page in PAGES if page.name != "decisions.md"]
"""All but the one that tells of what was."""

PATH = re.compile(r"(?:[\w.<>*-]+/)+|(?:[\w.<>*-]+/)*[\w.<>*-]+\.(?:py|ya?ml|json|toml|txt|md)")
PATHS_START_AT = [ROOT, LAYER, LAYER / "sportello", ROOT / "functions"]
MADE_BY_RUNNING = "build/"


def test_the_readme_lists_exactly_the_channels_on_disk() -> None:
    listed = set(re.findall(r"^\| `(\w+)`", README, re.MULTILINE))
    assert listed == set(channels_on_disk())


def test_the_first_screen_shows_the_journey_and_two_commands() -> None:
    first_screen = "\n".join(README.splitlines()[:40])
    assert "```mermaid" in first_screen
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_every_state_machine_has_its_section() -> None:
    text = (ROOT / "statemachines" / "README.md").read_text()
    files = list((ROOT / "statemachines").glob("*.asl.yaml"))
    assert len(files) == len(resources("AWS::Serverless::StateMachine"))
    for file in files:
        name = file.name.removesuffix(".asl.yaml")
        assert re.search(rf"^#+ .*{name}", text, re.MULTILINE), name


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_settings_is_explained_by_documents_that_are_valid(kind: str) -> None:
    text = (DOCS / "settings.md").read_text()
    section = text.split(f"## `{kind}`")[1].split("\n## ")[0]
    examples = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    assert examples
    for example in examples:
        KINDS[kind].model_validate(json.loads(example))


def test_every_metric_is_explained() -> None:
    text = (DOCS / "operating.md").read_text()
    assert {metric.value for metric in Metric} <= set(re.findall(r"`(\w+)`", text))


def test_every_alarm_has_its_paragraph() -> None:
    text = (DOCS / "operating.md").read_text()
    names = re.findall(r"^\*\*`([<>\w]+Alarm)`\*\*: ", text, re.MULTILINE)
    paragraphs = [re.sub(r"<\w+>", r"\\w+", name) for name in names]
    declared = resources("AWS::CloudWatch::Alarm")
    for alarm in declared:
        assert sum(bool(re.fullmatch(name, alarm)) for name in paragraphs) == 1, alarm
    for name in paragraphs:
        assert any(re.fullmatch(name, alarm) for alarm in declared), name


def test_every_parameter_and_secret_is_explained() -> None:
    text = (DOCS / "deploying.md").read_text()
    notifiers = (DOCS / "settings.md").read_text().split("## `agent_endpoints`")[1]
    for name in template()["Parameters"]:
        assert f"`{name}`" in text
    for name in template()["Outputs"]:
        if name.endswith("SecretArn"):
            assert f"`{name}`" in text + notifiers


def test_the_idle_bill_counts_what_the_template_declares() -> None:
    text = (DOCS / "deploying.md").read_text().split("### What it costs while nobody writes")[1]
    (heads,) = re.findall(r"^\| what \|.*$", text, re.MULTILINE)
    prices = [float(price) for price in re.findall(r"at ([\d.]+)", heads)]
    how_many = {
        "Sportello itself": 1,
        "each channel": len(channels_on_disk()),
        "each notifier": len(notifiers_on_disk()),
        "each secret of a notifier": len(secrets_of_notifiers()),
    }
    declared, costs = [0, 0, 0], dict[str, float]()
    rows = re.findall(
        r"^\| (.+) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+)(.*) \|$", text, re.MULTILINE
    )
    for what, *numbers, cost, sweep in rows:
        here = [int(number) for number in numbers]
        extra = sum(float(price) for price in re.findall(r"at ([\d.]+)", sweep))
        costs[what] = sumprod(here, prices) + extra
        assert costs[what] == pytest.approx(float(cost))
        declared = [n + how_many[what] * m for n, m in zip(declared, here, strict=True)]
    assert declared == [
        len(resources("AWS::SecretsManager::Secret")),
        len(resources("AWS::CloudWatch::Alarm")),
        sum(len(events(function, "SQS")) for function in functions().values()),
    ]
    (least,) = re.findall(r"two channels and `webhook` that makes about ([\d.]+) USD", text)
    assert sumprod(costs.values(), (1, 2, 1, 1)) == pytest.approx(float(least))
    (total,) = re.findall(r"All of it together makes about ([\d.]+) USD", text)
    assert sumprod(costs.values(), how_many.values()) == pytest.approx(float(total))


def secrets_of_notifiers() -> set[str]:
    """Return the secrets that a single notifier has; what several have is Sportello's own."""
    had = Counter[str]()
    for notifier in notifiers_on_disk():
        ours = json.dumps(
            [f for f in functions().values() if f["Handler"].startswith(f"notifiers.{notifier}.")]
        )
        had.update(name for name in resources("AWS::SecretsManager::Secret") if f'"{name}"' in ours)
    return {name for name, notifiers in had.items() if notifiers == 1}


def test_the_bill_counts_every_metric_that_is_paid_for() -> None:
    text = (DOCS / "deploying.md").read_text()
    (found,) = re.findall(r"There are (\d+), and (\d+) more for each channel", text)
    for_all, by_channel = map(int, found)
    assert (for_all, by_channel) == (len(Metric) - len(BY_CHANNEL), len(BY_CHANNEL))
    (price, most) = re.findall(r"at ([\d.]+) USD a month.*?that is ([\d.]+) USD", text)[-1]
    assert (for_all + 2 * by_channel) * float(price) == pytest.approx(float(most))
    page = (DOCS / "performance.md").read_text()
    assert f"{for_all + 2 * by_channel} with two channels" in page


def test_the_price_of_a_flood_is_the_limits_times_a_day() -> None:
    text = (DOCS / "deploying.md").read_text().split("### A flood")[1].split("\n### ")[0]
    limit = template()["Parameters"]["WebhookRateLimit"]["Default"]
    calls = limit * 86_400 / 1_000_000
    assert f"the limit of {limit} a second" in text
    assert f"is {calls:g} million calls" in text
    gateway, invoked, running, logged, in_all = map(
        float, re.findall(r"^\| .* \| ([\d.]+) \|$", text, re.MULTILINE)
    )
    assert gateway == pytest.approx(calls * 3.5)
    assert invoked == pytest.approx(calls * 0.2, abs=0.005)
    assert running == pytest.approx(calls * 0.005 * 0.5 * 13.33, abs=0.005)
    assert logged == pytest.approx(calls * 0.8 * 0.5, abs=0.005)
    assert in_all == pytest.approx(gateway + invoked + running + logged)
    page = (DOCS / "performance.md").read_text().split("\n## What a message costs\n")[1]
    (a_million,) = re.findall(r"^\| in all \| \| (\d+) \|$", page, re.MULTILINE)
    assert f"{a_million} USD a million: {calls * int(a_million):.0f} USD in such a day" in text


def test_what_snapshots_would_cost_is_told_of_the_functions_that_are_always_deployed() -> None:
    page = (DOCS / "performance.md").read_text()
    always = [name for name in functions() if "Condition" not in template()["Resources"][name]]
    (price,) = re.findall(r"A version of 512 MB costs \$([\d.]+) a month", page)
    assert f"{len(always)} functions, with `webhook` as the one notifier, make" in page
    assert f"make ${len(always) * float(price):.0f}, " in page


OUTCOMES: Mapping[str, Iterable[str]] = {
    "offer": OfferOutcome,
    "clock": [ClockState.IMMINENT, ClockState.BREACHING],
}
"""What the notices end with whose names are put together, by what they begin with."""


def notices() -> Iterator[tuple[str, set[str]]]:
    """Yield every notice that the code sends, with the fields that its sender writes out."""
    for file in (ROOT / "layers" / "sportello" / "sportello").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "draft.notify":
                _key, _endpoints, name, data = call.args
                assert isinstance(data, ast.Dict)
                fields = {str(ast.literal_eval(field)) for field in data.keys if field}
                match name:
                    case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), _]):
                        for outcome in OUTCOMES[prefix.rstrip(".")]:
                            yield f"{prefix}{outcome}", fields
                    case _:
                        yield ast.literal_eval(name), fields


def test_every_notice_is_explained_with_its_fields() -> None:
    text = (DOCS / "agent-api.md").read_text().split("\n## Notifications")[1]
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    told: dict[str, set[str]] = {}
    fields: set[str] = set()
    for name, cell in re.findall(r"^\| `(\w+\.\w+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE):
        if cell.startswith("as above"):
            fields = {*json.loads(example)["data"], *re.findall(r"`(\w+)`", cell)}
        elif cell != "the same":
            fields = set(re.findall(r"`(\w+)`", cell))
        told[name] = fields
    sent = list(notices())
    assert set(told) == {name for name, _ in sent}
    for name, written_out in sent:
        assert written_out <= told[name], name


def test_every_notice_that_rings_has_words_of_its_own() -> None:
    rings = {name for name, _ in notices() if not takes_back(name)}
    assert set(notice_texts("en").headings) == rings


def test_what_needs_somebody_is_told_and_what_mail_and_text_messages_ring_with() -> None:
    text = (DOCS / "ringing.md").read_text()
    (needing,) = re.findall(r"^\*What needs somebody\*: (.*?)\. ", text, re.MULTILINE)
    assert full_names(needing) == NEEDING_SOMEBODY
    told = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        for notices in re.findall(r"By itself it tells of (.*?)\. ", section):
            told[section.split("\n")[0]] = full_names(notices)
    rung = {name: import_module(f"notifiers.{name}").notifier.notices for name in ("email", "sms")}
    assert told == {"Mail": rung["email"], "Text messages": rung["sms"]}


def full_names(notices: str) -> set[str]:
    """Return the notices that a sentence names; one that begins with a dot goes on from before."""
    names: list[str] = []
    for name in re.findall(r"`([\w.]+)`", notices):
        names.append(names[-1].split(".")[0] + name if name.startswith(".") else name)
    return set(names)


def test_the_explained_due_time_is_what_the_calendar_says() -> None:
    text = (DOCS / "clocks.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    clock = json.loads(example)
    office = {
        "time_zone": "Europe/Rome",
        "weekly": {"mon-fri": [["09:00", "17:00"]]},
        "holidays": ["IT"],
    }
    told = clock["explanation"]["spans"]
    started_at = datetime.fromisoformat(told[0]["start"])
    spans = OpeningHours.model_validate(office).explain(started_at, clock["target_seconds"])
    assert [{"label": "", **span} for span in told] == [
        {**span._asdict(), "start": written(span.start), "end": written(span.end)} for span in spans
    ]
    assert clock["due_at"] == told[-1]["end"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


def tracked_files() -> list[str]:
    return subprocess.run(
        ["git", "ls-files"],  # noqa: S607 -- wherever git is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


def is_there(path: str) -> bool:
    """Tell whether a path leads somewhere, or a bare name is a file's; `<any>` stands for one."""
    pattern = re.sub(r"<\w+>", "*", path)
    if "/" in pattern:
        return any(any(start.glob(pattern)) for start in PATHS_START_AT)
    return pattern in {Path(name).name for name in tracked_files()}


def code_in(page: Path) -> list[str]:
    """Return what a page sets as code: what is in backticks, and each line of its blocks."""
    prose, *blocks = re.split(r"^ *```.*\n", page.read_text(), flags=re.MULTILINE)
    prose += "".join(blocks[1::2])
    return [
        *re.findall(r"`([^`\n]+)`", prose),
        *(line.strip() for block in blocks[::2] for line in block.splitlines()),
    ]


@pytest.mark.parametrize("page", PRESENT_PAGES, ids=lambda page: page.name)
def test_every_file_and_folder_that_a_page_names_is_there(page: Path) -> None:
    paths = {code for code in code_in(page) if PATH.fullmatch(code)}
    assert [p for p in paths if not (p.startswith(MADE_BY_RUNNING) or is_there(p))] == []


def test_every_make_target_that_a_page_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    code = [code for page in PRESENT_PAGES for code in code_in(page)]
    named = {match[1] for line in code if (match := re.match(r"make ([a-z]+)", line))}
    assert "demo" in named
    assert named <= targets


def test_every_module_that_a_page_runs_is_there() -> None:
    code = [code for page in PRESENT_PAGES for code in code_in(page)]
    modules = {name for line in code for name in re.findall(r"\bpython -m ([\w.]+)", line)}
    assert "recovery" in modules
    for module in modules:
        folder = ROOT.joinpath(*module.split("."))
        assert folder.with_suffix(".py").exists() or (folder / "__main__.py").exists(), module


def test_nothing_names_a_machine_or_a_registry() -> None:
    forbidden = re.compile(r"(?<![\w.])/(?:root|home|work)/|files\.pythonhosted|pypi\.org/simple")
    for name in tracked_files():
        if name == "tests/test_docs.py":
            continue
        text = (ROOT / name).read_text(errors="replace")
        assert not forbidden.search(text), name
