"""Each subscription has a key of its own, which changes without a call that cannot be proved."""

import json
from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from standardwebhooks import Webhook

from sportello.errors import NotConfigured
from sportello.messaging.webhook_signatures import signed
from sportello.subscriptions import signing_keys
from sportello.subscriptions.signing_keys import CHANGEOVER, MOST_PREVIOUS, renew, retire
from support.builders import NOW, seconds
from support.clouds.quick_moto import aws

BODY = b'{"type":"sportello.test"}'


@pytest.fixture(autouse=True)
def secrets_manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SUBSCRIPTION_SECRETS", "desk/subscriptions/")
    monkeypatch.setattr(signing_keys, "MAX_AGE_SECONDS", 0)
    with aws():
        yield


def verifies(key: str, keys: list[bytes]) -> bool:
    """Ask the library that receivers use; its own look at the time is left out."""
    headers = signed("id-1", int(NOW.timestamp()), BODY, keys)
    expected = Webhook(key).sign("id-1", NOW, BODY.decode())
    return expected in headers["webhook-signature"].split(" ")


def test_a_first_key_is_made_where_there_was_none() -> None:
    key = renew("crm", NOW)
    assert key.text.startswith("whsec_")
    assert key.previous_until is None
    assert verifies(key.text, signing_keys.signing_keys("crm", NOW))
    stored = boto3.client("secretsmanager").get_secret_value(SecretId="desk/subscriptions/crm")
    assert json.loads(stored["SecretString"]) == {"signing_key": key.text}


def test_the_previous_key_signs_too_for_a_day() -> None:
    old, new = renew("crm", NOW), renew("crm", NOW)
    assert new.previous_until == NOW + CHANGEOVER
    meanwhile = signing_keys.signing_keys("crm", NOW + CHANGEOVER - seconds(1))
    assert verifies(old.text, meanwhile)
    assert verifies(new.text, meanwhile)
    afterwards = signing_keys.signing_keys("crm", NOW + CHANGEOVER)
    assert not verifies(old.text, afterwards)
    assert verifies(new.text, afterwards)


def test_a_change_that_is_repeated_takes_no_key_from_its_receiver() -> None:
    oldest = renew("crm", NOW)
    renew("crm", NOW + seconds(1))
    newest = renew("crm", NOW + seconds(2))
    keys = signing_keys.signing_keys("crm", NOW + seconds(3))
    assert verifies(oldest.text, keys)
    assert verifies(newest.text, keys)
    assert not verifies(
        oldest.text, signing_keys.signing_keys("crm", NOW + CHANGEOVER + seconds(1))
    )


def test_there_is_a_limit_to_keys_that_sign() -> None:
    for number in range(9):
        renew("crm", NOW + seconds(number))
    assert len(signing_keys.signing_keys("crm", NOW + seconds(9))) == MOST_PREVIOUS + 1


def test_no_two_subscriptions_share_a_key() -> None:
    assert renew("crm", NOW).text != renew("wall", NOW).text


def test_a_retired_key_signs_nothing_and_a_new_one_can_be_made() -> None:
    old = renew("crm", NOW)
    retire("crm")
    with pytest.raises(NotConfigured):
        signing_keys.signing_keys("crm", NOW + timedelta(days=1))
    new = renew("crm", NOW)
    keys = signing_keys.signing_keys("crm", NOW)
    assert verifies(new.text, keys)
    assert not verifies(old.text, keys)


def test_what_was_never_there_is_retired_in_peace() -> None:
    retire("crm")
