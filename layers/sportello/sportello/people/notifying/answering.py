"""An offer answered from outside the desk: by a link, or by a button in a chat."""

from datetime import datetime
from enum import StrEnum

from sportello.aws.logs import logger
from sportello.conversation.commands import Accept, Decline
from sportello.conversation.events import AgentOfferEnded, OwnerKind
from sportello.conversation.state import ConversationState
from sportello.errors import NotAllowed
from sportello.people.notifying.open_offers import is_open_to
from sportello.people.placement.assigning import Assigning
from sportello.people.placement.room import NoRoom, versions_with_room
from sportello.table.desk import Committed, Desk, Step
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import SettingsStore


class Answered(StrEnum):
    """What became of an answer: `taken` by somebody else, or `over` for another reason.

    Where there is `no_room` for it the offer stays as it was.
    """

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN = "taken"
    OVER = "over"
    NO_ROOM = "no_room"


class Answering:
    """Issues what the agent API issues, and nothing for an offer that is not open any more."""

    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings
        self._assigning = Assigning(desk, settings)

    def accept(self, conversation_id: str, offer_id: str, agent_id: str, now: datetime) -> Answered:
        """Give an agent the conversation, as far as there is room; what one has stays theirs."""
        command = Accept(agent_id=agent_id, offer_id=offer_id)
        try:
            committed = self._answer(conversation_id, offer_id, command, now)
        except NoRoom:
            return Answered.NO_ROOM
        state = committed.state if committed else self._desk.table.load(conversation_id).state
        return standing(state, agent_id)

    def decline(
        self, conversation_id: str, offer_id: str, agent_id: str, now: datetime
    ) -> Answered:
        """Refuse it; of an offer to this agent alone the next one is asked at once."""
        command = Decline(agent_id=agent_id, offer_id=offer_id)
        committed = self._answer(conversation_id, offer_id, command, now)
        if committed and is_open_to(committed.before.state, offer_id, agent_id):
            if any(isinstance(event, AgentOfferEnded) for event in committed.decision.events):
                ask_the_next(self._assigning, conversation_id, now)
            return Answered.DECLINED
        state = committed.state if committed else self._desk.table.load(conversation_id).state
        return standing(state, agent_id)

    def _answer(
        self, conversation_id: str, offer_id: str, command: Accept | Decline, now: datetime
    ) -> Committed | None:
        agent_id, table = command.agent_id, self._desk.table

        def plan(conversation: Conversation) -> Step | None:
            if not is_open_to(conversation.state, offer_id, agent_id):
                return None
            terms = self._settings.terms(conversation)
            if isinstance(command, Decline):
                return Step(command=command, terms=terms)
            versions = versions_with_room(table, conversation, agent_id, terms, now)
            return Step(command=command, terms=terms, agent_versions=versions)

        try:
            committed = self._desk.act(conversation_id, plan, now)
        except NotAllowed:
            return None
        if committed.decision.events:
            logger.info(
                "offer was answered", answer=type(command).__name__, conversation_id=conversation_id
            )
        return committed


def ask_the_next(assigning: Assigning, conversation_id: str, now: datetime) -> None:
    """Have whoever fits best asked; where that fails, what was declined stays declined."""
    try:
        assigning.place(conversation_id, now)
    except Exception as error:  # noqa: BLE001 -- the refusal stands; the sweep asks the next one
        logger.error(
            "nobody else was asked",
            conversation_id=conversation_id,
            error=type(error).__name__,
        )


def standing(state: ConversationState, agent_id: str) -> Answered:
    """Say how a conversation stands to an agent who is not asked for it, or not any more."""
    owner = state.owner
    if owner.kind is not OwnerKind.AGENT:
        return Answered.OVER
    return Answered.ACCEPTED if owner.name == agent_id else Answered.TAKEN
