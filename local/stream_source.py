"""How Lambda reads a DynamoDB stream: in order, with retries, bisection and a dead-letter queue.

Replaces MiniStack's reader, which skips records reported in `batchItemFailures`, retries a
raising function for ever and holds up every other event source while a function runs.
"""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

RETRY_PAUSE_SECONDS = 0.5
FOR_EVER = -1

type Record = dict[str, Any]


def first_failure(records: list[Record], result: dict[str, Any], *, reports: bool) -> int | None:
    """Return the index of the first record not processed, None when all were.

    As in Lambda: an unknown sequence number, or a malformed report, fails the whole batch.
    """
    if result.get("error"):
        return 0
    body = result.get("body")
    if not reports or not body:
        return None
    failures = body.get("batchItemFailures") if isinstance(body, dict) else None
    if not isinstance(failures, list):
        return None
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    positions = []
    for failure in failures:
        number = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        if number not in numbers:
            return 0
        positions.append(numbers.index(number))
    return min(positions, default=None)


@dataclass
class Progress:
    """Where one event source mapping stands; positions count all records of the stream."""

    position: int
    attempts: int = 0
    batch_limit: int | None = None
    """Set while a failing batch is being halved to find the record to blame."""
    not_before: float = 0.0

    def advance(self, position: int) -> None:
        self.position = position
        self.attempts = 0
        self.batch_limit = None

    def settle(
        self, length: int, failed: int | None, *, bisect: bool, max_retries: int, too_old: bool
    ) -> bool:
        """Record the outcome of `length` raw records, `failed` the raw index of the first failure.

        Returns True when the batch is given up and belongs in the dead-letter queue.
        """
        if failed is None:
            self.advance(self.position + length)
            return False
        if failed > 0:
            self.advance(self.position + failed)
        elif bisect and length > 1:
            self.batch_limit = length // 2
            return False
        self.not_before = time.time() + RETRY_PAUSE_SECONDS
        self.attempts += 1
        if too_old or FOR_EVER < max_retries < self.attempts:
            self.advance(self.position + length - failed)
            return True
        return False


@dataclass
class StreamSource:
    """Reads every stream that has an event source mapping; one batch in flight for each.

    `service` and `tables` are MiniStack's Lambda and DynamoDB modules.
    """

    service: Any
    tables: Any
    progress: dict[str, Progress] = field(default_factory=dict)

    def poll(self) -> bool:
        """Start a batch wherever there is one; returns whether any was found."""
        found = False
        for mapping, function, table in self._mappings():
            identity = mapping["UUID"]
            progress = self._progress(mapping, table)
            busy = self.service._esm_inflight.get(identity, 0) > 0
            if busy or progress.not_before > time.time():
                continue
            limit = progress.batch_limit or mapping.get("BatchSize", 100)
            batch = self.tables.stream_records_since(table, progress.position, limit)
            wanted = self.service._apply_filter_criteria(batch, mapping)
            if not batch:
                continue
            found = True
            if wanted:
                self.service._dispatch_esm_batch(
                    identity, self._run, mapping, function, batch, wanted
                )
            else:
                progress.advance(progress.position + len(batch))
        return found

    def _run(self, mapping: Any, function: Any, batch: list[Record], wanted: list[Record]) -> None:
        result = self.service._execute_function(function, {"Records": wanted})
        reports = "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", ())
        failed = first_failure(wanted, result, reports=reports)
        at = None if failed is None else next(i for i, r in enumerate(batch) if r is wanted[failed])
        max_age = int(mapping.get("MaximumRecordAgeInSeconds") or FOR_EVER)
        born = min(float(r["dynamodb"]["ApproximateCreationDateTime"]) for r in wanted)
        too_old = 0 < max_age < time.time() - born
        retries = mapping.get("MaximumRetryAttempts")
        given_up = self.progress[mapping["UUID"]].settle(
            len(batch),
            # Records that the filter drops before the failing one are done with too,
            # unless the failure is the first thing that Lambda saw of this batch.
            0 if failed == 0 else at,
            bisect=bool(mapping.get("BisectBatchOnFunctionError")),
            max_retries=FOR_EVER if retries is None else int(retries),
            too_old=too_old,
        )
        if given_up:
            self.service._send_ddb_stream_failure_record(
                mapping,
                function,
                wanted[failed or 0 :],
                mapping["EventSourceArn"],
                result,
                "MaxRecordAgeExceeded" if too_old else "RetryAttemptsExhausted",
            )

    def _progress(self, mapping: Any, table: str) -> Progress:
        oldest: int = self.tables.stream_start_position(table)
        identity = mapping["UUID"]
        if identity not in self.progress:
            # MiniStack notes the stream's end when a mapping that starts at LATEST is made.
            anchored = self.service._dynamodb_stream_positions.get(identity)
            self.progress[identity] = Progress(oldest if anchored is None else anchored)
        progress = self.progress[identity]
        progress.position = max(progress.position, oldest)
        return progress

    def _mappings(self) -> Iterator[tuple[Any, Any, str]]:
        """Yield (mapping, function, table) with MiniStack's account and region set for each."""
        service = self.service
        for account, region, mapping in service._iter_all_esms():
            arn = mapping.get("EventSourceArn", "")
            if not mapping.get("Enabled", True) or ":dynamodb:" not in arn:
                continue
            account_token = service._request_account_id.set(account)
            region_token = service._request_region.set(region)
            try:
                function, _ = service._get_func_record_for_qualifier(
                    mapping["FunctionName"], mapping.get("Qualifier")
                )
                table = arn.split(":table/")[1].split("/")[0]
                known = self.tables._tables.get(table)
                if function is not None and known and known.get("LatestStreamArn") == arn:
                    yield mapping, function, table
            finally:
                service._request_account_id.reset(account_token)
                service._request_region.reset(region_token)


def install(service: Any, tables: Any) -> None:
    service._poll_dynamodb_streams = StreamSource(service, tables).poll
