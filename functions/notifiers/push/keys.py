"""Who we are to push services: one key pair of the deployment, and the proof made with it.

The pair is derived from a secret that CloudFormation generates, which can make up texts and no
keys. So push works from the first day, and nobody handles a private key.
"""

from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pydantic import ConfigDict, Field, SecretStr

from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.errors import NotConfigured
from sportello.model import Model

PROOF_LIFETIME = timedelta(hours=12)
"""Half of what push services take at most (RFC 8292, 2): clocks may differ."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256. SEC 2, 2.4.2."""

_SEED_BYTES = 48
"""As many bits more than the order has, so that no key is likelier. FIPS 186-5, A.2.1."""


class PushKeyEnvironment(Environment):
    """`push_secret` is empty where push is not deployed."""

    push_secret: str = ""


class PushSecret(Model):
    """`key_seed` is never changed: subscriptions made under another key are dead."""

    model_config = ConfigDict(extra="ignore")

    key_seed: SecretStr = Field(min_length=40)


@cache
def private_key(seed: str) -> ec.EllipticCurvePrivateKey:
    derived = HKDF(SHA256(), _SEED_BYTES, salt=None, info=b"sportello push key 1").derive(
        seed.encode()
    )
    return ec.derive_private_key(int.from_bytes(derived) % (_ORDER - 1) + 1, ec.SECP256R1())


def our_key() -> ec.EllipticCurvePrivateKey:
    """Return the deployment's key; raises as `read_secret` does."""
    name = PushKeyEnvironment.load().push_secret
    if not name:
        raise NotConfigured("push is not deployed: set the parameter PushNotifier")
    secret = read_secret(name, PushSecret)
    return private_key(secret.key_seed.get_secret_value())


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a key as browsers take it for `applicationServerKey`."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def proof(key: ec.EllipticCurvePrivateKey, url: str, contact: str, now: datetime) -> str:
    """Return the `authorization` of one call to a push service. RFC 8292, 3."""
    parts = urlsplit(url)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + PROOF_LIFETIME).timestamp()),
        "sub": contact,
    }
    # Strict, it would take no contact with a path; the environment has judged ours.
    return str(Vapid02(key, conf={"no-strict": True}).sign(claims)["Authorization"])
