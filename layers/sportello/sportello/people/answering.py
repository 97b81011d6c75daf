"""An offer answered from outside the desk: by a link, or by a button in a chat."""

from datetime import datetime
from enum import StrEnum

from sportello.aws.logs import logger
from sportello.conversation.commands import Accept, Command, Decline
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.errors import NotAllowed
from sportello.people.open_offers import is_open_to
from sportello.table.desk import Committed, Desk
from sportello.table.items import Conversation
from sportello.table.settings_store import SettingsStore


class Answered(StrEnum):
    """What became of an answer: `taken` by somebody else, or `over` for another reason."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN = "taken"
    OVER = "over"


class Answering:
    """Issues what the agent API issues, and nothing for an offer that is not open any more."""

    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings

    def accept(self, conversation_id: str, offer_id: str, agent_id: str, now: datetime) -> Answered:
        """Give an agent the conversation; to accept what one has already changes nothing."""
        command = Accept(agent_id=agent_id, offer_id=offer_id)
        committed = self._answer(conversation_id, offer_id, agent_id, command, now)
        state = committed.state if committed else self._desk.table.load(conversation_id).state
        return standing(state, agent_id)

    def decline(
        self, conversation_id: str, offer_id: str, agent_id: str, now: datetime
    ) -> Answered:
        command = Decline(agent_id=agent_id, offer_id=offer_id, looks_on=True)
        committed = self._answer(conversation_id, offer_id, agent_id, command, now)
        if committed and is_open_to(committed.before.state, offer_id, agent_id):
            return Answered.DECLINED
        state = committed.state if committed else self._desk.table.load(conversation_id).state
        return standing(state, agent_id)

    def _answer(
        self, conversation_id: str, offer_id: str, agent_id: str, command: Command, now: datetime
    ) -> Committed | None:
        def plan(conversation: Conversation, _terms: ServiceTerms) -> Command | None:
            return command if is_open_to(conversation.state, offer_id, agent_id) else None

        try:
            committed = self._desk.act(conversation_id, self._settings.under_terms(plan), now)
        except NotAllowed:
            return None
        if committed.decision.events:
            logger.info(
                "offer was answered", answer=type(command).__name__, conversation_id=conversation_id
            )
        return committed


def standing(state: ConversationState, agent_id: str) -> Answered:
    """Say how a conversation stands to an agent who is not asked for it, or not any more."""
    owner = state.owner
    if owner.kind is not OwnerKind.AGENT:
        return Answered.OVER
    return Answered.ACCEPTED if owner.name == agent_id else Answered.TAKEN
