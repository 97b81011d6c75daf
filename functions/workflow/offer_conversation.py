"""Task OfferConversation of escalation: ring one tier; the token comes back with its answer."""

from sportello.entrypoints import runtime
from sportello.entrypoints.task import task
from sportello.model import Model
from sportello.people.escalation import Escalating


class Request(Model):
    conversation_id: str
    handoff_id: str
    tier: int
    task_token: str
    round: int = 0


@task(Request)
def handler(request: Request) -> None:
    escalating = Escalating(runtime.desk(), runtime.settings())
    escalating.offer(
        request.conversation_id,
        request.handoff_id,
        request.tier,
        request.task_token,
        runtime.utc_now(),
        request.round,
    )
