"""`Custom::DeskFiles`: the files of the page, put, replaced and taken away with the stack.

CloudFormation waits for an answer, whatever happens, and calls again where none came: everything
here may be done twice. What the page's files are is in the layer `desk_files` (`web/build.py`).
"""

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from desk_page.bucket import Bucket, NotRemoved, TooLittleTime
from sportello.aws.logs import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LEAST_MILLISECONDS = 10_000
"""What is left for the answer, when work is given up."""

ANSWER_SECONDS = 5.0


class NotTaken(Exception):
    """CloudFormation was not told; Lambda calls again."""


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> None:
    bucket_name = str(event["ResourceProperties"]["Bucket"])
    answer = {
        "Status": "SUCCESS",
        "RequestId": event["RequestId"],
        "StackId": event["StackId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "PhysicalResourceId": bucket_name,
    }
    try:
        _carry_out(event, Bucket(bucket_name, lambda: _has_time(context)))
    except Exception as error:  # noqa: BLE001 -- without an answer the stack hangs for an hour
        reason = _reason(error)
        logger.exception("the page could not be put", reason=reason)
        answer |= {"Status": "FAILED", "Reason": f"{reason}; see {context.log_stream_name}"}
    _tell(str(event["ResponseURL"]), answer)


def _carry_out(event: dict[str, Any], bucket: Bucket) -> None:
    if event["RequestType"] == "Delete":
        # Of a bucket that was replaced, or whose stack goes.
        bucket.empty()
        return
    configuration = event["ResourceProperties"]["Configuration"]
    bucket.publish(json.dumps(configuration, sort_keys=True).encode())


def _has_time(context: "LambdaContext") -> bool:
    return context.get_remaining_time_in_millis() > LEAST_MILLISECONDS


def _reason(error: Exception) -> str:
    match error:
        case TooLittleTime():
            return "it took too long"
        case NotRemoved():
            return f"S3 said {error} to DeleteObjects"
        case ClientError():
            return f"S3 said {error.response['Error']['Code']} to {error.operation_name}"
        case BotoCoreError():
            return f"S3 could not be reached ({type(error).__name__})"
    return type(error).__name__


def _tell(url: str, answer: dict[str, str]) -> None:
    """Answer CloudFormation at the address it signed, without the type it did not sign."""
    body = json.dumps(answer).encode()
    retries = urllib3.Retry(
        3, backoff_factor=0.2, allowed_methods=None, status_forcelist=[500, 503]
    )
    with urllib3.PoolManager(timeout=ANSWER_SECONDS, retries=retries) as pool:
        receipt = pool.request("PUT", url, body=body, headers={"Content-Type": ""})
    if receipt.status != HTTPStatus.OK:
        raise NotTaken(f"CloudFormation took no answer: {receipt.status}")
