"""Task ExhaustLadder of escalation: record that every tier was rung in vain."""

from sportello.entrypoints import runtime
from sportello.entrypoints.task import task
from sportello.model import Model
from sportello.people.escalation import Escalating


class Request(Model):
    conversation_id: str
    handoff_id: str


@task(Request)
def handler(request: Request) -> None:
    escalating = Escalating(runtime.desk(), runtime.settings())
    escalating.exhaust(request.conversation_id, request.handoff_id, runtime.utc_now())
