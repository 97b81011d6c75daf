"""Vectors by which the desk's page, which looks by the same rules, is held to the same findings.

The rules stand in the file as the API hands them out; what is new in them is written into it by
`python -m tests.sportello.composing.test_lint_vectors`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from sportello.channel_kinds import ChannelKind, Tone
from sportello.composing.lint import lint
from sportello.composing.lint_rules import LintRules, lint_rules
from sportello.media.limits import TYPES
from sportello.messaging.capabilities import Capabilities, TextUnit
from sportello.messaging.text_splitting import split_text

VECTORS = Path(__file__).parents[2] / "vectors" / "reply_lint.json"

UNDER = {
    "it": ("it", ChannelKind.MESSAGING, Tone.NEUTRAL, 160),
    "it_formal": ("it", ChannelKind.LIVE_CHAT, Tone.FORMAL, 4_096),
    "it_informal": ("it", ChannelKind.MESSAGING, Tone.INFORMAL, 4_096),
    "it_public": ("it", ChannelKind.PUBLIC, Tone.NEUTRAL, 4_096),
    "en": ("en", ChannelKind.MESSAGING, Tone.NEUTRAL, 4_096),
}


def rules(name: str) -> LintRules:
    language, kind, tone, limit = UNDER[name]
    capabilities = Capabilities(
        kind=kind,
        tone=tone,
        text_limit=limit,
        text_unit=TextUnit.UTF_16,
        buttons=0,
        button_title_limit=0,
        reply_window_seconds=None,
    )
    return lint_rules("fake", capabilities, language)


def found(case: dict[str, Any]) -> list[list[Any]]:
    """Return what is found in the text of a case, as the file has it."""
    return [
        [finding.rule, finding.severity, finding.start, finding.end, finding.words]
        for finding in lint(case["text"], rules(case["rules"]))
    ]


def parts(case: dict[str, Any]) -> list[str]:
    return list(split_text(case["text"], case["limit"], unit=TextUnit(case["unit"])))


def vectors() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(VECTORS.read_text())
    return read


@pytest.mark.parametrize("name", UNDER)
def test_the_rules_are_those_that_are_handed_out(name: str) -> None:
    assert vectors()["rules"][name] == rules(name).model_dump(mode="json")


@pytest.mark.parametrize("case", vectors()["texts"], ids=lambda case: case["text"][:40])
def test_the_findings_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    assert found(case) == case["findings"]


@pytest.mark.parametrize("case", vectors()["parts"], ids=lambda case: case["text"][:40])
def test_the_parts_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    assert parts(case) == case["into"]


def test_the_files_are_those_that_are_taken() -> None:
    assert vectors()["files"] == files()


def files() -> dict[str, int]:
    return {name: file_type.most_bytes for name, file_type in TYPES.items()}


def write() -> None:
    """Write down what is found by now, in the texts that are in the file."""
    there = vectors()
    there["rules"] = {name: rules(name).model_dump(mode="json") for name in UNDER}
    there["texts"] = [{**case, "findings": found(case)} for case in there["texts"]]
    there["parts"] = [{**case, "into": parts(case)} for case in there["parts"]]
    there["files"] = files()
    VECTORS.write_text(json.dumps(there, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    write()
