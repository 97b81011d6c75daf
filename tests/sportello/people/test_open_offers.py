from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState, Offer, Owner, PersonalOffer
from sportello.people.notifying.open_offers import is_open, is_open_to
from support.builders import NOW, seconds

OF_A_TIER = Offer(
    handoff_id="handoff-2",
    offer_id="handoff-2-7",
    tier=0,
    agents=(),
    endpoints=("desk",),
    expires_at=NOW + seconds(60),
    task_token="token",
)
TO_ANNA = PersonalOffer(
    offer_id="handoff-2-9",
    agent_id="anna",
    units=1,
    offered_at=NOW,
    expires_at=NOW + seconds(30),
)
BOTH = ConversationState(
    owner=Owner(kind=OwnerKind.QUEUE, name="default"), offer=OF_A_TIER, personal_offer=TO_ANNA
)


def test_an_offer_is_open_while_the_conversation_has_it() -> None:
    assert is_open(BOTH, "handoff-2-7")
    assert is_open(BOTH, "handoff-2-9")
    assert not is_open(BOTH, "handoff-2-5")
    assert not is_open(BOTH, "")
    assert not is_open(ConversationState(), "handoff-2-7")


def test_one_persons_own_offer_is_open_to_nobody_else() -> None:
    assert is_open_to(BOTH, "handoff-2-9", "anna")
    assert not is_open_to(BOTH, "handoff-2-9", "bruno")


def test_a_tiers_offer_is_open_to_whoever_was_rung() -> None:
    assert is_open_to(BOTH, "handoff-2-7", "anna")
    assert is_open_to(BOTH, "handoff-2-7", "bruno")


def test_what_an_earlier_version_left_of_an_offer_is_open_to_nobody() -> None:
    taken = BOTH.model_copy(update={"owner": Owner(kind=OwnerKind.AGENT, name="bruno", version=3)})
    assert not is_open(taken, "handoff-2-9")
