"""Changes are shown to agents who are connected: behind everything else, and only if any is.

It is a hint that gets lost if it cannot be given: what it tells of is in the table.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from pydantic import Field

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.conversation.handing_over.audience import Audience
from sportello.live.push_request import PushRequest
from sportello.table.desk_table import DeskTable


class LiveRowsEnvironment(Environment):
    live_push_function: str = Field(min_length=1)


class ShowingRows:
    """Calls the function that pushes, and does not wait for it.

    It costs nothing while nobody listens: a queue would be asked all the time.
    """

    def __init__(self, table: DeskTable, push_function: str) -> None:
        self._table = table
        self._push_function = push_function

    def show(
        self, conversations: Mapping[str, Audience], agents: Collection[str], now: datetime
    ) -> None:
        """Have changes pushed, those of a batch of the stream together; it never fails.

        Whether anybody listens is asked each time: who connects reads the views once, and what
        changes after that has to reach them.
        """
        if not conversations and not agents:
            return
        try:
            if self._table.live.is_listened_to(now):
                self._ask(PushRequest(conversations=conversations, agents=tuple(agents)))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the stream goes on
            logger.warning("changes were not shown", error=type(error).__name__)

    def _ask(self, request: PushRequest) -> None:
        aws_client("lambda").invoke(
            FunctionName=self._push_function,
            InvocationType="Event",
            Payload=request.model_dump_json(exclude_defaults=True).encode(),
        )
