"""When one agent has declined, the next one is asked within the same call."""

from datetime import datetime

from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.people.assigning import Assigning


def ask_the_next(conversation_id: str, now: datetime) -> None:
    """Have whoever fits best asked; where that fails, what was declined stays declined."""
    try:
        Assigning(runtime.desk(), runtime.settings()).place(conversation_id, now)
    except Exception as error:  # noqa: BLE001 -- the refusal stands; the sweep asks the next one
        logger.error(
            "nobody else was asked",
            conversation_id=conversation_id,
            error=type(error).__name__,
        )
