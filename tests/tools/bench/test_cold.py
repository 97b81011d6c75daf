"""One function in a fresh interpreter, with a tape to answer it."""

import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.bench.built import BuiltFunction
from tools.bench.cold import FreshInterpreters, Samples, Start, lambda_start
from tools.bench.cold_group import loaded
from tools.bench.recorded.metering import Units
from tools.bench.recorded.recording import Invocation
from tools.bench.recorded.tape import answer_of
from tools.bench.spread import Spread

HANDLER = """
    from botocore.session import get_session

    def handler(event, context):
        table = get_session().create_client("dynamodb")
        table.put_item(TableName="desk", Item={"pk": event["name"], "raw": {"B": b"1"}})
        assert table.get_item(TableName="desk", Key={})["Item"] == {"raw": {"B": b"1"}}
        print(context.function_name)
"""
EARLY = """
from botocore.session import get_session
table = get_session().create_client("dynamodb")
handler = print
"""
PUT = answer_of("dynamodb", "PutItem", {})
GET = answer_of("dynamodb", "GetItem", {"Item": {"raw": {"B": b"1"}}})


def a_start(folder: Path, *tape: Any) -> Start:
    (folder / "pigeon.py").write_text(textwrap.dedent(HANDLER))
    function = BuiltFunction("Pigeon", "pigeon.handler", (folder,), frozenset(), frozenset())
    event = {"name": {"S": "x"}}
    at = datetime(2026, 3, 4, tzinfo=UTC)
    return lambda_start(function, Invocation("Pigeon", event, at, tape, Units(), 0))


def test_a_function_answers_its_first_event_from_the_tape(tmp_path: Path) -> None:
    report = FreshInterpreters(tmp_path).run(a_start(tmp_path, PUT, GET))
    assert report["clients"] == 1
    assert 0 < report["making_clients"] < report["answering"]
    assert "pigeon" in report["modules"]
    assert "strayed" not in report


def test_clients_are_counted_that_are_made_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text(EARLY)
    function = BuiltFunction("Early", "early.handler", (tmp_path,), frozenset(), frozenset())
    report = FreshInterpreters(tmp_path).run(lambda_start(function, None))
    assert (report["clients"], "answering" in report) == (1, False)


def test_a_call_that_is_not_on_the_tape_is_no_figure(tmp_path: Path) -> None:
    report = FreshInterpreters(tmp_path).run(a_start(tmp_path, PUT, PUT))
    assert report["strayed"] == "DynamoDB_20120810.GetItem"
    assert "answering" not in report


def test_a_start_is_compared_with_the_floors_beside_it() -> None:
    samples = Samples(reports=[{"importing": 3}, {"importing": 4}], floors=[2, 2])
    assert samples.ratio(lambda report: report["importing"]) == Spread(1.75, 1.5, 2)


def test_modules_are_ours_or_of_a_package_or_of_python() -> None:
    modules = ["sportello", "sportello.errors", "channels.pigeon", "json.decoder", "botocore.hooks"]
    assert loaded([*modules, "botocore", "_yaml"]) == (3, 1)
