"""Something has changed: whoever is connected and shown it is told. The dispatcher calls it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from live.services import posting
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.live.push_request import PushRequest
from sportello.live.pushing import Pushing

prepare("dynamodb")


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    pushing = Pushing(runtime.table(), runtime.settings(), posting())
    pushing.push(PushRequest.model_validate(event), runtime.utc_now())
