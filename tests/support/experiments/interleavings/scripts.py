"""The scripts: each has a few actors meet where something could go wrong."""

from datetime import timedelta

from sportello.conversation.state import REPLY_BUDGET
from sportello.messaging.items import DeliveryStatus
from support.builders import (
    NOW,
    accept,
    answer,
    decline,
    reply,
    request_human,
    resolve,
    return_to_bot,
)
from support.experiments.demanding_terms import FIRST_RESPONSES
from support.experiments.interleavings.script import Acts, Script, Step, Verdict, arrives, at
from support.experiments.interleavings.world import Mishaps

ACCEPTED, UNKNOWN, REFUSED, SENT, DELIVERED, READ = (
    DeliveryStatus.ACCEPTED,
    DeliveryStatus.UNKNOWN,
    DeliveryStatus.REFUSED,
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
)

ACCEPTS = Acts(accept(), "anna accepts")
DECLINES = Acts(decline(), "anna declines")
REPLIES = Acts(reply(), "anna replies")
REPEATS = Acts(reply(), "anna's client repeats her reply")
RETURNS = Acts(return_to_bot(), "anna returns it to the bot")
RESOLVES = Acts(resolve(), "anna resolves")
BRUNO_ACCEPTS = Acts(accept("bruno"), "bruno accepts")
BRUNO_DECLINES = Acts(decline("bruno"), "bruno declines")
BRUNO_REPLIES = Acts(reply("bruno", "9"), "bruno replies")

HANDED_OVER = Acts(request_human(turn_id="run-of-m1"), "run-of-m1 hands over")

EITHER: tuple[Verdict, ...] = ("answers", "hands over")

WARNING, DUE = at(240), at(300)
"""When the first-response clock of a message sent at the start warns, and when it is due."""

LEASE_OVER = at(95)

M1, M2, M3 = arrives("m1"), arrives("m2", sent=1), arrives("m3", sent=2)
ECHOED = arrives("e1", sent=1, kind="echo")
M2_AGAIN = arrives("m2", sent=1, run="second-run-of-m2")


def spent_budget() -> tuple[Step, ...]:
    """All automatic messages but one that a counterpart may get, sent already."""
    steps: list[Step] = []
    for number in range(REPLY_BUDGET - 1):
        name = f"old-{number}"
        said = answer(name, turn_id=f"run-of-{name}")
        steps += [arrives(name, sent=-60 + number), Acts(said, f"the bot answers {name}")]
    return tuple(steps)


BURST = Script(
    name="a burst delivered twice, its run dies, the sweep retries",
    actors=((M1, M2), (M2_AGAIN,), LEASE_OVER),
    verdicts=EITHER,
    mishaps=Mishaps(deaths=1, sweeps=1),
)

TAKEOVER = Script(
    name="an agent takes over from the bot and gives back, replies are repeated",
    actors=((M1, M2), (ACCEPTS, REPLIES, REPEATS, RETURNS), (arrives("m1", run="again"),)),
    verdicts=EITHER,
)

DOOR = Script(
    name="a takeover while automatic messages wait at the provider's door",
    actors=((M1, M2), (REPLIES, RETURNS)),
    verdicts=EITHER,
    outcomes=(ACCEPTED,),
    mishaps=Mishaps(outages=1),
)

RECEIPTS = Script(
    name="receipts in any order, repeated, around an uncertain send",
    actors=((RESOLVES,), (M2,)),
    before=(M1, REPLIES),
    outcomes=(ACCEPTED, REFUSED, UNKNOWN),
    receipts=(SENT, DELIVERED, READ, DELIVERED),
    mishaps=Mishaps(redeliveries=1, outages=1),
)

ALL_RECEIPTS = Script(
    name="the same receipts end in the same status",
    actors=(),
    before=(M1, REPLIES),
    outcomes=(ACCEPTED,),
    receipts=(SENT, DELIVERED, READ, SENT, REFUSED),
    confluent=True,
)

