"""How Lambda reads a DynamoDB stream: in order, with retries, bisection and a dead-letter queue.

Order holds for each partition key. A mapping reads the stream's shards side by side, and
`ParallelizationFactor` batches of each; here these are lanes, and a key is always in the same one.

Replaces MiniStack's reader, which skips records reported in `batchItemFailures`, retries a
raising function for ever and holds up every other event source while a function runs.
"""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

import time
import zlib
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


def lane_of(record: Record, lanes: int) -> int:
    """Return where the records of this one's partition key are read, always in the same lane."""
    return zlib.crc32(repr(record["dynamodb"]["Keys"]["pk"]).encode()) % lanes


def _position(batch: list[Record], record: Record) -> int:
    return next(at for at, other in enumerate(batch) if other is record)


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
        self,
        length: int,
        failed: int | None,
        *,
        batch_size: int,
        bisect: bool,
        max_retries: int,
        too_old: bool,
    ) -> bool:
        """Record the outcome of `length` raw records, `failed` the raw index of the first failure.

        Lambda saw `batch_size` of them. Returns True when the batch is given up and belongs in the
        dead-letter queue.
        """
        if failed is None:
            self.advance(self.position + length)
            return False
        if failed > 0:
            self.advance(self.position + failed)
        elif bisect and batch_size > 1:
            self.batch_limit = batch_size // 2
            return False
        self.not_before = time.time() + RETRY_PAUSE_SECONDS
        self.attempts += 1
        if too_old or FOR_EVER < max_retries < self.attempts:
            self.advance(self.position + length - failed)
            return True
        return False


@dataclass
class StreamSource:
    """Reads every stream that has an event source mapping; one batch in flight for each lane.

    `service` and `tables` are MiniStack's Lambda and DynamoDB modules. A table that is on demand
    has four shards from its first day on AWS; `shards` says how many it has here.
    """

    service: Any
    tables: Any
    shards: int = 1
    progress: dict[str, Progress] = field(default_factory=dict)

    def poll(self) -> bool:
        """Start a batch wherever there is one; returns whether any was found."""
        any_batch = False
        for mapping, function, table in self._mappings():
            lanes = self.shards * int(mapping.get("ParallelizationFactor") or 1)
            for lane in range(lanes):
                any_batch = self._poll_lane(mapping, function, table, lane, lanes) or any_batch
        return any_batch

    def _poll_lane(self, mapping: Any, function: Any, table: str, lane: int, lanes: int) -> bool:
        identity = mapping["UUID"] if lanes == 1 else f"{mapping['UUID']}/{lane}"
        progress = self._progress(identity, mapping, table)
        busy = self.service._esm_inflight.get(identity, 0) > 0
        if busy or progress.not_before > time.time():
            return False
        limit = progress.batch_limit or mapping.get("BatchSize", 100)
        batch = self.tables.stream_records_since(table, progress.position, limit * lanes)
        if not batch:
            return False
        mine = batch if lanes == 1 else [r for r in batch if lane_of(r, lanes) == lane]
        records = self.service._apply_filter_criteria(mine, mapping)
        if len(records) > limit:
            batch = batch[: _position(batch, records[limit])]
            records = records[:limit]
        if records:
            self.service._dispatch_esm_batch(
                identity, self._run, mapping, function, batch, records, progress
            )
        else:
            progress.advance(progress.position + len(batch))
        return True

    def _run(
        self,
        mapping: Any,
        function: Any,
        batch: list[Record],
        records: list[Record],
        progress: Progress,
    ) -> None:
        result = self.service._execute_function(function, {"Records": records})
        reports = "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", ())
        failed = first_failure(records, result, reports=reports)
        at = None if failed is None else _position(batch, records[failed])
        max_age = int(mapping.get("MaximumRecordAgeInSeconds") or FOR_EVER)
        born = min(float(r["dynamodb"]["ApproximateCreationDateTime"]) for r in records)
        too_old = 0 < max_age < time.time() - born
        retries = mapping.get("MaximumRetryAttempts")
        given_up = progress.settle(
            len(batch),
            # Records that the filter drops before the failing one are done with too,
            # unless the failure is the first thing that Lambda saw of this batch.
            0 if failed == 0 else at,
            batch_size=len(records),
            bisect=bool(mapping.get("BisectBatchOnFunctionError")),
            max_retries=FOR_EVER if retries is None else int(retries),
            too_old=too_old,
        )
        if given_up:
            self.service._send_ddb_stream_failure_record(
                mapping,
                function,
                records[failed or 0 :],
                mapping["EventSourceArn"],
                result,
                "MaxRecordAgeExceeded" if too_old else "RetryAttemptsExhausted",
            )

    def _progress(self, identity: str, mapping: Any, table: str) -> Progress:
        oldest: int = self.tables.stream_start_position(table)
        if identity not in self.progress:
            # MiniStack notes the stream's end when a mapping that starts at LATEST is made.
            anchored = self.service._dynamodb_stream_positions.get(mapping["UUID"])
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
                description = self.tables._tables.get(table)
                if (
                    function is not None
                    and description
                    and description.get("LatestStreamArn") == arn
                ):
                    yield mapping, function, table
            finally:
                service._request_account_id.reset(account_token)
                service._request_region.reset(region_token)


def install(service: Any, tables: Any, shards: int) -> None:
    service._poll_dynamodb_streams = StreamSource(service, tables, shards).poll
