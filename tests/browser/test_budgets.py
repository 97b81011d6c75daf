"""What the page may cost: figures that fail the run, measured where it runs.

Times are held against a fixed piece of work in the same page, because machines differ and hours do.
"""

import re
from statistics import median

import pytest
from playwright.sync_api import Page, expect

from browser.desk_page import DeskPage
from support.browsing.budgets import (
    WATCH_SHIFTS_AND_KEYS,
    Gauge,
    Weight,
    key_to_paint_ms,
    layout_shift,
    weighed,
)
from support.browsing.many_rows import answer_lists, row
from support.browsing.office import Office
from support.browsing.stand_in_line import StandInLine
from support.browsing.window import await_heard
from support.clouds.driven_desk import Measured

pytestmark = pytest.mark.browser

FIRST_LOAD_BYTES = 60 * 1_024
SCRIPT_REFERENCES = 2.5
"""Of the reference work, on a slowed processor, for fifty rows."""

KEY_TO_PAINT_MS = 100
REFERENCE_MS = 25
"""What the reference takes on two processors that have nothing else to do."""

ROWS = 50
PATIENCE_MS = 60_000
QUIET_MS = 5_000


def with_rows(page: Page) -> None:
    page.add_init_script(WATCH_SHIFTS_AND_KEYS)
    line = StandInLine(page, "", presence="offline")
    answer_lists(page, [row(number, line.now) for number in range(ROWS)])


@pytest.fixture
def anna(office: Office) -> DeskPage:
    anna = office.sit_down(office.engage("Anna"), prepare=with_rows)
    expect(anna.row("Customer 0000")).to_be_visible()
    return anna


NOTE_FIRST_ROW = """new MutationObserver((_, observer) => {
    if (!document.querySelector("li a.row")) return;
    window.firstRowAt = performance.now();
    observer.disconnect();
}).observe(document, {childList: true, subtree: true})"""
BEFORE_FIRST_ROW = """() => performance.getEntriesByType("resource")
    .filter((each) => each.startTime < firstRowAt).map((each) => each.name)"""


def test_the_first_load_is_light(anna: DeskPage, measured: Measured) -> None:
    """What is fetched behind the lists, once they are there, is told beside it."""
    anna.page.add_init_script(NOTE_FIRST_ROW)
    with weighed(anna.page) as weight:
        anna.page.reload()
        expect(anna.row("Customer 0000")).to_be_visible()
        anna.page.wait_for_load_state("networkidle")
    first = Weight(
        {
            url: weight.packed[url]
            for url in anna.page.evaluate(BEFORE_FIRST_ROW)
            if url in weight.packed
        }
    )
    measured(
        f"first load: {first.total / 1_024:.1f} KB of code in {len(first.packed)} files; "
        f"with what is fetched behind it {weight.total / 1_024:.1f} KB"
    )
    assert first.packed
    assert first.total <= FIRST_LOAD_BYTES, str(first)


def script_of_a_load(anna: DeskPage, gauge: Gauge) -> float:
    before = gauge.script_seconds()
    anna.page.reload()
    expect(anna.row("Customer 0020")).to_be_visible(timeout=PATIENCE_MS)
    after = gauge.script_seconds()
    return after - before if after > before else after


def test_fifty_rows_cost_little_script(anna: DeskPage, measured: Measured) -> None:
    """Of what else the machine does a load bears a part; the one that bears least counts."""
    gauge = Gauge(anna.page)
    references, scripts = [], []
    with gauge.slow():
        for _ in range(3):
            references += [gauge.reference_seconds() for _ in range(3)]
            scripts.append(script_of_a_load(anna, gauge))
    script = min(scripts)
    ratio = script / median(references)
    measured(
        f"fifty rows at a quarter of the processor: {script * 1_000:.0f} ms of script, "
        f"{ratio:.2f} times the reference"
    )
    assert ratio <= SCRIPT_REFERENCES


def test_nothing_shifts_while_rows_come(anna: DeskPage) -> None:
    assert layout_shift(anna.page) <= 0.01, anna.page.evaluate("measuredByTests.moved")


def test_a_key_is_seen_at_once(anna: DeskPage, measured: Measured) -> None:
    """What else the machine does hits a key now and then, and the reference as often."""
    gauge = Gauge(anna.page)
    references, rounds = [], []
    for _ in range(5):
        references.append(gauge.reference_ms())
        rounds.append([key_to_paint_ms(anna.page, key) for key in ("j", "j", "k", "j")])
    # A key that does nothing is quick.
    expect(anna.rows.get_by_role("link").and_(anna.page.locator(":focus"))).to_have_count(1)
    seen, most = max(map(median, zip(*rounds, strict=True))), max(map(max, rounds))
    reference = median(references)
    measured(
        f"from a key to its paint: {seen:.0f} ms as a rule, {most:.0f} ms at most; "
        f"the reference {reference:.0f} ms"
    )
    assert seen <= KEY_TO_PAINT_MS * max(1, reference / REFERENCE_MS)


def test_one_socket_and_no_poll_keep_the_page_current(office: Office) -> None:
    """On the real line: rows come by it, and nothing is asked for again and again."""
    anna = office.at_work("Anna")
    watch = anna.window.watch

    def asks_nothing() -> bool:
        before = len(watch.addresses)
        anna.page.wait_for_timeout(QUIET_MS)
        return not any(re.search("/v1/", each) for each in watch.addresses[before:])

    await_heard(anna.page, watch.live, what="line")
    # Where it has just come to work it reads each list once.
    await_heard(anna.page, asks_nothing, what=f"{QUIET_MS} ms without a question")
    assert len(watch.sockets) == 1
