"""Task Tick of sla_timer: let time act on a conversation's clocks."""

from sportello import runtime
from sportello.entrypoints import task
from sportello.ladder import Ladder
from sportello.model import Instant, Model


class Request(Model):
    conversation_id: str
    wake_at: Instant


@task(Request)
def handler(request: Request) -> None:
    ladder = Ladder(runtime.desk(), runtime.settings())
    ladder.tick(request.conversation_id, request.wake_at, runtime.utc_now())
