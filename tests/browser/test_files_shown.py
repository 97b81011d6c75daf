"""What customers send is seen in the page, and saved from it as it was sent."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from local.providers.files import picture
from support.browsing.office import Office
from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.browser


def test_a_picture_that_was_looked_at_is_saved_and_the_desk_stays(
    desk: DrivenDesk, office: Office
) -> None:
    desk.laptop.files.offer("a-broken-lamp", picture(640, 480), "image/png")
    anna = office.at_work("Anna")
    guest = office.waiting("", "La lampada è rotta, vi mando una foto")
    guest.send_file("image", "a-broken-lamp", mime_type="image/png")
    anna.take_up(guest.name)
    anna.act("Accept")
    anna.page.get_by_role("button", name=re.compile(": larger$")).click()
    shown = anna.page.get_by_role("dialog")
    expect(shown.get_by_role("img")).to_be_visible()
    with anna.page.expect_download() as download:
        shown.get_by_role("button", name=re.compile(r"Save$")).click()
    assert Path(download.value.path()).read_bytes() == picture(640, 480)
    expect(shown).to_be_visible()
