"""Reads the queue that changed settings fill: running clocks are made to fit them."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sportello.aws.logs import logger
from sportello.dispatch.fit_clocks import FitClocksEnvironment, FitClocksRequest, FittingClocks
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare

prepare("dynamodb")


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    fitting = FittingClocks(
        runtime.desk(),
        runtime.settings(),
        FitClocksEnvironment.load().fit_clocks_queue,
    )
    for record in event["Records"]:
        request = FitClocksRequest.model_validate_json(record["body"])
        fitting.fit(request, runtime.utc_now())
