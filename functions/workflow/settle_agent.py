"""Reads the queue of agents who may have room: what waits for one is brought to them."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sportello.aws.logs import logger
from sportello.dispatch.settle_request import SettleRequest
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.people.placement.assigning import Assigning

prepare("dynamodb")


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    assigning = Assigning(runtime.desk(), runtime.settings())
    for record in event["Records"]:
        request = SettleRequest.model_validate_json(record["body"])
        logger.append_keys(agent_id=request.agent_id)
        assigning.settle(request.agent_id, runtime.utc_now(), unasked=request.unasked)
