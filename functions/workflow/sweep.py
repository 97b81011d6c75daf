"""Every minute: finds what a crash or a lost wake-up left undone, and does it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sportello.aws.logs import logger
from sportello.dispatch.dispatcher import DispatchEnvironment, Dispatcher
from sportello.dispatch.sweep import Sweeping
from sportello.entrypoints import runtime
from sportello.intake.applying import Inbox
from sportello.people.escalation import Ladder


@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    table, settings = runtime.table(), runtime.settings()
    sweeping = Sweeping(
        table,
        settings,
        Dispatcher(DispatchEnvironment.load(), table, settings),
        Inbox(runtime.desk(), settings),
        Ladder(runtime.desk(), settings),
    )
    return {"swept": sweeping.sweep(runtime.utc_now())}
