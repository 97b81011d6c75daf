"""Nobody is pushed a row that they may not see, whoever they are and whatever they ask for."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from agent_api.calls.permissions import Permission, Role, permissions_of
from sportello.conversation.handing_over.audience import audience_of, former_audience
from sportello.conversation.state import ConversationState
from sportello.live.rights import sees_conversation
from sportello.routing.teams import Scope, Team, TeamSettings
from support.builders import CONVERSATION
from support.clouds.table import table
from support.live import LiveDesk
from support.shown_states import AGENTS, QUEUES, STATES

TEAMS = TeamSettings(
    teams={
        "north": Team(queues=("sales",)),
        "south": Team(queues=("returns", "default")),
        "nothing": Team(),
    }
)
WISHES = st.none() | st.just("all") | st.lists(QUEUES, max_size=3, unique=True)


class Person(NamedTuple):
    agent: str
    roles: frozenset[Role]
    teams: tuple[str, ...]
    serves: tuple[str, ...]
    wish: str | list[str] | None

    @property
    def scope(self) -> Scope:
        return TEAMS.scope_of(self.teams) if self.teams else None


PEOPLE = st.builds(
    Person,
    agent=AGENTS,
    roles=st.frozensets(st.sampled_from(list(Role)), min_size=1, max_size=2),
    teams=st.lists(st.sampled_from([*TEAMS.teams, "west"]), max_size=2, unique=True).map(tuple),
    serves=st.lists(QUEUES, max_size=3, unique=True).map(tuple),
    wish=WISHES,
)


def connect_all(live: LiveDesk, people: list[Person]) -> dict[str, Person]:
    """Let in who may read conversations, and return by connection who they are."""
    there = {}
    for person in people:
        if Permission.READ_CONVERSATIONS not in permissions_of(person.roles):
            continue
        live.has_profile(person.agent, *person.serves)
        hello = {} if person.wish is None else {"queues": person.wish}
        name = live.connected(person.agent, teams=person.teams, scope=person.scope, hello=hello)
        there[name] = person
    return there


@given(st.lists(PEOPLE, max_size=5), st.lists(STATES, min_size=1, max_size=6))
def test_whoever_gets_a_row_sees_it_and_whoever_has_it_gets_every_one(
    people: list[Person], states: list[ConversationState]
) -> None:
    with table() as empty:
        live = LiveDesk(empty)
        there = connect_all(live, people)
        before = ConversationState()
        for number, drawn in enumerate(states, start=1):
            state = drawn.model_copy(update={"sequence": number})
            former = former_audience(before, state)
            if former is not None:
                live.keep(state)
                live.changes(CONVERSATION, former=former)
                check_rows_of(live, there, state)
                check_that_it_is_gone(live, there, before, state)
            before = state


def check_rows_of(live: LiveDesk, there: dict[str, Person], state: ConversationState) -> None:
    for name, person in there.items():
        rows = [f for f in live.frames(name, "row") if f["row"]["sequence"] == state.sequence]
        if rows:
            assert len(rows) == 1
            assert sees_conversation(person.agent, person.scope, state, "default")
        if person.agent in audience_of(state).agents:
            assert rows


def check_that_it_is_gone(
    live: LiveDesk,
    there: dict[str, Person],
    before: ConversationState,
    state: ConversationState,
) -> None:
    """Whoever had it and does not see it any more has heard so, if anything was shown to them."""
    for name, person in there.items():
        shown = live.frames(name, "row", "gone")
        had = [f for f in shown if f["t"] == "row" and f["row"]["sequence"] == before.sequence]
        if had and not sees_conversation(person.agent, person.scope, state, "default"):
            assert shown[-1] == {
                "t": "gone",
                "conversation_id": CONVERSATION,
                "sequence": state.sequence,
            }
