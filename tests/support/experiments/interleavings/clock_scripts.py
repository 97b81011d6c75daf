"""Scripts in which every kind of clock runs: silence, snoozes, promises, edits, thanks, news."""

from sportello.conversation.commands import EndSnooze, KeepPromise, Snooze
from sportello.sla.clocks import PromiseTerms
from support.builders import NOW, answer, reply, seconds
from support.experiments.demanding_terms import RESPONSES, demanding
from support.experiments.interleavings.script import Acts, Edits, Script, arrives, at
from support.experiments.interleavings.scripts import (
    ACCEPTS,
    BRUNO_ACCEPTS,
    BRUNO_REPLIES,
    EITHER,
    HANDED_OVER,
    M1,
    REPLIES,
    RESOLVES,
    RETURNS,
)
from support.experiments.interleavings.world import Mishaps

ALL = (demanding(),)

WITHIN_A_MINUTE = PromiseTerms(within_seconds=60)
BY_HAND = PromiseTerms(within_seconds=60, kept_by="hand")

SNOOZES = Acts(Snooze(agent_id="anna", until=NOW + seconds(100)), "anna puts it aside")
WAKES = Acts(EndSnooze(agent_id="anna"), "anna takes it up again")
PROMISES = Acts(
    reply(key="2").model_copy(update={"promise": WITHIN_A_MINUTE}), "anna promises an answer"
)
PROMISES_A_CALL = Acts(
    reply(key="3").model_copy(update={"promise": BY_HAND}), "anna promises to call"
)
CALLS = Acts(
    KeepPromise(agent_id="anna", promise_id=reply(key="3").key), "anna says that she has called"
)
BOT_PROMISES = Acts(
    answer("m1", turn_id="run-of-m1").model_copy(update={"promise": WITHIN_A_MINUTE}),
    "the bot answers m1 and promises more",
)
M2 = arrives("m2")
THANKS = arrives("t1", sent=-1, thanks=True)
THANKS_AGAIN = arrives("t1", sent=-1, thanks=True, run="another-run")

SILENCE = Script(
    name="an agent stays silent and loses the conversation",
    actors=(at(96, 120), (REPLIES,), (BRUNO_ACCEPTS, BRUNO_REPLIES), (M2,)),
    before=(M1, HANDED_OVER, ACCEPTS),
    terms=ALL,
    mishaps=Mishaps(lost_answers=1),
)

ASIDE = Script(
    name="put aside: until its time, until the customer writes, until taken up",
    actors=((SNOOZES, WAKES), (M2,), at(96, 100), (REPLIES, RESOLVES)),
    before=(M1, HANDED_OVER, ACCEPTS),
    terms=ALL,
)

PROMISED = Script(
    name="promises of an agent: kept in time, late, by hand, given back",
    actors=((PROMISES, PROMISES_A_CALL, CALLS), at(48, 60), (REPLIES,), (RETURNS,)),
    before=(M1, HANDED_OVER, ACCEPTS),
    terms=ALL,
)

PROMISED_BY_BOT = Script(
    name="a promise of the bot is broken before people know of it",
    actors=((M2,), at(48, 60), (BRUNO_REPLIES, RESOLVES)),
    before=(M1, BOT_PROMISES),
    verdicts=EITHER,
    terms=ALL,
    mishaps=Mishaps(lost_answers=1),
)

EDITED = Script(
    name="settings give more time while clocks run, some still read the older ones",
    actors=((Edits(),), at(240, 480), (ACCEPTS,)),
    before=(M1, HANDED_OVER),
    terms=(demanding(1), demanding(2, stretch=2)),
    mishaps=Mishaps(old_reads=1),
)

SHORTENED = Script(
    name="settings give less time while clocks run, and while they are put aside",
    actors=((Edits(),), at(60, 100), (SNOOZES,), (REPLIES,)),
    before=(M1, HANDED_OVER, ACCEPTS),
    terms=(demanding(1), demanding(2, stretch=0.5)),
    mishaps=Mishaps(old_reads=1),
)

TAKEN_AWAY = Script(
    name="settings take targets away",
    actors=((Edits(),), at(96), (REPLIES, M2), (RETURNS,)),
    before=(M1, HANDED_OVER, ACCEPTS),
    terms=(demanding(1), RESPONSES.model_copy(update={"sla_version": 2})),
    mishaps=Mishaps(old_reads=1),
)

THANKED = Script(
    name="thanks before, with and after the resolution",
    actors=((THANKS,), (REPLIES, RESOLVES), (THANKS_AGAIN,), (M2,)),
    before=(M1, HANDED_OVER),
    verdicts=EITHER,
    terms=ALL,
)

THANKED_FOR_AN_ANSWER = Script(
    name="thanks before, with and after an answer, and no resolution",
    actors=((THANKS, THANKS_AGAIN), (REPLIES,), at(96, 120), (M2,)),
    before=(M1, HANDED_OVER, ACCEPTS),
    terms=ALL,
)

ANNOUNCED = Script(
    name="a wait is told, and told anew while it lasts",
    actors=(at(30, 60), (ACCEPTS, REPLIES), (RESOLVES,)),
    before=(M1,),
    verdicts=("hands over",),
    terms=ALL,
    announces=30,
    mishaps=Mishaps(early_ticks=1),
)

SHORT_CLOCK_SCRIPTS = (THANKED, THANKED_FOR_AN_ANSWER)
LONG_CLOCK_SCRIPTS = (
    SILENCE,
    ASIDE,
    PROMISED,
    PROMISED_BY_BOT,
    EDITED,
    SHORTENED,
    TAKEN_AWAY,
    ANNOUNCED,
)
