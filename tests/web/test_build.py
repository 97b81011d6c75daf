"""How the page is put together, from files of a test's own."""

import json
from pathlib import Path

import pytest

from support.template import ROOT, template
from support.web_packages import LOCKED, install, write_version
from web import build
from web.build import Unfit, content_name, first_modules, imports_of, page, site

KNOWN = {module.name: build.key_of(module, LOCKED) for module in build.VENDORED}
PAGE = """<!doctype html>
<html><head>
  <link rel="icon" href="./mark.svg">
  <a href="./elsewhere">
  <!-- modules -->
</head></html>
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    files = {
        "index.html": PAGE,
        "desk.js": 'import { html } from "htm/preact";\nimport "./frame/frame.js";\n',
        "frame/frame.js": 'export * from "../rules/time.js";\nimport("./later.js");\n',
        "frame/later.js": "export {};\n",
        "rules/time.js": "export const now = 1;\n",
        "rules/shapes.d.ts": "export type Row = {};\n",
        "style/tokens.css": ":root { --ink: black }",
        "style/base.css": "body { color: var(--ink) }",
        "style/aside.css": "aside { float: right }",
        "mark.svg": "<svg/>",
        "README.md": "for developers",
    }
    for path, text in files.items():
        file = tmp_path / "desk" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "desk"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return install(tmp_path / "node_modules")


# Which modules


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('import a from "./a.js";', ["./a.js"]),
        ("import { a, b as c } from './a.js'", ["./a.js"]),
        ('import {\n  a,\n  b,\n} from "./a.js";', ["./a.js"]),
        ('import * as a from "./a.js";\nimport "./b.js";', ["./a.js", "./b.js"]),
        ('import a, { b } from "./a.js";', ["./a.js"]),
        ('export { a } from "./a.js";\nexport * from "./b.js";', ["./a.js", "./b.js"]),
        ('const a = () => import("./a.js");', []),
        ('await import("./a.js");\nimport("./b.js");', []),
        ('/** @import { Row } from "./rows.js" */\n', []),
        ('/**\n * @import { Row } from "./rows.js"\n */\nimport "./a.js";', ["./a.js"]),
        ('/** @type {import("./rows.js").Row} */\nconst row = 1;', []),
        ('// import "./a.js";', []),
        ('const said = "import x from";\nexport const y = "./a.js";', []),
        ('export const kinds = "image/*";\nimport "./a.js";\n/* end */', ["./a.js"]),
        ("export const a = 1;\nexport function b() {}", []),
    ],
)
def test_a_module_needs_what_it_imports_and_not_what_it_fetches_later(
    source: str, names: list[str]
) -> None:
    assert imports_of(source) == names


def test_what_runs_first_is_found_through_all_that_imports_it(desk: Path) -> None:
    files = build.served_files(desk)
    assert first_modules(files.get, KNOWN) == [
        "desk.js",
        KNOWN["htm/preact"],
        "frame/frame.js",
        "rules/time.js",
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('import "./missing.js";', "missing.js is imported, and is not there"),
        ('import "react";', "desk.js imports react, which nothing is known of"),
        ('import "htm/preact/standalone";', "imports htm/preact/standalone, which nothing"),
        ('import "../outside.js";', "which is outside"),
    ],
)
def test_an_import_that_leads_nowhere_is_said_where_the_page_is_built(
    desk: Path, source: str, said: str
) -> None:
    (desk / "desk.js").write_text(source)
    with pytest.raises(Unfit, match=said):
        first_modules(build.served_files(desk).get, KNOWN)


# What is served


def test_style_sheets_are_one_values_first(desk: Path) -> None:
    files = build.served_files(desk)
    assert [name for name in files if name.endswith(".css")] == [build.STYLE_SHEET]
    sheet = files[build.STYLE_SHEET].decode()
    assert sheet.index("--ink: black") < sheet.index("body") < sheet.index("aside")


def test_what_is_for_developers_is_not_served(desk: Path) -> None:
    assert not [name for name in build.served_files(desk) if name.endswith((".ts", ".md"))]


@pytest.mark.parametrize("path", ["tool.py", "style/../frame/frame.css", "notes.docx"])
def test_a_file_that_belongs_nowhere_is_not_left_out_in_silence(desk: Path, path: str) -> None:
    (desk / path).write_text("x")
    with pytest.raises(Unfit):
        build.served_files(desk)


def test_everything_has_the_name_of_its_content_and_the_page_comes_last(
    desk: Path, installed: Path
) -> None:
    files = site(desk, installed, LOCKED)
    *others, last = files
    assert (last.key, last.cache) == ("index.html", "no-cache")
    base = f"v/{content_name(build.served_files(desk))}/"
    for file in others:
        assert file.cache == build.FOREVER
        assert file.key.startswith((base, "vendor/")), file.key
    keys = {file.key for file in others}
    assert {f"{base}desk.js", f"{base}frame/later.js", f"{base}mark.svg"} <= keys
    for package, version in LOCKED.items():
        if package in {module.package for module in build.VENDORED}:
            assert f"{build.folder_of(package, version)}/LICENSE.txt" in keys


def test_one_letter_changes_every_name_of_ours(desk: Path) -> None:
    before = content_name(build.served_files(desk))
    (desk / "rules" / "time.js").write_text("export const now = 2;\n")
    assert content_name(build.served_files(desk)) != before


def test_two_modules_of_one_package_do_not_share_a_name() -> None:
    assert len(set(KNOWN.values())) == len(build.VENDORED)


# The page


def test_the_page_loads_the_map_then_all_that_runs_first(desk: Path) -> None:
    files = build.served_files(desk)
    made = page(PAGE, files, LOCKED)
    base = f"/v/{content_name(files)}"
    places = [
        f'<script type="importmap">{build.import_map(LOCKED)}</script>',
        f'<link rel="stylesheet" href="{base}/style/desk.css">',
        f'<link rel="modulepreload" href="{base}/desk.js">',
        f'<link rel="modulepreload" href="{base}/rules/time.js">',
        f'<script type="module" src="{base}/desk.js"></script>',
    ]
    assert [made.count(place) for place in places] == [1] * len(places)
    assert [made.index(place) for place in places] == sorted(made.index(place) for place in places)
    assert "later.js" not in made
    assert build.MARKER not in made


def test_the_page_names_its_files_where_they_lie_and_leaves_other_addresses(desk: Path) -> None:
    files = build.served_files(desk)
    made = page(PAGE, files, LOCKED)
    assert f'href="/v/{content_name(files)}/mark.svg"' in made
    assert 'href="./elsewhere"' in made


@pytest.mark.parametrize("template_of_page", ["<head></head>", f"{build.MARKER}{build.MARKER}"])
def test_a_page_says_once_where_its_modules_go(desk: Path, template_of_page: str) -> None:
    with pytest.raises(Unfit, match="once"):
        page(template_of_page, build.served_files(desk), LOCKED)


def test_what_is_laid_down_is_listed(desk: Path, installed: Path, tmp_path: Path) -> None:
    files = site(desk, installed, LOCKED)
    build.write(files, tmp_path / "out")
    listed = json.loads((tmp_path / "out" / "files.json").read_text())
    assert [item["key"] for item in listed] == [file.key for file in files]
    for file in files:
        assert (tmp_path / "out" / "files" / file.key).read_bytes() == file.body
    assert {item["type"] for item in listed} >= {"text/html; charset=utf-8", "image/svg+xml"}


# What others wrote


def test_what_is_installed_is_what_is_locked(desk: Path, installed: Path) -> None:
    """Under another version's name it would stay in browsers for good."""
    write_version(installed / "preact", "10.0.0")
    with pytest.raises(Unfit, match=f"preact is 10.0.0, and locked is {LOCKED['preact']}"):
        site(desk, installed, LOCKED)


def test_the_headers_let_in_the_one_map_that_the_page_has() -> None:
    policy = str(template()["Resources"]["DeskHeaders"])
    assert f"'{build.fingerprint(build.import_map(LOCKED))}'" in policy


def test_packages_are_pinned_and_nothing_says_where_they_come_from() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text())
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    for group in ("dependencies", "devDependencies"):
        for name, version in package[group].items():
            assert LOCKED[name] == version
    assert "http" not in json.dumps({k: v for k, v in lock.items() if k != "packages"})
    for name, locked in lock["packages"].items():
        assert "resolved" not in locked, name
        assert not name or locked["integrity"].startswith("sha512-"), name
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "web" / ".npmrc").read_text()


def test_only_what_has_a_licence_to_be_handed_on_is_served() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    served = {module.package for module in build.VENDORED}
    assert {lock[f"node_modules/{name}"]["license"] for name in served} == {"MIT", "Apache-2.0"}
