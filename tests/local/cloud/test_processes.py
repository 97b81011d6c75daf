import os
import sys
import time
from pathlib import Path

import pytest

from local.cloud.processes import Failed, Service, clean_environment, run

# Starts a child of its own that would outlive it, says so, and stays.
RESTLESS = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def is_running(process_id: int) -> bool:
    """A zombie, which only waits to be collected by its parent, does not count."""
    status = Path(f"/proc/{process_id}/status")
    try:
        return "State:\tZ" not in status.read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_a_service_is_stopped_with_everything_it_started(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    with Service(
        python(RESTLESS), environment=clean_environment(), folder=tmp_path, log=log
    ) as service:
        deadline = time.monotonic() + 10
        while not log.read_text() and time.monotonic() < deadline:
            service.check()
            time.sleep(0.01)
        grandchild = int(log.read_text())
        assert is_running(grandchild)
    deadline = time.monotonic() + 5
    while is_running(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(grandchild)


def test_a_service_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    service = Service(
        python("print('no port left')"),
        environment=clean_environment(),
        folder=tmp_path,
        log=tmp_path / "log",
    )
    with service:
        assert service._process is not None
        service._process.wait(10)
        with pytest.raises(Failed, match="no port left"):
            service.check()


def test_a_failing_program_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="template is wrong"):
        run(
            python("print('template is wrong'); raise SystemExit(3)"),
            environment=clean_environment(),
            folder=tmp_path,
            log=tmp_path / "log",
        )


def test_a_program_runs_where_and_with_what_it_is_told(tmp_path: Path) -> None:
    run(
        python("import os; print(os.getcwd(), os.environ['COLOUR'])"),
        environment=clean_environment(COLOUR="green"),
        folder=tmp_path,
        log=tmp_path / "log",
    )
    assert (tmp_path / "log").read_text().split() == [os.path.realpath(tmp_path), "green"]


def test_the_callers_aws_settings_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert not [name for name in clean_environment() if name.startswith("AWS_")]
