"""What our key for push services is made of: a text that CloudFormation makes up.

It can make up texts and no keys. So push works from the first day, and nobody handles a key.
"""

from pydantic import ConfigDict, Field, SecretStr

from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.errors import NotConfigured
from sportello.model import Model


class PushKeyEnvironment(Environment):
    """`push_secret` is empty where push is not deployed."""

    push_secret: str = ""


class PushSecret(Model):
    """`key_seed` is never changed: subscriptions made under another key are dead."""

    model_config = ConfigDict(extra="ignore")

    key_seed: SecretStr = Field(min_length=40)


def key_seed() -> str:
    """Return what the key is made of; raises NotConfigured, and as `read_secret` does."""
    name = PushKeyEnvironment.load().push_secret
    if not name:
        raise NotConfigured("push is not deployed: set the parameter PushNotifier")
    return read_secret(name, PushSecret).key_seed.get_secret_value()
