"""What proves our calls to a subscriber: a secret of its own, made by us and changed on demand."""

import base64
import json
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field, ValidationError

from sportello.aws.clients import aws_client
from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.messaging.webhook_signatures import KEY_PREFIX, WebhookSecret
from sportello.model import Instant, written

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CHANGEOVER = timedelta(hours=24)
"""How long the previous key signs too."""

MAX_AGE_SECONDS = 60
"""A new key is used by then; meanwhile its receiver has to take the old one."""

RECOVERY_DAYS = 7

_KEY_BYTES = 32


class SigningKeyEnvironment(Environment):
    """`subscription_secrets` is what the names of all these secrets begin with."""

    subscription_secrets: str = Field(min_length=1)


class SubscriptionSecret(WebhookSecret):
    previous_until: Instant | None = None

    def keys_at(self, now: datetime) -> list[bytes]:
        is_changing = self.previous_until is not None and now < self.previous_until
        return self.keys if is_changing else self.keys[:1]


class NewKey(NamedTuple):
    """A key as its receiver is given it, once; `previous_until` is None where it is the first."""

    text: str
    previous_until: datetime | None


def secret_name(subscription: str) -> str:
    return f"{SigningKeyEnvironment.load().subscription_secrets}{subscription}"


def signing_keys(subscription: str, now: datetime) -> list[bytes]:
    """Return the keys in force, the newest first; raises as `read_secret` does."""
    secret = read_secret(secret_name(subscription), SubscriptionSecret, MAX_AGE_SECONDS)
    return secret.keys_at(now)


def renew(subscription: str, now: datetime) -> NewKey:
    """Make a new key, beside which the one before is valid for a day; the one before that is not.

    Two at the same time would make one another's invalid: its caller sees to that.
    """
    name = secret_name(subscription)
    text = KEY_PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    document = {"signing_key": text}
    previous = _current_key(name)
    if previous:
        until = written(now + CHANGEOVER)
        document |= {"previous_signing_key": previous, "previous_until": until}
    _put(name, json.dumps(document))
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


def _current_key(name: str) -> str:
    """Return the key in force as it is written, empty if there is none that could be used."""
    manager = _manager()
    try:
        document = manager.get_secret_value(SecretId=name)["SecretString"]
        return SubscriptionSecret.model_validate_json(document).signing_key.get_secret_value()
    except (manager.exceptions.ResourceNotFoundException, ValidationError):
        return ""
    except manager.exceptions.InvalidRequestException:
        # It is about to be deleted: its subscription was taken out, and is there again.
        manager.restore_secret(SecretId=name)
        return ""


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
