"""The one write path: load, decide, commit; and again when somebody else was faster."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sportello.conversation.commands import Command
from sportello.conversation.decide import decide
from sportello.conversation.decision import Decision
from sportello.conversation.events import AgentOfferEnded, AnswerLost, ConversationMoved
from sportello.conversation.evolution import fold
from sportello.conversation.handing_over.agent_claims import claims_of, heard_from, place_in_line
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.timing.recorded_waits import ended_waits
from sportello.errors import StorageBusy
from sportello.language.languages import languages
from sportello.model import Model
from sportello.routing.line import InLine
from sportello.table.agents.agent_writes import AgentChanges, Reseating, claim_changes
from sportello.table.counting import count_events, count_waits
from sportello.table.desk_table import Conflict, DeskTable
from sportello.table.items import Address, Conversation
from sportello.table.writes import Commit, as_committed

MAX_ATTEMPTS = 12
_LONGEST_PAUSE_SECONDS = 1.0


class Step(Model):
    """What to ask of a conversation just loaded; see `writes.Commit` for the rest.

    If it changes how much room an agent has of whom a version was seen, that must still be theirs;
    `reseated` are the seats that such agents are to have.
    """

    command: Command
    terms: ServiceTerms
    address: Address | None = None
    applied: tuple[str, ...] = ()
    provider_message_ids: Mapping[str, str] = {}
    request_hashes: Mapping[str, str] = {}
    agent_versions: Mapping[str, int] = {}
    reseated: Mapping[str, Reseating] = {}

    def channel_of(self, conversation: Conversation) -> str:
        """Name the channel of what is committed; empty for a conversation nobody has written in."""
        address = self.address or conversation.address
        return address.channel if address else ""


class Committed(Model):
    """`after` is `before` as the decision has left it: a next step may start from it."""

    before: Conversation
    decision: Decision
    after: Conversation

    @property
    def state(self) -> ConversationState:
        return self.after.state


class Desk:
    """What was decided while `publishes` was on is still published when it is off."""

    def __init__(
        self,
        table: DeskTable,
        pause: Callable[[float], None] = time.sleep,
        *,
        publishes: bool = True,
    ) -> None:
        self.table = table
        self._pause = pause
        self._publishes = publishes

    def act(
        self,
        conversation_id: str,
        plan: Callable[[Conversation], Step | None],
        now: datetime,
        *,
        item_ids: Iterable[str] = (),
        effect_keys: Iterable[str] = (),
        start: Conversation | None = None,
        follow: bool = False,
    ) -> Committed:
        """Commit what the planned command leads to; None plans nothing.

        The first attempt begins from `start`, if the conversation was loaded before with these
        items and effects. With `follow`, of a conversation that has moved the one that goes on is
        asked, unless an effect named was decided here already.

        A plan that meets another writer itself raises Conflict, and is made anew.

        Raises what the decision raises, EffectExists, and StorageBusy when too many writers meet
        on one conversation.
        """
        keys = {"item_ids": tuple(item_ids), "effect_keys": tuple(effect_keys)}
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                longest = min(_LONGEST_PAUSE_SECONDS, 0.01 * 2**attempt)
                self._pause(random.uniform(0, longest))  # noqa: S311 -- jitter, no secret
                start = None
            conversation = start or self.table.load(conversation_id, **keys)
            if follow and conversation.state.goes_on_in and not conversation.effects:
                conversation = self.table.load_going_on(conversation.state.goes_on_in, **keys)
                conversation_id = conversation.conversation_id
            try:
                step = plan(conversation)
                if step is None:
                    return Committed(before=conversation, decision=Decision(), after=conversation)
                commit, state = self._decided(conversation, step, now)
                self.table.commit(conversation, commit, state, now)
            except Conflict:
                continue
            return _counted(conversation, step, commit, state, now)
        raise StorageBusy(f"{MAX_ATTEMPTS} writers were faster")

    def act_together(
        self, steps: Iterable[tuple[Conversation, Step]], now: datetime
    ) -> list[Committed] | None:
        """Commit a step of each conversation, all or none; None if another writer was faster."""
        settled = [(before, step, *self._decided(before, step, now)) for before, step in steps]
        try:
            self.table.commit_together(
                ((before, commit, state) for before, _, commit, state in settled), now
            )
        except Conflict:
            return None
        return [_counted(*each, now) for each in settled]

    def _decided(
        self, before: Conversation, step: Step, now: datetime
    ) -> tuple[Commit, ConversationState]:
        decision = decide(before.state, step.command, now, step.terms)
        if not self._publishes:
            decision = decision.unpublished()
        after = fold(decision.events, before.state)
        moved = next((e for e in decision.events if isinstance(e, ConversationMoved)), None)
        commit = Commit(
            decision=decision,
            address=step.address,
            applied=step.applied,
            provider_message_ids=step.provider_message_ids,
            request_hashes=step.request_hashes,
            waits=ended_waits(
                before.conversation_id,
                step.terms.channel,
                before.state,
                decision.events,
                step.terms,
            ),
            handed_on=moved.handed_on if moved else (),
            handed_to=moved.moved_to if moved else "",
            agents=_agent_changes(before, step, decision, after, now)
            if decision.events
            else AgentChanges(),
        )
        return commit, after


def _agent_changes(
    before: Conversation, step: Step, decision: Decision, after: ConversationState, now: datetime
) -> AgentChanges:
    """Tell what becomes of the agents of a conversation, and of its place in line."""
    name, terms = before.conversation_id, step.terms
    language = line_language(step.address or before.address)
    # Whoever gave the answer that is lost may have gone home since, and nobody looks at them again.
    waits_again = any(isinstance(event, AnswerLost) for event in decision.events)
    return AgentChanges(
        claims=claim_changes(
            name,
            claims_of(name, before.state, terms),
            claims_of(name, after, terms),
            now,
            weighs_anyway=waits_again,
        ),
        from_place=in_line(before, terms),
        to_place=place_in_line(name, after, terms, language),
        versions=step.agent_versions,
        reseated=step.reseated,
        heard=_heard(before.state, decision),
    )


def _heard(before: ConversationState, decision: Decision) -> Mapping[str, bool]:
    """Tell of those whose offers ended whether they answered; who left in its time missed none."""
    offer = before.personal_offer
    leavers = {
        event.agent_id
        for event in decision.events
        if isinstance(event, AgentOfferEnded) and offer and event.at < offer.expires_at
    }
    heard = heard_from(decision.events)
    return {name: answered for name, answered in heard.items() if answered or name not in leavers}


def in_line(conversation: Conversation, terms: ServiceTerms) -> InLine | None:
    """Return a conversation as its line shows it; None where it waits for nobody to be found."""
    name, language = conversation.conversation_id, line_language(conversation.address)
    return place_in_line(name, conversation.state, terms, language)


def line_language(address: Address | None) -> str:
    """Return whose line a customer stands in: of their language, as far as it is one we have."""
    language = address.language if address else ""
    return language if language in languages() else ""


def _counted(
    before: Conversation, step: Step, commit: Commit, state: ConversationState, now: datetime
) -> Committed:
    """Count what was committed, and return it."""
    count_events(commit.decision.events, step.channel_of(before))
    count_waits(commit.waits)
    after = as_committed(before, commit, state, now)
    return Committed(before=before, decision=commit.decision, after=after)
