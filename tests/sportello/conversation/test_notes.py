"""Notes that name colleagues, and who may read along."""

import pytest

from sportello.conversation.events import ColleaguesMentioned
from sportello.conversation.people_commands import Consult, Mention, WriteDown
from sportello.conversation.state import MAX_CONSULTED, ConversationState
from support.builders import NOW, after, decide, notices, return_to_bot, types, with_agent

COLLEAGUES = tuple(f"agent-{number}" for number in range(1, MAX_CONSULTED + 1))


def a_note(*names: str, text: str = "Che ne dite?") -> WriteDown:
    mentions = tuple(Mention(agent_id=name, endpoints=(f"@{name}/phone",)) for name in names)
    return WriteDown(
        agent_id="anna", key="note:1", text=text, mentions=mentions, packet={"episode": 1}
    )


def consulted(*names: str, state: ConversationState | None = None) -> ConversationState:
    questions = [Consult(agent_id="anna", colleague=name, note="?") for name in names]
    return after(*questions, state=state or with_agent())


def test_who_is_mentioned_is_told_at_their_own_endpoints() -> None:
    decision = decide(with_agent(), a_note("bruno", "carla"), NOW)
    told = {notice.endpoint: notice for notice in notices(decision)}
    assert set(told) == {"@bruno/phone", "@carla/phone"}
    notice = told["@bruno/phone"]
    assert notice.notice == "note.mention"
    assert notice.data["agent_id"] == "bruno"
    assert notice.data["mentioned_by"] == "anna"
    assert notice.data["note"] == "Che ne dite?"
    assert notice.data["episode"] == 1


def test_who_is_mentioned_may_read_along_as_if_asked() -> None:
    assert after(a_note("bruno"), state=with_agent()).consulted == ("bruno",)


def test_the_event_names_colleagues_and_not_what_was_written() -> None:
    decision = decide(with_agent(), a_note("bruno", text="Segreto."), NOW)
    (event,) = [each for each in decision.events if isinstance(each, ColleaguesMentioned)]
    assert event.colleagues == ("bruno",)
    assert event.effect_key == "note:1"
    assert "Segreto" not in event.model_dump_json()


def test_the_owner_and_the_writer_take_nobodys_place() -> None:
    decision = decide(with_agent(), a_note("anna"), NOW)
    assert types(decision) == ["NoteWritten"]
    assert [notice.endpoint for notice in notices(decision)] == ["@anna/phone"]
    by_chief = a_note("anna", "bruno").model_copy(update={"agent_id": "chief"})
    assert types(decide(with_agent(), by_chief, NOW)) == ["NoteWritten", "ColleaguesMentioned"]
    assert after(by_chief, state=with_agent()).consulted == ("bruno",)


def test_a_sixth_colleague_takes_the_place_of_who_was_asked_longest_ago() -> None:
    state = consulted(*COLLEAGUES, "agent-6")
    assert state.consulted == (*COLLEAGUES[1:], "agent-6")


def test_who_is_asked_again_counts_as_asked_last() -> None:
    state = consulted(*COLLEAGUES, COLLEAGUES[0], "agent-6")
    assert state.consulted == (*COLLEAGUES[2:], COLLEAGUES[0], "agent-6")


def test_who_is_mentioned_again_counts_as_asked_last() -> None:
    state = after(a_note(COLLEAGUES[0]), state=consulted(*COLLEAGUES))
    assert consulted("agent-6", state=state).consulted[-2:] == (COLLEAGUES[0], "agent-6")


def test_nobody_reads_along_once_the_bot_has_it() -> None:
    state = after(a_note("bruno"), return_to_bot(), state=with_agent())
    assert state.consulted == ()


@pytest.mark.parametrize("names", [("bruno", "bruno")])
def test_who_is_named_twice_is_told_once(names: tuple[str, ...]) -> None:
    decision = decide(with_agent(), a_note(*names), NOW)
    assert len(notices(decision)) == 1
