"""Every minute: finds what a crash or a lost wake-up left undone, and does it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sportello.aws.logs import logger
from sportello.dispatch.daily_look import look_once_a_day
from sportello.dispatch.dispatcher import DispatchEnvironment, Dispatcher
from sportello.dispatch.sweep import Sweeping
from sportello.dispatch.sweep_budget import SweepBudget
from sportello.dispatch.tick import Ticking
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.intake.applying import Applying
from sportello.people.escalation import Escalating

prepare("dynamodb")


@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    desk, settings = runtime.desk(), runtime.settings()
    sweeping = Sweeping(
        desk.table,
        settings,
        Dispatcher(DispatchEnvironment.load(), desk.table, settings, runtime.utc_now),
        Applying(desk, settings),
        Escalating(desk, settings),
        Ticking(desk, settings),
    )
    now = runtime.utc_now()
    swept = sweeping.sweep(now, SweepBudget(runtime.utc_now))
    look_once_a_day(desk.table, settings, now)
    return {"swept": swept}
