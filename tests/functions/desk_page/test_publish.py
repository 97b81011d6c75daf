"""The page's files in their bucket, as CloudFormation has them put, replaced and taken away."""

import json
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from desk_page import bucket as bucket_module
from desk_page import publish
from sportello.aws.clients import aws_client
from support.agent_calls import LambdaContext
from web import build

BUCKET = "desk-page"
CONFIGURATION = {"api": "https://api.example/v1", "client_id": "c1"}
IMMUTABLE, PAGE = build.FOREVER, build.FOR_A_MOMENT

type Told = list[dict[str, str]]


class Context(LambdaContext):
    """Has a minute, or as many milliseconds for each file as there are given."""

    def __init__(self, milliseconds: Iterator[int] | None = None) -> None:
        super().__init__("desk-page")
        self._log_stream_name = "2026/11/30/desk-page"
        milliseconds = milliseconds or repeat(60_000)
        self.get_remaining_time_in_millis = lambda: next(milliseconds)  # type: ignore[method-assign]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What CloudFormation is told."""
    answers: Told = []
    monkeypatch.setattr(publish, "_tell", lambda _url, answer: answers.append(answer))
    return answers


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with mock_aws():
        where = {"LocationConstraint": "eu-south-1"}
        aws_client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        yield


@pytest.fixture
def layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the layer hold these modules, and a page that names them."""

    def hold(**modules: str) -> None:
        files = [
            build.File("vendor/preact-1/preact.mjs", b"preact", IMMUTABLE),
            *(
                build.File(f"v/{name}/desk.js", text.encode(), IMMUTABLE)
                for name, text in modules.items()
            ),
            build.File("index.html", f"<p>{' '.join(modules)}</p>".encode(), PAGE),
        ]
        build.write(files, tmp_path / "desk_files")

    monkeypatch.setattr("importlib.resources.files", lambda name: tmp_path / name)
    return hold


def ask(request_type: str, context: Context | None = None, **properties: Any) -> None:
    event = {
        "RequestType": request_type,
        "RequestId": "r-1",
        "StackId": "arn:aws:cloudformation:eu-south-1:123456789012:stack/desk/1",
        "LogicalResourceId": "DeskFiles",
        "ResponseURL": "https://cloudformation.example/answer",
        "ResourceProperties": {
            "Bucket": BUCKET,
            "Configuration": CONFIGURATION,
            "Files": "arn:aws:lambda:eu-south-1:123456789012:layer:desk-files:1",
            **properties,
        },
    }
    publish.handler(event, context or Context())


def keys() -> list[str]:
    listed = aws_client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return [item["Key"] for item in listed]


def tags(key: str) -> dict[str, str]:
    found = aws_client("s3").get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found}


def head(key: str) -> dict[str, Any]:
    found: dict[str, Any] = aws_client("s3").get_object(Bucket=BUCKET, Key=key)
    return found


def test_files_are_put_with_their_type_and_how_long_they_are_kept(
    layer: Callable[..., None], told: Told
) -> None:
    layer(one="1")
    ask("Create")
    assert told == [
        {
            "Status": "SUCCESS",
            "RequestId": "r-1",
            "StackId": "arn:aws:cloudformation:eu-south-1:123456789012:stack/desk/1",
            "LogicalResourceId": "DeskFiles",
            "PhysicalResourceId": BUCKET,
        }
    ]
    module, page, configuration = head("v/one/desk.js"), head("index.html"), head("config.json")
    assert (module["ContentType"], module["CacheControl"]) == (build.TYPES[".js"], IMMUTABLE)
    assert (page["ContentType"], page["CacheControl"]) == (build.TYPES[".html"], PAGE)
    assert (configuration["ContentType"], configuration["CacheControl"]) == (
        "application/json",
        PAGE,
    )
    assert json.loads(configuration["Body"].read()) == CONFIGURATION


def test_the_page_is_put_after_all_that_it_names(
    layer: Callable[..., None], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer(one="1")
    put: list[str] = []
    original = bucket_module.Bucket._put

    def noted(self: Any, file: Any, body: bytes) -> None:
        put.append(file["key"])
        original(self, file, body)

    monkeypatch.setattr(bucket_module.Bucket, "_put", noted)
    ask("Create")
    assert put[-3:] == ["config.json", "index.html", "files.json"]
    assert told[0]["Status"] == "SUCCESS"


def test_what_is_replaced_stays_for_those_who_have_it_open_and_is_marked(
    layer: Callable[..., None], told: Told
) -> None:
    layer(one="1")
    ask("Create")
    layer(two="2")
    ask("Update")
    old = head("v/one/desk.js")
    assert (old["Body"].read(), old["ContentType"]) == (b"1", build.TYPES[".js"])
    assert old["CacheControl"] == IMMUTABLE
    assert tags("v/one/desk.js") == {"replaced": "true"}
    for key in ("v/two/desk.js", "vendor/preact-1/preact.mjs", "index.html", "config.json"):
        assert tags(key) == {}, key
    assert head("index.html")["Body"].read() == b"<p>two</p>"
    assert {each["Status"] for each in told} == {"SUCCESS"}


def test_a_version_that_comes_back_is_kept_again(layer: Callable[..., None], told: Told) -> None:
    for name in ("one", "two", "one"):
        layer(**{name: name})
        ask("Update")
    assert tags("v/one/desk.js") == {}
    assert tags("v/two/desk.js") == {"replaced": "true"}
    assert {each["Status"] for each in told} == {"SUCCESS"}


def test_whoever_comes_again_after_a_failure_still_marks_what_was_replaced(
    layer: Callable[..., None], told: Told
) -> None:
    layer(one="1")
    ask("Create")
    layer(two="2")
    ask("Update", Context(iter([60_000] * 4 + [5_000] * 10)))
    assert told[-1]["Status"] == "FAILED"
    ask("Update")
    assert told[-1]["Status"] == "SUCCESS"
    assert tags("v/one/desk.js") == {"replaced": "true"}


def test_a_change_of_address_alone_is_told(layer: Callable[..., None], told: Told) -> None:
    layer(one="1")
    ask("Create")
    ask("Update", Configuration={"api": "https://elsewhere.example"})
    assert json.loads(head("config.json")["Body"].read()) == {"api": "https://elsewhere.example"}
    assert tags("v/one/desk.js") == {}
    assert told[-1]["Status"] == "SUCCESS"


def test_with_the_stack_goes_what_was_put_and_nothing_else(
    layer: Callable[..., None], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_module, "MOST_AT_ONCE", 2)
    layer(one="1", two="2", three="3")
    ask("Create")
    layer(four="4")
    ask("Update")
    aws_client("s3").put_object(Bucket=BUCKET, Key="robots.txt", Body=b"ours")
    ask("Delete")
    ask("Delete")
    assert keys() == ["robots.txt"]
    assert {each["Status"] for each in told} == {"SUCCESS"}


def test_a_bucket_that_is_gone_is_empty(told: Told) -> None:
    aws_client("s3").delete_bucket(Bucket=BUCKET)
    ask("Delete")
    assert told[0]["Status"] == "SUCCESS"


def test_what_s3_keeps_is_not_told_as_gone(
    layer: Callable[..., None], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call as a whole is well: what failed is said of each file."""
    layer(one="1")
    ask("Create")

    def kept(_self: object, operation: str, _arguments: object) -> dict[str, Any]:
        assert operation == "DeleteObjects"
        return {"Errors": [{"Key": "index.html", "Code": "AccessDenied", "Message": "not you"}]}

    monkeypatch.setattr(type(aws_client("s3")), "_make_api_call", kept)
    ask("Delete")
    assert told[-1]["Status"] == "FAILED"
    assert told[-1]["Reason"].startswith("S3 said AccessDenied to DeleteObjects; see ")


