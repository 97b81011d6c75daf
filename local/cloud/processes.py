"""Child processes that never outlive this one."""

import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Self

STOP_SECONDS = 5.0


class Failed(Exception):
    """A program that the laptop cloud needs did not do its work; the message is for people."""


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(**variables: str) -> dict[str, str]:
    """Return an environment without the caller's AWS settings, Python path or proxies."""
    inherited = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    # Package indexes and their certificates are the machine's business.
    inherited |= {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))
    }
    return {**inherited, **variables}


class Service:
    """A long-running program with its own process group, stopped with everything it started.

    Its standard input is a pipe held by this process, so a service that reads it notices our
    death however we die.
    """

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self.log = log
        self._folder = folder
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            self._process = _start(
                self._command, self._environment, output, subprocess.PIPE, self._folder
            )
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._process is not None:
            stop_group(self._process)

    def check(self) -> None:
        """Raise Failed, with the end of its log, if the service has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise Failed(
                f"{self._command[0]} ended by itself; the end of {self.log}:\n{tail(self.log)}"
            )


def run(command: Sequence[str], *, environment: Mapping[str, str], log: Path, folder: Path) -> None:
    """Run a program to its end, its output in `log`; raises Failed with the end of it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = _start(command, environment, output, subprocess.DEVNULL, folder)
        try:
            status = process.wait()
        finally:
            stop_group(process)
    if status:
        raise Failed(f"{' '.join(command[:2])} failed; the end of {log}:\n{tail(log)}")


def _start(
    command: Sequence[str],
    environment: Mapping[str, str],
    output: IO[bytes],
    standard_input: int,
    folder: Path,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        stdin=standard_input,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def stop_group(process: subprocess.Popen[bytes]) -> None:
    """End the program and all it started: politely first, then not."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except (ProcessLookupError, PermissionError):  # macOS: only zombies are left
            break
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    if process.stdin is not None:
        process.stdin.close()
    process.wait()


def tail(log: Path, lines: int = 30) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
