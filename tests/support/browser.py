"""A browser that is pushed to, and what a push service checks of a call; with `cryptography` alone.

Written after RFC 8188, 8291 and 8292, not after the libraries that the functions use.
"""

import base64
import hmac
import json
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

P256 = ec.SECP256R1()
TAG_AND_DELIMITER = 17


def unpadded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    numbers = key.public_key().public_numbers()
    return b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)


class Browser:
    """It subscribed at a push service, whose URL for it is `endpoint`."""

    def __init__(
        self,
        endpoint: str = "https://push.example.net/push/1",
        private: int = 4_242,
        secret: bytes = b"sixteen bytes...",
    ) -> None:
        self.endpoint = endpoint
        self.key = ec.derive_private_key(private, P256)
        self.secret = secret

    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        keys = {"p256dh": unpadded(public_point(self.key)), "auth": unpadded(self.secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> bytes:
        """Decrypt what was pushed, which has one record; raises InvalidTag for another's."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(sender) == 65
        assert TAG_AND_DELIMITER < len(record) <= size
        shared = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(P256, sender)
        )
        info = b"WebPush: info\0" + public_point(self.key) + sender + b"\x01"
        ikm = _hmac(_hmac(self.secret, shared), info)
        prk = _hmac(salt, ikm)
        key = _hmac(prk, b"Content-Encoding: aes128gcm\0\x01")[:16]
        nonce = _hmac(prk, b"Content-Encoding: nonce\0\x01")[:12]
        content, mark = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0"), b"\x02"
        assert content.endswith(mark)
        return content.removesuffix(mark)


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


class Proof(NamedTuple):
    """What a call says of its sender, its signature checked."""

    header: dict[str, Any]
    claims: dict[str, Any]
    public_key: str


def proof_in(authorization: str) -> Proof:
    """Read the `vapid` scheme; raises InvalidSignature for what the key did not sign."""
    scheme, _, parameters = authorization.partition(" ")
    assert scheme == "vapid"
    values = dict(part.strip().split("=", 1) for part in parameters.split(","))
    signed, _, signature = values["t"].rpartition(".")
    raw = decoded(signature)
    assert len(raw) == 64
    ec.EllipticCurvePublicKey.from_encoded_point(P256, decoded(values["k"])).verify(
        encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])),
        signed.encode(),
        ec.ECDSA(SHA256()),
    )
    header, claims = (json.loads(decoded(part)) for part in signed.split("."))
    return Proof(header, claims, values["k"])
