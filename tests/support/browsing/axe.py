"""axe-core in a page: the rules of accessibility that a program can judge."""

from collections.abc import Iterator, Sequence
from typing import Any

from playwright.sync_api import Page

from local.cloud.emulator import WEB_PACKAGES

SOURCE = WEB_PACKAGES / "axe-core/axe.min.js"
ONLY_COLOURS = ("color-contrast",)
"""What a change of the colour scheme can break."""

_RUN = """rules => axe.run(document, {
    resultTypes: ["violations"],
    ...(rules.length ? {runOnly: {type: "rule", values: rules}} : {}),
})"""


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what is wrong, a line for each place; all rules unless some are named."""
    if page.evaluate("typeof axe") == "undefined":
        # As a script of the page's own its policy would refuse it.
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
    result = page.evaluate(_RUN, list(rules))
    return [line for violation in result["violations"] for line in _lines(violation)]


def _lines(violation: dict[str, Any]) -> Iterator[str]:
    for node in violation["nodes"]:
        place = " ".join(map(str, node["target"]))
        reasons = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
        yield (
            f"{violation['id']} ({violation['impact']}) at {place}: "
            f"{'; '.join(reasons) or violation['help']} | {node['html'][:160]}"
        )
