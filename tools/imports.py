"""What each function loads before its first event, as `tests/vectors/imports.json` holds it.

Run `PYTHONPATH=tests:. python -m tools.imports` after a change of imports, and read the difference:
a module that came is time that customers wait.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

from support.template import ROOT, functions

HELD = ROOT / "tests/vectors/imports.json"
OURS = (
    "agent_api",
    "answers",
    "channels",
    "desk_page",
    "files",
    "live",
    "notifiers",
    "sportello",
    "subscriptions",
    "workflow",
)

_LIST = "import sys; before = set(sys.modules); import {module}; print(*set(sys.modules) - before)"

OPTIONAL = {"awscrt", "brotli", "brotlicffi", "certifi", "socks", "zstandard"}
"""botocore and urllib3 take them where they are; Lambda has none."""

type Imports = dict[str, str]
"""Of one function: our modules by their package, and under `OTHERS` the packages of others."""

OTHERS = "packages of others"


def handlers() -> dict[str, str]:
    """Return each function's handler, as the template has it."""
    return {name: function["Handler"] for name, function in functions().items()}


def imports_of(handler: str) -> Imports:
    """Import a handler in a fresh interpreter and return what that loaded."""
    module = handler.rpartition(".")[0]
    path = [ROOT / "functions", ROOT / "layers/sportello", *site_packages()]
    listed = subprocess.run(  # noqa: S603 -- this Python, with a line of our own
        [sys.executable, "-S", "-P", "-c", _LIST.format(module=module)],
        env={"PYTHONPATH": os.pathsep.join(map(str, path)), "AWS_DEFAULT_REGION": "eu-south-1"},
        capture_output=True,
        check=True,
        text=True,
    )
    loaded = listed.stdout.split()
    return {OTHERS: _others(loaded), **_by_package(loaded)}


def site_packages() -> list[Path]:
    return [Path(folder) for folder in sys.path if folder.endswith("site-packages")]


def _by_package(loaded: list[str]) -> Imports:
    modules = defaultdict(list)
    packages = {name.rpartition(".")[0] for name in loaded}
    for name in sorted(loaded):
        if name.partition(".")[0] in OURS and name not in packages:
            package, _, module = name.rpartition(".")
            modules[package].append(module)
    return {package: " ".join(names) for package, names in modules.items()}


def _others(loaded: list[str]) -> str:
    installed = packages_distributions()
    theirs = {name for name in loaded if name in installed} - OPTIONAL - set(OURS)
    return " ".join(sorted(theirs))


def main() -> None:
    held = {name: imports_of(handler) for name, handler in sorted(handlers().items())}
    HELD.write_text(json.dumps(held, indent=1) + "\n")


if __name__ == "__main__":
    main()
