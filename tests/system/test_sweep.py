"""What a crash left behind is only late: the sweep that runs every minute takes it up."""

import pytest

from local.providers.customers import WhatsAppCustomer
from support.clouds.driven_desk import (
    PATIENCE_SECONDS,
    DrivenDesk,
    Measured,
    conversation_in,
    seconds_between,
)

pytestmark = pytest.mark.system


def test_a_turn_whose_run_died_is_answered_by_the_sweep(
    desk: DrivenDesk, abandoned_turn: WhatsAppCustomer, measured: Measured
) -> None:
    # A lease of 30 s, a grace of 5 s, a sweep a minute.
    conversation_id = conversation_in(
        desk.await_sent(abandoned_turn, seconds=95 + PATIENCE_SECONDS)
    )
    desk.await_settled(conversation_id)
    assert len(desk.sent_to(abandoned_turn)) == 1
    first, second, *_ = [e for e in desk.log(conversation_id) if e["type"] == "TurnLeased"]
    assert (first["attempt"], second["attempt"]) == (1, 2)
    assert second["turn_id"] != first["turn_id"]
    late = seconds_between(first["expires_at"], second["at"])
    measured(f"{late:6.1f} s  from the end of a dead run's lease to the next run's")
    assert desk.metrics()["Swept"] >= 1
