"""What a page of the day counts: each word that is put on it, and the newest row of each list."""

import json
from typing import Any, override

import pytest

from local.cloud.live_client import LiveClient
from local.cloud.web import Answer
from local.day.page import Api, Story, whole_story


def entry(number: int) -> dict[str, Any]:
    return {
        "type": "MessageReceived",
        "author": "customer",
        "detail": {"item_id": f"item-{number}", "media": [{"media_id": f"media-{number}"}]},
    }


class Served(Api):
    """An agent API that answers with these timelines, one after the other."""

    def __init__(self, *timelines: dict[str, Any]) -> None:
        super().__init__("", "", lambda _seconds: False)
        self.paths: list[str] = []
        self._timelines = iter(timelines)

    @override
    def ask(self, method: str, path: str, document: Any = None, **headers: str) -> Answer:
        self.paths.append(path)
        return Answer(200, json.dumps({"timeline": next(self._timelines)}).encode())


def timeline(*numbers: int, sequence: int, newer: int | None = None) -> dict[str, Any]:
    entries = [entry(number) for number in numbers]
    return {"entries": entries, "sequence": sequence, "newer": newer, "older": None}


def test_a_story_is_read_on_from_where_it_reaches() -> None:
    api = Served(timeline(1, sequence=4), timeline(2, sequence=8, newer=8), timeline(sequence=9))
    story = Story("c")
    story.read(api)
    story.read(api)
    assert [path.partition("?")[2] for path in api.paths] == [
        "limit=100",
        "after=4&limit=100",
        "after=8&limit=100",
    ]
    assert story.sequence == 9
    assert list(story.files) == ["media-1", "media-2"]


def test_what_is_put_on_the_page_twice_is_counted_twice() -> None:
    story = Story("c")
    for _ in range(2):
        story.read(Served(timeline(1, sequence=4)))
    assert story.shown == {"item-1": 2}


def test_the_whole_story_is_what_stands_on_all_its_pages() -> None:
    latest = timeline(2, sequence=8) | {"older": 4}
    assert whole_story(Served(latest, timeline(1, sequence=4)), "c") == {"item-1", "item-2"}


@pytest.mark.parametrize(("sequence", "stands"), [(3, 5), (5, 5), (6, 6)])
def test_a_row_is_taken_if_it_is_newer(sequence: int, stands: int) -> None:
    client = LiveClient(dict)
    client.apply({"conversation_id": "c", "sequence": 5})
    client.apply({"conversation_id": "c", "sequence": sequence})
    assert client.rows["c"]["sequence"] == stands
