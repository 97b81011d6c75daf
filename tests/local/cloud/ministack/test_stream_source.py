"""The event source mapping's rules, on a stream of numbered records."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from local.cloud.ministack.stream_source import Record, StreamSource, first_failure, lane_of

type Handler = Callable[[list[int]], list[int]]

STREAM = "arn:aws:dynamodb:eu-south-1:000000000000:table/desk/stream/2026"


def record(number: int) -> Record:
    return {
        "dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": 4_000_000_000}
    }


def numbers(records: list[Record]) -> list[int]:
    return [int(item["dynamodb"]["SequenceNumber"]) for item in records]


class Lambda:
    """The part of MiniStack's Lambda module that the stream source uses, run at once."""

    _request_account_id = _request_region = SimpleNamespace(
        set=lambda _value: None, reset=lambda _token: None
    )

    def __init__(
        self, handler: Handler, wanted: Callable[[int], Any] = lambda _: True, **mapping: Any
    ) -> None:
        self.handler = handler
        self.wanted = wanted
        self.mapping = {
            "UUID": "m",
            "EventSourceArn": STREAM,
            "FunctionName": "dispatch",
            "StartingPosition": "TRIM_HORIZON",
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BatchSize": 4,
            **mapping,
        }
        self.seen: list[list[int]] = []
        self.given_up: list[tuple[list[int], str]] = []
        self._esm_inflight: dict[str, int] = {}
        self._dynamodb_stream_positions: dict[str, int] = {}

    def _iter_all_esms(self) -> Iterator[tuple[str, str, Any]]:
        yield "account", "region", self.mapping

    def _get_func_record_for_qualifier(self, name: str, _qualifier: Any) -> tuple[str, Any]:
        return name, {}

    def _apply_filter_criteria(self, records: list[Record], _mapping: Any) -> list[Record]:
        return [item for item in records if self.wanted(numbers([item])[0])]

    def _dispatch_esm_batch(self, _id: str, run: Callable[..., None], *arguments: Any) -> None:
        run(*arguments)

    def _execute_function(self, _function: str, event: dict[str, Any]) -> dict[str, Any]:
        batch = numbers(event["Records"])
        self.seen.append(batch)
        try:
            failures = self.handler(batch)
        except ValueError:
            return {"error": True}
        return {"body": {"batchItemFailures": [{"itemIdentifier": str(item)} for item in failures]}}

    def _send_ddb_stream_failure_record(
        self, _mapping: Any, _function: str, records: list[Record], *stream_result_reason: Any
    ) -> None:
        self.given_up.append((numbers(records), stream_result_reason[-1]))


class Tables:
    def __init__(self, length: int) -> None:
        self.records = [record(number) for number in range(length)]
        self._tables = {"desk": {"LatestStreamArn": STREAM}}

    def stream_records_since(self, _table: str, position: int, limit: int) -> list[Record]:
        return self.records[position : position + limit]

    def stream_start_position(self, _table: str) -> int:
        return 0


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.cloud.ministack.stream_source.RETRY_PAUSE_SECONDS", 0)


def drain(service: Lambda, length: int) -> None:
    source = StreamSource(service, Tables(length))
    for _ in range(200):
        if not source.poll():
            return
    pytest.fail("the stream never ran dry")


def nothing_fails(_batch: list[int]) -> list[int]:
    return []


def test_records_are_read_in_order_and_in_batches() -> None:
    service = Lambda(nothing_fails)
    drain(service, 6)
    assert service.seen == [[0, 1, 2, 3], [4, 5]]


def test_records_that_the_filter_drops_are_never_seen() -> None:
    service = Lambda(nothing_fails, wanted=lambda number: number % 2)
    drain(service, 6)
    assert service.seen == [[1, 3], [5]]


def test_retrying_starts_at_the_first_reported_failure() -> None:
    outcomes = iter([[2, 3], []])
    service = Lambda(lambda _batch: next(outcomes))
    drain(service, 4)
    assert service.seen == [[0, 1, 2, 3], [2, 3]]


def test_a_poisoned_record_is_singled_out_and_given_up() -> None:
    def poisoned_by_two(batch: list[int]) -> list[int]:
        if 2 in batch:
            raise ValueError
        return []

    service = Lambda(poisoned_by_two, MaximumRetryAttempts=2, BisectBatchOnFunctionError=True)
    drain(service, 6)
    assert service.given_up == [([2], "RetryAttemptsExhausted")]
    assert service.seen.count([2]) == 3
    assert {number for batch in service.seen if 2 not in batch for number in batch} == {
        0,
        1,
        3,
        4,
        5,
    }


