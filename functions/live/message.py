"""A browser says something: that it is there, what it listens to, what its agent looks at."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from live.services import listening
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.people.auditing import keep_act
from sportello.table.outward.live_items import Connection
from sportello.table.settings.audit_table import AuditEntry

ROUTE = "/live/presence"
"""What a frame is called among the acts: it does what a call of the agent API does."""

prepare("dynamodb")


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    context = event["requestContext"]
    body = event.get("body")
    actor = listening().take(context["connectionId"], body or "", runtime.utc_now())
    if actor:
        _audit(actor, str(context.get("requestId", "")))
    return {"statusCode": 200}


def _audit(connection: Connection, request_id: str) -> None:
    entry = AuditEntry(
        at=runtime.utc_now(),
        request_id=request_id,
        agent_id=connection.agent_id,
        roles=connection.roles,
        team=",".join(connection.teams),
        permission="set_own_presence",
        method="PUT",
        route=ROUTE,
        status=HTTPStatus.OK.value,
    )
    keep_act(runtime.table, entry)
