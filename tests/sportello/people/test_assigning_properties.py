"""Whatever happens, in whatever order: room is kept to, and nobody waits whom somebody may take."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sportello.conversation.commands import Accept, Decline, Reply, Resolve, Tick
from sportello.conversation.effects import reply_key
from sportello.priorities import Priority
from sportello.queues.settings import QueueSettings
from sportello.routing.line import HEAD_STARTS, place_of
from sportello.routing.presence import Presence
from support.builders import NOW, seconds
from support.clouds.staffed_desk import StaffedDesk, staffed_desk
from support.clouds.staffed_truth import faults, idle_while_somebody_waits, misplaced

AGENTS = ("anna", "bruno", "carla")
CUSTOMERS = ("c1", "c2", "c3", "c4", "c5")
PROFILES: dict[str, dict[str, Any]] = {
    "anna": {"capacity": 4},
    "bruno": {"capacity": 2, "languages": ("en",)},
    "carla": {"capacity": 3, "queues": ("vip", "default")},
}
LANGUAGES = {"c1": "it", "c2": "en", "c3": "", "c4": "it", "c5": "en"}

type Happening = tuple[Callable[..., None], str, str]


def customer_waits(office: StaffedDesk, name: str, _agent: str) -> None:
    """Only once each: who is there already waits, or has somebody."""
    if office.state(name).episode == 0:
        office.queue(name, language=LANGUAGES[name])
        office.place(name)


def agent_comes(office: StaffedDesk, _name: str, agent: str) -> None:
    office.present(agent, Presence.AVAILABLE)


def agent_goes(office: StaffedDesk, _name: str, agent: str) -> None:
    office.present(agent, Presence.OFFLINE)


def agent_pauses(office: StaffedDesk, _name: str, agent: str) -> None:
    office.present(agent, Presence.BUSY)


def agent_is_settled(office: StaffedDesk, _name: str, agent: str) -> None:
    office.settle(agent)


def whoever_is_asked_accepts(office: StaffedDesk, name: str, _agent: str) -> None:
    if (asked := office.state(name).personal_offer) is not None:
        office.ask(name, Accept(agent_id=asked.agent_id, offer_id=asked.offer_id))


def whoever_is_asked_declines(office: StaffedDesk, name: str, _agent: str) -> None:
    if (asked := office.state(name).personal_offer) is not None:
        office.ask(name, Decline(agent_id=asked.agent_id, offer_id=asked.offer_id))
        office.place(name)


def owner_resolves(office: StaffedDesk, name: str, _agent: str) -> None:
    owner = office.state(name).owner
    if owner.kind == "agent":
        key = reply_key(owner.name, name)
        office.ask(name, Reply(agent_id=owner.name, key=key, text="Ecco."))
        office.ask(name, Resolve(agent_id=owner.name))


def time_passes(office: StaffedDesk, name: str, _agent: str) -> None:
    office.pass_time(20)
    if office.state(name).episode:
        office.ask(name, Tick(woken_for=None))
        office.place(name)


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                customer_waits,
                customer_waits,
                agent_comes,
                agent_comes,
                agent_goes,
                agent_pauses,
                agent_is_settled,
                whoever_is_asked_accepts,
                whoever_is_asked_declines,
                owner_resolves,
                time_passes,
            )
        ),
        st.sampled_from(CUSTOMERS),
        st.sampled_from(AGENTS),
    ),
    max_size=30,
)


@given(happenings=HAPPENINGS, assignment=st.sampled_from(("offer", "assign")))
def test_room_is_kept_to_and_nobody_waits_whom_somebody_may_take(
    happenings: list[Happening], assignment: str
) -> None:
    with staffed_desk() as office:
        office.configure(
            QueueSettings, queues={"default": {"routing": {"assignment": assignment}}, "vip": {}}
        )
        for agent_id, profile in PROFILES.items():
            office.describe(agent_id, **profile)
        for happens, name, agent_id in happenings:
            happens(office, name, agent_id)
            assert faults(office) == []
        office.settle_all()
        assert faults(office) == misplaced(office) == idle_while_somebody_waits(office) == []


WAITS = st.lists(
    st.tuples(st.integers(0, 7_200), st.sampled_from(list(HEAD_STARTS))), min_size=1, max_size=12
)


@given(waits=WAITS, chats=st.integers(0, 5), languages=st.lists(st.sampled_from(["it", "en", ""])))
def test_who_comes_to_work_is_given_the_first_in_line(
    waits: list[tuple[int, Priority]], chats: int, languages: list[str]
) -> None:
    with staffed_desk() as office:
        names = [f"c{number:02}" for number in range(len(waits))]
        spoken = dict(zip(names, languages, strict=False))
        places = {}
        for name, (ago, priority) in zip(names, waits, strict=True):
            office.now = NOW - seconds(ago)
            office.queue(name, language=spoken.get(name, "it"), priority=priority)
            places[name] = (place_of(priority, office.now), name)
        office.now = NOW
        office.at_work("anna", capacity=2 * chats)
        first = sorted(names, key=places.__getitem__)[:chats]
        assert {name for name in names if office.asked_for(name)} == set(first)
