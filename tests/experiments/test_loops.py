"""Two desks writing to each other stop; what a machine wrote is never answered."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.bot.settings import BotSettings, FaqSettings
from sportello.conversation.commands import Command
from sportello.conversation.decision import Decision
from sportello.conversation.events import OwnerKind
from sportello.conversation.evolution import fold
from sportello.conversation.state import REPLY_BUDGET, REPLY_BUDGET_WINDOW, ConversationState
from sportello.errors import NotAllowed
from sportello.language.settings import TextSettings
from support.builders import (
    NOW,
    accept,
    an_away_text,
    an_item,
    answer,
    decide,
    messages,
    receive,
    request_human,
    return_to_bot,
    tick,
)
from support.clouds.table import configure
from support.experiments.bridges import BRIDGES
from support.experiments.two_desks import Instance, TwoDesks, two_desks
from support.front_door import MODULES

PING = "Grazie mille per averci scritto, quando vuole siamo qui"
LIMIT = 200
"""Messages after which two desks are said to loop for ever."""

THOROUGH = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1

type Measured = Callable[[str], None]


def test_every_channel_has_a_bridge() -> None:
    assert BRIDGES.keys() == MODULES.keys(), "write a bridge for the new channel"


@pytest.fixture(params=sorted(MODULES))
def desks(request: pytest.FixtureRequest) -> Iterator[TwoDesks]:
    """Two desks on each channel whose bots take each other's answer for a question they know."""
    with two_desks(request.param) as opened:
        # The packaged disclosure offers a person, and the other bot takes that for a request.
        texts = {"bot_disclosure": "Risponde un programma."}
        configure(
            opened.one.desk.table,
            TextSettings.model_validate({"texts": {"it": texts, "en": texts}}),
        )
        disclosed = f"{texts['bot_disclosure']}\n\n{PING}"
        entry = {"id": "ping", "questions": [PING, disclosed], "answer": PING}
        document = {"entries": {"it": [entry], "en": [entry]}}
        configure(opened.one.desk.table, FaqSettings.model_validate(document))
        yield opened


def talkative(desks: TwoDesks) -> None:
    """Let a bot answer as often as settings allow, so that only the budget is left to stop it."""
    configure(desks.one.desk.table, BotSettings(answers_per_stretch=20))


def sides(desks: TwoDesks) -> list[tuple[Instance, str]]:
    return [(side, desks.conversation_of(side)) for side in (desks.one, desks.other)]


def most_in_a_window(instants: list[datetime]) -> int:
    return max(
        (sum(start <= at < start + REPLY_BUDGET_WINDOW for at in instants) for start in instants),
        default=0,
    )


@pytest.mark.experiment
def test_two_talkative_desks_stop_at_the_budget_with_one_alert(
    desks: TwoDesks, measured: Measured
) -> None:
    talkative(desks)
    desks.begin(PING)
    carried = desks.run(LIMIT)
    assert carried < LIMIT
    alerted = [side for side, name in sides(desks) if side.alerts_at(name)]
    assert alerted, "neither came to the end of its budget: the loop proves nothing"
    for side, name in sides(desks):
        assert len(side.automatic_at(name)) <= REPLY_BUDGET
        assert len(side.alerts_at(name)) == len(side.climbs(name)) == (side in alerted)
        people = side.state(name).owner.kind is OwnerKind.QUEUE
        assert people == (side in alerted)
    measured(
        f"loops, {desks.one.channel}: silent after {carried} messages, {len(alerted)} alert(s)"
    )


@pytest.mark.parametrize(
    "beginning",
    [
        "Grazie!",
        *(
            pytest.param(text, marks=pytest.mark.experiment)
            for text in (PING, "Quali sono i vostri orari?", "Il coccodrillo canta stonato")
        ),
    ],
)
def test_two_desks_as_they_come_fall_silent(
    beginning: str, desks: TwoDesks, measured: Measured
) -> None:
    desks.begin(beginning)
    carried = desks.run(LIMIT)
    assert carried < 2 * REPLY_BUDGET
    for side, name in sides(desks):
        assert len(side.automatic_at(name)) <= REPLY_BUDGET
    measured(f"loops, {desks.one.channel}: {beginning!r} ends after {carried} messages")


@pytest.mark.experiment
def test_another_customer_is_answered_while_two_desks_have_run_dry(desks: TwoDesks) -> None:
    talkative(desks)
    desks.begin(PING)
    desks.run(LIMIT)
    known = set(desks.one.conversations)
    desks.begin(PING, handle=f"{desks.line.other.handle}99")
    (name,) = desks.one.conversations - known
    (message,) = desks.one.messages(name)
    assert message.text.endswith(PING)
    assert desks.one.alerts_at(name) == []


