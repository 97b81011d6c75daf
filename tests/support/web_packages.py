"""What npm fetches for the page, as far as its build looks at it."""

import json
from pathlib import Path

from support.template import ROOT
from web import build

LOCKED = build.locked_versions(ROOT / "web")


def install(folder: Path) -> Path:
    """Lay down every package of the lock file that the page is served with."""
    for module in build.VENDORED:
        package = folder / module.package
        for name in (module.file, build.LICENCE):
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_text("// of somebody else\n")
        write_version(package, LOCKED[module.package])
    return folder


def write_version(package: Path, version: str) -> None:
    (package / "package.json").write_text(json.dumps({"version": version}))
