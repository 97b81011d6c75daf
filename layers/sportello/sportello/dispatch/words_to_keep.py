"""What the stream brings that people write is handed on, to be found by its words later.

It is the last thing that is done with a batch, in one call, and holds nothing up: whatever cannot
be handed on is not found by its words, and everything else of it is as it was.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.conversation.effects import EFFECT, MACRO, SendMessage, WriteNote
from sportello.conversation.events import Author
from sportello.inbox.word_request import MOST_ITEMS, ItemToRead, KeepWordsRequest
from sportello.table.keys import Attributes, conversation_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_INBOUND_KINDS = frozenset({"message", "edit", "echo", "handle_change", "revoke"})
_WRITTEN_BY_PEOPLE = ('"WriteNote"', '"agent"')
"""One of these is in the document of what people write: few effects have to be read."""


class WordsEnvironment(Environment):
    """`words_queue` takes what is to be found by its words; empty where nothing is."""

    words_queue: str = ""


class WordsToKeep:
    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    @property
    def _sqs(self) -> "SQSClient":
        client: SQSClient = aws_client("sqs")
        return client

    def hand_on(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Hand on what of a batch has words; asked again, it does so again."""
        if not self._queue_url:
            return
        try:
            for some in batched(_worth_reading(records), MOST_ITEMS, strict=False):
                self._send(some)
        except (ClientError, BotoCoreError) as error:
            logger.warning("words are not kept", error=type(error).__name__)

    def _send(self, items: Sequence[ItemToRead]) -> None:
        body = KeepWordsRequest(items=tuple(items)).model_dump_json()
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=body)


def _worth_reading(records: Iterable[Mapping[str, Any]]) -> Iterator[ItemToRead]:
    for record in records:
        image: Attributes = record["dynamodb"].get("NewImage", {})
        if _has_words(image):
            yield ItemToRead(conversation_id=conversation_of(image), sort_key=image["sk"]["S"])


def _has_words(image: Attributes) -> bool:
    match _text(image, "entity"):
        case "inbound":
            return _text(image, "kind") in _INBOUND_KINDS
        case "effect":
            return _is_written_by_people(_text(image, "effect"))
    return False


def _text(image: Attributes, name: str) -> str:
    """Return an attribute; what misses one was set aside, and holds nothing up here either."""
    return str(image.get(name, {}).get("S", ""))


def _is_written_by_people(document: str) -> bool:
    if not any(word in document for word in _WRITTEN_BY_PEOPLE):
        return False
    try:
        effect = EFFECT.validate_json(document)
    except ValueError:
        return False  # it was set aside
    if isinstance(effect, WriteNote):
        return not effect.key.startswith(MACRO)
    return isinstance(effect, SendMessage) and effect.author is Author.AGENT