def test_where_a_provider_says_that_a_machine_writes_it_gets_no_answer(desks: TwoDesks) -> None:
    announced = desks.line.announced
    if announced is None:
        pytest.skip("this provider never tells")
    desks.begin(PING, bridge=announced)
    assert desks.run(LIMIT) == 0
    assert desks.one.messages(desks.conversation_of(desks.one)) == []


@pytest.mark.experiment
def test_through_half_a_day_no_window_holds_more_than_its_budget(
    desks: TwoDesks, measured: Measured
) -> None:
    """People give the conversations back to the bots again and again, and somebody begins anew."""
    talkative(desks)
    for _ in range(4):
        desks.begin(PING)
        desks.run(LIMIT)
        desks.now += timedelta(hours=3)
        for side, name in sides(desks):
            side.give_back_to_bot(name, desks.now)
    for side, name in sides(desks):
        sent = side.automatic_at(name)
        assert len(sent) > REPLY_BUDGET, "after the window it answers again"
        assert most_in_a_window(sent) <= REPLY_BUDGET
        assert most_in_a_window(side.alerts_at(name)) <= 1
    measured(
        f"half a day of loops, {desks.one.channel}: {desks.carried} messages, "
        f"at most {REPLY_BUDGET} of a side in any window"
    )


# --- what machines write ----------------------------------------------------------------------

FROM_MACHINES = ("echo", "auto-submitted")

happenings = st.lists(
    st.sampled_from(
        ["question", "question", "unknown", "request", "accept", "return", "quiet", *FROM_MACHINES]
    ),
    min_size=1,
    max_size=12,
)


class Story:
    """One conversation driven by the pure rules, with a bot that is as quick as it can be.

    `answered` names what each automatic message was decided for.
    """

    def __init__(self) -> None:
        self.state, self.now = ConversationState(), NOW
        self.answered: list[tuple[str, ...]] = []
        self.automatic = 0
        self._items = 0

    def ask(self, command: Command) -> Decision:
        try:
            decision = decide(self.state, command, self.now)
        except NotAllowed:
            return Decision()
        self.state = fold(decision.events, self.state)
        self.automatic += sum(m.automatic for m in messages(decision))
        return decision

    def happen(self, what: str) -> None:
        self.now += timedelta(hours=2 if what == "quiet" else 0, seconds=1)
        match what:
            case "accept":
                self.ask(accept())
            case "return":
                self.ask(return_to_bot())
            case "quiet":
                self.ask(tick())
            case "silence":
                self._items += 1  # so that what follows has the same name in both stories
            case _:
                self._write(what)

    def _write(self, what: str) -> None:
        self._items += 1
        name, turn_id = f"{what}-{self._items}", f"turn-{self._items}"
        kind = "echo" if what == "echo" else "message"
        item = an_item(name, self.now, kind=kind).model_copy(
            update={"wants_answer": what not in FROM_MACHINES}
        )
        before = self.automatic
        away = an_away_text(self.now - timedelta(minutes=30))
        self.ask(receive(item, turn_id=turn_id, away=away))
        turn, owner = self.state.turn, self.state.owner
        if owner.kind is OwnerKind.BOT and turn is not None and turn.leased_to == turn_id:
            asked = tuple(item.item_id for item in turn.items)
            if what == "question":
                self.ask(answer(*asked, turn_id=turn_id, owner_version=owner.version))
            else:
                self.ask(request_human(turn_id=turn_id, owner_version=owner.version))
            self.answered.append(asked)
        if what in FROM_MACHINES:
            assert self.automatic == before, f"{what} was answered"


@pytest.mark.parametrize(
    "examples",
    [pytest.param(20, id="slice"), pytest.param(800, id="all", marks=pytest.mark.experiment)],
)
def test_no_echo_and_no_machines_message_causes_an_automatic_one(
    examples: int, measured: Measured
) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=examples * THOROUGH)
    @given(happenings)
    def tell(story: list[str]) -> None:
        told, people_alone = Story(), Story()
        for what in story:
            told.happen(what)
            people_alone.happen("silence" if what in FROM_MACHINES else what)
        seen.update(story)
        assert not [name for asked in told.answered for name in asked if _from_machine(name)]
        # Machines may make an answer superfluous (an echo answers), never cause one more.
        assert told.automatic <= people_alone.automatic

    tell()
    measured(f"echoes and auto-submitted: {examples * THOROUGH:,} stories, {seen['echo']:,} echoes")


def _from_machine(name: str) -> bool:
    return name.rpartition("-")[0] in FROM_MACHINES
