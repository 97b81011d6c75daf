"""An authenticator app for a shell: shows the code of a key that is given to it.

RFC 6238, as Cognito has it: SHA-1, six digits, thirty seconds.
"""

import base64
import hashlib
import hmac
import sys
import time


def code_of(key: str, at: float) -> str:
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    digest = hmac.digest(secret, int(at // 30).to_bytes(8), hashlib.sha1)
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


if __name__ == "__main__":
    sys.stdout.write(code_of(sys.argv[1], time.time()))
