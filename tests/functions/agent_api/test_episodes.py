"""Past episodes: when each began, how it ended and by whom, however long ago."""

from typing import Any

import pytest

from sportello.conversation.people_commands import WriteDown
from sportello.queues.settings import QueueSettings
from sportello.routing.teams import TeamSettings
from sportello.table.stories import episodes as walking
from support import builders
from support.agent_calls import Answer, call
from support.builders import a_queue
from support.clouds.staffed_desk import StaffedDesk

NAME = "e" * 32
HERE = f"/conversations/{NAME}/episodes"
A_MONTH = 30 * 86_400


def read(groups: str = "agent", **query: str) -> Answer:
    return call("GET", HERE, query=query, groups=groups)


def numbers(answer: Answer) -> list[int]:
    return [each["episode"] for each in answer.document["episodes"]]


def matter(staffed: StaffedDesk, number: int, agent: str = "anna") -> None:
    """A customer asks for a person, is answered for an hour, and a month goes by."""
    item = builders.an_item(f"item-{number}", staffed.now)
    staffed.ask(NAME, builders.receive(item), builders.an_address())
    state = staffed.state(NAME)
    turn_id = state.turn.leased_to if state.turn else ""
    staffed.ask(NAME, builders.request_human(turn_id=turn_id, owner_version=state.owner.version))
    staffed.ask(NAME, builders.accept(agent))
    staffed.pass_time(3_600)
    staffed.ask(NAME, builders.resolve(agent))
    staffed.pass_time(A_MONTH)


def note(staffed: StaffedDesk, number: int) -> None:
    staffed.ask(NAME, WriteDown(agent_id="anna", key=f"note:{number}", text="Nota"))


def test_an_episode_says_when_it_began_how_it_ended_and_by_whom(staffed: StaffedDesk) -> None:
    matter(staffed, 1)
    matter(staffed, 2, agent="bruno")
    staffed.ask(NAME, builders.receive(builders.an_item("item-3", staffed.now)))
    told = read().document
    assert numbers(read()) == [3, 2, 1]
    running, second, first = told["episodes"]
    assert (running["ended_at"], running["ended"], running["by"]) == (None, None, None)
    assert first["began_at"] == "2026-03-04T10:00:00Z"
    assert (first["ended_at"], first["ended"]) == ("2026-03-04T11:00:00Z", "resolved")
    assert first["by"] == {"kind": "agent", "name": "anna"}
    assert second["by"]["name"] == "bruno"
    assert told["cursor"] is None


def test_its_cursor_leads_to_the_end_of_its_story(staffed: StaffedDesk) -> None:
    matter(staffed, 1)
    matter(staffed, 2)
    first = read().document["episodes"][-1]
    query = {"before": str(first["before"]), "limit": "1"}
    story = call("GET", f"/conversations/{NAME}", query=query).document["timeline"]
    assert "ConversationResolved" in [entry["type"] for entry in story["entries"]]


def test_one_that_was_reopened_is_one(staffed: StaffedDesk) -> None:
    matter(staffed, 1)
    staffed.pass_time(3_600 - A_MONTH)
    staffed.ask(NAME, builders.receive(builders.an_item("item-2", staffed.now)))
    (episode,) = read().document["episodes"]
    assert (episode["episode"], episode["ended_at"]) == (1, None)
    assert episode["began_at"] == "2026-03-04T10:00:00Z"


def test_episodes_go_on_where_the_cursor_says(staffed: StaffedDesk) -> None:
    for number in range(5):
        matter(staffed, number)
    first = read(limit="2")
    second = read(limit="2", cursor=first.document["cursor"])
    third = read(limit="2", cursor=second.document["cursor"])
    assert [*numbers(first), *numbers(second), *numbers(third)] == [5, 4, 3, 2, 1]
    assert third.document["cursor"] is None


def test_an_episode_is_told_once_however_far_apart_its_ends(
    staffed: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "LOG_PAGE", 2)
    monkeypatch.setattr(walking, "MOST_LOG_PAGES", 1)
    matter(staffed, 1)
    matter(staffed, 2)
    staffed.ask(NAME, builders.receive(builders.an_item("item-3", staffed.now)))
    for number in range(5):
        note(staffed, number)
    whole: list[Any] = []
    cursor, pages = "", 0
    while cursor is not None:
        page = read(**({"cursor": cursor} if cursor else {})).document
        whole += page["episodes"]
        cursor, pages = page["cursor"], pages + 1
    assert pages > 3
    monkeypatch.undo()
    assert [each["episode"] for each in whole] == [3, 2, 1]
    assert whole[0]["ended_at"] is None
    assert [each["by"]["name"] for each in whole[1:]] == ["anna", "anna"]


def test_a_conversation_that_is_not_a_teams_has_no_episodes_for_it(staffed: StaffedDesk) -> None:
    staffed.configure(QueueSettings, queues={"default": a_queue(), "sales": a_queue()})
    staffed.configure(TeamSettings, teams={"south": {"queues": ["sales"]}})
    matter(staffed, 1)
    assert read("agent,team-south").problem == "unknown-conversation"
    assert read("agent").status == 200
    assert read("admin").problem == "forbidden"


@pytest.mark.usefixtures("counter")
def test_nobody_has_episodes_who_never_wrote() -> None:
    assert read().problem == "unknown-conversation"


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("query", [{"limit": "21"}, {"cursor": "%%"}, {"cursor": "MTIjNA"}])
def test_what_does_not_fit_is_refused(query: dict[str, str]) -> None:
    assert read(**query).problem == "validation"
