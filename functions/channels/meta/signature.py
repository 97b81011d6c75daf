"""How Meta proves a webhook call is its own, whichever of its channels the call is for."""

import hmac
from collections.abc import Iterable, Mapping

from pydantic import SecretStr

from sportello.errors import Unauthenticated


def check_signature(
    headers: Mapping[str, str], body: bytes, app_secrets: Iterable[SecretStr]
) -> None:
    """Compare `X-Hub-Signature-256` with the HMAC of the raw bytes under each secret in force.

    During a rotation two secrets are in force; an empty one is none. Raises Unauthenticated.
    """
    presented = headers.get("x-hub-signature-256", "").encode(errors="replace")
    # A list, so that every comparison runs and none stops the others early.
    matches = [
        hmac.compare_digest(presented, _signature(secret, body).encode())
        for secret in app_secrets
        if secret.get_secret_value()
    ]
    if not any(matches):
        raise Unauthenticated("the signature does not match the body")


def _signature(app_secret: SecretStr, body: bytes) -> str:
    key = app_secret.get_secret_value().encode()
    return "sha256=" + hmac.digest(key, body, "sha256").hex()


def answer_challenge(query: Mapping[str, str], verify_token: SecretStr) -> str:
    """Return the challenge of Meta's GET handshake; raises Unauthenticated for a wrong token."""
    presented = query.get("hub.verify_token", "").encode(errors="replace")
    expected = verify_token.get_secret_value().encode()
    genuine = hmac.compare_digest(presented, expected) and query.get("hub.mode") == "subscribe"
    challenge = query.get("hub.challenge", "")
    if not genuine or not challenge:
        raise Unauthenticated("the verify token does not match")
    return challenge
