"""Eight hours at one page: what it holds on to, how many sockets it has."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from support.browsing.budgets import MEGABYTE, Gauge
from support.browsing.many_rows import PAGE_OF_ROWS, answer_lists, row
from support.browsing.office import Office
from support.browsing.stand_in_line import StandInLine
from support.browsing.stillness import come_to_rest
from support.browsing.window import await_heard
from support.clouds.driven_desk import Measured

pytestmark = pytest.mark.browser

SHIFT = timedelta(hours=8)
STEP = timedelta(minutes=5)
ROWS_A_STEP = 20
PEOPLE = PAGE_OF_ROWS


def test_a_shift_leaves_nothing_behind(office: Office, measured: Measured) -> None:
    account = office.engage("Anna")
    lines: list[StandInLine] = []
    people = [row(number, datetime.now(UTC)) for number in range(PEOPLE)]

    def prepare(page):
        page.clock.install()
        lines.append(StandInLine(page, account.agent_id))
        # Whenever the page reads its list anew it has everybody, as long as it ever is.
        answer_lists(page, people)

    anna = office.sit_down(account, prepare=prepare)
    (line,) = lines
    anna.start_work()
    gauge = Gauge(anna.page)
    hour, heaps, nodes, listeners = 0, [], [], []
    sequence = 10
    for step in range(SHIFT // STEP):
        line.now += STEP
        anna.page.clock.fast_forward(int(STEP.total_seconds() * 1000))
        await_heard(anna.page, lambda: line.now <= line.renew_at, what="renewed connection")
        sequence += 1
        for number in (each % PEOPLE for each in range(step, step + ROWS_A_STEP)):
            people[number] = row(number, line.now, sequence=sequence, tags=[f"t{step % 7}"])
            line.push([people[number]])
        if (step + 1) * STEP >= timedelta(hours=hour + 1):
            hour += 1
            expect(anna.rows).to_have_count(PEOPLE)
            come_to_rest(anna.page)
            heaps.append(gauge.heap_bytes())
            nodes.append(gauge["Nodes"])
            listeners.append(gauge["JSEventListeners"])
            # The line before is closed once the next one has been welcomed.
            await_heard(anna.page, lambda: len(line.open) == 1, what=f"one socket in hour {hour}")
    growth = (heaps[-1] - heaps[0]) / MEGABYTE
    measured(f"a shift of eight hours: heap {growth:+.1f} MB, {line.hellos} connections")
    assert growth < 20
    assert nodes[-1] < 1.2 * nodes[0]
    assert listeners[-1] < 1.2 * listeners[0]
    assert line.hellos >= 4, "a connection lives for two hours"
