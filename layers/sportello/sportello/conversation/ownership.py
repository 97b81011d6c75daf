"""What people may ask of a conversation, by whose it is. Pure."""

from sportello.conversation.commands import InformedCommand, OwnersCommand, VersionedCommand
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.errors import ColleagueReplied, NotAllowed, UnseenMessage
from sportello.stored import is_unknown


def require_as_seen(state: ConversationState, command: VersionedCommand) -> None:
    """Refuse what was meant for a conversation that has changed hands since it was looked at."""
    if command.owner_version not in {None, state.owner.version}:
        raise NotAllowed("the conversation has changed hands since")


def require_informed(state: ConversationState, command: InformedCommand) -> None:
    """Refuse besides what was meant for a story in which the customer has written since."""
    require_as_seen(state, command)
    if command.seen_up_to is not None:
        unseen = state.unseen_messages(command.seen_up_to)
        if unseen:
            raise UnseenMessage(unseen)


def require_nobody_faster(state: ConversationState, agent_id: str, seen_up_to: int | None) -> None:
    """Refuse an answer to a story in which a colleague or the bot has answered since."""
    others = () if seen_up_to is None else state.unseen_speeches(seen_up_to, agent_id)
    if others:
        raise ColleagueReplied(tuple(each.effect_key for each in others))


def require_no_colleague(state: ConversationState, command: OwnersCommand) -> None:
    """A colleague's conversation is the colleague's; only a supervisor may act in it."""
    owner = state.owner
    of_another = owner.kind is OwnerKind.AGENT and owner.name != command.agent_id
    if (of_another or is_unknown(owner.kind)) and not command.supervisor:
        raise NotAllowed(f"the conversation belongs to {described(state)}")


def described(state: ConversationState) -> str:
    return "another agent" if state.owner.kind is OwnerKind.AGENT else f"the {state.owner.kind}"
