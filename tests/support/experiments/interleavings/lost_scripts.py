"""Scripts in which messages are lost: refused at the door, reported later, withdrawn."""

from sportello.messaging.items import DeliveryStatus
from sportello.sla.clocks import PromiseTerms
from support.builders import offer, reply
from support.experiments.demanding_terms import demanding
from support.experiments.interleavings.script import Acts, Script, arrives, at
from support.experiments.interleavings.scripts import (
    ACCEPTED,
    ACCEPTS,
    BRUNO_REPLIES,
    DELIVERED,
    EITHER,
    HANDED_OVER,
    M1,
    M2,
    REFUSED,
    REPLIES,
    RESOLVES,
    RETURNS,
    SENT,
    UNKNOWN,
)
from support.experiments.interleavings.world import Mishaps

ADDS = Acts(reply(key="2"), "anna adds a line")
ADDS_MORE = Acts(reply(key="4"), "anna adds another line")
PROMISES = Acts(
    reply(key="3").model_copy(update={"promise": PromiseTerms(within_seconds=600)}),
    "anna promises an answer",
)
RUNG = Acts(offer(), "the first tier is rung")
TAKEN = (M1, HANDED_OVER, RUNG, ACCEPTS)
ANSWERED = (*TAKEN, REPLIES)
LOSSES: tuple[DeliveryStatus, ...] = (ACCEPTED, REFUSED)

TWO_PARTS = Script(
    name="of two replies either is lost, at the door or later, as the customer writes again",
    actors=((REPLIES, ADDS), (M2,)),
    before=TAKEN,
    outcomes=LOSSES,
    receipts=(REFUSED,),
)

AFTER_ALL = Script(
    name="of two replies either is called lost and may arrive after all",
    actors=((ADDS,),),
    before=ANSWERED,
    outcomes=LOSSES,
    receipts=(REFUSED, DELIVERED),
)

AFTER_ALL_AMID_MORE = Script(
    name="either of two replies may arrive after all, and the customer writes again",
    actors=((ADDS,), (M2,)),
    before=ANSWERED,
    outcomes=LOSSES,
    receipts=(REFUSED, DELIVERED),
)

CONTRADICTED = Script(
    name="receipts that contradict one another end in the same facts",
    actors=(),
    before=ANSWERED,
    outcomes=(ACCEPTED,),
    receipts=(SENT, REFUSED, DELIVERED, REFUSED),
    confluent=True,
)

SETTLED = Script(
    name="a reply is lost, or is not, in a matter resolved meanwhile",
    actors=((RESOLVES,), (M2,)),
    before=ANSWERED,
    verdicts=EITHER,
    outcomes=(ACCEPTED, REFUSED, UNKNOWN),
    receipts=(REFUSED, DELIVERED),
)

GIVEN_BACK = Script(
    name="replies and the bot's answers are lost in a conversation given back",
    actors=((ADDS, RETURNS), (M2,)),
    before=ANSWERED,
    verdicts=EITHER,
    outcomes=LOSSES,
    receipts=(REFUSED,),
)

BOTS = Script(
    name="the bot's answers are lost, or withdrawn by a takeover",
    actors=((M1, M2), (BRUNO_REPLIES,)),
    verdicts=EITHER,
    outcomes=(ACCEPTED, REFUSED, UNKNOWN),
    mishaps=Mishaps(outages=1),
)

ELSEWHERE = Script(
    name="what a lost reply answered was answered elsewhere, as far as it was written before",
    actors=((arrives("e1", sent=5, kind="echo"),), (arrives("m2", sent=8),), (ADDS,)),
    before=ANSWERED,
    outcomes=LOSSES,
    receipts=(REFUSED,),
)

IN_TIME = Script(
    name="clocks of every kind go on from where they were",
    actors=((REPLIES,), at(130, 310)),
    before=TAKEN,
    outcomes=LOSSES,
    receipts=(REFUSED, DELIVERED),
    terms=(demanding(),),
)

BEFORE_THE_NEXT = Script(
    name="the customer writes again before an answer is lost, on clocks of every kind",
    actors=((REPLIES,), at(130), (M2,)),
    before=TAKEN,
    outcomes=LOSSES,
    receipts=(REFUSED,),
    terms=(demanding(),),
)

OWED = Script(
    name="a promise that was lost, and one that a lost reply kept",
    actors=((PROMISES, ADDS), at(500)),
    before=TAKEN,
    outcomes=LOSSES,
    receipts=(REFUSED,),
    terms=(demanding(),),
)

MADE_UP = Script(
    name="of three replies each may make up for those that were lost before it",
    actors=((ADDS, ADDS_MORE),),
    before=ANSWERED,
    outcomes=LOSSES,
    receipts=(REFUSED,),
)

SHORT_LOST_SCRIPTS = (CONTRADICTED, TWO_PARTS, AFTER_ALL)
LONG_LOST_SCRIPTS = (
    AFTER_ALL_AMID_MORE,
    SETTLED,
    GIVEN_BACK,
    BOTS,
    ELSEWHERE,
    IN_TIME,
    BEFORE_THE_NEXT,
    OWED,
    MADE_UP,
)
