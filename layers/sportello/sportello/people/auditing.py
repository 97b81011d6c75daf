"""Who did what is written down after every act; what they did stands, whether or not it can be."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple

from pydantic import Field

from sportello.aws.environment import Environment
from sportello.aws.logs import Metric, count, logger
from sportello.people.notifying.answer_links import Answer
from sportello.people.notifying.answering import Answered
from sportello.table.desk_table import DeskTable
from sportello.table.settings.audit_table import AuditEntry

PERMISSION = "work_conversations"
"""What an answer would need at the agent API."""

_DONE: Mapping[str, Answered] = {
    Answer.ACCEPT: Answered.ACCEPTED,
    Answer.DECLINE: Answered.DECLINED,
}


class AuditEnvironment(Environment):
    audit_retention_days: int = Field(ge=1)


class GivenAnswer(NamedTuple):
    """An answer to an offer from outside the desk; `act_id` names what it was given with.

    `route` is the way it came, `answer` `accept` or `decline`.
    """

    route: str
    act_id: str
    agent_id: str
    conversation_id: str
    answer: str


def keep_answer(table: DeskTable, given: GivenAnswer, outcome: str | None, now: datetime) -> None:
    """Keep an answer as the agent API would have been asked for it; None is of one that failed."""
    status, problem = _status(given.answer, outcome)
    entry = AuditEntry(
        at=now,
        request_id=given.act_id,
        agent_id=given.agent_id,
        permission=PERMISSION,
        method="POST",
        route=given.route,
        conversation_id=given.conversation_id,
        target={"answer": given.answer},
        status=status,
        problem=problem,
    )
    keep_act(lambda: table, entry)


def keep_act(table: Callable[[], DeskTable], entry: AuditEntry) -> None:
    try:
        retention = timedelta(days=AuditEnvironment.load().audit_retention_days)
        table().audit.keep(entry, retention)
    except Exception as error:  # noqa: BLE001 -- the act is done, and its answer is owed
        fields = entry.model_dump(mode="json", exclude_defaults=True)
        logger.error("act not audited", **fields, error=type(error).__name__)
        count(Metric.NOT_AUDITED, "")


def _status(answer: str, outcome: str | None) -> tuple[int, str]:
    if outcome is None:
        return HTTPStatus.SERVICE_UNAVAILABLE.value, "busy"
    if outcome == _DONE.get(answer):
        return HTTPStatus.OK.value, ""
    problem = "no-room" if outcome == Answered.NO_ROOM else "not-allowed"
    return HTTPStatus.CONFLICT.value, problem
