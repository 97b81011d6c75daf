"""A first agent signs in by the documented commands alone, run by a shell as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.clouds import authenticator, aws_command
from support.clouds.driven_desk import DrivenDesk
from support.template import ROOT

pytestmark = pytest.mark.system

PASSWORD = "Made-up-in-2026!"
CALL = 'curl --fail-with-body -H "Authorization: $TOKEN" "$API/queues/default/waiting"\n'

# Who is asked for a password or a code types it.
TYPED = """
read() {
  local asked="${!#}"
  case $asked in
    PASSWORD) PASSWORD="$TYPED_PASSWORD" ;;
    CODE) CODE=$("$PYTHON" "$AUTHENTICATOR" "$KEY") ;;
  esac
}
"""


def shell_blocks(page: str, section: str) -> str:
    text = (ROOT / "docs" / page).read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


def run_by_hand(desk: DrivenDesk, folder: Path, commands: str) -> str:
    """Return what a person sees who types the commands; the first one that fails fails all."""
    aws = folder / "aws"
    aws.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{aws_command.__file__}" "$@"\n')
    aws.chmod(0o755)
    tools = desk.laptop.emulator.environment_for_tools()
    done = subprocess.run(  # noqa: S603 -- the commands are our own pages'
        ["/bin/bash", "-euo", "pipefail", "-c", TYPED + commands],
        check=False,
        capture_output=True,
        text=True,
        env={
            **tools,
            "PATH": f"{folder}{os.pathsep}{tools['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHON": sys.executable,
            "AUTHENTICATOR": authenticator.__file__,
            "TYPED_PASSWORD": PASSWORD,
        },
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_first_agent_signs_in_and_again_with_a_second_factor(
    desk: DrivenDesk, tmp_path: Path
) -> None:
    first = shell_blocks("deploying.md", "The first agent")
    later = shell_blocks("agent-api.md", "Signing in")
    refreshed, enrolled, challenged = re.split(r"(?m)^(?=ACCESS=|SESSION=)", later)
    printed = run_by_hand(desk, tmp_path, first + refreshed + CALL + enrolled + challenged + CALL)
    assert printed.count('"total"') == 3, printed
