"""A link to a file, as a customer follows it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from files.link import handler
from sportello.entrypoints import runtime
from sportello.media.store import MediaStore
from sportello.table.desk_table import DeskTable
from sportello.table.files.file_link_table import FileLink
from support import files
from support.agent_calls import LambdaContext
from support.builders import NOW
from support.clouds.bucket import media_bucket
from support.clouds.table import table

UNTIL = NOW + timedelta(hours=72)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[DeskTable, MediaStore]]:
    with table() as desk_table, media_bucket() as store:
        monkeypatch.setattr(runtime, "table", lambda: desk_table)
        monkeypatch.setattr(runtime, "media_store", lambda: store)
        at(monkeypatch, NOW)
        yield desk_table, store


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(runtime, "utc_now", lambda: now)


def a_link(door: tuple[DeskTable, MediaStore]) -> str:
    desk_table, store = door
    store.put("files/x/y/0", BytesIO(files.PDF), "application/pdf")
    link = FileLink(
        key="files/x/y/0", file_name="conto.pdf", mime_type="application/pdf", until=UNTIL
    )
    return desk_table.file_links.make(link)


def follow(token: str, language: str = "it") -> Any:
    event = {"pathParameters": {"token": token}, "headers": {"Accept-Language": language}}
    return handler(event, LambdaContext())


def test_a_link_leads_on_to_the_file_for_minutes(door: tuple[DeskTable, MediaStore]) -> None:
    answer = follow(a_link(door))
    assert answer["statusCode"] == 303
    address = answer["headers"]["location"]
    assert "files/x/y/0" in address
    assert "X-Amz-Expires=300" in address
    assert "conto.pdf" in address
    assert answer["headers"]["cache-control"] == "no-store"


def test_a_link_is_followed_as_often_as_one_likes_until_it_is_over(
    door: tuple[DeskTable, MediaStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = a_link(door)
    at(monkeypatch, UNTIL - timedelta(seconds=1))
    assert [follow(token)["statusCode"] for _ in range(2)] == [303, 303]
    at(monkeypatch, UNTIL)
    assert follow(token)["statusCode"] == 410


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "../../etc", "a" * 5_000, "\u00e9" * 43])
@pytest.mark.usefixtures("door")
def test_what_is_no_link_of_ours_leads_nowhere(token: str) -> None:
    answer = follow(token)
    assert answer["statusCode"] == 410
    assert "location" not in answer["headers"]
    assert "scaduto" in answer["body"]
    assert 'lang="en"' in follow(token, "xx, en;q=0.5")["body"]
    assert "expired" in follow(token, "en")["body"]


def test_while_something_is_broken_one_is_asked_to_try_again(
    door: tuple[DeskTable, MediaStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = a_link(door)

    def broken() -> MediaStore:
        raise RuntimeError("broken")

    monkeypatch.setattr(runtime, "media_store", broken)
    answer = follow(token)
    assert answer["statusCode"] == 503
    assert "Riprovi" in answer["body"]
