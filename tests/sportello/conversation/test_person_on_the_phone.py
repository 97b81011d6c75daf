"""Somebody of the business writes from its own phone, outside Sportello."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sportello.messaging.items import Echo
from sportello.sla.clocks import ClockKind, PromiseTerms
from support.builders import (
    ACCOUNT,
    HANDLE,
    NIGHT,
    an_item,
    answer,
    receive,
    seconds,
    terms_with,
)
from support.clouds.working_desk import WorkingDesk, working_desk
from support.story import Story

UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"
BEFORE_CLOSING = NIGHT.replace(hour=16, minute=50)  # 17:50 in Rome


@pytest.fixture
def office() -> Iterator[WorkingDesk]:
    with working_desk() as empty:
        yield empty


def write_from_the_phone(office: WorkingDesk) -> None:
    echo = Echo(
        account_id=ACCOUNT,
        provider_item_id="echo-1",
        sent_at=office.now,
        handle=HANDLE,
        reply_to=HANDLE,
        provider_message_id="phone-1",
        text="Buonasera, sono Marco del negozio. Che taglia le serve?",
    )
    office.note(echo)


def told_closed(office: WorkingDesk) -> list[str]:
    return [m.text for m in office.messages() if m.key.startswith("out_of_hours")]


def test_who_is_in_the_middle_of_it_with_a_person_is_not_told_that_nobody_is_there(
    office: WorkingDesk,
) -> None:
    office.now = BEFORE_CLOSING
    office.receive(office.write(UNKNOWN))
    office.hand_over()
    office.now = NIGHT
    write_from_the_phone(office)
    office.pass_time(seconds(30))
    office.receive(office.write("La M. Quando arriva?"), turn_id="turn-2")
    assert told_closed(office) == []


def test_nor_by_a_bot_that_hands_over_meanwhile(office: WorkingDesk) -> None:
    office.now = NIGHT
    office.receive(office.write("Buonasera"))
    office.pass_time(seconds(20))
    write_from_the_phone(office)
    office.pass_time(seconds(100))
    office.receive(office.write(UNKNOWN), turn_id="turn-2")
    office.hand_over(turn_id="turn-2")
    assert told_closed(office) == []


def test_a_person_who_wrote_long_ago_is_not_there(office: WorkingDesk) -> None:
    office.now = BEFORE_CLOSING
    office.receive(office.write(UNKNOWN))
    office.hand_over()
    office.pass_time(seconds(60))
    write_from_the_phone(office)
    office.now = NIGHT + timedelta(minutes=1)
    office.receive(office.write("Ci siete?"), turn_id="turn-2")
    assert len(told_closed(office)) == 1


def test_a_greeting_that_a_phone_sends_by_itself_keeps_no_promise() -> None:
    story = Story(terms_with())
    story.write()
    story.do(answer().model_copy(update={"promise": PromiseTerms(within_seconds=1_200)}))
    story.wait(300).write()
    story.do(receive(an_item("echo-1", story.now, kind="echo")))  # within the same second
    assert story.state.turn is not None
    assert story.clock(ClockKind.PROMISE).running
