"""Who ends `make` ends what it runs."""

import re

from support.template import ROOT


def test_no_shell_stands_between_make_and_what_it_runs() -> None:
    """One that sets a variable stays, is ended in place of the program, and leaves it behind."""
    recipes = [line for line in (ROOT / "Makefile").read_text().splitlines() if line[:1] == "\t"]
    assert any("exec env" in recipe for recipe in recipes)
    assert [recipe for recipe in recipes if re.match(r"\t[@-]*\w+=", recipe)] == []
