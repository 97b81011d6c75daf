"""What is true of a staffed desk whatever happened, and what is once everything is settled."""

from collections.abc import Iterator

from sportello.conversation.handing_over.agent_claims import claims_of
from sportello.queues.settings import QueueSettings
from sportello.routing.choice import why_not
from sportello.routing.presence import Presence
from sportello.routing.settings import RoutingSettings
from sportello.table.desk import in_line
from sportello.table.items import Conversation
from sportello.table.keys import conversation_of
from support.clouds.staffed_desk import StaffedDesk


def faults(office: StaffedDesk) -> list[str]:
    """What is wrong at any moment: room, claims and places are as the conversations have it."""
    found = []
    claims: dict[str, set[str]] = {}
    standing = set()
    for conversation in _conversations(office):
        name = conversation.conversation_id
        terms = office.settings.terms(conversation)
        for agent_id in claims_of(name, conversation.state, terms):
            claims.setdefault(agent_id, set()).add(name)
        if waiting := in_line(conversation, terms):
            standing.add(waiting)
    if claims != office.held():
        found.append(f"held are {office.held()}, by the conversations {claims}")
    if {each.conversation_id for each in standing} != {e.conversation_id for e in office.line()}:
        found.append(f"in line are {office.line()}, by the conversations {standing}")
    capacity = office.settings.get(RoutingSettings).capacity
    for agent_id in claims:
        agent = office.agent(agent_id)
        most = capacity if agent.profile.capacity is None else agent.profile.capacity
        if agent.load(office.now) > most:
            found.append(f"{agent_id} has {agent.load(office.now)} of {most}")
    return found


def idle_while_somebody_waits(office: StaffedDesk) -> list[str]:
    """Who could be given somebody in line: nobody, once everything is settled."""
    queues = office.settings.get(QueueSettings)
    return [
        f"{seat.agent_id} might have {waiting.conversation_id}"
        for seat in office.seats().values()
        for waiting in office.line()
        if why_not(waiting, seat, queues.queues[waiting.queue].routing, office.now) is None
    ]


def misplaced(office: StaffedDesk) -> list[str]:
    """Whose seats are not what they have, once everything is settled."""
    routing = office.settings.get(RoutingSettings)
    found = []
    for agent_id in {item["pk"]["S"].removeprefix("AGENT#") for item in office.items("agent")}:
        agent = office.agent(agent_id)
        rooms = {seat.room for (_, name), seat in office.seats().items() if name == agent_id}
        there = agent.work.presence_at(office.now) is Presence.AVAILABLE
        expected = {agent.room(routing.capacity, office.now)} if there else set()
        if rooms != expected:
            found.append(f"{agent_id} has room {expected}, the seats say {rooms}")
    return found


def _conversations(office: StaffedDesk) -> Iterator[Conversation]:
    for item in office.items("state"):
        yield office.table.load(conversation_of(item))
