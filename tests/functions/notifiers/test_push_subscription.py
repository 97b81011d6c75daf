from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from notifiers.push.subscription import Subscription
from support.browser import Browser, decoded, public_point, unpadded

POINT = public_point(Browser().key)


def subscription(**keys: str) -> dict[str, Any]:
    given_by_the_browser = Browser().subscription()
    return {**given_by_the_browser, "keys": given_by_the_browser["keys"] | keys}


def test_what_a_browser_gives_is_taken_as_it_is() -> None:
    taken = Subscription.model_validate(Browser().subscription())
    assert str(taken.endpoint) == Browser().endpoint
    assert (taken.keys.receiver, taken.keys.secret) == (POINT, Browser().secret)
    assert not taken.show_words


def test_padding_does_not_matter() -> None:
    padded = unpadded(POINT) + "="
    taken = Subscription.model_validate(subscription(p256dh=padded))
    assert taken.keys.receiver == POINT


@pytest.mark.parametrize(
    "key",
    [
        "", "not base64url!", unpadded(POINT[:-1]), unpadded(POINT + b"\0"),
        unpadded(b"\x05" + POINT[1:]), unpadded(b"\x02" + POINT[1:]),
        unpadded(POINT[:-1] + bytes([POINT[-1] ^ 1])), unpadded(b"\x04" + bytes(64)),
        unpadded(b"\x04" + b"\xff" * 64), "A" * 200, unpadded(POINT) + "\n",
    ],
)  # fmt: skip
def test_a_key_that_is_no_point_of_the_curve_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Subscription.model_validate(subscription(p256dh=key))
    assert not key or key not in str(refused.value)


@given(other=st.binary(min_size=64, max_size=64))
def test_what_is_taken_lies_on_the_curve(other: bytes) -> None:
    try:
        Subscription.model_validate(subscription(p256dh=unpadded(b"\x04" + other)))
    except ValidationError:
        return
    pytest.fail("sixty-four bytes by chance are no point of the curve")


@pytest.mark.parametrize(
    "secret", ["", "short", unpadded(b"x" * 15), unpadded(b"x" * 17), "é" * 22]
)
def test_a_secret_of_another_length_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError):
        Subscription.model_validate(subscription(auth=secret))


@pytest.mark.parametrize(
    "endpoint", ["", "push.example.net", "ftp://push.example.net/1", f"https://p.it/{'a' * 2_000}"]
)
def test_an_endpoint_that_is_no_web_address_is_refused(endpoint: str) -> None:
    with pytest.raises(ValidationError):
        Subscription.model_validate(subscription() | {"endpoint": endpoint})


def test_the_endpoint_is_called_as_the_browser_gave_it() -> None:
    endpoint = "https://fcm.example/fcm/send/dSbT:APA91b_F-k%2Fx?a=b%3D"
    taken = Subscription.model_validate(subscription() | {"endpoint": endpoint})
    assert str(taken.endpoint) == endpoint


def test_base64url_is_read_as_the_vectors_write_it() -> None:
    assert decoded(unpadded(POINT)) == POINT
