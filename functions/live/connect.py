"""A browser asks to connect: whoever brings a good ticket may. It hears nothing before `hello`."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.live.tickets import connect

prepare("dynamodb")


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    query = event.get("queryStringParameters") or {}
    connection_id = event["requestContext"]["connectionId"]
    agent_id = connect(runtime.table(), query.get("ticket"), connection_id, runtime.utc_now())
    if agent_id is None:
        logger.info("ticket refused")
        return {"statusCode": 403}
    logger.info("connected", agent_id=agent_id)
    return {"statusCode": 200}
