"""Task ReceiveMessages of triage: apply stored inbound items, take the turn."""

from pydantic import Field

from sportello.entrypoints import runtime
from sportello.entrypoints.task import task
from sportello.intake.applying import Applying, TurnTaken
from sportello.model import Model


class Request(Model):
    """No item ids means: take over a turn that was left behind."""

    conversation_id: str
    item_ids: tuple[str, ...] = Field(max_length=1_000)
    turn_id: str


@task(Request)
def handler(request: Request) -> TurnTaken:
    applying = Applying(runtime.desk(), runtime.settings())
    return applying.receive(
        request.conversation_id, request.item_ids, request.turn_id, runtime.utc_now()
    )
