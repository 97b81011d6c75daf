"""The layer of pushes has what the function that pushes loads beside all others, and no more."""

import json
import re
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/web_push"
OTHERS = "packages of others"


def name_of(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def pinned() -> set[str]:
    lines = (LAYER / "requirements.txt").read_text().splitlines()
    return {name_of(line.partition("==")[0]) for line in lines if "==" in line}


def loaded_by(function: str) -> set[str]:
    held = json.loads((ROOT / "tests/vectors/imports.json").read_text())
    return set(held[function][OTHERS].split())


def test_it_has_what_pushes_need_beside_all_others_and_no_more() -> None:
    own = loaded_by("PushNotifyFunction") - loaded_by("WebhookNotifyFunction")
    installed = packages_distributions()
    assert {name_of(installed[package][0]) for package in own} == pinned()


def test_nobody_else_waits_for_it() -> None:
    held = json.loads((ROOT / "tests/vectors/imports.json").read_text())
    waiting = {name for name in held if "cryptography" in held[name][OTHERS].split()}
    assert waiting == {"PushNotifyFunction"}


def test_the_makefile_gives_each_architectures_module_a_name_of_its_own() -> None:
    makefile = (LAYER / "Makefile").read_text()
    assert {"aarch64", "x86_64"} == set(
        re.findall(r"_rust\.cpython-313-(\w+)-linux-gnu\.so", makefile)
    )
