"""When one agent has declined, the next one is asked within the same call."""

from datetime import datetime

from sportello.entrypoints import runtime
from sportello.people import answering
from sportello.people.assigning import Assigning


def ask_the_next(conversation_id: str, now: datetime) -> None:
    answering.ask_the_next(Assigning(runtime.desk(), runtime.settings()), conversation_id, now)
