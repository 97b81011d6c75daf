"""What can be checked of the documentation is checked."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from sportello.observability import Metric
from sportello.settings import KINDS
from support.template import ROOT, resources, template

README = (ROOT / "README.md").read_text()
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "statemachines" / "README.md", *sorted(DOCS.glob("*.md"))]


def test_the_readme_lists_exactly_the_channels_on_disk() -> None:
    listed = set(re.findall(r"^\| `(\w+)`", README, re.MULTILINE))
    on_disk = {
        file.stem
        for file in (ROOT / "functions" / "channels").glob("*.py")
        if "receiver(adapter)" in file.read_text()
    }
    assert listed == on_disk


def test_the_first_screen_shows_the_journey_and_two_commands() -> None:
    first_screen = "\n".join(README.splitlines()[:40])
    assert "```mermaid" in first_screen
    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_every_state_machine_has_its_section() -> None:
    text = (ROOT / "statemachines" / "README.md").read_text()
    for file in (ROOT / "statemachines").glob("*.asl.yaml"):
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


def test_every_alarm_is_explained() -> None:
    text = (DOCS / "operating.md").read_text()
    for alarm in resources("AWS::CloudWatch::Alarm"):
        assert f"`{alarm}`" in text


def test_every_parameter_and_secret_is_explained() -> None:
    text = (DOCS / "deploying.md").read_text()
    for name in template()["Parameters"]:
        assert f"`{name}`" in text
    for name in template()["Outputs"]:
        if name.endswith("SecretArn"):
            assert f"`{name}`" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


def test_nothing_names_a_machine_or_a_registry() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 -- wherever git is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    forbidden = re.compile(r"(?<![\w.])/(?:root|home|work)/|files\.pythonhosted|pypi\.org/simple")
    for name in tracked:
        if name == "tests/test_docs.py":
            continue
        text = (ROOT / name).read_text(errors="replace")
        assert not forbidden.search(text), name