# Whatever happens, CloudFormation is told


def test_a_failure_is_told_in_words_and_where_to_look(
    layer: Callable[..., None], told: Told
) -> None:
    layer(one="1")
    aws_client("s3").delete_bucket(Bucket=BUCKET)
    ask("Create")
    (answer,) = told
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "S3 said NoSuchBucket to GetObject; see 2026/11/30/desk-page"
    assert answer["PhysicalResourceId"] == BUCKET, "so that it is taken away again"


def test_what_would_outlast_the_function_is_given_up_in_time(
    layer: Callable[..., None], told: Told
) -> None:
    layer(one="1")
    ask("Create", Context(iter([60_000, 9_000])))
    assert told[0]["Status"] == "FAILED"
    assert told[0]["Reason"].startswith("it took too long")


def test_a_layer_that_is_not_there_is_told_too(told: Told) -> None:
    ask("Create")
    assert told[0]["Status"] == "FAILED"
    assert told[0]["Reason"].startswith("ModuleNotFoundError")


def test_a_refusal_of_s3_is_told_by_its_code_alone(
    layer: Callable[..., None], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: Any) -> None:
        raise ClientError(
            {"Error": {"Code": "AccessDenied", "Message": "arn:aws:iam::1:role/x may not"}},
            "PutObject",
        )

    layer(one="1")
    monkeypatch.setattr(bucket_module.Bucket, "_put", refused)
    ask("Create")
    assert told[0]["Reason"].startswith("S3 said AccessDenied to PutObject; see ")
