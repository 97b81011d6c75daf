from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.errors import ForbiddenUrl, ProviderUnavailable
from sportello.messaging.public_urls import JudgedUrl, Resolve, is_public, judge_url, resolve_host

PUBLIC = "93.184.215.14"


def found_at(*addresses: str) -> Resolve:
    return lambda _host, _port: addresses


# Which addresses


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:2800:21f:cb07:6820::1"]
)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "::1",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "fc00::1", "fd00:ec2::254",
        "169.254.169.254", "169.254.170.2", "fe80::1", "fe80::1%eth0",
        "224.0.0.1", "239.255.255.250", "ff02::1",
        "0.0.0.0", "0.1.2.3", "::",  # noqa: S104 -- nothing is bound to it
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "100.64.0.1", "192.88.99.1",
        "2001:db8::1", "100::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8", "::ffff:0:8.8.8.8",
        "2002:7f00:1::", "2002:808:808::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1",
        "", "localhost", "127.1", "0x7f000001", "2130706433",
    ],
)  # fmt: skip
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_no_disguise_of_any_address_is_public(address: object) -> None:
    number = int(address)  # type: ignore[call-overload] # an IPv4Address, which hypothesis does not say
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    assert not is_public(f"::ffff:{high}:{low}")
    assert not is_public(f"::{high}:{low}")
    assert not is_public(f"64:ff9b::{high}:{low}")
    assert not is_public(f"2002:{high}:{low}::1")


# Which URLs


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://desk.example/", "https"),
        ("ftp://desk.example/", "web address"),
        ("file:///etc/passwd", "web address"),
        ("desk.example", "web address"),
        ("//desk.example", "web address"),
        ("", "web address"),
        ("https://anna@desk.example/", "credentials"),
        ("https://anna:secret@desk.example/", "credentials"),
        ("https:///ring", "no host"),
        ("https://[fe80::1%25eth0]/", "no host"),
        ("https://desk.example:99999/", "not a URL"),
        ("https://[::1/", "not a URL"),
    ],
)
def test_a_url_that_may_never_be_called_is_refused_unresolved(url: str, reason: str) -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("there is nothing to resolve")

    with pytest.raises(ForbiddenUrl, match=reason) as refused:
        judge_url(url, resolve=resolve)
    assert "secret" not in str(refused.value)


def test_what_is_judged_says_where_to_connect_and_what_to_ask_for() -> None:
    judged = judge_url("https://Desk.Example.:8443/a?b=c#d", resolve=found_at(PUBLIC))
    assert judged == JudgedUrl("https", "desk.example", 8443, "/a?b=c", PUBLIC)


def test_a_name_is_asked_for_once() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    judged = judge_url("https://desk.example", resolve=lambda *_: next(answers))
    assert judged.address == PUBLIC
    assert next(answers) == ["127.0.0.1"]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(ForbiddenUrl):
        judge_url("https://desk.example", resolve=found_at(PUBLIC, "10.0.0.1"))


def test_ipv4_is_preferred() -> None:
    judged = judge_url("https://desk.example", resolve=found_at("2606:2800::1", PUBLIC))
    assert judged.address == PUBLIC


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
        "https://0177.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0/",
        "https://localhost/",
    ],
)  # fmt: skip
def test_every_way_to_write_this_machine_is_seen_through(url: str) -> None:
    with pytest.raises((ForbiddenUrl, ProviderUnavailable)):
        judge_url(url, resolve=resolve_host)


@pytest.mark.parametrize("error", [OSError("no such host"), None])
def test_a_name_without_an_address_may_have_one_later(error: Exception | None) -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        if error:
            raise error
        return []

    with pytest.raises(ProviderUnavailable):
        judge_url("https://desk.example", resolve=resolve)


def test_a_name_that_can_be_none_is_forbidden() -> None:
    with pytest.raises(ForbiddenUrl, match="host name"):
        judge_url(f"https://{'a' * 64}.example/", resolve=resolve_host)


def test_the_local_cloud_may_call_itself() -> None:
    judged = judge_url("http://localhost:4566/a", allow_private=True)
    assert judged == JudgedUrl("http", "localhost", 4566, "/a", "127.0.0.1")
