"""Which person: whoever may take it, in the order that the queue's settings tell, with reasons."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sportello.priorities import Priority
from sportello.routing.choice import (
    OTHERS_TOLD,
    Considered,
    Reason,
    choose_agent,
    choose_conversation,
    next_relaxation,
    queues_asked,
    why_not,
)
from sportello.routing.line import InLine
from sportello.routing.seats import Seat
from sportello.routing.settings import OverflowTo, QueueRouting
from support.builders import CHANNEL, NOW, seconds
from support.seats import (
    QUEUES,
    a_seat,
    in_line,
    one_seat,
    one_waiting,
    some_line,
    some_routing,
    some_seats,
)


def chosen(waiting: InLine, *seats: Seat, **routing: Any) -> str:
    return choose_agent(waiting, seats, QueueRouting(**routing), NOW).agent_id


def others(waiting: InLine, *seats: Seat, **routing: Any) -> dict[str, Reason]:
    choice = choose_agent(waiting, seats, QueueRouting(**routing), NOW)
    return {other.agent_id: other.reason for other in choice.others}


def test_who_has_had_nothing_for_longest_is_asked() -> None:
    assert chosen(in_line(), a_seat("anna", idle=10), a_seat("bruno", idle=20)) == "bruno"


def test_who_has_most_room_is_asked_where_the_queue_says_so() -> None:
    full, emptier = a_seat("anna", idle=20, share=0.8), a_seat("bruno", idle=10, share=0.2)
    assert chosen(in_line(), full, emptier, order="least_loaded") == "bruno"


def test_of_equally_loaded_the_longest_idle_is_asked() -> None:
    seats = a_seat("anna", idle=10, share=0.5), a_seat("bruno", idle=20, share=0.5)
    assert chosen(in_line(), *seats, order="least_loaded") == "bruno"


def test_the_more_skilled_of_two_equals_is_asked() -> None:
    assert chosen(in_line(), a_seat("anna"), a_seat("bruno", skills={CHANNEL: 5})) == "bruno"


def test_the_last_agent_comes_first_even_if_idle_for_less() -> None:
    waiting = in_line(last_agent="anna")
    choice = choose_agent(
        waiting, [a_seat("anna", idle=1), a_seat("bruno", idle=99)], QueueRouting(), NOW
    )
    assert (choice.agent_id, choice.reason) == ("anna", Reason.LAST_AGENT)
    assert choice.others == (Considered(agent_id="bruno", reason=Reason.LATER_IN_ORDER),)


def test_the_last_agent_is_one_of_many_where_the_queue_says_so() -> None:
    seats = a_seat("anna", idle=1), a_seat("bruno", idle=99)
    assert chosen(in_line(last_agent="anna"), *seats, last_agent_first=False) == "bruno"


def test_the_last_agent_without_room_is_not_waited_for() -> None:
    seats = a_seat("anna", room=1), a_seat("bruno")
    assert chosen(in_line(last_agent="anna"), *seats) == "bruno"


def test_nobody_is_asked_twice_in_a_round() -> None:
    assert chosen(in_line(passed_by=("anna",)), a_seat("anna")) == ""


def test_nobody_is_asked_for_more_than_they_have_room_for() -> None:
    assert chosen(in_line(units=2), a_seat("anna", room=1)) == ""
    assert chosen(in_line(units=2), a_seat("anna", room=2)) == "anna"


@pytest.mark.parametrize(
    ("waited", "relaxed_after", "asked"),
    [(299, 300, ""), (300, 300, "anna"), (86_400, None, ""), (0, 0, "anna")],
)
def test_who_does_not_speak_the_language_is_asked_after_a_while(
    waited: float, relaxed_after: int | None, asked: str
) -> None:
    waiting, seat = in_line(language="de", waited=waited), a_seat("anna", languages=("it", "en"))
    assert chosen(waiting, seat, language_relaxed_after_seconds=relaxed_after) == asked


@pytest.mark.parametrize(
    ("level", "waited", "relaxed_after", "asked"),
    [
        (3, 0, None, "anna"),
        (2, 119, 120, ""),
        (2, 120, 120, "anna"),
        (2, 86_400, None, ""),
        (0, 86_400, 0, ""),
    ],
)
def test_who_is_less_skilled_is_asked_after_a_while_but_never_who_has_no_skill(
    level: int, waited: float, relaxed_after: int | None, asked: str
) -> None:
    seat = a_seat("anna", skills={CHANNEL: level})
    routing = {"least_skill": 3, "skill_relaxed_after_seconds": relaxed_after}
    assert chosen(in_line(waited=waited), seat, **routing) == asked


def test_another_queue_helps_once_its_time_has_come() -> None:
    helper, overflow = a_seat("anna", queue="second"), (OverflowTo(queue="second"),)
    assert chosen(in_line(waited=119), helper, overflow=overflow) == ""
    assert chosen(in_line(waited=120), helper, overflow=overflow) == "anna"
    assert chosen(in_line(waited=86_400), helper) == ""


def test_who_fits_exactly_comes_before_who_may_be_asked_by_now() -> None:
    waiting = in_line(language="de", waited=600)
    speaker, idle = a_seat("anna", idle=1, languages=("de",)), a_seat("bruno", languages=("it",))
    assert chosen(waiting, speaker, idle) == "anna"
    assert others(waiting, speaker, idle) == {"bruno": Reason.OTHER_LANGUAGE}


def test_who_speaks_the_language_comes_before_who_is_skilled() -> None:
    waiting = in_line(language="de", waited=600)
    speaker = a_seat("anna", languages=("de",), skills={CHANNEL: 1})
    skilled = a_seat("bruno", languages=("it",), skills={CHANNEL: 5})
    assert chosen(waiting, speaker, skilled, least_skill=3) == "anna"


def test_the_own_queue_comes_before_its_overflow_in_the_order_listed() -> None:
    overflow = (OverflowTo(queue="third"), OverflowTo(queue="second"))
    own, second, third = (
        a_seat(name, queue=queue, idle=idle)
        for name, queue, idle in (
            ("anna", "default", 1),
            ("bruno", "second", 99),
            ("carla", "third", 9),
        )
    )
    waiting = in_line(waited=600)
    assert chosen(waiting, second, third, own, overflow=overflow) == "anna"
    assert chosen(waiting, second, third, overflow=overflow) == "carla"
    assert others(waiting, second, third, overflow=overflow) == {"bruno": Reason.OVERFLOW}


def test_each_other_agent_has_the_reason_why_not() -> None:
    assert others(
        in_line(language="it", passed_by=("bruno",), units=2),
        a_seat("anna", idle=99),
        a_seat("bruno", idle=98),
        a_seat("carla", idle=97, room=1),
        a_seat("dario", idle=96, languages=("de",)),
        a_seat("elena", idle=95, skills={CHANNEL: 1}),
        a_seat("fabio", idle=94, queue="second"),
        a_seat("greta", idle=93),
        least_skill=3,
        overflow=(OverflowTo(queue="second"),),
    ) == {
        "bruno": Reason.PASSED_BY,
        "carla": Reason.NO_ROOM,
        "dario": Reason.OTHER_LANGUAGE,
        "elena": Reason.BELOW_SKILL,
        "fabio": Reason.OVERFLOW_NOT_YET,
        "greta": Reason.LATER_IN_ORDER,
    }


def test_where_nobody_fits_everybody_has_a_reason() -> None:
    choice = choose_agent(in_line(), [a_seat("anna", room=0)], QueueRouting(), NOW)
    assert (choice.agent_id, choice.reason) == ("", None)
    assert choice.others == (Considered(agent_id="anna", reason=Reason.NO_ROOM),)


def test_only_the_first_few_others_are_told() -> None:
    crowd = [a_seat(f"agent-{number:02}", idle=100 - number) for number in range(30)]
    told = [other.agent_id for other in choose_agent(in_line(), crowd, QueueRouting(), NOW).others]
    assert told == [f"agent-{number:02}" for number in range(1, 1 + OTHERS_TOLD)]


def test_an_agent_of_two_queues_is_asked_as_of_the_own() -> None:
    waiting, overflow = in_line(waited=600), (OverflowTo(queue="second"),)
    twice = a_seat("anna", queue="second", idle=99), a_seat("anna", idle=1)
    choice = choose_agent(waiting, twice, QueueRouting(overflow=overflow), NOW)
    assert (choice.agent_id, choice.others) == ("anna", ())


@pytest.mark.parametrize("helps", ["another", "second"])
def test_of_an_agent_of_two_queues_is_told_what_is_true_of_the_own(helps: str) -> None:
    overflow = (OverflowTo(queue="another"), OverflowTo(queue="second"))
    twice = a_seat("bruno", queue=helps), a_seat("bruno")
    first = a_seat("anna", idle=99)
    assert others(in_line(), first, *twice, overflow=overflow) == {"bruno": Reason.LATER_IN_ORDER}


def test_a_free_agent_is_given_the_first_in_line_whom_they_may_take() -> None:
    first, second = in_line("c1", waited=60, language="de"), in_line("c2", waited=30, language="it")
    italian = a_seat(languages=("it",))
    assert choose_conversation(italian, [first, second], QueueRouting(), NOW) == second
    assert choose_conversation(a_seat(), [second, first], QueueRouting(), NOW) == first


def test_nobody_jumps_the_line_because_the_agent_knows_them() -> None:
    stranger, known = in_line("c1", waited=60), in_line("c2", waited=59, last_agent="anna")
    assert choose_conversation(a_seat("anna"), [known, stranger], QueueRouting(), NOW) == stranger


def test_an_urgent_matter_is_taken_before_who_has_waited_up_to_an_hour_more() -> None:
    urgent = in_line("c1", priority=Priority.URGENT)
    hour, more = in_line("c2", waited=3_599), in_line("c3", waited=3_601)
    assert choose_conversation(a_seat(), [hour, urgent], QueueRouting(), NOW) == urgent
    assert choose_conversation(a_seat(), [urgent, more], QueueRouting(), NOW) == more


@given(waiting=one_waiting, seats=some_seats, routing=some_routing)
def test_whoever_is_chosen_may_take_it(
    waiting: InLine, seats: list[Seat], routing: QueueRouting
) -> None:
    able = {seat.agent_id for seat in seats if why_not(waiting, seat, routing, NOW) is None}
    choice = choose_agent(waiting, seats, routing, NOW)
    assert choice.agent_id in able if able else choice.agent_id == ""
    told = [other.agent_id for other in choice.others]
    assert {choice.agent_id, *told} - {""} == {seat.agent_id for seat in seats}
    assert len(told) == len(set(told))
    assert choice.agent_id not in told


@given(waiting=one_waiting, seats=some_seats, routing=some_routing)
def test_nobody_who_may_take_it_comes_before_whoever_is_chosen(
    waiting: InLine, seats: list[Seat], routing: QueueRouting
) -> None:
    choice = choose_agent(waiting, seats, routing, NOW)
    able = [seat for seat in seats if why_not(waiting, seat, routing, NOW) is None]
    theirs = [seat for seat in able if seat.agent_id == choice.agent_id]
    queues = [waiting.queue, *(to.queue for to in routing.overflow)]

    def order(seat: Seat) -> tuple[Any, ...]:
        return (
            not (routing.last_agent_first and seat.agent_id == waiting.last_agent),
            bool(waiting.language and seat.languages and waiting.language not in seat.languages),
            seat.skills.get(CHANNEL, 3) < routing.least_skill,
            queues.index(seat.queue),
            seat.share if routing.order == "least_loaded" else 0,
            seat.idle_since,
            -seat.skills.get(CHANNEL, 3),
            seat.agent_id,
        )

    assert not able or min(map(order, theirs)) == min(map(order, able))


@given(data=st.data(), waiting=one_waiting, seats=some_seats, line=some_line, routing=some_routing)
def test_nothing_depends_on_the_order_in_which_it_was_read(
    data: st.DataObject,
    waiting: InLine,
    seats: list[Seat],
    line: list[InLine],
    routing: QueueRouting,
) -> None:
    shuffled = data.draw(st.permutations(seats))
    assert choose_agent(waiting, shuffled, routing, NOW) == choose_agent(
        waiting, seats, routing, NOW
    )
    seat, other_line = a_seat(), data.draw(st.permutations(line))
    assert choose_conversation(seat, other_line, routing, NOW) == choose_conversation(
        seat, line, routing, NOW
    )


@given(waiting=one_waiting, seat=one_seat, routing=some_routing)
def test_agent_and_conversation_alone_find_each_other_from_both_sides(
    waiting: InLine, seat: Seat, routing: QueueRouting
) -> None:
    from_the_line = choose_agent(waiting, [seat], routing, NOW).agent_id == seat.agent_id
    from_the_seat = choose_conversation(seat, [waiting], routing, NOW) == waiting
    assert from_the_line == from_the_seat


@given(seat=one_seat, line=some_line, routing=some_routing)
def test_the_line_is_kept_among_those_whom_an_agent_may_take(
    seat: Seat, line: list[InLine], routing: QueueRouting
) -> None:
    taken = choose_conversation(seat, line, routing, NOW)
    able = [each for each in line if why_not(each, seat, routing, NOW) is None]
    assert (taken is None) == (not able)
    assert taken is None or taken.place == min(each.place for each in able)


@given(
    waiting=one_waiting, seat=one_seat, routing=some_routing, later=st.integers(0, 400).map(seconds)
)
def test_whoever_may_be_asked_may_be_asked_later_too(
    waiting: InLine, seat: Seat, routing: QueueRouting, later: Any
) -> None:
    if why_not(waiting, seat, routing, NOW) is None:
        assert why_not(waiting, seat, routing, NOW + later) is None


def _asked(
    waiting: InLine, seats: list[Seat], routing: QueueRouting, now: datetime
) -> set[tuple[str, str]]:
    return {
        (seat.agent_id, seat.queue)
        for seat in seats
        if why_not(waiting, seat, routing, now) is None
    }


@given(waiting=one_waiting, seats=some_seats, routing=some_routing, share=st.floats(0, 1))
@example(
    waiting=in_line(language="de"),
    seats=[a_seat(languages=("it",))],
    routing=QueueRouting(),
    share=1,
)
def test_until_the_next_relaxation_nobody_more_may_be_asked(
    waiting: InLine, seats: list[Seat], routing: QueueRouting, share: float
) -> None:
    at = next_relaxation(waiting, routing, NOW)
    before = (at - NOW - seconds(0.001)) if at else seconds(86_400)
    until = NOW + max(before, seconds(0)) * share
    assert _asked(waiting, seats, routing, until) == _asked(waiting, seats, routing, NOW)


def test_a_relaxation_that_has_just_come_is_not_the_next_one() -> None:
    waiting, routing = in_line(waited=120, language="de"), QueueRouting(least_skill=3)
    assert next_relaxation(waiting, routing, NOW) == NOW + seconds(180)
    assert next_relaxation(waiting, routing, NOW + seconds(180)) is None


@given(waiting=one_waiting, routing=some_routing)
def test_at_the_next_relaxation_somebody_more_may_be_asked(
    waiting: InLine, routing: QueueRouting
) -> None:
    at = next_relaxation(waiting, routing, NOW)
    everybody = [
        a_seat(
            f"{queue}-{language}-{level}",
            queue=queue,
            languages=(language,),
            skills={CHANNEL: level},
        )
        for queue in QUEUES
        for language in (waiting.language or "it", "xx")
        for level in (1, 5)
    ]
    if at is not None:
        assert at > NOW
        just_before = _asked(waiting, everybody, routing, at - seconds(0.001))
        assert just_before < _asked(waiting, everybody, routing, at)


def test_a_queue_and_its_overflow_are_asked_in_the_order_listed() -> None:
    overflow = tuple(
        OverflowTo(queue=queue, after_seconds=after)
        for queue, after in (("third", 60), ("second", 30), ("default", 0))
    )
    routing = QueueRouting(overflow=overflow)
    assert queues_asked(in_line(waited=29), routing, NOW) == ("default",)
    assert queues_asked(in_line(waited=30), routing, NOW) == ("default", "second")
    assert queues_asked(in_line(waited=60), routing, NOW) == ("default", "third", "second")
