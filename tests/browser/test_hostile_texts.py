"""Whatever somebody writes stays text: under the page's policy a slip would be a failed test."""

import pytest
from playwright.sync_api import expect

from support.browsing.office import ASKS_FOR_PERSON, Office
from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.browser

HIT = "window.wasHit"
MARKUP = (
    f'<img src=x onerror="{HIT}=1"><script>{HIT}=2</script><svg onload="{HIT}=3">'
    f'<a href="javascript:{HIT}=4">here</a>{{{{constructor}}}}${{{HIT}=5}}&lt;b&gt;'
)
NAME = f'Eva"><img src=x onerror="{HIT}=6">'
LINKS = f"javascript:{HIT}=7 data:text/html,<script>{HIT}=8</script> https://example.com/a?b=<i>"


def test_markup_of_customers_and_colleagues_is_shown_as_they_wrote_it(
    desk: DrivenDesk, office: Office
) -> None:
    anna = office.at_work("Anna")
    guest = office.customer(NAME)
    guest.write(ASKS_FOR_PERSON)
    for text in (MARKUP, LINKS):
        guest.write(text)
    guest.send_file("document", "document-1", filename=f"{MARKUP[:40]}.pdf", mime_type="text/pdf")
    desk.await_sent(guest)
    anna.accept(NAME)
    expect(anna.message(MARKUP)).to_have_count(1)
    expect(anna.messages.filter(has_text=LINKS)).to_have_count(1)
    anna.note(f"note {MARKUP}")
    anna.begin(f"reply {MARKUP}")
    anna.send()
    question = anna.page.get_by_role("dialog")
    expect(question.or_(anna.message(f"reply {MARKUP}"))).to_have_count(1)
    if question.count():
        question.get_by_role("button", name="Send anyway").click()
    expect(anna.message(f"reply {MARKUP}")).to_have_count(1)
    links = anna.log.get_by_role("link")
    targets = [links.nth(number).get_attribute("href") for number in range(links.count())]
    assert all(str(target).startswith("https://") for target in targets), targets
    anna.look_at("Mine")
    expect(anna.row(NAME)).to_have_count(1)
    anna.go_to("Search")
    anna.page.get_by_role("searchbox").fill("Eva")
    anna.page.keyboard.press("Enter")
    expect(anna.page.get_by_role("main")).to_contain_text(NAME)
    assert anna.page.evaluate(f"typeof {HIT}") == "undefined"
    assert anna.page.locator("img[src=x], svg[onload]").count() == 0