TIMERS = Script(
    name="clocks and their timers: early, late, repeated",
    actors=((*WARNING, *DUE), (REPLIES,), (M2,), (RESOLVES,)),
    before=(M1,),
    verdicts=("hands over",),
    terms=(FIRST_RESPONSES,),
    mishaps=Mishaps(early_ticks=1, lost_answers=1),
)

LOST_TIMERS = Script(
    name="timers die and the sweep ticks",
    actors=((*at(240, 246, 306),), (arrives("m0", sent=-30),), (REPLIES,)),
    before=(M1,),
    verdicts=("hands over",),
    terms=(FIRST_RESPONSES,),
    mishaps=Mishaps(deaths=1, sweeps=2),
)

LADDER = Script(
    name="two tiers ring, decline, stay silent, lose their answers",
    actors=(at(60, 120), (DECLINES, BRUNO_DECLINES), (ACCEPTS,)),
    before=(M1,),
    verdicts=("hands over",),
    tiers=2,
    tier_agents=("anna", "bruno"),
    mishaps=Mishaps(lost_answers=1),
)

TWO_HANDOFFS = Script(
    name="a ladder of an older handoff meets a newer one",
    actors=((M2,), (ACCEPTS, RETURNS), at(60)),
    before=(M1,),
    verdicts=("hands over",),
    tiers=1,
)

TWO_AGENTS = Script(
    name="two agents want the same conversation",
    actors=((ACCEPTS, REPLIES, RESOLVES), (BRUNO_ACCEPTS, BRUNO_REPLIES), (M2,)),
    before=(M1,),
    verdicts=EITHER,
)

REOPENED = Script(
    name="a message comes as the matter is resolved",
    actors=((M2, M3), (REPLIES, RESOLVES), at(240, 300)),
    before=(M1,),
    verdicts=EITHER,
    terms=(FIRST_RESPONSES,),
)

CLOSED = Script(
    name="the office is closed: handed over twice in one closed period",
    actors=((M2, M3), (RETURNS,), at(30)),
    before=(M1,),
    verdicts=EITHER,
    closed_since=NOW + timedelta(seconds=20),
    outcomes=(ACCEPTED,),
)

BUDGET = Script(
    name="one automatic message is left of the budget",
    actors=((M1, M2), (RETURNS,), LEASE_OVER),
    before=spent_budget(),
    verdicts=EITHER,
)

ECHO = Script(
    name="a person answers outside Sportello, clocks go on",
    actors=((M1, M3), (ECHOED,), (ACCEPTS,), at(240, 245)),
    verdicts=EITHER,
)

LATE_FOR_ECHO = Script(
    name="messages arrive after the echo that answers them",
    actors=((M3,), (ECHOED,), (arrives("m0", sent=-10),), (M2,)),
    before=(M1, HANDED_OVER),
    verdicts=EITHER,
)


def in_any_order(late: int) -> Script:
    """Messages sent before the one that was handed over arrive after it."""
    return Script(
        name=f"{late} late messages of a queue in any order",
        actors=tuple((arrives(f"m{n}", sent=-10 * n),) for n in range(2, 2 + late)),
        before=(M1, HANDED_OVER),
        confluent=True,
    )


SOME_ORDERS = in_any_order(3)

EVERYBODY = Script(
    name="customer, redelivery, bot, ladder, agent, provider and time together",
    actors=((M1, M2), (M2_AGAIN,), (ACCEPTS, REPLIES), at(60)),
    verdicts=EITHER,
    outcomes=(ACCEPTED,),
    tiers=1,
)

SHORT_SCRIPTS = (TAKEOVER, ALL_RECEIPTS, TWO_AGENTS, BUDGET, LATE_FOR_ECHO, SOME_ORDERS)

LONG_SCRIPTS = (
    BURST,
    DOOR,
    ECHO,
    RECEIPTS,
    TIMERS,
    LOST_TIMERS,
    LADDER,
    TWO_HANDOFFS,
    REOPENED,
    CLOSED,
    in_any_order(5),
    EVERYBODY,
)
