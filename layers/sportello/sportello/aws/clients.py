"""Clients of AWS, one of each for a process, that give up while the function still has time.

They are botocore's own: boto3 adds resources and file transfers, which nobody here uses and each
cold start would pay for (docs/performance.md).
"""

from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

from botocore import __version__ as botocore_version
from botocore.config import Config
from botocore.session import Session

CONFIG = Config(
    # Seconds and attempts of one call. AWS answers within milliseconds; the SDK's own patience, a
    # minute, is longer than our functions live: one lost answer would end in a timeout instead of
    # a second attempt.
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    # Checking our own requests and composing the same name for each takes longer than signing them.
    parameter_validation=False,
    user_agent=f"Sportello Botocore/{botocore_version}",
)

OF_A_SERVICE: Mapping[str, Config] = {
    # Its addresses are signed as every region takes them; a large file takes its time.
    "s3": Config(signature_version="s3v4", read_timeout=10),
}

PATIENT = Config(read_timeout=30, retries={"mode": "standard", "total_max_attempts": 1})
"""For a function of somebody else's that is waited for, once: whoever asks is tried again."""

_ONE_AT_A_TIME = Lock()


@cache
def aws_client(service: str) -> Any:
    config = CONFIG.merge(OF_A_SERVICE[service]) if service in OF_A_SERVICE else CONFIG
    return _session().create_client(service, config=config)


@cache
def patient_client(service: str) -> Any:
    """Return another client of a service, for calls that take their time."""
    return _session().create_client(service, config=CONFIG.merge(PATIENT))


def aws_client_at(service: str, endpoint: str) -> Any:
    """Return the client of a service that has an address of its own for each deployment.

    Several threads may ask at once, and a session makes one client after another.
    """
    with _ONE_AT_A_TIME:
        return _client_at(service, endpoint)


@cache
def _client_at(service: str, endpoint: str) -> Any:
    return _session().create_client(service, config=CONFIG, endpoint_url=endpoint)


@cache
def _session() -> Session:
    """One for all clients: each would read endpoints, partitions and credentials anew."""
    return Session()
