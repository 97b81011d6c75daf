"""Against what the RFCs publish, and against a browser that was written without our libraries."""

import json
from datetime import timedelta
from typing import Any

import http_ece
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from notifiers.push.ciphers import PROOF_LIFETIME, encrypted, private_key, proof, public_key
from support.browser import P256, Browser, decoded, proof_in, public_point, unpadded
from support.builders import NOW
from support.template import ROOT

VECTORS: dict[str, Any] = json.loads((ROOT / "tests/vectors/web_push.json").read_text())
MESSAGE, PROOF = VECTORS["RFC 8291, 5"], VECTORS["RFC 8292, 2.4"]
SEED = "a" * 64
ENDPOINT = "https://push.example.net/push/1"
CONTACT = "mailto:desk@example.com"


def number(text: str) -> int:
    return int.from_bytes(decoded(text))


# What the RFCs publish


def test_the_browser_of_our_tests_reads_the_published_message() -> None:
    browser = Browser(private=number(MESSAGE["receiver_private"]), secret=decoded(MESSAGE["auth"]))
    assert browser.subscription()["keys"]["p256dh"] == MESSAGE["receiver_public"]
    assert browser.read(decoded(MESSAGE["body"])).decode() == MESSAGE["plaintext"]


def test_with_the_published_key_and_salt_our_message_is_the_published_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender = ec.derive_private_key(number(MESSAGE["sender_private"]), P256)
    monkeypatch.setattr(ec, "generate_private_key", lambda _curve: sender)
    monkeypatch.setattr(http_ece.os, "urandom", lambda _length: decoded(MESSAGE["salt"]))
    receiver, secret = decoded(MESSAGE["receiver_public"]), decoded(MESSAGE["auth"])
    assert unpadded(encrypted(MESSAGE["plaintext"].encode(), receiver, secret)) == MESSAGE["body"]


def test_the_check_of_our_tests_takes_the_published_proof() -> None:
    assert proof_in(PROOF["authorization"]).claims == PROOF["claims"]


# What we send


@given(content=st.binary(min_size=1, max_size=3_900))
def test_the_browser_reads_what_was_pushed_to_it(content: bytes) -> None:
    browser = Browser()
    body = encrypted(content, public_point(browser.key), browser.secret)
    assert browser.read(body) == content
    assert len(body) == len(content) + 103


def test_nobody_else_can_read_it() -> None:
    browser = Browser()
    body = encrypted(b"a customer is waiting", public_point(browser.key), browser.secret)
    for other in (Browser(private=4_243), Browser(secret=b"another sixteen!")):
        with pytest.raises(InvalidTag):
            other.read(body)


def test_the_same_words_never_look_the_same() -> None:
    browser = Browser()
    receiver = public_point(browser.key)
    first, again = (encrypted(b"ring", receiver, browser.secret) for _ in range(2))
    assert first[:16] != again[:16]
    assert first[21:86] != again[21:86]


def test_a_push_service_sees_who_calls_and_that_it_is_meant() -> None:
    header, claims, key = proof_in(proof(SEED, ENDPOINT, CONTACT, NOW))
    assert header == {"typ": "JWT", "alg": "ES256"}
    assert claims == {
        "aud": "https://push.example.net",
        "exp": int((NOW + PROOF_LIFETIME).timestamp()),
        "sub": CONTACT,
    }
    assert decoded(key) == public_key(SEED)
    assert timedelta(hours=24) > PROOF_LIFETIME


def test_a_port_belongs_to_the_origin() -> None:
    made = proof(SEED, "https://push.example.net:8443/p?x", "https://desk.example/us", NOW)
    assert proof_in(made).claims["aud"] == "https://push.example.net:8443"


def test_another_key_proves_nothing() -> None:
    made = proof(SEED, ENDPOINT, CONTACT, NOW)
    forged = made.replace(unpadded(public_key(SEED)), unpadded(public_key("b" * 64)))
    with pytest.raises(InvalidSignature):
        proof_in(forged)


# The key


def test_a_seed_is_always_the_same_key_and_another_seed_another() -> None:
    private_key.cache_clear()
    first = public_key(SEED)
    private_key.cache_clear()
    assert public_key(SEED) == first
    assert public_key("b" * 64) != first


def test_the_key_of_a_seed_outlives_every_version() -> None:
    """Another one would end the subscriptions of all browsers."""
    assert unpadded(public_key(SEED)) == HELD_KEY


@given(seed=st.text(min_size=40, max_size=64))
def test_whatever_the_seed_it_makes_a_key_of_the_curve(seed: str) -> None:
    try:
        seed.encode()
    except UnicodeEncodeError:
        return
    on_curve = ec.EllipticCurvePublicKey.from_encoded_point(P256, public_key(seed))
    assert on_curve.curve.name == "secp256r1"


HELD_KEY = "BMf1H6owFlt_LHBk_HnAK2lBAZGiD4J0PuMPVfoHQGA6a1_eF9UWeH3i14D3Z3LDNSa9bnP3aaOZk9drcCaiOY4"
