"""Reads the queue that changed settings fill: running clocks are made to fit them."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sportello.aws.logs import logger
from sportello.dispatch.fit_clocks import FitClocksEnvironment, FitClocksRequest, Refitting
from sportello.entrypoints import runtime
from sportello.people.escalation import Ladder


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    refitting = Refitting(
        runtime.table(),
        runtime.settings(),
        Ladder(runtime.desk(), runtime.settings()),
        FitClocksEnvironment.load().fit_clocks_queue,
    )
    for record in event["Records"]:
        request = FitClocksRequest.model_validate_json(record["body"])
        refitting.fit(request, runtime.utc_now())
