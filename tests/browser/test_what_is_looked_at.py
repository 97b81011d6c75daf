"""The instruments see what they are for: on pages that are wrong in one way each."""

from statistics import median

import pytest
from playwright.sync_api import Page

from support.browsing import axe, geometry
from support.browsing.budgets import (
    MEGABYTE,
    WATCH_SHIFTS_AND_KEYS,
    Gauge,
    key_to_paint_ms,
    layout_shift,
)
from support.browsing.contact_sheet import LOOKS, ContactSheet, take
from support.browsing.looks import PHONE
from support.browsing.window import Window, await_heard

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang=en><title>Desk</title><meta name=viewport
  content="width=device-width"><style>body{{margin:0;font:16px sans-serif}}
  button{{min-height:32px}}</style><main><h1>Desk</h1>{}</main>"""

GOOD = """<p>Anna has <a href='#x'>one</a> message.</p><button>Send</button>
  <label><input type=checkbox style="width:24px;height:24px"> Sounds</label>
  <div style="height:200px;overflow:auto" tabindex=0 role=log aria-label=Messages>
    <div style="height:900px"></div><button>Far below</button></div>
  <p style="width:60px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">A long name</p>"""

WRONG = {
    "off the screen": (
        "<button style='position:fixed;left:340px;top:0;width:80px'>Send</button>",
        "cannot be brought into view",
    ),
    "below a body that does not scroll": (
        "<div style='position:fixed;top:900px'><button>Send</button></div>",
        "cannot be brought into view",
    ),
    "too small": ("<button style='min-height:0;height:20px'>Send</button>", "too small"),
    "covered": (
        "<button>Send</button><div style='position:fixed;inset:0;background:#fff'>Sheet</div>",
        "covered",
    ),
    "cut off": (
        "<p style='width:60px;overflow:hidden;white-space:nowrap'>A long name</p>",
        "text is cut off",
    ),
    "half a line": (
        "<p style='height:12px;overflow:hidden'>A line<br>and another</p>",
        "lines are cut off",
    ),
    "outgrown": (
        "<button style='width:40px;white-space:nowrap'>Send it now</button>",
        "text outgrows its control",
    ),
    "sideways": ("<div style='width:500px;height:10px'></div>", "the page scrolls sideways"),
}


@pytest.fixture
def phone(blank: Page) -> Page:
    blank.set_viewport_size(PHONE)
    return blank


def test_a_page_that_is_right_meets_no_objection(phone: Page) -> None:
    phone.set_content(PAGE.format(GOOD))
    assert geometry.obstacles(phone) == []
    assert axe.violations(phone) == []


@pytest.mark.parametrize("case", WRONG)
def test_what_is_out_of_reach_is_seen(phone: Page, case: str) -> None:
    content, objection = WRONG[case]
    phone.set_content(PAGE.format(content))
    found = geometry.obstacles(phone)
    assert [line for line in found if line.startswith(objection)], found


def test_axe_says_which_rule_where_and_why(blank: Page) -> None:
    blank.set_content(PAGE.format("<button style='color:#aaa;background:#fff'>Send</button>"))
    (line,) = axe.violations(blank, axe.ONLY_COLOURS)
    assert line.startswith("color-contrast (serious) at button: Element has insufficient")


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('oh no')", "oh no"),
        ("setTimeout(() => { throw new Error('forgotten') })", "forgotten"),
        ("Promise.reject(new Error('nobody listens'))", "nobody listens"),
    ],
)
def test_a_page_that_complains_fails_its_test(
    window: Window, blank: Page, script: str, complaint: str
) -> None:
    blank.goto("about:blank")
    blank.evaluate(f"() => {{ {script} }}")
    await_heard(
        blank,
        lambda: [line for line in window.watch.complaints() if complaint in line],
        what=complaint,
    )
    window.watch.expect(complaint)
    assert window.watch.complaints() == []


def test_what_a_policy_refuses_fails_its_test(window: Window, blank: Page) -> None:
    blank.set_content(
        "<meta http-equiv=Content-Security-Policy content=\"require-trusted-types-for 'script'\">"
    )
    assert blank.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>' } catch { return true } }"
    )
    await_heard(blank, window.watch.complaints, what="complaint")
    window.watch.expect("TrustedHTML")
    assert window.watch.complaints() == []


def test_tokens_in_addresses_and_calls_elsewhere_fail_their_test(window: Window) -> None:
    window.watch.secrets.add("s3cret")
    window.watch.addresses += [
        "http://127.0.0.1:1/?next=s3cret",
        "ws://desk.cloudfront.localhost:1/?token=eyJhbGciOiJI.eyJzdWIiOiIx",
        "https://fonts.example.com/a.woff",
    ]
    kinds = [line.partition(":")[0] for line in window.watch.complaints()]
    assert kinds == ["a call elsewhere", *["a token stands in an address"] * 2]
    window.watch.addresses.clear()


def test_what_is_held_on_to_counts_as_heap_and_what_is_let_go_does_not(blank: Page) -> None:
    gauge = Gauge(blank)
    before = gauge.heap_bytes()
    blank.evaluate("() => { window.kept = Array.from({length: 1e6}, (_, at) => ({at})); }")
    assert gauge.heap_bytes() - before > 10 * MEGABYTE
    blank.evaluate("() => { delete window.kept; }")
    assert gauge.heap_bytes() - before < 2 * MEGABYTE


def test_script_is_measured_and_slowed_down(blank: Page) -> None:
    gauge = Gauge(blank)
    as_it_is = min(gauge.reference_seconds() for _ in range(3))
    with gauge.slow():
        slowed = median(gauge.reference_seconds() for _ in range(5))
    assert as_it_is > 0
    assert slowed > 2 * as_it_is


def test_shifts_and_slow_keys_are_measured(blank: Page) -> None:
    blank.add_init_script(WATCH_SHIFTS_AND_KEYS)
    blank.goto("about:blank")
    blank.set_content("<p>first</p><input>")
    assert layout_shift(blank) == 0
    blank.evaluate("""() => {
        const end = (ms) => { const until = Date.now() + ms; while (Date.now() < until); };
        document.querySelector("input").addEventListener("keydown", () => end(150));
    }""")
    blank.locator("input").focus()
    assert key_to_paint_ms(blank, "a") >= 150
    # What soon follows an input is no shift: it goes to and fro until one counts.
    blank.evaluate("document.body.prepend(document.createElement('div'))")
    blank.wait_for_function("""() => {
        const first = document.querySelector("div");
        first.style.height = first.style.height ? "" : "300px";
        return measuredByTests.shift > 0;
    }""")


def test_a_contact_sheet_shows_each_state_in_each_look(blank: Page, tmp_path) -> None:
    sheet = ContactSheet(tmp_path)
    blank.set_content(PAGE.format(GOOD))
    for look in LOOKS[:4]:
        take(blank, look)
        assert sheet.shoot(blank, "waiting", look).stat().st_size > 1_000
    index = sheet.write().read_text(encoding="utf-8")
    assert index.count("<img") == 4
    assert "waiting-it-dark-phone.png" in index
