"""Task ExhaustLadder of escalation: note a round in vain, say whether to go round again."""

from sportello.entrypoints import runtime
from sportello.entrypoints.task import task
from sportello.model import Model
from sportello.people.escalation import Escalating, Round


class Request(Model):
    """Only a machine of an earlier version names no `round`: it goes round no more."""

    conversation_id: str
    handoff_id: str
    round: int | None = None


@task(Request)
def handler(request: Request) -> Round:
    escalating = Escalating(runtime.desk(), runtime.settings())
    return escalating.exhaust(
        request.conversation_id, request.handoff_id, runtime.utc_now(), request.round
    )
