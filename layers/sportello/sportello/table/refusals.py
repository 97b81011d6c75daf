"""Why the table refused a write: whoever was faster is told apart from what is wrong."""

from botocore.exceptions import ClientError

FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"
_LOST = frozenset({FAILED, CONFLICT})


def error_code(error: ClientError) -> str:
    """Return why, called alike for a single write and for one of a transaction."""
    return str(error.response["Error"]["Code"]).removesuffix("Exception")


def cancellation_codes(error: ClientError) -> list[str]:
    """Return why each write of a transaction was cancelled, in the order of the writes."""
    if error_code(error) != "TransactionCanceled":
        return []
    return [reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])]


def is_refused(error: ClientError) -> bool:
    """Whether the condition of a single write did not hold."""
    return error_code(error) == FAILED


def is_lost(error: ClientError) -> bool:
    """Whether a write was refused because somebody else was faster."""
    return not _LOST.isdisjoint({error_code(error), *cancellation_codes(error)})
