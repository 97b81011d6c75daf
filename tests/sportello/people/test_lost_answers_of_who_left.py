"""An answer turns out to be lost when whoever gave it is at work no more."""

from collections.abc import Iterator

import pytest

from sportello.conversation.commands import Accept, Reply
from sportello.conversation.effects import reply_key
from sportello.conversation.people_commands import TransferToQueue
from sportello.delivery.outcomes import Outcome, Outcomes
from sportello.messaging.items import DeliveryStatus
from sportello.routing.presence import Presence
from support.clouds.staffed_desk import StaffedDesk, staffed_desk

KEY = reply_key("anna", "first")


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    """Anna has answered a customer."""
    with staffed_desk() as empty:
        empty.at_work("anna")
        empty.waits("c1")
        empty.ask("c1", Accept(agent_id="anna"))
        empty.ask("c1", Reply(agent_id="anna", key=KEY, text="Eccomi."))
        empty.settle_all()
        yield empty


def lose_the_answer(office: StaffedDesk) -> None:
    outcomes = Outcomes(office.table, lambda: office.settings)
    outcome = Outcome(effect_key=KEY, status=DeliveryStatus.REFUSED)
    office.desk.act("c1", lambda seen: outcomes.step(outcome, seen), office.now, effect_keys=[KEY])
    office.settle_all()


def test_who_waits_again_for_an_agent_who_has_left_is_put_before_another(
    office: StaffedDesk,
) -> None:
    office.present("anna", Presence.OFFLINE)
    office.settle_all()
    office.at_work("bruno")
    lose_the_answer(office)
    assert office.asked_for("c1") == "bruno"


def test_who_waits_again_for_an_agent_at_work_stays_theirs(office: StaffedDesk) -> None:
    lose_the_answer(office)
    state = office.state("c1")
    assert (state.owner.name, state.turn is None) == ("anna", False)


def test_whose_answer_was_lost_has_the_place_of_who_was_never_answered(
    office: StaffedDesk,
) -> None:
    office.present("anna", Presence.AWAY)
    office.settle_all()
    office.ask("c1", TransferToQueue(agent_id="anna", queue="default"))
    (before,) = office.line()
    lose_the_answer(office)
    (after,) = office.line()
    assert after.since < before.since
