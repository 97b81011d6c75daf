"""Reads the queue of what was written just now: its words are kept, so that it can be found."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import Field

from sportello.aws.credentials import read_secret_text
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.inbox.keeping_words import KeepingWords
from sportello.inbox.word_request import KeepWordsRequest

prepare("dynamodb", "secretsmanager")


class KeepWordsEnvironment(Environment):
    """`conversation_key_secret` names the secret that words are hashed with, like conversations."""

    conversation_key_secret: str = Field(min_length=1)
    search_retention_days: int = Field(ge=1)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    environment = KeepWordsEnvironment.load()
    keeping = KeepingWords(
        runtime.table(),
        read_secret_text(environment.conversation_key_secret).encode(),
        timedelta(days=environment.search_retention_days),
    )
    for record in event["Records"]:
        keeping.keep(KeepWordsRequest.model_validate_json(record["body"]))
