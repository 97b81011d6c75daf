"""Which queue a matter belongs to, and why: the first rule that fits says it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sportello.channel_kinds import ChannelKind
from sportello.model import Model
from sportello.priorities import Priority
from sportello.routing.settings import QueueRule

WORDS = "words"
"""The condition that is looked at last: only for its sake has anything to be read."""


class Circumstances(NamedTuple):
    """What a rule looks at, each empty where nobody knows it.

    `intent` is why the bot hands over. `verified` is whether the channel vouches for who writes,
    `local` the time of the desk, `words` those words of the rules that the customer wrote.
    """

    channel: str
    channel_kind: ChannelKind
    account: str
    language: str
    intent: str
    segment: str
    priority: Priority
    verified: bool
    local: datetime
    words: frozenset[str] = frozenset()


class RuleTried(Model):
    """`missed` is the first condition of a rule that does not fit; empty for the one that holds."""

    rule: str
    missed: str = ""


class QueueChoice(Model):
    """`queue` and `rule` are empty where no rule fits; `tried` are the rules, in their order."""

    queue: str = ""
    rule: str = ""
    tried: tuple[RuleTried, ...] = ()

    @property
    def depends_on_words(self) -> bool:
        """Whether a rule before it would hold if the customer had written one of its words."""
        return any(tried.missed == WORDS for tried in self.tried)


def choose_queue(rules: Sequence[QueueRule], circumstances: Circumstances) -> QueueChoice:
    """Choose by the first rule that fits, and tell of those before it why they do not."""
    tried: list[RuleTried] = []
    for rule in rules:
        missed = next(_missed(rule, circumstances), "")
        tried.append(RuleTried(rule=rule.name, missed=missed))
        if not missed:
            return QueueChoice(queue=rule.queue, rule=rule.name, tried=tuple(tried))
    return QueueChoice(tried=tuple(tried))


def _missed(rule: QueueRule, circumstances: Circumstances) -> Iterator[str]:
    """Yield the conditions that do not fit."""
    listed: tuple[tuple[str, Sequence[str], str], ...] = (
        ("channels", rule.channels, circumstances.channel),
        ("channel_kinds", rule.channel_kinds, circumstances.channel_kind),
        ("accounts", rule.accounts, circumstances.account),
        ("languages", rule.languages, circumstances.language),
        ("intents", rule.intents, circumstances.intent),
        ("segments", rule.segments, circumstances.segment),
        ("priorities", rule.priorities, circumstances.priority.as_known),
    )
    for name, condition, value in listed:
        if condition and value not in condition:
            yield name
    if rule.verified not in {None, circumstances.verified}:
        yield "verified"
    if rule.times and not any(times.covers(circumstances.local) for times in rule.times):
        yield "times"
    if rule.words and circumstances.words.isdisjoint(rule.words):
        yield WORDS
