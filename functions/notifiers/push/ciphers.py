"""What is done with kept libraries: our key, the proof made with it, a message's encryption.

They lie in a layer that only deployments with push have: nothing else imports this on its way.
"""

from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException

from sportello.errors import ForbiddenUrl

PROOF_LIFETIME = timedelta(hours=12)
"""Half of what push services take at most (RFC 8292, 2): clocks may differ."""

RECORD_BYTES = 4_096
"""One record for the whole message, as RFC 8291, 4, has it."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256. SEC 2, 2.4.2."""

_SEED_BYTES = 48
"""As many bits more than the order has, so that no key is likelier. FIPS 186-5, A.2.1."""


@cache
def private_key(seed: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that a seed stands for, always the same."""
    expand = HKDF(SHA256(), _SEED_BYTES, salt=None, info=b"sportello push key 1")
    number = int.from_bytes(expand.derive(seed.encode())) % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key(seed: str) -> bytes:
    """Return the public half as browsers take it for `applicationServerKey`."""
    public = private_key(seed).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def proof(seed: str, url: str, contact: str, now: datetime) -> str:
    """Return the `authorization` of one call to a push service. RFC 8292, 3.

    Raises ForbiddenUrl for an address without a name.
    """
    parts = urlsplit(url)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + PROOF_LIFETIME).timestamp()),
        "sub": contact,
    }
    # Strict, it would take no contact with a path; the environment has judged ours.
    vapid = Vapid02(private_key(seed), conf={"no-strict": True})
    try:
        return str(vapid.sign(claims)["Authorization"])
    except VapidException:
        raise ForbiddenUrl("no push service has such an address") from None


def encrypted(content: bytes, receiver: bytes, secret: bytes) -> bytes:
    """Encrypt for one browser, with a key and a salt of this message's own. RFC 8291."""
    body: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=receiver,
        auth_secret=secret,
        rs=RECORD_BYTES,
        version="aes128gcm",
    )
    return body
