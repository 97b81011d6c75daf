"""What colleagues tell one another in a conversation: its customer never sees it. Pure."""

from sportello.conversation.decision import Draft, handles
from sportello.conversation.effects import NOTE, WriteNote
from sportello.conversation.events import (
    Author,
    ColleaguesMentioned,
    ConsultRequested,
    NoteWritten,
    OwnerKind,
)
from sportello.conversation.ownership import described, require_no_colleague
from sportello.conversation.people_commands import Consult, WriteDown
from sportello.errors import NotAllowed


def note_down(draft: Draft, agent_id: str, text: str, key: str = "") -> None:
    if not text:
        return
    note = WriteNote(key=key or draft.unique(NOTE.rstrip(":")), text=text)
    draft.intend(note)
    draft.record(
        NoteWritten(at=draft.now, effect_key=note.key, author=Author.AGENT, agent_id=agent_id)
    )


def write_down(draft: Draft, command: WriteDown) -> None:
    if draft.state.episode == 0:
        raise NotAllowed("the customer has not written yet")
    note_down(draft, command.agent_id, command.text, command.key)
    if command.mentions:
        _mention(draft, command)


def _mention(draft: Draft, command: WriteDown) -> None:
    """Tell colleagues that a note names them; from now on they may read along, as if asked."""
    state = draft.state
    names = tuple(dict.fromkeys(mention.agent_id for mention in command.mentions))
    colleagues = tuple(name for name in names if name != command.agent_id)
    if colleagues:
        draft.record(
            ColleaguesMentioned(
                at=draft.now,
                agent_id=command.agent_id,
                colleagues=colleagues,
                effect_key=command.key,
            )
        )
    key = draft.unique("mention")
    for mention in command.mentions:
        draft.notify(
            key,
            mention.endpoints,
            "note.mention",
            {
                "agent_id": mention.agent_id,
                "mentioned_by": command.agent_id,
                "note": command.text,
                "queue": state.queue,
                "priority": state.priority,
                **command.packet,
            },
        )


def consult(draft: Draft, command: Consult) -> None:
    """Ring a colleague with a question; as often as it is asked."""
    state = draft.state
    require_no_colleague(state, command)
    if state.owner.kind is not OwnerKind.AGENT:
        raise NotAllowed(f"the conversation belongs to {described(state)}")
    if state.owner.name == command.colleague:
        raise NotAllowed("the colleague has the conversation already")
    draft.record(
        ConsultRequested(at=draft.now, agent_id=command.agent_id, colleague=command.colleague)
    )
    note_down(draft, command.agent_id, command.note)
    draft.notify(
        draft.unique("consult"),
        command.endpoints,
        "conversation.consulted",
        {
            "agent_id": command.colleague,
            "asked_by": command.agent_id,
            "note": command.note,
            "queue": state.queue,
            "priority": state.priority,
            **command.packet,
        },
    )


HANDLERS = (handles(WriteDown, write_down), handles(Consult, consult))
