"""Which browser is taken, and how one is installed."""

from collections.abc import Sequence

import pytest

from local.browsing.chromium import Missing, Which, install, program


def on_path(*names: str) -> Which:
    return lambda name: f"/usr/bin/{name}" if name in names else None


def test_debians_headless_shell_is_taken_before_a_whole_chromium() -> None:
    assert program({}, on_path("chromium", "chromium-headless-shell")).endswith("-shell")
    assert program({}, on_path("chromium")) == "/usr/bin/chromium"


def test_another_one_can_be_named() -> None:
    assert program({"CHROMIUM": "mine"}, on_path("mine", "chromium")) == "/usr/bin/mine"


@pytest.mark.parametrize("variables", [{}, {"CHROMIUM": "gone"}])
def test_who_has_none_is_told_what_to_do(variables: dict[str, str]) -> None:
    with pytest.raises(Missing, match="CHROMIUM"):
        program(variables, on_path())


class Apt:
    """It knows the package from its `knows_after`th call on."""

    def __init__(self, knows_after: int = 0) -> None:
        self.commands: list[str] = []
        self._knows_after = knows_after

    def run(self, command: Sequence[str]) -> int:
        self.commands.append(" ".join(command))
        return 0 if len(self.commands) > self._knows_after else 100


def test_lists_of_packages_are_renewed_where_they_do_not_know_it() -> None:
    apt = Apt(knows_after=1)
    install(apt.run, on_path("apt-get"), is_root=True)
    first, update, second = apt.commands
    assert first == second
    assert first.endswith("--no-install-recommends chromium-headless-shell")
    assert update == "/usr/bin/apt-get --quiet update"


def test_who_is_not_root_asks_as_such() -> None:
    apt = Apt()
    install(apt.run, on_path("apt-get"), is_root=False)
    (command,) = apt.commands
    assert command.startswith("sudo --non-interactive /usr/bin/apt-get install")


def test_nothing_is_tried_where_there_is_no_apt() -> None:
    apt = Apt()
    install(apt.run, on_path(), is_root=True)
    assert apt.commands == []
