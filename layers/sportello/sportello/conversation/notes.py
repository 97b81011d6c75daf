"""What colleagues tell one another in a conversation: its customer never sees it. Pure."""

from sportello.conversation.decision import Draft, handles
from sportello.conversation.effects import WriteNote
from sportello.conversation.events import Author, ConsultRequested, NoteWritten, OwnerKind
from sportello.conversation.ownership import described, require_no_colleague
from sportello.conversation.people_commands import Consult, WriteDown
from sportello.errors import NotAllowed

NOTE = "note:"
"""What the keys of all notes begin with."""


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
