"""Agents come to work where nobody has ever written a setting or a profile."""

from typing import Any

from support.agent_calls import call
from support.clouds.staffed_desk import StaffedDesk

FIRST, SECOND = "1" * 32, "2" * 32


def come_to_work(staffed: StaffedDesk, agent: str) -> None:
    assert call("PUT", "/agents/me/presence", {"presence": "available"}, agent=agent).status == 200
    staffed.settle_all()
    staffed.pass_time(1)


def offers(agent: str) -> Any:
    return call("GET", "/agents/me", agent=agent).document["offers"]


def accept(agent: str) -> int:
    [offer] = offers(agent)
    path = f"/conversations/{offer['conversation_id']}/accept"
    return call("POST", path, {"offer_id": offer["offer_id"]}, agent=agent).status


def rung_for(agent: str) -> list[str]:
    return [offer["conversation_id"] for offer in offers(agent)]


def test_whoever_is_available_is_rung_and_the_next_customer_goes_to_the_next_agent(
    staffed: StaffedDesk,
) -> None:
    come_to_work(staffed, "anna")
    staffed.waits(FIRST)
    assert rung_for("anna") == [FIRST]
    come_to_work(staffed, "bruno")
    assert accept("anna") == 200
    staffed.settle_all()
    assert rung_for("anna") == []
    staffed.waits(SECOND)
    assert (rung_for("anna"), rung_for("bruno")) == ([], [SECOND])
    assert accept("bruno") == 200
    assert staffed.held() == {"anna": {FIRST}, "bruno": {SECOND}}


def test_whoever_comes_to_work_is_rung_for_who_waits_already(staffed: StaffedDesk) -> None:
    staffed.waits(FIRST)
    come_to_work(staffed, "anna")
    assert rung_for("anna") == [FIRST]


def test_five_chats_are_as_many_as_there_are_and_a_settled_one_makes_room(
    staffed: StaffedDesk,
) -> None:
    everybody = [f"{number:032x}" for number in range(7)]
    come_to_work(staffed, "anna")
    staffed.waits(*everybody)
    rung = rung_for("anna")
    assert rung == everybody[:5]
    for conversation_id in rung:
        assert call("POST", f"/conversations/{conversation_id}/accept").status == 200
    staffed.settle_all()
    assert offers("anna") == []
    assert call("POST", f"/conversations/{rung[0]}/resolve").status == 200
    staffed.settle_all()
    assert rung_for("anna") == [everybody[5]]


def test_whoever_goes_home_is_rung_for_nobody_any_more(staffed: StaffedDesk) -> None:
    come_to_work(staffed, "anna")
    call("PUT", "/agents/me/presence", {"presence": "offline"})
    staffed.settle_all()
    staffed.waits(FIRST)
    assert offers("anna") == []
    assert staffed.asked_for(FIRST) == ""
