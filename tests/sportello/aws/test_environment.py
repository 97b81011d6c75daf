"""What an entry point needs from its environment."""

import pytest
from pydantic import ValidationError

from sportello.aws.environment import Environment


class MadeUpEnvironment(Environment):
    made_up_name: str
    made_up_number: int = 7


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADE_UP_NAME", "first")
    first = MadeUpEnvironment.load()
    monkeypatch.setenv("MADE_UP_NAME", "second")
    assert MadeUpEnvironment.load() is first
    assert (first.made_up_name, first.made_up_number) == ("first", 7)


def test_a_missing_variable_is_named_and_no_other_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MADE_UP_NUMBER", "a secret")
    with pytest.raises(ValidationError) as raised:
        MadeUpEnvironment.load()
    assert "made_up_name" in str(raised.value)
    assert "a secret" not in str(raised.value)
