"""Puts the pages together as they are served: no bundler, every module as it was written.

What may change has a name of its own for each content (`/v/<hash>/…`, `/vendor/<package>/…` with
its version), and is kept for good by browsers; `index.html` is the one page that names them, so it
is put last. Needs Python alone: it runs where the stack is built.
"""

import argparse
import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

PAGE = "index.html"
ENTRY = "desk.js"
MARKER = "<!-- modules -->"
STYLES = "style"
STYLE_SHEET = f"{STYLES}/desk.css"
FIRST_STYLES = ("tokens.css", "base.css", "frame.css", "inbox.css")

FOREVER = "public, max-age=31536000, immutable"
FOR_A_MOMENT = "no-cache"

TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""What is served, by suffix, and as what."""

FOR_DEVELOPERS = (".d.ts", ".md")


@dataclass(frozen=True)
class Module:
    """A file of somebody else's package, and the name by which it is imported."""

    name: str
    package: str
    file: str


VENDORED = (
    Module("preact", "preact", "dist/preact.mjs"),
    Module("preact/hooks", "preact", "hooks/dist/hooks.mjs"),
    Module("htm", "htm", "dist/htm.module.js"),
    Module("htm/preact", "htm", "preact/index.module.js"),
    Module("@preact/signals", "@preact/signals", "dist/signals.mjs"),
    Module("@preact/signals-core", "@preact/signals-core", "dist/signals-core.mjs"),
)
"""What the desk imports by name. `htm/preact/standalone` would bring a Preact of its own."""

LICENCE = "LICENSE"

# A comment that has its lines for itself; those beside code are few, and stay.
_OWN_COMMENT = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"^\s*(?:/\*.*?\*/|//[^\n]*)", re.MULTILINE | re.DOTALL)
_IMPORT = re.compile(
    r"""^\s*(?:import|export)\s*(?:[\w$\s{},*]*?\bfrom\s*|)["']([^"'\n]+)["']""", re.MULTILINE
)
_LOCAL_FILE = re.compile(r"""(?<=["'])\./([^"'?#]+)(?=["'])""")


class Unfit(Exception):
    """A page cannot be put together; the message says what to mend."""


@dataclass(frozen=True)
class File:
    """One object as it is served, under `key`."""

    key: str
    body: bytes
    cache: str

    @property
    def type(self) -> str:
        return TYPES[PurePosixPath(self.key).suffix]


# What others wrote


def versions(lock: Mapping[str, Any]) -> dict[str, str]:
    """Read from npm's lock file which version of each package there is."""
    start = "node_modules/"
    return {
        path.removeprefix(start): package["version"]
        for path, package in lock["packages"].items()
        if path.startswith(start)
    }


def folder_of(package: str, version: str) -> str:
    return f"vendor/{package.removeprefix('@').replace('/', '-')}-{version}"


def key_of(module: Module, locked: Mapping[str, str]) -> str:
    folder = folder_of(module.package, locked[module.package])
    return f"{folder}/{PurePosixPath(module.file).name}"


def import_map(locked: Mapping[str, str]) -> str:
    """Return what browsers are told of the names that modules import, as JSON."""
    imports = {module.name: f"/{key_of(module, locked)}" for module in VENDORED}
    return json.dumps({"imports": imports}, separators=(",", ":"))


