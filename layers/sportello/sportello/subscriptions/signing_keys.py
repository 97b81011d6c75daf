"""What proves our calls to a subscriber: a secret of its own, made by us and changed on demand."""

import base64
import json
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ConfigDict, Field, SecretStr, ValidationError

from sportello.aws.clients import aws_client
from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.messaging.webhook_signatures import KEY_PREFIX, SigningKey, key_bytes
from sportello.model import Instant, Model, written

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CHANGEOVER = timedelta(hours=24)
"""How long a key that was replaced signs too."""

MOST_PREVIOUS = 4

MAX_AGE_SECONDS = 60
"""A new key is used by then; meanwhile its receiver has to take the old one."""

RECOVERY_DAYS = 7

_KEY_BYTES = 32


class SigningKeyEnvironment(Environment):
    """`subscription_secrets` is what the names of all these secrets begin with."""

    subscription_secrets: str = Field(min_length=1)


class PreviousKey(Model):
    model_config = ConfigDict(extra="ignore")

    signing_key: SigningKey
    until: Instant


class SubscriptionSecret(Model):
    """`previous` are keys that were replaced lately, the newest first."""

    model_config = ConfigDict(extra="ignore")

    signing_key: SigningKey
    previous: tuple[PreviousKey, ...] = ()

    def keys_at(self, now: datetime) -> list[SecretStr]:
        return [self.signing_key, *(key.signing_key for key in self.previous if now < key.until)]

    def replaced(self, now: datetime) -> list[dict[str, str]]:
        """Return what is previous once there is a newer key, to be written."""
        latest = PreviousKey(signing_key=self.signing_key, until=now + CHANGEOVER)
        return [
            {"signing_key": key.signing_key.get_secret_value(), "until": written(key.until)}
            for key in (latest, *self.previous)[:MOST_PREVIOUS]
            if now < key.until
        ]


class NewKey(NamedTuple):
    """A key as its receiver is given it, once; `previous_until` is None where it is the first."""

    text: str
    previous_until: datetime | None


def secret_name(subscription: str) -> str:
    return f"{SigningKeyEnvironment.load().subscription_secrets}{subscription}"


def signing_keys(subscription: str, now: datetime) -> list[bytes]:
    """Return the keys in force, the newest first; raises as `read_secret` does."""
    secret = read_secret(secret_name(subscription), SubscriptionSecret, MAX_AGE_SECONDS)
    return [key_bytes(key) for key in secret.keys_at(now)]


def renew(subscription: str, now: datetime) -> NewKey:
    """Make a new key; whatever it replaces signs too for a day, so that it can be repeated.

    Two at the same time would lose one of the keys: its caller sees to that.
    """
    name = secret_name(subscription)
    text = KEY_PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    current = _current(name)
    previous = current.replaced(now) if current else []
    _put(name, json.dumps({"signing_key": text, **({"previous": previous} if previous else {})}))
    return NewKey(text, previous_until=now + CHANGEOVER if previous else None)


def retire(subscription: str) -> None:
    """Have the secret of a subscription that is no more deleted, in a week."""
    manager = _manager()
    try:
        manager.delete_secret(
            SecretId=secret_name(subscription), RecoveryWindowInDays=RECOVERY_DAYS
        )
    except manager.exceptions.ResourceNotFoundException:
        return


def _manager() -> "SecretsManagerClient":
    client: SecretsManagerClient = aws_client("secretsmanager")
    return client


def _current(name: str) -> SubscriptionSecret | None:
    """Return the secret as it is, None if there is none that could be used."""
    manager = _manager()
    try:
        document = manager.get_secret_value(SecretId=name)["SecretString"]
        return SubscriptionSecret.model_validate_json(document)
    except (manager.exceptions.ResourceNotFoundException, ValidationError):
        return None
    except manager.exceptions.InvalidRequestException:
        # It is about to be deleted: its subscription was taken out, and is there again.
        manager.restore_secret(SecretId=name)
        return None


def _put(name: str, document: str) -> None:
    manager = _manager()
    try:
        manager.put_secret_value(SecretId=name, SecretString=document)
    except manager.exceptions.ResourceNotFoundException:
        manager.create_secret(
            Name=name,
            SecretString=document,
            Description="Proves to a subscriber of events that a call is ours.",
        )
