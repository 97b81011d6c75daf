"""The exploration would notice: guards of routing taken out of the real decider break a rule."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest

from sportello.conversation import evolution, turns
from sportello.conversation.events import AgentOfferEnded, OwnerKind
from sportello.conversation.handing_over import (
    agent_claims,
    climbing,
    handing_on,
    ladders,
    personal_offers,
)
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.timing import tick as ticking
from sportello.routing.work import Claim
from support.experiments.explorer import Violation
from support.experiments.interleavings.named_rules import CLOCKS, LOST, OFFERED, RUNG, VOICE
from support.experiments.interleavings.play import play
from support.experiments.interleavings.routing_scripts import (
    ASKED,
    BOTH_BELLS,
    ROUNDS,
    STRANDED,
    TAKEN_OVER,
    TO_AND_FRO,
    TRANSFERRED,
)
from support.experiments.interleavings.script import Script

type Patch = pytest.MonkeyPatch


def nothing(patch: Patch, module: object, name: str) -> None:
    patch.setattr(module, name, lambda *_args, **_named: None)


def two_are_asked_at_once(patch: Patch) -> None:
    def may_be_offered(state: ConversationState, handoff_id: str) -> bool:
        return state.owner.kind is OwnerKind.QUEUE and state.handoff_id == handoff_id

    patch.setattr(personal_offers, "may_be_offered", may_be_offered)


def who_passed_is_forgotten(patch: Patch) -> None:
    def end(state: ConversationState, _event: AgentOfferEnded) -> ConversationState:
        return state.model_copy(update={"personal_offer": None})

    patch.setattr(evolution, "_end_personal_offer", end)


def nobody_knows_when_ringing_goes_on(patch: Patch) -> None:
    patch.setattr(evolution, "_ring_by", lambda _expected: None)


def what_is_offered_takes_no_room(patch: Patch) -> None:
    real = agent_claims.claims_of

    def claims_of(
        conversation_id: str, state: ConversationState, terms: ServiceTerms
    ) -> Mapping[str, Claim]:
        claims = real(conversation_id, state, terms)
        return {agent: claim for agent, claim in claims.items() if not claim.offered}

    patch.setattr(agent_claims, "claims_of", claims_of)


class Mutant(NamedTuple):
    name: str
    script: Script
    rule: str
    make: Callable[[Patch], None]


MUTANTS = (
    Mutant("two are asked at once", BOTH_BELLS, OFFERED, two_are_asked_at_once),
    Mutant("who passed is forgotten", ASKED, OFFERED, who_passed_is_forgotten),
    Mutant("what is offered takes no room", ASKED, OFFERED, what_is_offered_takes_no_room),
    Mutant(
        "an offer never runs out",
        ASKED,
        CLOCKS,
        lambda p: nothing(p, ticking, "expire_personal_offer"),
    ),
    Mutant(
        "whoever takes it leaves others ringing",
        TRANSFERRED,
        OFFERED,
        lambda p: nothing(p, ladders, "end_personal_offer"),
    ),
    Mutant("nobody knows until when", ROUNDS, RUNG, nobody_knows_when_ringing_goes_on),
    Mutant(
        "what a colleague declines rings nobody",
        TRANSFERRED,
        RUNG,
        lambda p: nothing(p, ladders, "restart_ladder"),
    ),
    Mutant(
        "a transfer to a queue rings nobody",
        TO_AND_FRO,
        RUNG,
        lambda p: nothing(p, handing_on, "start_ladder"),
    ),
    Mutant(
        "a customer who writes again is not seen",
        BOTH_BELLS,
        RUNG,
        lambda p: nothing(p, turns, "ring_again"),
    ),
    Mutant(
        "the tier that goes on rings on",
        STRANDED,
        LOST,
        lambda p: nothing(p, climbing, "resume"),
    ),
    Mutant(
        "a supervisor answers for an agent's silence",
        TAKEN_OVER,
        VOICE,
        lambda p: nothing(p, handing_on, "cancel_clock"),
    ),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_guard_taken_out_is_noticed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant.make(monkeypatch)
    with pytest.raises(Violation) as caught:
        play(mutant.script, probing=False)
    assert caught.value.rule == mutant.rule
    assert caught.value.trace