def fingerprint(text: str) -> str:
    """Return how a content security policy names an inline script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def vendored_files(installed: Path, locked: Mapping[str, str]) -> Iterator[File]:
    packages = sorted({module.package for module in VENDORED})
    for package in packages:
        # Browsers keep what has a version in its name for good, also where it is another one's.
        there = json.loads(read(installed / package / "package.json"))["version"]
        if there != locked[package]:
            raise Unfit(f"{installed / package} is {there}, and locked is {locked[package]}")
    for module in VENDORED:
        body = read(installed / module.package / module.file)
        yield File(key_of(module, locked), body, FOREVER)
    for package in packages:
        folder = folder_of(package, locked[package])
        yield File(f"{folder}/{LICENCE}.txt", read(installed / package / LICENCE), FOREVER)


# What we wrote


def served_files(desk: Path) -> dict[str, bytes]:
    """Read the files of the page, by path; the first style sheets as the one that they make."""
    files: dict[str, bytes] = {}
    for file in sorted(desk.rglob("*")):
        path = file.relative_to(desk).as_posix()
        if not file.is_file() or path == PAGE or file.name.startswith(".") or is_style(path):
            continue
        if path.endswith(FOR_DEVELOPERS):
            continue
        if file.suffix not in TYPES:
            raise Unfit(f"{path}: files of that kind are not served")
        body = file.read_bytes()
        files[path] = without_comments(body) if file.suffix == ".js" else body
    if ENTRY not in files:
        raise Unfit(f"{desk} has no {ENTRY}")
    return files | style_sheets(desk)


def is_style(path: str) -> bool:
    return path.endswith(".css")


def style_sheets(desk: Path) -> dict[str, bytes]:
    """Join what the first screen needs, values first; a room that comes later has its own sheet."""
    sheets = {file.name: file for file in (desk / STYLES).glob("*.css")}
    elsewhere = set(desk.rglob("*.css")) - set(sheets.values())
    if elsewhere:
        raise Unfit(f"{min(elsewhere)}: style sheets belong into {STYLES}/")
    texts = {name: without_comments(read(file)) for name, file in sorted(sheets.items())}
    first = [texts.pop(name) for name in FIRST_STYLES if name in texts]
    later = {f"{STYLES}/{name}": text for name, text in texts.items()}
    return {STYLE_SHEET: b"\n".join(first), **later}


def without_comments(source: bytes) -> bytes:
    """Leave out what is written for us, a quarter of what comes first; lines keep their numbers."""
    return _OWN_COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source.decode()).encode()


def content_name(files: Mapping[str, bytes]) -> str:
    """Name a set of files for what is in them."""
    digest = hashlib.sha256()
    for path, body in sorted(files.items()):
        digest.update(f"{path}\0{len(body)}\0".encode())
        digest.update(body)
    return digest.hexdigest()[:16]


def imports_of(source: str) -> list[str]:
    """Return what a module imports before it runs, and not what it fetches later (`import()`)."""
    return _IMPORT.findall(_COMMENT.sub("", source))


def first_modules(
    read_module: Callable[[str], bytes | None], known: Mapping[str, str]
) -> list[str]:
    """Return what runs before the page shows anything: our modules by path, others by their key.

    `read_module` gives a module of ours by its path, `known` the keys of others by name.
    """
    found: dict[str, None] = {}
    ahead = [ENTRY]
    while ahead:
        path = ahead.pop(0)
        if path in found:
            continue
        found[path] = None
        source = read_module(path)
        if source is None:
            raise Unfit(f"{path} is imported, and is not there")
        for name in imports_of(source.decode()):
            if name.startswith("."):
                ahead.append(_beside(path, name))
            elif name in known:
                found[known[name]] = None
            else:
                raise Unfit(f"{path} imports {name}, which nothing is known of")
    return list(found)


def _beside(path: str, name: str) -> str:
    """Resolve what `path` imports as `name`."""
    parts = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(name).parts:
        if part == "..":
            if not parts:
                raise Unfit(f"{path} imports {name}, which is outside")
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


# The page


def page(template: str, files: Mapping[str, bytes], locked: Mapping[str, str]) -> str:
    """Fill in the page: what it loads, and where the files lie that it names as `./…`."""
    if template.count(MARKER) != 1:
        raise Unfit(f"{PAGE} must have {MARKER} once, in its head")
    base = f"/v/{content_name(files)}"
    known = {module.name: key_of(module, locked) for module in VENDORED}
    # What is imported by name imports further names, all of which are of the same few.
    vendored = set(known.values())
    first = first_modules(files.get, known)
    ours = [f"{base}/{path}" for path in first if path not in vendored]
    theirs = [f"/{key}" for key in sorted(vendored)]
    head = [
        f'<script type="importmap">{import_map(locked)}</script>',
        f'<link rel="stylesheet" href="{base}/{STYLE_SHEET}">',
        *(f'<link rel="modulepreload" href="{escape(path)}">' for path in [*ours, *theirs]),
        f'<script type="module" src="{base}/{ENTRY}"></script>',
    ]

    def served(found: re.Match[str]) -> str:
        return f"{base}/{found[1]}" if found[1] in files else found[0]

    indent = re.search(rf"([ \t]*){MARKER}", template)
    lines = f"\n{indent[1] if indent else ''}".join(head)
    return _LOCAL_FILE.sub(served, template).replace(MARKER, lines)


def site(desk: Path, installed: Path, locked: Mapping[str, str]) -> list[File]:
    """Return all that is served, in the order in which it is put: what others name comes first."""
    files = served_files(desk)
    made = page(read(desk / PAGE).decode(), files, locked)
    base = f"v/{content_name(files)}"
    return [
        *vendored_files(installed, locked),
        *(File(f"{base}/{path}", body, FOREVER) for path, body in files.items()),
        File(PAGE, made.encode(), FOR_A_MOMENT),
    ]


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise Unfit(f"{file} is not there") from None


def locked_versions(folder: Path) -> dict[str, str]:
    return versions(json.loads(read(folder / "package-lock.json")))


def write(files: list[File], out: Path) -> None:
    """Lay the files down, and beside them the list by which they are put."""
    shutil.rmtree(out, ignore_errors=True)
    for file in files:
        place = out / "files" / file.key
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.body)
    listed = [{"key": file.key, "type": file.type, "cache": file.cache} for file in files]
    (out / "files.json").write_text(json.dumps(listed, indent=1) + "\n")
    (out / "__init__.py").write_text(
        '"""The desk\'s files, as they are put where they are served."""\n'
    )


def main() -> None:
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desk", type=Path, default=here / "desk")
    parser.add_argument("--installed", type=Path, required=True, help="npm's node_modules")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    try:
        write(site(chosen.desk, chosen.installed, locked_versions(here)), chosen.out)
    except Unfit as unfit:
        raise SystemExit(f"web/desk: {unfit}") from None


if __name__ == "__main__":
    main()
