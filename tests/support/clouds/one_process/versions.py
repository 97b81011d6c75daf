"""Another version of the code beside this one: its modules in this process, one set at a time."""

import importlib
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from support.clouds.one_process import deployment
from support.clouds.one_process.scheduling import Handler
from support.template import ROOT

if TYPE_CHECKING:
    from types import ModuleType

SOURCES = ("functions", "layers/sportello")
_PACKAGES = frozenset({"sportello", *(p.parent.name for p in ROOT.glob("functions/*/__init__.py"))})


class Version:
    """`handlers` are its functions; each runs among modules of its own version only."""

    in_force: ClassVar["Version"]

    def __init__(self, path: list[str]) -> None:
        self._path = path
        self._modules: dict[str, ModuleType] = {}
        self._handlers: Mapping[str, Handler] = {}

    @classmethod
    def at(cls, root: Path) -> Self:
        """Load the version whose functions and layer lie in a folder."""
        ours = [str(ROOT / source) for source in SOURCES]
        own = [str(root / source) for source in SOURCES]
        return cls([*own, *(entry for entry in sys.path if entry not in ours)])

    @property
    def handlers(self) -> Mapping[str, Handler]:
        if not self._handlers:
            with self.active():
                self._handlers = deployment.load_handlers()
        return self._handlers

    def invoke(self, function: str, event: Any, context: Any) -> Any:
        handler = self.handlers[function]
        with self.active():
            return handler(event, context)

    @contextmanager
    def active(self) -> Iterator[None]:
        before = Version.in_force
        if before is self:
            yield
            return
        self._replace(before)
        try:
            yield
        finally:
            before._replace(self)

    def _replace(self, before: "Version") -> None:
        names = [name for name in sys.modules if name.partition(".")[0] in _PACKAGES]
        before._modules = {name: sys.modules.pop(name) for name in names}
        sys.modules.update(self._modules)
        sys.path[:] = self._path
        importlib.invalidate_caches()
        Version.in_force = self


Version.in_force = PRESENT = Version(list(sys.path))


def unpacked(commit: str, folder: Path) -> Path | None:
    """Lay out the sources of an earlier commit; None where the history does not reach it."""
    command = ["git", "-C", str(ROOT), "archive", commit, *SOURCES]
    archive = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- git, with arguments of our own
    if archive.returncode:
        return None
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as sources:
        sources.extractall(folder, filter="data")
    return folder
