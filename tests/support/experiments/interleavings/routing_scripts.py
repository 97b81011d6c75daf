"""Scripts in which agents are asked, and a conversation goes from one to the other."""

from typing import Any

from sportello.conversation.commands import Accept, OfferToAgent
from sportello.conversation.people_commands import (
    LeaveAgent,
    TakeOver,
    TransferToAgent,
    TransferToQueue,
)
from support.builders import NOW, seconds
from support.experiments.interleavings.clock_scripts import ALL
from support.experiments.interleavings.script import Acts, Asks, Script, at
from support.experiments.interleavings.scripts import (
    ACCEPTS,
    BRUNO_ACCEPTS,
    DECLINES,
    HANDED_OVER,
    M1,
    M2,
    REPLIES,
    RESOLVES,
    RETURNS,
)
from support.experiments.interleavings.world import Mishaps

TO_BRUNO = OfferToAgent(
    handoff_id="",
    agent_id="bruno",
    endpoints=("@bruno/phone",),
    units=2,
    expires_at=NOW + seconds(120),
)

ASKS_ANNA, ASKS_BRUNO = Asks("anna"), Asks("bruno")
GIVES_BRUNO = Asks("bruno", assigns=True)
LATE_LINK = Acts(Accept(agent_id="anna", offer_id="handoff-2-p9"), "anna follows an old link")


def transfers(**changes: Any) -> Acts:
    fields = {"agent_id": "anna", "queue": "default", **changes}
    return Acts(TransferToQueue.model_validate(fields), "anna hands it to the queue")


TO_QUEUE = transfers()
TO_COLLEAGUE = Acts(
    TransferToAgent(agent_id="anna", queue="default", offer=TO_BRUNO), "anna hands it to bruno"
)
TAKES_OVER = Acts(TakeOver(agent_id="chief", supervisor=True), "the supervisor takes it over")
ANNA_LEAVES = Acts(LeaveAgent(agent_id="anna"), "anna goes home")
BRUNO_LEAVES = Acts(LeaveAgent(agent_id="bruno"), "bruno goes home")

ASKED = Script(
    name="two agents are asked one after the other, and may not take it",
    actors=((ASKS_ANNA, ASKS_BRUNO, ASKS_ANNA), (DECLINES, BRUNO_ACCEPTS), at(30)),
    before=(M1, HANDED_OVER),
)

BOTH_BELLS = Script(
    name="an agent is asked while the tiers ring",
    actors=((ASKS_ANNA, ASKS_BRUNO), (ACCEPTS, RETURNS), (M2,), at(30, 60)),
    before=(M1, HANDED_OVER),
    tiers=1,
)

ROUNDS = Script(
    name="the ladder goes round, and the customer writes in the pause",
    actors=((M2,), (ASKS_ANNA, DECLINES, ASKS_ANNA), at(60, 90)),
    before=(M1, HANDED_OVER),
    tiers=1,
    rounds=2,
)

STRANDED = Script(
    name="a ladder dies, and the sweep starts another one",
    actors=((M2,), at(60, 150)),
    before=(M1, HANDED_OVER),
    tiers=1,
    rounds=2,
    mishaps=Mishaps(deaths=1, sweeps=1),
)

TRANSFERRED = Script(
    name="handed to a colleague who takes it, declines or stays silent",
    actors=((TO_COLLEAGUE,), (BRUNO_ACCEPTS, RESOLVES), (M2,), at(120)),
    before=(M1, HANDED_OVER, ACCEPTS),
    tiers=1,
)

TO_AND_FRO = Script(
    name="handed on, taken over and left, while somebody answers",
    actors=((REPLIES, TO_QUEUE, ACCEPTS), (TAKES_OVER,), (ANNA_LEAVES,), (M2,)),
    before=(M1, HANDED_OVER, ACCEPTS),
    tiers=1,
)

TAKEN_OVER = Script(
    name="a supervisor takes over from an agent who stays silent",
    actors=((TAKES_OVER,), at(96, 120), (M2,), (REPLIES,)),
    before=(M1, HANDED_OVER, ACCEPTS),
    terms=ALL,
)

GIVEN = Script(
    name="given to an agent who goes home, beside one who accepts",
    actors=((GIVES_BRUNO, BRUNO_LEAVES), (ACCEPTS, RESOLVES), (M2,), (LATE_LINK,)),
    before=(M1, HANDED_OVER),
    tiers=1,
)

SHORT_ROUTING_SCRIPTS = (ASKED, GIVEN, TRANSFERRED, STRANDED, TAKEN_OVER)
LONG_ROUTING_SCRIPTS = (BOTH_BELLS, ROUNDS, TO_AND_FRO)
