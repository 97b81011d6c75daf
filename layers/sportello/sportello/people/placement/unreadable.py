"""What cannot be read is passed over, so that it keeps nobody else from being served."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from sportello.aws.logs import logger


@contextmanager
def passed_over(*, conversation_id: str = "", agent_id: str = "") -> Iterator[None]:
    """Do something about one conversation or agent of many, and nothing if it cannot be read."""
    try:
        yield
    except ValidationError:
        logger.error(
            "passed over: it cannot be read", conversation_id=conversation_id, agent_id=agent_id
        )
