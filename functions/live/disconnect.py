"""A connection has ended. API Gateway tells of most: what it does not, a push finds out."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from live.services import listening
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare

prepare("dynamodb")


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    listening().closed(event["requestContext"]["connectionId"], runtime.utc_now())
    return {"statusCode": 200}
