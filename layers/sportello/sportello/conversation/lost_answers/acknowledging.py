"""What people say of answers that did not arrive: that they have been seen to. Pure."""

from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import UndeliveredAcknowledged
from sportello.conversation.ownership import require_no_colleague
from sportello.conversation.people_commands import AcknowledgeUndelivered


def acknowledge(draft: Draft, command: AcknowledgeUndelivered) -> None:
    """Take answers off the list; whoever wrote them may, whose conversation it is by now."""
    named = [
        each
        for each in draft.state.open_undelivered
        if not command.effect_keys or each.effect_key in command.effect_keys
    ]
    if not named:
        return
    if any(each.agent_id != command.agent_id for each in named):
        require_no_colleague(draft.state, command)
    keys = tuple(each.effect_key for each in named)
    draft.record(UndeliveredAcknowledged(at=draft.now, agent_id=command.agent_id, effect_keys=keys))


HANDLERS = (handles(AcknowledgeUndelivered, acknowledge),)
