"""Task RequestHuman of triage: hand the conversation to people."""

from sportello.entrypoints import runtime
from sportello.entrypoints.task import task
from sportello.model import Model
from sportello.people.escalation import Escalating


class Request(Model):
    conversation_id: str
    turn_id: str
    reason: str


@task(Request)
def handler(request: Request) -> None:
    escalating = Escalating(runtime.desk(), runtime.settings())
    escalating.request_human(
        request.conversation_id, request.turn_id, request.reason, runtime.utc_now()
    )
