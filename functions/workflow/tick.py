"""Task Tick of sla_timer: let time act on a conversation's clocks."""

import time

from sportello.dispatch.tick import Ticking
from sportello.entrypoints import runtime
from sportello.entrypoints.task import task
from sportello.model import Instant, Model

CUT_OFF_SECONDS = 1
"""Step Functions cuts the Timestamp of a Wait to its second, so a timer wakes that much early.

https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-wait-state.html
"""


class Request(Model):
    conversation_id: str
    wake_at: Instant


@task(Request)
def handler(request: Request) -> None:
    early = (request.wake_at - runtime.utc_now()).total_seconds()
    if 0 < early < CUT_OFF_SECONDS:
        time.sleep(early)
    ticking = Ticking(runtime.desk(), runtime.settings())
    ticking.tick(request.conversation_id, request.wake_at, runtime.utc_now())
