"""The only reader of the table's stream: new inbound items and effects go to who acts on them."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sportello.aws.logs import logger
from sportello.dispatch.dispatcher import DispatchEnvironment, Dispatcher
from sportello.dispatch.live_rows import LiveRowsEnvironment, ShowingRows
from sportello.dispatch.stream import DeadLetterEnvironment, StreamReader
from sportello.dispatch.words_to_keep import WordsEnvironment, WordsToKeep
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.intake.applying import Applying

prepare("dynamodb", "sqs", "stepfunctions", "events")


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    reader = StreamReader(
        Dispatcher(
            DispatchEnvironment.load(), runtime.table(), runtime.settings(), runtime.utc_now
        ),
        Applying(runtime.desk(), runtime.settings()),
        DeadLetterEnvironment.load().set_aside_queue,
        ShowingRows(runtime.table(), LiveRowsEnvironment.load().live_push_function),
    )
    failed = reader.read(event["Records"], runtime.utc_now())
    WordsToKeep(WordsEnvironment.load().words_queue).hand_on(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}
