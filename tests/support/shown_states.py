"""Conversations as agents may come to be shown them: whoever has, is offered or was asked."""

from hypothesis import strategies as st

from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState, Owner, PersonalOffer
from support.builders import NOW, seconds

AGENTS = st.sampled_from(["anna", "bruno", "carla", "dario"])
QUEUES = st.sampled_from(["default", "sales", "returns"])
_OFFERS = st.builds(
    PersonalOffer,
    offer_id=st.just("o-1"),
    agent_id=AGENTS,
    units=st.just(1),
    offered_at=st.just(NOW),
    expires_at=st.just(NOW + seconds(30)),
)
STATES = st.builds(
    ConversationState,
    sequence=st.integers(1, 9),
    owner=st.one_of(
        st.builds(Owner, kind=st.sampled_from(list(OwnerKind)), name=QUEUES | AGENTS),
        st.builds(Owner, kind=st.just(OwnerKind.AGENT), name=AGENTS),
    ),
    queue=st.just("") | QUEUES,
    personal_offer=st.none() | _OFFERS,
    consulted=st.lists(AGENTS, max_size=2, unique=True).map(tuple),
)
