"""Clients of AWS, one of each for a process, that give up while the function still has time."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

PATIENCE = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""Seconds and attempts of one call.

AWS answers these calls within milliseconds. The SDK's own patience, a minute, is longer than our
functions live: one lost answer would end in a timeout instead of a second attempt.
"""


@cache
def aws_client(service: str) -> Any:
    return boto3.client(service, config=PATIENCE)  # type: ignore[call-overload] # the caller's name
