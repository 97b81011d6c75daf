"""What the experiment says of itself, to people and to machines."""

import json
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from local.chaos.evidence import FATAL, TRIED, Verdict
from local.chaos.report import Report, Run


def a_run() -> Run:
    return Run(conversations=5, seed=7, fault_rate=0.2, held=5)


def test_a_run_without_an_offence_is_good() -> None:
    report = Report(a_run(), Verdict())
    assert (report.good, report.complaints) == (True, [])


@pytest.mark.parametrize("rule", FATAL)
def test_one_offence_fails_the_run(rule: str) -> None:
    verdict = Verdict()
    verdict.offend(rule, "c1")
    assert Report(a_run(), verdict).complaints == [f"{rule}: 1"]


def test_a_run_that_held_too_few_conversations_proves_nothing() -> None:
    run = a_run()
    run.held = 3
    assert Report(run, Verdict()).complaints == ["time ran out: 3 of 5 conversations were held"]


@pytest.mark.parametrize("size", TRIED)
def test_a_run_that_met_too_little_for_its_size_proves_nothing(size: int) -> None:
    run = Run(conversations=size, seed=7, fault_rate=0.2, held=size)
    verdict = Verdict()
    verdict.figures.update(dict.fromkeys(chain(*TRIED.values()), 1))
    assert Report(run, verdict).good
    for name in TRIED[size]:
        del verdict.figures[name]
    assert Report(run, verdict).complaints == [f"never met: {name}" for name in TRIED[size]]
    assert Report(replace(run, conversations=size - 1), verdict).good


def test_a_run_that_did_not_settle_fails() -> None:
    run = a_run()
    run.backlog = ["c1 FX#bot:1"]
    assert not Report(run, Verdict()).good


def test_the_file_holds_the_verdict_and_what_repeats_the_run(tmp_path: Path) -> None:
    verdict = Verdict()
    verdict.figures["messages sent"] = 12
    verdict.offend("messages lost", "c1")
    verdict.offend("messages lost", "c1")
    file = tmp_path / "build" / "chaos.json"
    Report(a_run(), verdict).write(file)
    document = json.loads(file.read_text())
    assert (document["good"], document["seed"], document["fault_rate"]) == (False, 7, 0.2)
    assert document["outcome"]["messages sent"] == 12
    assert document["outcome"]["messages lost"] == 2
    assert document["offences"] == {"messages lost": ["c1"]}


def test_the_table_names_the_offending_conversations(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = Verdict()
    verdict.offend("effects doubled", "c1", "bot:1")
    Report(a_run(), verdict).print()
    printed = capsys.readouterr().out
    assert "effects doubled: c1" in printed
    assert "effects doubled: c1 bot:1" in printed
    assert "FAILED  effects doubled: 1" in printed