def test_a_reported_poison_is_singled_out_too() -> None:
    service = Lambda(
        lambda batch: [number for number in batch if number == 1],
        MaximumRetryAttempts=1,
        BisectBatchOnFunctionError=True,
    )
    drain(service, 4)
    assert service.given_up == [([1], "RetryAttemptsExhausted")]
    assert service.seen[-1] == [2, 3]


def test_without_bisection_the_whole_batch_is_given_up() -> None:
    def always(_batch: list[int]) -> list[int]:
        raise ValueError

    service = Lambda(always, MaximumRetryAttempts=0)
    drain(service, 3)
    assert service.given_up == [([0, 1, 2], "RetryAttemptsExhausted")]


def test_a_record_beyond_its_age_is_given_up_at_the_next_failure() -> None:
    def always(_batch: list[int]) -> list[int]:
        raise ValueError

    service = Lambda(always, MaximumRecordAgeInSeconds=60)
    tables = Tables(1)
    tables.records[0]["dynamodb"]["ApproximateCreationDateTime"] = 0
    assert StreamSource(service, tables).poll()
    assert service.given_up == [([0], "MaxRecordAgeExceeded")]


def test_a_mapping_that_starts_at_the_latest_record_reads_from_where_it_was_made() -> None:
    service = Lambda(nothing_fails)
    service._dynamodb_stream_positions["m"] = 3
    drain(service, 5)
    assert service.seen == [[3, 4]]


def of_key(number: int, name: str) -> Record:
    found = record(number)
    found["dynamodb"]["Keys"] = {"pk": {"S": name}}
    return found


def test_lanes_are_read_side_by_side_and_each_key_in_its_own() -> None:
    names = [f"CONV#{number % 7}" for number in range(40)]
    tables = Tables(0)
    tables.records = [of_key(number, name) for number, name in enumerate(names)]
    service = Lambda(nothing_fails, ParallelizationFactor=4)
    source = StreamSource(service, tables, shards=2)
    while source.poll():
        pass
    assert sorted(number for batch in service.seen for number in batch) == list(range(40))
    assert max(map(len, service.seen)) <= 4
    lane_of_key: dict[str, int] = {}
    for batch in service.seen:
        lanes = {lane_of(tables.records[number], 8) for number in batch}
        assert len(lanes) == 1
        lane_of_key.update(dict.fromkeys((names[number] for number in batch), lanes.pop()))
    assert len(set(lane_of_key.values())) > 1
    for name in set(names):
        seen = [number for batch in service.seen for number in batch if names[number] == name]
        assert seen == sorted(seen)


def test_a_failing_lane_does_not_hold_up_the_others() -> None:
    names = [f"CONV#{number % 7}" for number in range(20)]
    tables = Tables(0)
    tables.records = [of_key(number, name) for number, name in enumerate(names)]
    bad = lane_of(tables.records[0], 4)

    def fails_in_one_lane(batch: list[int]) -> list[int]:
        if lane_of(tables.records[batch[0]], 4) == bad:
            raise ValueError
        return []

    service = Lambda(fails_in_one_lane, ParallelizationFactor=4, MaximumRetryAttempts=100)
    source = StreamSource(service, tables)
    for _ in range(20):
        source.poll()
    done = {number for batch in service.seen for number in batch}
    elsewhere = {n for n, item in enumerate(tables.records) if lane_of(item, 4) != bad}
    assert elsewhere
    assert elsewhere <= done


def test_a_batch_in_flight_holds_back_the_next_one() -> None:
    service = Lambda(nothing_fails)
    service._esm_inflight["m"] = 1
    assert not StreamSource(service, Tables(3)).poll()
    assert service.seen == []


@pytest.mark.parametrize(
    ("result", "reports", "expected"),
    [
        ({"body": {"batchItemFailures": []}}, True, None),
        ({"body": None}, True, None),
        ({"body": {"batchItemFailures": [{"itemIdentifier": "1"}]}}, True, 1),
        ({"body": {"batchItemFailures": [{"itemIdentifier": "1"}]}}, False, None),
        ({"body": {"batchItemFailures": [{"itemIdentifier": "77"}]}}, True, 0),
        ({"body": {"batchItemFailures": [{"itemIdentifier": ""}]}}, True, 0),
        ({"error": True}, False, 0),
    ],
)
def test_the_first_failure_is_read_as_lambda_reads_it(
    result: dict[str, Any], *, reports: bool, expected: int | None
) -> None:
    assert first_failure([record(0), record(1)], result, reports=reports) == expected
