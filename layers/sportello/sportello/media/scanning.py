"""A function of the business's own that looks files through before anybody may open them."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from sportello.aws.clients import patient_client
from sportello.aws.environment import Environment
from sportello.errors import Retryable
from sportello.media.limits import FileRefused
from sportello.stored import OrUnknown, Stored

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class NotScanned(Retryable):
    """Nobody knows whether a file is clean."""


class ScanEnvironment(Environment):
    """Empty where nobody looks files through."""

    media_scan_function: str = ""


class Verdict(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"


class _Answer(Stored):
    verdict: Annotated[Verdict, OrUnknown()]


class Scanner:
    def __init__(self, function: str) -> None:
        self._function = function

    def look_through(self, bucket: str, key: str, mime_type: str, size_bytes: int) -> None:
        """Return if the function finds an object clean.

        Raises FileRefused where it does not, and NotScanned where it says neither: it is asked
        again.
        """
        question = {
            "bucket": bucket,
            "key": key,
            "mime_type": mime_type,
            "size_bytes": size_bytes,
        }
        client: LambdaClient = patient_client("lambda")
        try:
            answer = client.invoke(FunctionName=self._function, Payload=json.dumps(question))
            if answer.get("FunctionError"):
                raise NotScanned("the scan function failed")
            verdict = _Answer.model_validate_json(answer["Payload"].read()).verdict
        except (ClientError, BotoCoreError, ValidationError) as error:
            raise NotScanned(f"not scanned: {type(error).__name__}") from None
        if verdict is Verdict.INFECTED:
            raise FileRefused("infected")
        if verdict is not Verdict.CLEAN:
            raise NotScanned("the scan function gives no verdict")


def scanner() -> Scanner | None:
    """Return who looks files through, None where nobody does."""
    function = ScanEnvironment.load().media_scan_function
    return Scanner(function) if function else None
