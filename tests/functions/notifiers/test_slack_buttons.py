import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.slack.buttons import LONGEST_VALUE, OfferButton, sealed, unsealed
from support.builders import CONVERSATION

KEY, OTHER = b"a made-up signing secret", b"another made-up signing secret"
BUTTON = OfferButton(conversation_id=CONVERSATION, offer_id="handoff-2-0", endpoint="desk")


def test_a_button_of_ours_is_read() -> None:
    assert unsealed(sealed(BUTTON, KEY), [KEY]) == BUTTON


def test_while_the_secret_changes_a_button_of_before_is_read() -> None:
    assert unsealed(sealed(BUTTON, OTHER), [KEY, OTHER]) == BUTTON
    assert unsealed(sealed(BUTTON, OTHER), [KEY]) is None


@given(st.integers(0), st.sampled_from("Ab0-_."))
def test_a_button_with_any_sign_changed_is_refused(place: int, sign: str) -> None:
    value = sealed(BUTTON, KEY)
    place %= len(value)
    changed = value[:place] + sign + value[place + 1 :]
    assert unsealed(changed, [KEY]) == (BUTTON if changed == value else None)


@given(st.text())
def test_a_button_that_others_made_is_refused(value: str) -> None:
    assert unsealed(value, [KEY]) is None


def test_an_offer_cannot_be_moved_to_another_conversation() -> None:
    value = sealed(BUTTON, KEY)
    _, _, seal = value.partition(".")
    moved = json.dumps(["0" * 32, "handoff-2-0", "desk"], separators=(",", ":")).encode()
    forged = base64.urlsafe_b64encode(moved).rstrip(b"=").decode()
    assert unsealed(f"{forged}.{seal}", [KEY]) is None


def test_the_longest_button_fits() -> None:
    longest = OfferButton(conversation_id="è" * 64, offer_id="o" * 128, endpoint="e" * 256)
    value = sealed(longest, KEY)
    assert len(value) <= LONGEST_VALUE
    assert unsealed(value, [KEY]) == longest


@pytest.mark.parametrize(
    "content", ["[]", '["a","b"]', '{"a":1}', "[1,2,3]", "no json", '["","",""]']
)
def test_what_another_version_sealed_is_no_button(
    content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifiers.slack.buttons.json.dumps", lambda *_, **__: content)
    value = sealed(BUTTON, KEY)
    monkeypatch.undo()
    assert unsealed(value, [KEY]) is None
