"""Clients of AWS, one of each for a process, that give up while the function still has time.

They are botocore's own: boto3 adds resources and file transfers, which nobody here uses, and a
tenth to what a cold start costs (docs/performance.md).
"""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session

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
    return _session().create_client(service, config=PATIENCE)


@cache
def _session() -> Session:
    """One for all clients: each would read endpoints, partitions and credentials anew."""
    return Session()
