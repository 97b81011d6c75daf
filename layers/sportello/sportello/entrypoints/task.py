"""How a state machine calls us: the factory that tasks are made with."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from sportello.aws.logs import logger
from sportello.entrypoints.handler import Handler
from sportello.entrypoints.initialization import prepare
from sportello.errors import Retryable

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def task[I: BaseModel](
    shape: type[I],
) -> Callable[[Callable[[I], BaseModel | None]], Handler]:
    """Make a state machine's task from a function of one model to another.

    What a machine of another version passes besides is ignored. Raises Retryable, the one name
    that the machines retry, for what another attempt may cure; other errors leave as they are.
    """

    def decorate(function: Callable[[I], BaseModel | None]) -> Handler:
        prepare("dynamodb")

        @logger.inject_lambda_context(clear_state=True)
        def handle(event: dict[str, Any], _context: "LambdaContext") -> dict[str, Any]:
            logger.append_keys(conversation_id=event.get("conversation_id"))
            try:
                result = function(shape.model_validate(event, extra="ignore"))
            except (Retryable, ClientError, BotoCoreError) as error:
                logger.warning("task will be tried again", error=type(error).__name__)
                raise Retryable(type(error).__name__) from error
            return result.model_dump(mode="json") if result else {}

        return handle

    return decorate
