"""How often one caller may ask: a bucket of tokens for what they read, another for their acts.

A process keeps the buckets of those who asked it lately and writes nothing down, so that a limit
costs no call. It answers one call at a time: who asks one after the other meets one process as a
rule, who asks n at once meets n, and may ask n times as often. The stage's limit holds for all.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import Field

from agent_api.calls.problems import Problem
from sportello.aws.environment import Environment
from sportello.aws.logs import logger

SPENT = "rate-limited"

MOST_CALLERS = 2_000
"""Buckets that a process keeps; who asked longest ago begins anew with a full one."""


class LimitsEnvironment(Environment):
    """Tokens a second, and how many a bucket holds; without a rate there is no limit."""

    read_rate_limit: float = Field(default=0, ge=0)
    read_burst_limit: int = Field(default=1, ge=1)
    act_rate_limit: float = Field(default=0, ge=0)
    act_burst_limit: int = Field(default=1, ge=1)

    def of(self, method: str) -> "Limit":
        if method == "GET":
            return Limit("reads", self.read_rate_limit, self.read_burst_limit)
        return Limit("acts", self.act_rate_limit, self.act_burst_limit)


class Limit(NamedTuple):
    name: str
    rate: float
    burst: int


class Bucket(NamedTuple):
    """`tokens` there were at an instant, in seconds of the wall clock.

    `is_logged` says that it was logged that somebody was refused, since it was last full.
    """

    tokens: float
    at: float
    is_logged: bool = False

    def at_time(self, now: float, limit: Limit) -> "Bucket":
        # A clock that was set back takes nothing away.
        gained = max(0.0, now - self.at) * limit.rate
        tokens = min(self.tokens + gained, limit.burst)
        return Bucket(tokens, now, self.is_logged and tokens < limit.burst)

    def spent(self) -> "Bucket":
        return self._replace(tokens=self.tokens - 1)


class Rest(NamedTuple):
    """What is left of a bucket after a call, which was `refused` where nothing was."""

    limit: Limit
    tokens: float
    refused: bool

    def require_rest(self) -> None:
        if self.refused:
            raise Problem(
                429,
                SPENT,
                f"{self.limit.burst} {self.limit.name} at once, then {self.limit.rate:g} a second.",
                headers={"retry-after": str(_whole_seconds(1 - self.tokens, self.limit))},
            )


_buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()


def spend(agent_id: str, method: str) -> Rest:
    """Take a token of the caller's, if there is one."""
    limit = LimitsEnvironment.load().of(method)
    if not limit.rate:
        return Rest(limit, limit.burst, refused=False)
    # Not the monotonic clock: it may stand still while Lambda keeps the process frozen.
    now, owner = time.time(), (agent_id, limit.name)
    bucket = _buckets.pop(owner, Bucket(limit.burst, now)).at_time(now, limit)
    refused = bucket.tokens < 1
    if refused and not bucket.is_logged:
        logger.warning("a caller asks too often", limit=limit.name)
    _buckets[owner] = bucket._replace(is_logged=True) if refused else bucket.spent()
    if len(_buckets) > MOST_CALLERS:
        _buckets.popitem(last=False)
    return Rest(limit, _buckets[owner].tokens, refused)


def headers_of(rest: Rest | None) -> Mapping[str, str]:
    """Tell a caller what is left, as draft-ietf-httpapi-ratelimit-headers has it."""
    if rest is None or not rest.limit.rate:
        return {}
    limit = rest.limit
    full = _whole_seconds(limit.burst, limit)
    until_full = _whole_seconds(limit.burst - rest.tokens, limit)
    return {
        "ratelimit-policy": f'"{limit.name}";q={limit.burst};w={full}',
        "ratelimit": f'"{limit.name}";r={int(rest.tokens)};t={until_full}',
    }


def _whole_seconds(tokens: float, limit: Limit) -> int:
    return max(1, math.ceil(tokens / limit.rate))
