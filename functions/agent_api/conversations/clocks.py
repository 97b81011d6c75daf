"""The clocks of a conversation, each with what it counted and why."""

from collections.abc import Iterator

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_seen
from agent_api.conversations.conversation import checked
from agent_api.conversations.conversation_view import ClockView, clock_view
from sportello.conversation.events import ConversationEvent
from sportello.conversation.state import ConversationState
from sportello.conversation.timing.clock_explanation import ClockExplanation, explain_clock
from sportello.entrypoints import runtime
from sportello.hours.opening_hours import OpeningHours
from sportello.hours.settings import OpeningHoursSettings
from sportello.model import Model

PAGE = 100
MAX_PAGES = 20
"""How many pages of commits are read back; what a clock counted before is told as one sum."""

routes = Blueprint(__name__)


class ExplainedClock(ClockView):
    explanation: ClockExplanation


class ExplainedClocks(Model):
    conversation_id: str
    clocks: tuple[ExplainedClock, ...]


@route(
    routes,
    "GET",
    "/conversations/{conversation_id}/clocks",
    Permission.READ_CONVERSATIONS,
    answers={200: ExplainedClocks},
)
def read_clocks(_request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    now = runtime.utc_now()
    conversation = require_seen(agent, runtime.table().load_going_on(conversation_id))
    conversation_id, state = conversation.conversation_id, conversation.state
    events = list(events_since_oldest_clock(conversation_id, state))
    explained = (
        ExplainedClock(
            **dict(clock_view(clock)), explanation=explain_clock(clock, events, hours_of, now)
        )
        for clock in state.clocks
    )
    return answer_with(ExplainedClocks(conversation_id=conversation_id, clocks=tuple(explained)))


def events_since_oldest_clock(
    conversation_id: str, state: ConversationState
) -> Iterator[ConversationEvent]:
    """Yield events, oldest first, from the commit that started the oldest clock."""
    oldest = min((clock.generation for clock in state.clocks), default=state.sequence)
    commits = []
    before: int | None = None
    for _ in range(MAX_PAGES):
        page = runtime.table().log_page(conversation_id, PAGE, before)
        commits += page
        before = page[-1].sequence if page else 0
        if before <= oldest:
            break
    for commit in reversed(commits):
        yield from commit.events


def hours_of(calendar: str, version: int) -> OpeningHours | None:
    return runtime.settings().past(OpeningHoursSettings, version).calendars.get(calendar)
