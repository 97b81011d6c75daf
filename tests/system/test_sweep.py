"""What a crash left behind is only late: the sweep that runs every minute takes it up."""

import time

import pytest

from local.customers import WhatsAppCustomer
from support.driven_desk import DrivenDesk, conversation_in

pytestmark = pytest.mark.system


def test_a_turn_whose_run_died_is_answered_by_the_sweep(
    desk: DrivenDesk, abandoned_turn: WhatsAppCustomer, measured
):
    started = time.monotonic()
    # A lease of 30 s, a grace of 5 s, a sweep a minute.
    conversation_id = conversation_in(desk.await_sent(abandoned_turn, seconds=110))
    measured(f"{time.monotonic() - started:6.1f} s  of waiting for the sweep")
    desk.await_settled(conversation_id)
    assert len(desk.sent_to(abandoned_turn)) == 1
    leases = [e["attempt"] for e in desk.log(conversation_id) if e["type"] == "TurnLeased"]
    assert leases[:2] == [1, 2]
    assert desk.metrics()["Swept"] >= 1
