"""The browser that tests drive: Debian's Chromium, put there where it is missing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

PACKAGE = "chromium-headless-shell"
PROGRAMS = (PACKAGE, "chromium")
VARIABLE = "CHROMIUM"

type Run = Callable[[Sequence[str]], int]
type Which = Callable[[str], str | None]


class Missing(Exception):
    """There is no browser, and none could be installed; the message is for people."""


def program(variables: Mapping[str, str] = os.environ, which: Which = shutil.which) -> str:
    """Return the path of the browser, of what `CHROMIUM` names before all others."""
    if wanted := variables.get(VARIABLE):
        if found := which(wanted):
            return found
        raise Missing(f"{VARIABLE}={wanted} is no program")
    for name in PROGRAMS:
        if found := which(name):
            return found
    raise Missing(
        f"there is no browser: install Debian's {PACKAGE}, or name another Chromium by "
        f"{VARIABLE}=/path/to/it"
    )


def install(run: Run, which: Which = shutil.which, *, is_root: bool) -> None:
    """Install Debian's package, with its lists of packages renewed where they do not know it."""
    apt = which("apt-get")
    if apt is None:
        return
    command = [apt, "install", "--yes", "--quiet", "--no-install-recommends", PACKAGE]
    as_root: list[str] = [] if is_root else ["sudo", "--non-interactive"]
    if run([*as_root, *command]):
        run([*as_root, apt, "--quiet", "update"])
        run([*as_root, *command])


def main() -> int:
    try:
        program()
    except Missing as missing:
        if os.environ.get(VARIABLE):
            print(missing, file=sys.stderr)
            return 1
    else:
        return 0
    print(f"installing {PACKAGE} from the packages of this machine (half a minute)")
    install(_run, is_root=os.geteuid() == 0)
    try:
        program()
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def _run(command: Sequence[str]) -> int:
    """Run a program silently; what it says is shown if it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(  # noqa: PLW1510 -- the caller looks at the status
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except FileNotFoundError:  # no sudo
        return 127
    if done.returncode:
        print("\n".join((done.stdout + done.stderr).splitlines()[-5:]), file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
