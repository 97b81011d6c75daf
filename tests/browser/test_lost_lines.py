"""A line is cut, freezes, comes back: nothing is missing, nothing is there twice."""

import random
import re
import secrets
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from browser.desk_page import DeskPage
from local.cloud.observing import wait_until
from local.providers.customers import WhatsAppCustomer
from support.browsing.office import Office
from support.browsing.window import await_heard
from support.clouds.driven_desk import PATIENCE_SECONDS, DrivenDesk, said_in

pytestmark = pytest.mark.browser

IS_REPLY = re.compile(r"/replies$")
MARK = re.compile(r"mark-[0-9a-f]{8}")
SAID = {"MessageReceived", "MessageQueued"}
DEAD_LINE_SECONDS = 240
"""A browser keeps six connections open to a host, and a call waits 30 s for one that is dead."""

SEEDS = (1, 2, 3)
STEPS = 10


def mark() -> str:
    return f"mark-{secrets.token_hex(4)}"


def shown(page: DeskPage) -> list[str]:
    return MARK.findall("\n".join(page.texts()))


def stored(desk: DrivenDesk, conversation_id: str) -> list[str]:
    texts = (entry["text"] for entry in desk.timeline(conversation_id) if entry["type"] in SAID)
    return MARK.findall("\n".join(map(str, texts)))


def reached(desk: DrivenDesk, customer: WhatsAppCustomer) -> list[str]:
    return MARK.findall("\n".join(said_in(call) for call in desk.sent_to(customer)))


def await_record(
    desk: DrivenDesk,
    conversation_id: str,
    page: DeskPage,
    order: Callable[[list[str]], list[str]] = list,
) -> None:
    """Wait until a page shows what is stored; how it differs in the end says more than that."""
    with suppress(TimeoutError):
        wait_until(
            lambda: order(shown(page)) == order(stored(desk, conversation_id)),
            seconds=DEAD_LINE_SECONDS,
            what="same messages",
        )


@pytest.fixture
def anna(office: Office) -> DeskPage:
    return office.at_work("Anna")


@pytest.fixture
def guest(office: Office, anna: DeskPage) -> WhatsAppCustomer:
    guest = office.waiting()
    anna.accept(guest.name)
    return guest


def test_what_either_side_says_while_the_line_is_cut_arrives_once(
    desk: DrivenDesk, office: Office, anna: DeskPage, guest: WhatsAppCustomer
) -> None:
    name = office.conversation_of(guest)
    theirs, ours = mark(), mark()
    with anna.window.cut():
        expect(anna.no_line).to_be_visible()
        guest.write(theirs)
        anna.begin(ours)
        anna.send()
        expect(anna.message(ours)).to_contain_text(anna.WAITS)
        wait_until(lambda: theirs in stored(desk, name), seconds=PATIENCE_SECONDS, what="message")
        assert ours not in stored(desk, name)
    expect(anna.message(theirs)).to_have_count(1)
    desk.await_sent(guest, containing=ours)
    expect(anna.message(ours)).not_to_contain_text(anna.WAITS)
    assert sorted(shown(anna)) == sorted([theirs, ours])
    assert reached(desk, guest) == [ours]


def test_an_answer_that_got_lost_on_its_way_back_is_not_sent_twice(
    desk: DrivenDesk, anna: DeskPage, guest: WhatsAppCustomer
) -> None:
    ours = mark()
    anna.begin(ours)
    with anna.window.frozen(), anna.page.expect_request(IS_REPLY):
        anna.send()
    desk.await_sent(guest, containing=ours, seconds=DEAD_LINE_SECONDS)
    expect(anna.message(ours)).to_have_count(1)
    assert reached(desk, guest) == [ours]


def test_a_line_that_is_half_open_is_found_by_the_pings_deadline(
    desk: DrivenDesk, office: Office, anna: DeskPage, guest: WhatsAppCustomer
) -> None:
    theirs, name, watch = mark(), office.conversation_of(guest), anna.window.watch
    anna.page.clock.install()
    anna.page.reload()
    expect(anna.conversation(guest.name)).to_be_visible()
    (line,) = await_heard(anna.page, watch.live, what="line")
    with anna.window.frozen():
        guest.write(theirs)
        wait_until(lambda: theirs in stored(desk, name), seconds=PATIENCE_SECONDS, what="message")
        assert theirs not in shown(anna)
    anna.page.clock.fast_forward("05:00")
    anna.page.clock.fast_forward("00:15")
    expect(anna.message(theirs)).to_have_count(1, timeout=1_000 * DEAD_LINE_SECONDS)
    await_heard(
        anna.page, lambda: watch.sockets - {line}, seconds=DEAD_LINE_SECONDS, what="another line"
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_what_is_shown_is_what_is_stored(
    desk: DrivenDesk, office: Office, anna: DeskPage, guest: WhatsAppCustomer, seed: int
) -> None:
    """Each message once, in the order of the record; the seed says which steps are taken."""
    dice = random.Random(seed)  # noqa: S311 -- steps to be repeated, no secret
    name = office.conversation_of(guest)
    said: list[str] = []
    page = anna
    steps = dice.choices(
        ("customer", "agent", "cut", "freeze", "reload", "second tab"), (5, 5, 2, 2, 1, 1), k=STEPS
    )
    print(f"seed {seed}: {', '.join(steps)}")  # noqa: T201 -- shown where it fails
    for step in steps:
        match step:
            case "customer":
                said.append(mark())
                guest.write(said[-1])
            case "agent":
                said.append(mark())
                page.begin(said[-1])
                page.send()
            case "cut":
                page.window.may_lose_its_line()
                page.window.line.cut()
                said.append(mark())
                guest.write(said[-1])
                page.window.line.up()
            case "freeze":
                page.window.may_lose_its_line()
                page.window.line.freeze()
                said.append(mark())
                guest.write(said[-1])
                page.window.line.up()
            case "reload":
                page.page.reload()
                expect(page.conversation(guest.name)).to_be_visible()
            case _:
                page = page.another_tab()
                page.page.goto(anna.page.url)
                expect(page.conversation(guest.name)).to_be_visible()
    wait_until(
        lambda: sorted(stored(desk, name)) == sorted(said),
        seconds=DEAD_LINE_SECONDS,
        what="whole record",
    )
    for each in (page, anna):
        await_record(desk, name, each, sorted)
        assert sorted(shown(each)) == sorted(said)
        # What was committed the other way round is put in its place by the page that is read whole.
        each.page.reload()
        await_record(desk, name, each)
        assert shown(each) == stored(desk, name)
